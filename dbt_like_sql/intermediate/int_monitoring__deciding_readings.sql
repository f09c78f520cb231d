/*
description: >-
  The reading behind a limit that was not kept: of the stack and indicator the highest reading of the day that decided, without what the
  limit excludes. Looked up for averages beyond a limit only, after everything is folded.
grain: [stack_id, indicator_id, day_date, is_per_o2, excluded_states]
materialized: chunk
days_of: int_monitoring__deciding_days
*/
with ranked as (
    select
        w.stack_id,
        w.indicator_id,
        w.day_date,
        w.is_per_o2,
        w.excluded_states,
        r.period_start_at,
        r.sent_value,
        r.sent_unit,
        r.o2_pct,
        r.value_dry_mg_per_nm3,
        r.source_file_id,
        r.source_row_number,
        row_number() over (
            partition by w.stack_id, w.indicator_id, w.day_date, w.is_per_o2, w.excluded_states
            order by case when w.is_per_o2 then r.value_per_o2_e9 else r.value_e9 end desc, r.source_file_id desc, r.source_row_number desc
        ) as reading_rank
    from int_monitoring__readings as r
    inner join int_monitoring__deciding_days as w
        on r.stack_id = w.stack_id and r.indicator_id = w.indicator_id and r.day_no = w.day_date - date '1970-01-01'
    where r.value_e9 is not null and (r.value_per_o2_e9 is not null or not w.is_per_o2)
        and not list_contains(string_split(w.excluded_states, ','), r.reading_class)
)

select
    stack_id::varchar as stack_id,  -- stack
    indicator_id::varchar as indicator_id,  -- indicator
    day_date::date as day_date,  -- local day that decided
    is_per_o2::boolean as is_per_o2,  -- highest after correction to a reference oxygen
    excluded_states::varchar as excluded_states,  -- classes left out
    period_start_at::timestamp as period_start_at,  -- start of the reading's interval
    sent_value::double as sent_value,  -- as sent
    sent_unit::varchar as sent_unit,  -- as sent
    o2_pct::double as o2_pct,  -- oxygen as sent
    value_dry_mg_per_nm3::double as value_dry_mg_per_nm3,  -- normalised, before oxygen correction
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from ranked
where reading_rank = 1

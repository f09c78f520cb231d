/*
description: >-
  The reading behind a limit that was not kept: of the stack and indicator the highest reading of the day that decided, without what the
  limit excludes. Looked up for averages beyond a limit only, after everything is folded. As in int_monitoring__folded, plain hours take a
  short way: they are not normalised again by int_monitoring__readings, which would say the same of each.
grain: [stack_id, indicator_id, day_date, is_per_o2, excluded_states]
materialized: chunk
days_of: int_monitoring__deciding_days
of_readings: without_lane
*/
with wanted as (
    select stack_id, indicator_id, day_date, is_per_o2, excluded_states,
        (row_number() over (order by stack_id, indicator_id, day_date, is_per_o2, excluded_states))::integer as wanted_no
    from int_monitoring__deciding_days
),

used_classes as (
    select x.excluded_states, c.class_no
    from (select distinct excluded_states from int_monitoring__deciding_days) as x
    inner join int_monitoring__reading_classes as c on not list_contains(string_split(x.excluded_states, ','), c.reading_class)
),

plain_days as (
    select w.wanted_no, w.day_date, w.is_per_o2, w.excluded_states, n.stack_id, n.sent_name, n.believed_max, n.is_ambient, u.factor, d.factor as duct_factor, d.is_actual
    from wanted as w
    inner join int_monitoring__series as n on w.stack_id = n.stack_id and w.indicator_id = n.indicator_id
    left join int_monitoring__unit_factors as u on n.indicator_id = u.indicator_id and u.unit = 'mg/Nm3'
    left join int_monitoring__unit_factors as d on n.indicator_id = d.indicator_id and d.unit = 'mg/m3'
),

plain_hours as (
    select d.wanted_no, d.is_per_o2, d.excluded_states, d.believed_max, r.lane_no as class_no, r.value * d.factor as value_sent, r.o2_pct, r.period_start_at,
        r.source_file_id, r.source_row_number
    from stg_monitoring__stack_readings as r
    inner join plain_days as d on r.stack_id = d.stack_id and r.indicator = d.sent_name and r.local_date = d.day_date
    where r.lane_no <= 3
    union all
    select d.wanted_no, d.is_per_o2, d.excluded_states, d.believed_max, r.lane_no - 100 as class_no,
        r.value * case when r.unit = 'mg/m3' then d.duct_factor else d.factor end
            * case when r.unit = 'mg/m3' and d.is_actual then (273.15 + r.temperature_c) / 273.15 * 101.325 / nullif(r.pressure_kpa, 0) else 1 end
            / nullif(case when d.is_ambient then 1 when r.gas_basis = 'wet' then 1 - r.moisture_pct / 100 else 1 end, 0) as value_sent,
        r.o2_pct, r.period_start_at, r.source_file_id, r.source_row_number
    from stg_monitoring__stack_readings as r
    inner join plain_days as d on r.stack_id = d.stack_id and r.indicator = d.sent_name and r.local_date = d.day_date
    where r.lane_no >= 100
),

readings as (
    select wanted_no, is_per_o2, excluded_states, class_no, (value_sent * 1000000000)::bigint as value_e9,
        (value_sent * 1000000000 / (21 - case when o2_pct > 19.0 then 19.0 else o2_pct end))::bigint as value_per_o2_e9,
        period_start_at, source_file_id, source_row_number
    from plain_hours
    where value_sent >= 0 and value_sent <= believed_max
    union all
    select w.wanted_no, w.is_per_o2, w.excluded_states, r.class_no, r.value_e9, r.value_per_o2_e9, r.period_start_at, r.source_file_id, r.source_row_number
    from int_monitoring__readings as r
    inner join wanted as w on r.stack_id = w.stack_id and r.indicator_id = w.indicator_id and r.day_no = w.day_date - date '1970-01-01'
    where r.lane_no is null and r.value_e9 is not null
),

compared as (
    select r.wanted_no, r.period_start_at, r.source_file_id, r.source_row_number, case when r.is_per_o2 then r.value_per_o2_e9 else r.value_e9 end as x_e9
    from readings as r
    inner join used_classes as c on r.excluded_states = c.excluded_states and r.class_no = c.class_no
    where r.value_per_o2_e9 is not null or not r.is_per_o2
),

highest as (
    select wanted_no, max(x_e9) as x_e9
    from compared
    group by wanted_no
),

-- of equal ones the line received last
ranked as (
    select r.*, row_number() over (partition by r.wanted_no order by r.source_file_id desc, r.source_row_number desc) as reading_rank
    from compared as r
    inner join highest as h on r.wanted_no = h.wanted_no and r.x_e9 = h.x_e9
)

select
    w.stack_id::varchar as stack_id,  -- stack
    w.indicator_id::varchar as indicator_id,  -- indicator
    w.day_date::date as day_date,  -- local day that decided
    w.is_per_o2::boolean as is_per_o2,  -- highest after correction to a reference oxygen
    w.excluded_states::varchar as excluded_states,  -- classes left out
    r.period_start_at::timestamp as period_start_at,  -- start of the reading's interval
    r.source_file_id::varchar as source_file_id,  -- sha256 of the received file
    r.source_row_number::bigint as source_row_number  -- row in that file
from ranked as r
inner join wanted as w on r.wanted_no = w.wanted_no
where r.reading_rank = 1

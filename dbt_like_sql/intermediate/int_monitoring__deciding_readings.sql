/*
description: >-
  The reading behind a limit that was not kept: of the stack and indicator the highest hour (half-hour, where those were tested) of the day that decided, without what the
  limit excludes, and of finer readings in it the highest. Looked up for averages beyond a limit only, after everything is folded. As in int_monitoring__folded, plain hours take a
  short way: they are not normalised again by int_monitoring__readings, which would say the same of each.
grain: [stack_id, indicator_id, day_date, is_per_o2, excluded_states, is_half_hour]
materialized: chunk
days_of: int_monitoring__deciding_days
of_readings: without_lane
*/
with wanted as (
    select stack_id, indicator_id, day_date, is_per_o2, excluded_states, is_half_hour,
        (row_number() over (order by stack_id, indicator_id, day_date, is_per_o2, excluded_states, is_half_hour))::integer as wanted_no
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
    where not w.is_half_hour
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

plain as (
    select p.wanted_no, p.source_file_id, p.source_row_number, p.period_start_at,
        case when p.is_per_o2 then (p.value_sent * 1000000000 / (21 - case when p.o2_pct > 19.0 then 19.0 else p.o2_pct end))::bigint else (p.value_sent * 1000000000)::bigint end as x_e9
    from plain_hours as p
    inner join used_classes as c on p.excluded_states = c.excluded_states and p.class_no = c.class_no
    where p.value_sent >= 0 and p.value_sent <= p.believed_max
),

-- of the others the hour or half-hour is compared as the fold made it, and then the readings in the highest
numbers as (
    select w.wanted_no, n.series_no, w.day_date - date '1970-01-01' as day_no, w.is_per_o2, w.excluded_states, case when w.is_half_hour then 30 else 60 end as averaging_minutes
    from wanted as w
    inner join (select distinct series_no, stack_id, indicator_id from int_monitoring__series) as n on w.stack_id = n.stack_id and w.indicator_id = n.indicator_id
),

averages as materialized (
    select n.wanted_no, n.is_per_o2, a.series_no, a.averaging_minutes, a.average_no, a.utc_offset_minutes, a.is_made, case when n.is_per_o2 then a.value_per_o2_e9 else a.value_e9 end as x_e9
    from int_monitoring__averages as a
    inner join numbers as n on a.series_no = n.series_no and a.day_no = n.day_no and a.averaging_minutes = n.averaging_minutes
    inner join used_classes as c on n.excluded_states = c.excluded_states and a.class_no = c.class_no
),

highest as (
    select wanted_no, max(x_e9) as x_e9
    from (
        select wanted_no, x_e9 from plain
        union all
        select wanted_no, x_e9 from averages
    ) as compared
    group by wanted_no
),

in_highest as (
    select a.wanted_no, r.source_file_id, r.source_row_number, r.period_start_at, a.x_e9, case when a.is_per_o2 then r.value_per_o2_e9 else r.value_e9 end as reading_e9
    from averages as a
    inner join highest as h on a.wanted_no = h.wanted_no and a.x_e9 = h.x_e9
    inner join int_monitoring__readings as r
        on a.series_no = r.series_no and a.utc_offset_minutes = r.utc_offset_minutes
            and a.average_no = (epoch_us(r.period_start_at) // 60000000 + r.utc_offset_minutes) // a.averaging_minutes
            and case when a.is_made then r.interval_minutes < a.averaging_minutes and a.averaging_minutes % r.interval_minutes = 0
                else r.interval_minutes >= a.averaging_minutes end
    where r.lane_no is null
    union all
    select p.wanted_no, p.source_file_id, p.source_row_number, p.period_start_at, p.x_e9, p.x_e9 as reading_e9
    from plain as p
    inner join highest as h on p.wanted_no = h.wanted_no and p.x_e9 = h.x_e9
),

-- of equal ones the line received last
ranked as (
    select *, row_number() over (partition by wanted_no order by reading_e9 desc, source_file_id desc, source_row_number desc) as reading_rank
    from in_highest
    where reading_e9 is not null
)

select
    w.stack_id::varchar as stack_id,  -- stack
    w.indicator_id::varchar as indicator_id,  -- indicator
    w.day_date::date as day_date,  -- local day that decided
    w.is_per_o2::boolean as is_per_o2,  -- highest after correction to a reference oxygen
    w.excluded_states::varchar as excluded_states,  -- classes left out
    w.is_half_hour::boolean as is_half_hour,  -- half-hours were tested
    r.period_start_at::timestamp as period_start_at,  -- start of the reading's interval
    r.source_file_id::varchar as source_file_id,  -- sha256 of the received file
    r.source_row_number::bigint as source_row_number  -- row in that file
from ranked as r
inner join wanted as w on r.wanted_no = w.wanted_no
where r.reading_rank = 1

/*
description: >-
  Hours that the calendar of a stack holds in a month or year of the window, where that is not 24 a day. On a day on which the unit was not in
  service the hours count that were sent as running or standing all the same: what ran was due.
grain: [stack_id, indicator_id, period_kind, period_end_date]
*/
with series as (
    select distinct stack_id, indicator_id
    from int_monitoring__levels
),

ran as (
    select f.stack_id, f.indicator_id, f.day_date, sum(f.reading_count + coalesce((f.classes_4_to_7 & 4095) + (f.classes_4_to_7 >> 12 & 4095) + (f.classes_4_to_7 >> 24 & 4095), 0)) as hour_count
    from int_monitoring__folded as f
    inner join int_monitoring__irregular_days as d on f.stack_id = d.stack_id and f.day_date = d.day_date and not d.is_in_service
    where f.averaging = 'hour' and f.block_no = 0 and f.class_no <= 6
    group by f.stack_id, f.indicator_id, f.day_date
),

days as (
    select
        s.stack_id,
        s.indicator_id,
        d.day_date,
        case when d.is_in_service then d.day_hours else least(coalesce(r.hour_count, 0), d.day_hours) end as due_hours
    from series as s
    inner join int_monitoring__irregular_days as d on s.stack_id = d.stack_id
    left join ran as r on s.stack_id = r.stack_id and s.indicator_id = r.indicator_id and d.day_date = r.day_date
)

select
    d.stack_id::varchar as stack_id,  -- stack
    d.indicator_id::varchar as indicator_id,  -- indicator
    p.period_kind::varchar as period_kind,  -- month or year
    p.period_end_date::date as period_end_date,  -- last day
    (p.day_count * 24 + sum(d.due_hours - 24))::double as expected_hours  -- hours of the period in which the unit was in service, or ran
from days as d
inner join int_run__periods as p on d.day_date between p.period_start_date and p.period_end_date
group by d.stack_id, d.indicator_id, p.period_kind, p.period_end_date, p.day_count

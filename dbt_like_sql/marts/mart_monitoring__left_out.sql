/*
description: >-
  Hours of the window that came and do not count, by stack, indicator and reason: a flag that says so or that nobody knows, a value below zero or
  beyond belief, a unit or an input that normalising would need. Hours are averages where readings are finer.
grain: [stack_id, indicator_id, class_code]
*/
with days as (
    select f.stack_id, f.indicator_id, f.class_code, f.day_date, f.reading_count
    from int_monitoring__daily_fold as f
    cross join ref_run__settings as s
    where f.class_code is not null and f.day_date between s.window_start_date and s.as_of_date
)

select
    d.stack_id::varchar as stack_id,  -- stack
    d.indicator_id::varchar as indicator_id,  -- indicator
    d.class_code::varchar as class_code,  -- reason, see data/reference/monitoring_classes.csv
    min(e.plant_id)::varchar as plant_id,  -- plant of the stack
    min(c.meaning)::varchar as meaning,  -- the reason in words
    sum(d.reading_count)::bigint as hour_count,  -- hours left out
    min(d.day_date)::date as first_date,  -- first local day of them
    max(d.day_date)::date as last_date  -- last local day of them
from days as d
left join stg_plants__emission_points as e on d.stack_id = e.stack_id
left join ref_monitoring__classes as c on d.class_code = c.class_code
group by d.stack_id, d.indicator_id, d.class_code

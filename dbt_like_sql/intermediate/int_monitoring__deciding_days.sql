/*
description: >-
  Days that decided a limit that was not kept, each once whatever the number of limits: what int_monitoring__deciding_readings looks up.
grain: [stack_id, indicator_id, day_date, is_per_o2, excluded_states, is_half_hour]
*/
select
    e.stack_id::varchar as stack_id,  -- stack
    t.indicator_id::varchar as indicator_id,  -- indicator
    p.highest_date::date as day_date,  -- local day of the highest average of the first test not held
    p.needs_o2::boolean as is_per_o2,  -- the limit has a reference oxygen
    coalesce(t.excluded_states, '')::varchar as excluded_states,  -- classes that the limit leaves out
    coalesce(p.failed_averaging = 'half_hour', false)::boolean as is_half_hour  -- the test not held is of half-hours: of all others the day's hours tell
from int_monitoring__period_tests as p
inner join ref_rules__thresholds as t on p.threshold_id = t.threshold_id
inner join int_plants__entities as e on p.entity_id = e.entity_id
where p.failed_count > 0 and p.highest_date is not null
group by e.stack_id, t.indicator_id, p.highest_date, p.needs_o2, coalesce(t.excluded_states, ''), coalesce(p.failed_averaging = 'half_hour', false)

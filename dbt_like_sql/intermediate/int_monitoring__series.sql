/*
description: >-
  Every name under which a stack sent an indicator: what a reading needs to know of its series, looked up once a series.
  Names of one indicator at one stack share the number. Stacks and names that are not known are not among them.
grain: [stack_id, sent_name]
materialized: view
*/
with shares as (
    select key, min(value) as share
    from ref_rules__policy
    where policy_id = 'detection_limit'
    group by key
)

select
    (dense_rank() over (order by s.stack_id, n.indicator_id))::integer as series_no,  -- number of stack and indicator
    s.stack_id::varchar as stack_id,  -- stack
    n.sent_name::varchar as sent_name,  -- name as sent, lower case
    n.indicator_id::varchar as indicator_id,  -- indicator
    least(coalesce(i.plausible_max, 300000), 300000)::double as believed_max,  -- a value above it is not believed; sums of a day stay exact below 300,000
    coalesce(i.is_ambient, false)::boolean as is_ambient,  -- of ambient air: compared as sampled, moisture is not taken off
    coalesce(own.share, common.share, '1')::double as below_detection_ratio  -- what a reading below detection counts as, of its detection limit
from stg_monitoring__series as s
inner join stg_plants__emission_points as e on s.stack_id = e.stack_id
inner join ref_rules__indicator_names as n on s.indicator = n.sent_name
inner join ref_rules__indicators as i on n.indicator_id = i.indicator_id and i.measured_by = 'stack'
left join shares as own on own.key = 'count_as_ratio.' || n.indicator_id
left join shares as common on common.key = 'count_as_ratio.default'

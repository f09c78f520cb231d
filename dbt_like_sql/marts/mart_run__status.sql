/*
description: >-
  What a reader has to know of the run as a whole: whether its results can still change through late corrections, and whether senders call the data
  synthetic: one row.
grain: [run_id]
*/
with settled as (
    select
        s.run_id,
        s.as_of_date,
        s.known_at,
        cast(p.value as bigint) as correction_days,
        cast(s.as_of_date - cast(p.value as integer) * interval 1 day as date) as final_until_date
    from ref_run__settings as s
    left join ref_rules__policy as p on p.policy_id = 'corrections' and p.key = 'window_days'
),

counted as (
    select
        run_id,
        count(case when result_status = 'FINAL' then 1 end) as final_verdict_count,
        count(case when result_status = 'PROVISIONAL' then 1 end) as provisional_verdict_count
    from int_plants__verdicts
    where state <> 'NOT_APPLICABLE'
    group by run_id
),

labels as (
    select string_agg(data_kind, ', ' order by data_kind) as data_kinds
    from (select distinct data_kind from raw_landing__data_labels) as kinds
)

select
    s.run_id::varchar as run_id,  -- run
    s.as_of_date::date as as_of_date,  -- day the result is true for
    s.known_at::timestamp as known_at,  -- only readings known then were asked for, UTC; null = all
    s.correction_days::bigint as correction_days,  -- days after the end of a period in which corrections are expected
    s.final_until_date::date as final_until_date,  -- periods that ended on or before this day are final; null = no policy says
    coalesce(c.final_verdict_count, 0)::bigint as final_verdict_count,  -- verdicts on such periods
    coalesce(c.provisional_verdict_count, 0)::bigint as provisional_verdict_count,  -- verdicts on later periods
    (case when coalesce(c.provisional_verdict_count, 0) = 0 and s.final_until_date is not null then 'FINAL' else 'PROVISIONAL' end)::varchar as result_status,  -- FINAL when every verdict is, else PROVISIONAL
    l.data_kinds::varchar as data_kinds  -- what senders say of all that was received: synthetic, trial; null = nothing
from settled as s
cross join labels as l
left join counted as c on s.run_id = c.run_id

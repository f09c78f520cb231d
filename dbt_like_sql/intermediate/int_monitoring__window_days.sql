/*
description: >-
  Days of the assessment window and of the month that is running, each with its month.
grain: [day_date]
*/
with months as (
    select period_start_date, period_end_date
    from int_run__periods
    where period_kind = 'month'
),

days as (
    select unnest(generate_series(period_start_date::timestamp, period_end_date::timestamp, interval 1 day))::date as day_date, period_start_date, period_end_date
    from months
)

select
    day_date::date as day_date,  -- local calendar day
    period_start_date::date as period_start_date,  -- first day of its month
    period_end_date::date as period_end_date  -- last day of it; of the month that is running the as-of day
from days

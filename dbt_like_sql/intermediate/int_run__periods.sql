/*
description: >-
  Periods a verdict can stand for in this run: the twelve calendar months of the assessment window, the window as one year, and the days after it up to the
  as-of day, of the month that is running: of these only what can no longer be made good is judged.
grain: [period_kind, period_end_date]
*/
with months as (
    select
        unnest(generate_series(s.window_start_date::timestamp, s.as_of_date::timestamp, interval 1 month))::date as period_start_date,
        s.window_end_date,
        s.as_of_date
    from ref_run__settings as s
),

periods as (
    select
        'month' as period_kind,
        period_start_date,
        least((period_start_date + interval 1 month - interval 1 day)::date, as_of_date) as period_end_date,
        period_start_date <= window_end_date as is_over
    from months
    union all
    select
        'year' as period_kind,
        window_start_date as period_start_date,
        window_end_date as period_end_date,
        true as is_over
    from ref_run__settings
)

select
    period_kind::varchar as period_kind,  -- month or year
    period_start_date::date as period_start_date,  -- first day
    period_end_date::date as period_end_date,  -- last day
    (period_end_date - period_start_date + 1)::integer as day_count,  -- calendar days in the period
    is_over::boolean as is_over  -- false: the month that is running, up to the as-of day
from periods

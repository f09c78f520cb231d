/*
description: >-
  Cure period of each covenant with a notice: its last day, and the day of it that the day of the run is. Day 1 is the day after the notice. Business days are
  Monday to Friday, unless the calendar named says otherwise; a calendar of which no day was received gives no end.
grain: [covenant_id]
*/
with noticed as (
    select c.covenant_id, c.notice_date, c.cure_days, c.cure_day_kind, c.calendar_code, s.as_of_date
    from stg_bank__covenants as c
    cross join ref_run__settings as s
    where c.notice_date is not null and c.notice_date <= s.as_of_date and c.cure_days is not null
),

calendars as (
    select distinct calendar_code
    from stg_reference__calendar_days
),

-- enough days that the cure ends among them, or the run lies beyond
steps as (
    select n.*, unnest(generate_series(1, greatest(n.cure_days * 3 + 30, n.as_of_date - n.notice_date)))::integer as step
    from noticed as n
),

days as (
    select t.*, (t.notice_date + t.step * interval 1 day)::date as day_date
    from steps as t
),

counted as (
    select
        d.covenant_id,
        d.day_date,
        d.as_of_date,
        d.cure_days,
        sum(case when d.cure_day_kind = 'calendar' then 1 when coalesce(k.is_business_day, extract(isodow from d.day_date) <= 5) then 1 else 0 end)
            over (partition by d.covenant_id order by d.day_date rows unbounded preceding) as day_number
    from days as d
    left join stg_reference__calendar_days as k on d.calendar_code = k.calendar_code and d.day_date = k.day_date
),

ends as (
    select
        covenant_id,
        min(case when day_number >= cure_days then day_date end) as cure_end_date,
        max(case when day_date <= as_of_date then day_number end) as cure_day
    from counted
    group by covenant_id
)

select
    n.covenant_id::varchar as covenant_id,  -- covenant
    n.cure_day_kind::varchar as cure_day_kind,  -- calendar or business
    n.cure_days::bigint as cure_days,  -- length
    (case when n.cure_day_kind = 'calendar' or n.calendar_code is null or k.calendar_code is not null then case when n.cure_days = 0 then n.notice_date else e.cure_end_date end end)::date as cure_end_date,  -- last day; null = the calendar was not received
    (case when n.cure_day_kind = 'calendar' or n.calendar_code is null or k.calendar_code is not null then coalesce(e.cure_day, 0) end)::bigint as cure_day,  -- days gone of it; 0 = the day of the notice
    (case when n.cure_day_kind = 'business' and n.calendar_code is not null and k.calendar_code is null then 'CALENDAR_MISSING' end)::varchar as reason_code  -- why there is no end; null = there is one
from noticed as n
left join ends as e on n.covenant_id = e.covenant_id
left join calendars as k on n.calendar_code = k.calendar_code

/*
description: >-
  Days of the assessment window, of the months before it in its first calendar year and of the month that is running on which a stack does not owe 24 hours of readings: 23 or 25 hours where its clock changes, none before its
  unit was commissioned, after it was retired, and while it was mothballed. Every other day has 24 and no row.
grain: [stack_id, day_date]
*/
with stacks as (
    select
        e.stack_id,
        e.time_zone,
        case when u.unit_id is null then p.commissioning_date else coalesce(u.commissioning_date, p.commissioning_date) end as commissioning_date,
        u.retirement_date,
        u.mothballed_from_date,
        case when u.mothballed_from_date is not null then coalesce(u.mothballed_to_date, date '9999-12-31') end as mothballed_to_date
    from stg_plants__emission_points as e
    left join stg_plants__process_units as u on e.unit_id = u.unit_id
    left join stg_plants__plants as p on e.plant_id = p.plant_id
),

-- the window from the beginning of its first calendar year, and the month that is running
year as (
    select date_trunc('year', min(period_start_date))::date as period_start_date, max(period_end_date) as period_end_date
    from int_run__periods
),

year_days as (
    select unnest(generate_series(period_start_date::timestamp, period_end_date::timestamp, interval 1 day))::date as day_date
    from year
),

-- few units begin, end or stand still within the window: only these are laid out by day
idle_days as (
    select s.stack_id, d.day_date
    from (
        select s.*
        from stacks as s
        cross join year as y
        where s.commissioning_date > y.period_start_date or s.retirement_date < y.period_end_date
            or (s.mothballed_from_date <= y.period_end_date and s.mothballed_to_date >= y.period_start_date)
    ) as s
    inner join year_days as d
        on d.day_date < s.commissioning_date or d.day_date > s.retirement_date or d.day_date between s.mothballed_from_date and s.mothballed_to_date
),

clock_days as (
    select s.stack_id, c.day_date, c.day_minutes
    from stacks as s
    inner join ref_run__clock_changes as c on s.time_zone = c.time_zone
    cross join year as y
    where c.day_date between y.period_start_date and y.period_end_date
)

select
    coalesce(i.stack_id, c.stack_id)::varchar as stack_id,  -- stack
    coalesce(i.day_date, c.day_date)::date as day_date,  -- local calendar day
    (coalesce(c.day_minutes, 1440) / 60)::double as day_hours,  -- hours between its two midnights
    (i.stack_id is null)::boolean as is_in_service  -- false: the unit was not yet commissioned, retired or mothballed
from idle_days as i
full outer join clock_days as c on i.stack_id = c.stack_id and i.day_date = c.day_date

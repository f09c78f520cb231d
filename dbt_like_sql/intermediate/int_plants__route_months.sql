/*
description: >-
  Production route of a plant in each month of the window. The declared route counts, unless furnaces or kilns that decide the route began or ended
  inside the window: then the units running in the month do, and a plant that changes from blast furnace to arc furnace has both routes in one year.
grain: [plant_id, period_end_date]
*/
with months as (
    select period_start_date, period_end_date, day_count
    from int_run__periods
    where period_kind = 'month' and is_over
),

running as (
    select
        u.plant_id,
        m.period_end_date,
        max(case when u.process in ('blast_furnace', 'bof_converter') then 1 else 0 end) as has_blast_furnace,
        max(case when u.process = 'dri_furnace' then 1 else 0 end) as has_dri,
        max(case when u.process = 'eaf' then 1 else 0 end) as has_eaf,
        max(case when u.process = 'clinker_kiln' then 1 else 0 end) as has_kiln,
        max(case when u.process = 'cement_mill' then 1 else 0 end) as has_mill
    from stg_plants__process_units as u
    cross join months as m
    where (u.commissioning_date is null or u.commissioning_date <= m.period_end_date)
        and (u.retirement_date is null or u.retirement_date > m.period_start_date)
        and u.status not in ('cancelled', 'announced', 'construction')
        and (u.status <> 'retired' or u.retirement_date is not null)
    group by u.plant_id, m.period_end_date
),

routes as (
    select
        p.plant_id,
        p.route as declared_route,
        m.period_start_date,
        m.period_end_date,
        m.day_count,
        case
            when p.sector = 'steel' and r.has_blast_furnace = 1 then 'bf_bof'
            when p.sector = 'steel' and r.has_dri = 1 then 'dri_eaf'
            when p.sector = 'steel' and r.has_eaf = 1 then 'eaf'
            when p.sector = 'cement' and r.has_kiln = 1 then 'integrated'
            when p.sector = 'cement' and r.has_mill = 1 then 'grinding'
        end as units_route
    from stg_plants__plants as p
    cross join months as m
    left join running as r on p.plant_id = r.plant_id and m.period_end_date = r.period_end_date
    where p.status not in ('retired', 'cancelled')
),

changes as (
    select plant_id, count(distinct units_route) as route_count
    from routes
    group by plant_id
)

select
    r.plant_id::varchar as plant_id,  -- plant
    r.period_start_date::date as period_start_date,  -- first day of the month
    r.period_end_date::date as period_end_date,  -- last day of the month
    r.day_count::integer as day_count,  -- days of the month
    (case when c.route_count > 1 then r.units_route else coalesce(r.declared_route, r.units_route) end)::varchar as route,  -- route in the month; null = unknown
    (c.route_count > 1)::boolean as is_changed  -- the units changed the route inside the window
from routes as r
inner join changes as c on r.plant_id = c.plant_id

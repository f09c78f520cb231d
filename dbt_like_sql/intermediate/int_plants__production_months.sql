/*
description: >-
  Production of each plant by product and month: as returned; where a year is returned up to a few months, the missing days at the mean of the others;
  where too little is returned, capacity times the utilisation of the policy. Products are never added to each other.
grain: [plant_id, item, period_end_date]
*/
with policy as (
    select
        min(case when key = 'min_complete_ratio' then value end)::double as min_complete_ratio,
        min(case when key = 'utilisation_where_unknown_ratio' then value end)::double as utilisation_ratio
    from ref_rules__policy
    where policy_id = 'returns'
),

-- a returned period that is no month is spread over its days
returned as (
    select
        p.plant_id,
        p.item,
        m.period_end_date,
        sum((p.value * (least(p.period_end_date, m.period_end_date) - greatest(p.period_start_date, m.period_start_date) + 1)
            / nullif(p.period_end_date - p.period_start_date + 1, 0))::decimal(28, 9)) as returned_t,
        sum(p.covered_days * (least(p.period_end_date, m.period_end_date) - greatest(p.period_start_date, m.period_start_date) + 1)
            / nullif(p.period_end_date - p.period_start_date + 1, 0)) as covered_days,
        max(p.tier_rank) as tier_rank
    from int_returns__item_periods as p
    inner join int_plants__route_months as m
        on p.plant_id = m.plant_id and p.period_start_date <= m.period_end_date and p.period_end_date >= m.period_start_date
    where p.level = 'plant' and p.gap_code is null and p.item like 'production_%'
    group by p.plant_id, p.item, m.period_end_date
),

totals as (
    select plant_id, item, sum(returned_t)::double as returned_t, sum(covered_days) as covered_days
    from returned
    group by plant_id, item
),

unit_capacity as (
    select
        plant_id,
        case process when 'clinker_kiln' then 'production_clinker' else 'production_dri' end as item,
        case when count(capacity_t_per_year) = count(*) then sum(capacity_t_per_year::decimal(28, 3))::double end as capacity_t_per_year
    from int_plants__entities
    where entity_type = 'unit' and process in ('clinker_kiln', 'dri_furnace')
    group by plant_id, process
),

-- for kilns of unknown capacity: clinker in cement of the country, else of the world
clinker_ratio as (
    select region_code, max_by(value, year) as value
    from ref_cement__gnr
    where measure = 'clinker_ratio' and not is_projection
    group by region_code
),

plant_capacity as (
    select
        plant_id,
        case sector when 'cement' then 'production_cement' when 'steel' then 'production_crude_steel' when 'flat_glass' then 'production_melted_glass' end as item,
        capacity_t_per_year
    from int_plants__entities
    where entity_type = 'plant' and status in ('operating', 'unknown')
),

capacities as (
    select plant_id, item, capacity_t_per_year from plant_capacity where item is not null
    union all
    select p.plant_id, 'production_clinker' as item, coalesce(u.capacity_t_per_year, p.capacity_t_per_year * coalesce(c.value, w.value)) as capacity_t_per_year
    from plant_capacity as p
    inner join int_plants__entities as e on p.plant_id = e.plant_id and e.entity_type = 'plant' and e.route = 'integrated'
    left join unit_capacity as u on p.plant_id = u.plant_id and u.item = 'production_clinker'
    left join clinker_ratio as c on e.country_iso3 = c.region_code
    left join clinker_ratio as w on w.region_code = 'World'
    union all
    select u.plant_id, u.item, u.capacity_t_per_year
    from unit_capacity as u
    inner join plant_capacity as p on u.plant_id = p.plant_id
    where u.item = 'production_dri'
),

wanted as (
    select plant_id, item from capacities
    union
    select plant_id, item from totals
),

months as (
    select
        w.plant_id,
        w.item,
        m.period_start_date,
        m.period_end_date,
        m.day_count,
        r.returned_t::double as returned_t,
        r.covered_days,
        r.tier_rank,
        t.returned_t / nullif(t.covered_days, 0) as mean_t_per_day,
        t.covered_days / nullif(s.window_end_date - s.window_start_date + 1, 0) as complete_ratio,
        c.capacity_t_per_year,
        y.min_complete_ratio,
        y.utilisation_ratio
    from wanted as w
    inner join int_plants__route_months as m on w.plant_id = m.plant_id
    cross join policy as y
    cross join ref_run__settings as s
    left join totals as t on w.plant_id = t.plant_id and w.item = t.item
    left join returned as r on w.plant_id = r.plant_id and w.item = r.item and m.period_end_date = r.period_end_date
    left join capacities as c on w.plant_id = c.plant_id and w.item = c.item
)

select
    plant_id::varchar as plant_id,  -- plant
    item::varchar as item,  -- product, an item of the returns
    period_start_date::date as period_start_date,  -- first day of the month
    period_end_date::date as period_end_date,  -- last day of the month
    round(case
        when complete_ratio >= min_complete_ratio then coalesce(returned_t, 0) + greatest(day_count - coalesce(covered_days, 0), 0) * mean_t_per_day
        else capacity_t_per_year * utilisation_ratio * day_count / 365.0 end, 6)::double as production_t,  -- tonnes in the month; null = neither returned nor a capacity known
    (case
        when complete_ratio >= min_complete_ratio and coalesce(covered_days, 0) >= day_count then 'returned'
        when complete_ratio >= min_complete_ratio then 'filled_up'
        when capacity_t_per_year is not null then 'capacity' end)::varchar as basis,  -- returned, filled_up (mean of the returned days) or capacity
    coalesce(complete_ratio, 0)::double as complete_ratio,  -- days of the window returned for this product
    coalesce(tier_rank, 3)::integer as tier_rank  -- 1 measured, 2 reported, 3 estimated
from months

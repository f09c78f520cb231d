/*
description: >-
  Energy that a tonne of product of this plant's route is taken to need where nothing better is known, by month: heat of clinker by GNR region and kiln
  type, electricity of cement by GNR region, all energy of steel works with blast furnaces or of unknown route. Projections of GNR are never used. Arc
  furnaces, flat glass, grinding, water, and fuel and electricity of steel apart have no figure with a source that can be relied on.
grain: [plant_id, item, period_end_date]
*/
with plants as (
    select
        r.plant_id,
        r.period_end_date,
        coalesce(g.region_code, 'World') as region_code
    from int_plants__route_months as r
    inner join int_plants__entities as e on r.plant_id = e.plant_id and e.entity_type = 'plant'
    left join ref_cement__gnr_regions as g on e.country_iso3 = g.country_iso3
    where r.route = 'integrated'
),

history as (
    select *, row_number() over (partition by region_code, measure order by year desc) as age
    from ref_cement__gnr
    where not is_projection
),

kilns as (
    select plant_id, technology
    from int_plants__entities
    where entity_type = 'unit' and process = 'clinker_kiln'
),

-- a plant with several kilns has their mean; a kiln type without a figure has the mean of all kilns
heat as (
    select
        p.plant_id,
        p.period_end_date,
        round(avg(coalesce(own.value, world.value, every_kiln.value)), 6) as value,
        min(case when own.value is not null then p.region_code else 'World' end) as region,
        min(coalesce(own.year, world.year, every_kiln.year)) as year
    from plants as p
    left join kilns as k on p.plant_id = k.plant_id
    left join history as own on p.region_code = own.region_code and own.measure = 'heat_' || k.technology and own.age = 1
    left join history as world on world.region_code = 'World' and world.measure = 'heat_' || k.technology and world.age = 1
    left join history as every_kiln on every_kiln.region_code = 'World' and every_kiln.measure = 'heat_all_kilns' and every_kiln.age = 1
    group by p.plant_id, p.period_end_date
),

power as (
    select
        p.plant_id,
        p.period_end_date,
        coalesce(own.value, world.value) as value,
        case when own.value is not null then p.region_code else 'World' end as region,
        coalesce(own.year, world.year) as year
    from plants as p
    left join history as own on p.region_code = own.region_code and own.measure = 'electricity' and own.age = 1
    left join history as world on world.region_code = 'World' and world.measure = 'electricity' and world.age = 1
),

-- the one average that was read counts all routes, most of it blast furnaces; arc furnaces need far less
steel as (
    select
        r.plant_id,
        r.period_end_date,
        f.factor_value as value,
        f.unit,
        f.instrument_title || ': ' || f.factor_value::varchar || ' ' || f.unit || case when f.evidence = 'unverified' then ' (unverified)' else '' end as source
    from int_plants__route_months as r
    inner join int_plants__entities as e on r.plant_id = e.plant_id and e.entity_type = 'plant' and e.sector = 'steel'
    inner join ref_rules__factors as f
        on f.factor_id = 'route_estimates__steel_energy_all_routes'
            and (f.valid_from_date is null or f.valid_from_date <= r.period_end_date) and (f.last_day_date is null or f.last_day_date >= r.period_end_date)
    where coalesce(r.route, 'bf_bof') = 'bf_bof'
),

factors as (
    select
        plant_id, 'fuel_energy' as item, 'production_clinker' as product_item, 'MJ/t clinker' as unit, period_end_date, value, region, year,
        'GNR ' || region || ' ' || year || ': ' || round(value, 0)::integer::varchar || ' MJ/t clinker' as source
    from heat
    union all
    select
        plant_id, 'electricity_used' as item, 'production_cement' as product_item, 'kWh/t cement' as unit, period_end_date, value, region, year,
        'GNR ' || region || ' ' || year || ': ' || round(value, 1)::varchar || ' kWh/t cement' as source
    from power
    union all
    select
        plant_id, 'energy_total' as item, 'production_crude_steel' as product_item, unit, period_end_date, value, null as region, null as year, source
    from steel
)

select
    plant_id::varchar as plant_id,  -- plant
    item::varchar as item,  -- fuel_energy, electricity_used or energy_total (fuel and electricity together, as the publisher of the average counts it)
    product_item::varchar as product_item,  -- product that it is counted by
    period_end_date::date as period_end_date,  -- last day of the month
    value::double as factor_value,  -- energy a tonne of product
    unit::varchar as factor_unit,  -- its unit
    region::varchar as region_code,  -- GNR region, or World; null outside cement
    year::integer as factor_year,  -- year of a GNR figure
    source::varchar as factor_source  -- the same in words
from factors
where value is not null

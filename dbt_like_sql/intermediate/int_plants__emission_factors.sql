/*
description: >-
  What a tonne of product of this plant's route is taken to emit where nothing better is known, by month and scope, with the source in words. Cement:
  process CO2 plus the heat of int_plants__energy_factors times the fuel's default; steel: the IPCC default of the route; float glass: the average of the
  best works; electricity: that table by the grid of country and year. What has no figure with a source has no row: nothing is invented.
grain: [plant_id, scope, item, period_end_date]
*/
with plants as (
    select
        r.plant_id,
        r.route,
        r.period_end_date,
        e.country_iso3
    from int_plants__route_months as r
    inner join int_plants__entities as e on r.plant_id = e.plant_id and e.entity_type = 'plant'
),

in_force as (
    select
        p.period_end_date,
        f.factor_id,
        f.factor_value,
        f.instrument_title,
        case when f.evidence = 'unverified' then ' (unverified)' else '' end as evidence_note
    from (select distinct period_end_date from int_plants__route_months) as p
    inner join ref_rules__factors as f
        on (f.valid_from_date is null or f.valid_from_date <= p.period_end_date) and (f.last_day_date is null or f.last_day_date >= p.period_end_date)
),

kilns as (
    select plant_id, fuel
    from int_plants__entities
    where entity_type = 'unit' and process = 'clinker_kiln'
),

-- a plant with several kilns has the mean of their fuels; a fuel without a figure counts as coal
kiln_heat as (
    select
        h.plant_id,
        h.period_end_date,
        h.factor_value as heat_mj_per_t,
        h.factor_source as heat_source,
        round(avg(coalesce(c.factor_value, coal.factor_value)), 6) as co2_t_per_tj,
        max(case when c.factor_value is null then 1 else 0 end) as is_coal_assumed
    from int_plants__energy_factors as h
    left join kilns as k on h.plant_id = k.plant_id
    left join ref_energy__fuels as f on k.fuel = f.unit_fuel
    left join in_force as c on f.co2_factor_id = c.factor_id and h.period_end_date = c.period_end_date
    left join in_force as coal on coal.factor_id = 'fuel_co2__co2_other_bituminous_coal' and h.period_end_date = coal.period_end_date
    where h.item = 'fuel_energy'
    group by h.plant_id, h.period_end_date, h.factor_value, h.factor_source
),

cement_direct as (
    select
        k.plant_id, '1' as scope, 'production_clinker' as item, k.period_end_date,
        f.factor_value + k.heat_mj_per_t * k.co2_t_per_tj / 1000000 as factor_t_per_t,
        f.instrument_title || ': ' || round(f.factor_value, 3)::varchar || ' t process CO2/t clinker; ' || k.heat_source || ' x ' || round(k.co2_t_per_tj, 1)::varchar || ' t CO2/TJ'
            || case when k.is_coal_assumed = 1 then ' (coal taken)' else '' end as factor_source
    from kiln_heat as k
    inner join in_force as f on f.factor_id = 'process_co2__clinker_with_ckd' and k.period_end_date = f.period_end_date
),

by_route as (
    select
        p.plant_id, '1' as scope, t.item, p.period_end_date, f.factor_value as factor_t_per_t,
        f.instrument_title || ': ' || f.factor_value::varchar || ' t CO2/t, ' || t.words || f.evidence_note as factor_source
    from plants as p
    inner join (values
        ('bf_bof', 'production_crude_steel', 'process_co2__bof_steel', 'converter steel, tier 1'),
        ('eaf', 'production_crude_steel', 'process_co2__eaf_steel', 'arc-furnace steel, tier 1'),
        ('dri_eaf', 'production_crude_steel', 'process_co2__eaf_steel', 'arc-furnace steel, tier 1'),
        ('dri_eaf', 'production_dri', 'process_co2__dri', 'direct reduced iron, tier 1'),
        ('float', 'production_melted_glass', 'route_estimates__float_glass_direct_co2', 'float glass, best tenth of works: the lower end')) as t (route, item, factor_id, words)
        on p.route = t.route
    inner join in_force as f on t.factor_id = f.factor_id and p.period_end_date = f.period_end_date
),

grid as (
    select
        p.plant_id,
        p.period_end_date,
        max_by(g.grid_gco2_per_kwh, g.year) as grid_gco2_per_kwh,
        max(g.year) as grid_year
    from plants as p
    inner join ref_energy__grid_intensity as g on p.country_iso3 = g.country_iso3 and g.year <= extract(year from p.period_end_date)
    group by p.plant_id, p.period_end_date
),

cement_power as (
    select
        p.plant_id, '2' as scope, 'production_cement' as item, p.period_end_date,
        h.factor_value * g.grid_gco2_per_kwh / 1000000 as factor_t_per_t,
        h.factor_source || ' x grid of ' || p.country_iso3 || ' ' || g.grid_year::varchar || ': '
            || round(g.grid_gco2_per_kwh, 1)::varchar || ' g CO2/kWh (Ember, Our World in Data)' as factor_source
    from plants as p
    inner join grid as g on p.plant_id = g.plant_id and p.period_end_date = g.period_end_date
    inner join int_plants__energy_factors as h on p.plant_id = h.plant_id and p.period_end_date = h.period_end_date and h.item = 'electricity_used'
),

-- grid electricity itself, for returned kilowatt hours
grid_power as (
    select
        p.plant_id, '2' as scope, 'electricity_purchased' as item, p.period_end_date, g.grid_gco2_per_kwh / 1000000 as factor_t_per_t,
        'grid of ' || p.country_iso3 || ' ' || g.grid_year::varchar || ': ' || round(g.grid_gco2_per_kwh, 1)::varchar || ' g CO2/kWh (Ember, Our World in Data)' as factor_source
    from plants as p
    inner join grid as g on p.plant_id = g.plant_id and p.period_end_date = g.period_end_date
),

factors as (
    select plant_id, scope, item, period_end_date, factor_t_per_t, factor_source from cement_direct
    union all
    select plant_id, scope, item, period_end_date, factor_t_per_t, factor_source from by_route
    union all
    select plant_id, scope, item, period_end_date, factor_t_per_t, factor_source from cement_power
    union all
    select plant_id, scope, item, period_end_date, factor_t_per_t, factor_source from grid_power
)

select
    plant_id::varchar as plant_id,  -- plant
    scope::varchar as scope,  -- 1 direct, 2 purchased electricity
    item::varchar as item,  -- amount that the factor multiplies: a product, or electricity
    period_end_date::date as period_end_date,  -- last day of the month
    round(factor_t_per_t, 12)::double as factor_t_per_unit,  -- t CO2 a tonne of product or kWh
    factor_source::varchar as factor_source  -- where the factor comes from, with its parts
from factors

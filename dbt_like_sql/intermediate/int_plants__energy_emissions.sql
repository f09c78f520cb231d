/*
description: >-
  CO2 computed from what a plant returns of energy and production, period by period. Scope 1: fuels by kind (else the fuel of each unit) times their
  default CO2, plus process CO2 of clinker, glass or arc-furnace steel; gases made on the site carry carbon that coke and coal brought in and count
  nowhere. Scope 2: purchased electricity times the grid of country and year. Scopes are never added here.
grain: [plant_id, scope, period_start_date, period_end_date]
*/
with co2_factors as (
    select factor_id, factor_value, instrument_title, valid_from_date, last_day_date
    from ref_rules__factors
    where factor_table in ('fuel_co2', 'process_co2')
),

tj as (
    select 1 / nullif(factor, 0) as tj_per_kgce
    from ref_rules__units
    where unit = 'TJ'
),

by_kind as (
    select
        p.plant_id,
        p.period_start_date,
        p.period_end_date,
        min(p.covered_days) as covered_days,
        max(p.tier_rank) as tier_rank,
        count(*) as part_count,
        count(case when f.is_biogenic or c.factor_value is not null then 1 end) as known_count,
        sum((case when f.is_biogenic then 0 when t.route = 'bf_bof' and f.item in ('fuel_coke_oven_gas', 'fuel_blast_furnace_gas', 'fuel_converter_gas') then 0
            else p.value * j.tj_per_kgce * c.factor_value end)::decimal(28, 9)) as fuel_t
    from int_returns__item_periods as p
    inner join ref_energy__fuels as f on p.item = f.item
    cross join tj as j
    left join int_plants__route_months as t on p.plant_id = t.plant_id and p.period_end_date = t.period_end_date
    left join co2_factors as c
        on f.co2_factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= p.period_end_date) and (c.last_day_date is null or c.last_day_date >= p.period_end_date)
    where p.level = 'plant' and p.gap_code is null
    group by p.plant_id, p.period_start_date, p.period_end_date
),

-- only a total: the fuel named for the unit, its alternative part at the default of waste
by_unit as (
    select
        p.plant_id,
        p.period_start_date,
        p.period_end_date,
        min(p.covered_days) as covered_days,
        max(p.tier_rank) as tier_rank,
        count(*) as part_count,
        count(case when c.factor_value is not null or p.value = 0 then 1 end) as known_count,
        sum(((p.value - coalesce(a.value, 0)) * j.tj_per_kgce * coalesce(c.factor_value, 0) + coalesce(a.value, 0) * j.tj_per_kgce * w.factor_value)::decimal(28, 9)) as fuel_t
    from int_returns__item_periods as p
    inner join int_plants__entities as e on p.entity_id = e.entity_id
    cross join tj as j
    inner join co2_factors as w
        on w.factor_id = 'fuel_co2__co2_municipal_waste'
            and (w.valid_from_date is null or w.valid_from_date <= p.period_end_date) and (w.last_day_date is null or w.last_day_date >= p.period_end_date)
    left join int_returns__item_periods as a
        on p.entity_id = a.entity_id and a.item = 'fuel_energy_alternative' and a.gap_code is null
            and p.period_start_date = a.period_start_date and p.period_end_date = a.period_end_date
    left join ref_energy__fuels as f on e.fuel = f.unit_fuel
    left join co2_factors as c
        on f.co2_factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= p.period_end_date) and (c.last_day_date is null or c.last_day_date >= p.period_end_date)
    where p.level = 'unit' and p.item = 'fuel_energy' and not p.is_from_kinds and p.gap_code is null
    group by p.plant_id, p.period_start_date, p.period_end_date
),

-- a unit that is due and silent makes the plant's total incomplete
whole as (
    select plant_id, period_start_date, period_end_date
    from int_returns__item_periods
    where level = 'plant' and item = 'fuel_energy' and gap_code is null
),

fuel as (
    select k.plant_id, k.period_start_date, k.period_end_date, k.covered_days, k.tier_rank, k.fuel_t, 'fuels by kind' as words
    from by_kind as k
    inner join whole as w on k.plant_id = w.plant_id and k.period_start_date = w.period_start_date and k.period_end_date = w.period_end_date
    where k.part_count = k.known_count
    union all
    select u.plant_id, u.period_start_date, u.period_end_date, u.covered_days, u.tier_rank, u.fuel_t, 'fuel of each unit' as words
    from by_unit as u
    inner join whole as w on u.plant_id = w.plant_id and u.period_start_date = w.period_start_date and u.period_end_date = w.period_end_date
    left join by_kind as k on u.plant_id = k.plant_id and u.period_start_date = k.period_start_date and u.period_end_date = k.period_end_date
    where u.part_count = u.known_count and k.plant_id is null
),

direct as (
    select
        f.plant_id, '1' as scope, f.period_start_date, f.period_end_date,
        least(f.covered_days, coalesce(p.covered_days, f.covered_days)) as covered_days, greatest(f.tier_rank, coalesce(p.tier_rank, 1)) as tier_rank,
        f.fuel_t::double as fuel_t,
        case when r.factor_id is null then 0 else p.value * c.factor_value end as process_t,
        f.words || ' at IPCC defaults' || case when c.factor_value is not null then ', process ' || c.factor_value::varchar || ' t/t (' || c.instrument_title || ')' else '' end as factor_source
    from fuel as f
    inner join int_plants__route_months as m
        on f.plant_id = m.plant_id and f.period_end_date >= m.period_start_date and f.period_end_date <= m.period_end_date
    left join (values
        ('integrated', 'production_clinker', 'process_co2__clinker_with_ckd'),
        ('float', 'production_melted_glass', 'process_co2__float_glass_tier_2'),
        ('eaf', 'production_crude_steel', 'process_co2__eaf_steel'),
        ('dri_eaf', 'production_crude_steel', 'process_co2__eaf_steel')) as r (route, item, factor_id)
        on m.route = r.route
    left join int_returns__item_periods as p
        on f.plant_id = p.plant_id and p.level = 'plant' and r.item = p.item and p.gap_code is null
            and f.period_start_date = p.period_start_date and f.period_end_date = p.period_end_date
    left join co2_factors as c
        on r.factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= f.period_end_date) and (c.last_day_date is null or c.last_day_date >= f.period_end_date)
),

power as (
    select
        p.plant_id,
        p.period_start_date,
        p.period_end_date,
        min(p.covered_days) as covered_days,
        max(p.tier_rank) as tier_rank,
        coalesce(sum(case when p.item = 'electricity_purchased' then p.value end),
            sum(case when p.item = 'electricity_used' then p.value end) - coalesce(sum(case when p.item = 'electricity_generated' then p.value end), 0)) as electricity_kwh
    from int_returns__item_periods as p
    where p.level = 'plant' and p.item in ('electricity_purchased', 'electricity_used', 'electricity_generated') and p.gap_code is null
    group by p.plant_id, p.period_start_date, p.period_end_date
),

indirect as (
    select
        p.plant_id, '2' as scope, p.period_start_date, p.period_end_date, p.covered_days, p.tier_rank,
        p.electricity_kwh * f.factor_t_per_unit as fuel_t, 0 as process_t, f.factor_source
    from power as p
    inner join int_plants__route_months as m
        on p.plant_id = m.plant_id and p.period_end_date >= m.period_start_date and p.period_end_date <= m.period_end_date
    inner join int_plants__emission_factors as f
        on p.plant_id = f.plant_id and f.scope = '2' and f.item = 'electricity_purchased' and m.period_end_date = f.period_end_date
),

emissions as (
    select plant_id, scope, period_start_date, period_end_date, covered_days, tier_rank, fuel_t, process_t, factor_source from direct
    union all
    select plant_id, scope, period_start_date, period_end_date, covered_days, tier_rank, fuel_t, process_t, factor_source from indirect
)

select
    plant_id::varchar as plant_id,  -- plant
    scope::varchar as scope,  -- 1 direct, 2 purchased electricity
    period_start_date::date as period_start_date,  -- first day
    period_end_date::date as period_end_date,  -- last day
    covered_days::bigint as covered_days,  -- days for which everything was returned
    tier_rank::integer as tier_rank,  -- 1 measured, 2 reported, 3 estimated; of the amounts
    round(fuel_t, 6)::double as energy_t,  -- t CO2 of fuels (scope 1) or of electricity (scope 2)
    round(process_t, 6)::double as process_t,  -- t CO2 of the process; 0 where the route has none
    round(fuel_t + process_t, 6)::double as emissions_t,  -- t CO2, both together
    factor_source::varchar as factor_source  -- the factors with their sources
from emissions
where fuel_t + process_t is not null

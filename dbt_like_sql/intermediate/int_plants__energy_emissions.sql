/*
description: >-
  CO2 computed from what a plant returns of energy and production, period by period. Scope 1: fuels by kind, and what a total holds beyond them as the
  fuel of the units, times their default CO2, plus process CO2 of clinker, glass or arc-furnace steel; gases made on the site carry carbon that coke and coal brought in and count
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

policy as (
    select min(case when key = 'agreement_ratio' then value end)::double as agreement_ratio
    from ref_rules__policy
    where policy_id = 'returns'
),

-- what the works returns for itself stands for it, else its units
kinds as (
    select p.plant_id, p.entity_id, p.period_start_date, p.period_end_date, p.item, p.value, p.tier_rank
    from int_returns__item_periods as p
    left join int_returns__item_periods as w
        on p.plant_id = w.plant_id and p.item = w.item and p.period_start_date = w.period_start_date and p.period_end_date = w.period_end_date
            and w.level = 'plant' and not w.is_from_units
    where p.gap_code is null and ((p.level = 'plant' and not p.is_from_units) or (p.level = 'unit' and w.plant_id is null))
),

by_kind as (
    select
        k.plant_id,
        k.period_start_date,
        k.period_end_date,
        max(k.tier_rank) as tier_rank,
        count(case when not (f.is_biogenic or c.factor_value is not null or k.value = 0) then 1 end) as unknown_count,
        sum(k.value::decimal(28, 9)) as kinds_kgce,
        sum(case when f.is_alternative then k.value else 0 end::decimal(28, 9)) as alternative_kinds_kgce,
        sum((case when f.is_biogenic then 0 when t.route = 'bf_bof' and f.item in ('fuel_coke_oven_gas', 'fuel_blast_furnace_gas', 'fuel_converter_gas') then 0
            else k.value * j.tj_per_kgce * coalesce(c.factor_value, 0) end)::decimal(28, 9)) as kinds_t
    from kinds as k
    inner join ref_energy__fuels as f on k.item = f.item
    cross join tj as j
    left join int_plants__route_months as t on k.plant_id = t.plant_id and k.period_end_date = t.period_end_date
    left join co2_factors as c
        on f.co2_factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= k.period_end_date) and (c.last_day_date is null or c.last_day_date >= k.period_end_date)
    group by k.plant_id, k.period_start_date, k.period_end_date
),

-- of a unit that returns a total, what no kind names: the fuel named for the unit, without its alternative part
unit_kinds as (
    select
        p.entity_id, p.period_start_date, p.period_end_date,
        sum(p.value::decimal(28, 9)) as kinds_kgce,
        sum(case when f.is_alternative then p.value else 0 end::decimal(28, 9)) as alternative_kinds_kgce
    from int_returns__item_periods as p
    inner join ref_energy__fuels as f on p.item = f.item
    where p.level = 'unit' and p.gap_code is null
    group by p.entity_id, p.period_start_date, p.period_end_date
),

unit_rests as (
    select
        p.plant_id,
        p.entity_id,
        p.period_start_date,
        p.period_end_date,
        greatest(p.value - coalesce(k.kinds_kgce, 0), 0) as rest_kgce,
        least(greatest(coalesce(a.value, 0) - coalesce(k.alternative_kinds_kgce, 0), 0), greatest(p.value - coalesce(k.kinds_kgce, 0), 0)) as alternative_kgce
    from int_returns__item_periods as p
    left join unit_kinds as k on p.entity_id = k.entity_id and p.period_start_date = k.period_start_date and p.period_end_date = k.period_end_date
    left join int_returns__item_periods as a
        on p.entity_id = a.entity_id and a.item = 'fuel_energy_alternative' and a.gap_code is null
            and p.period_start_date = a.period_start_date and p.period_end_date = a.period_end_date
    where p.level = 'unit' and p.item = 'fuel_energy' and not p.is_from_kinds and p.gap_code is null
),

unit_fuels as (
    select u.plant_id, 'unit:' || u.unit_id as entity_id, u.fuel, f.co2_factor_id
    from stg_plants__process_units as u
    left join ref_energy__fuels as f on u.fuel = f.unit_fuel
    where u.fuel is not null
),

-- the mix of the units' fuels; units that return nothing of their own but all burn the same stand for the works
unit_mixes as (
    select
        r.plant_id, r.period_start_date, r.period_end_date,
        sum(r.rest_kgce::decimal(28, 9)) as rest_kgce,
        sum(r.alternative_kgce::decimal(28, 9)) as alternative_kgce,
        count(case when c.factor_value is null and r.rest_kgce > r.alternative_kgce then 1 end) as unknown_count,
        sum(((r.rest_kgce - r.alternative_kgce) * c.factor_value)::decimal(28, 9)) / nullif(sum((r.rest_kgce - r.alternative_kgce)::decimal(28, 9)), 0) as t_per_tj
    from unit_rests as r
    left join unit_fuels as u on r.entity_id = u.entity_id
    left join co2_factors as c
        on u.co2_factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= r.period_end_date) and (c.last_day_date is null or c.last_day_date >= r.period_end_date)
    group by r.plant_id, r.period_start_date, r.period_end_date
),

one_fuels as (
    select plant_id, min(co2_factor_id) as co2_factor_id
    from unit_fuels
    group by plant_id
    having count(distinct fuel) = 1
),

-- a unit that is due and silent makes the plant's total incomplete
totals as (
    select
        w.plant_id, w.period_start_date, w.period_end_date, w.covered_days, greatest(w.tier_rank, coalesce(k.tier_rank, 1)) as tier_rank,
        coalesce(k.unknown_count, 0) as unknown_kind_count,
        coalesce(k.kinds_kgce, 0) as kinds_kgce,
        coalesce(k.kinds_t, 0) as kinds_t,
        case when w.is_from_units then coalesce(u.rest_kgce, 0) when w.is_from_kinds then 0 else greatest(w.value - coalesce(k.kinds_kgce, 0), 0) end as rest_kgce,
        case when w.is_from_units then coalesce(u.alternative_kgce, 0) else greatest(coalesce(a.value, 0) - coalesce(k.alternative_kinds_kgce, 0), 0) end as alternative_kgce,
        case when u.unknown_count > 0 then null when u.rest_kgce > u.alternative_kgce then u.t_per_tj else c.factor_value end as t_per_tj,
        w.value
    from int_returns__item_periods as w
    left join by_kind as k on w.plant_id = k.plant_id and w.period_start_date = k.period_start_date and w.period_end_date = k.period_end_date
    left join unit_mixes as u on w.plant_id = u.plant_id and w.period_start_date = u.period_start_date and w.period_end_date = u.period_end_date
    left join int_returns__item_periods as a
        on w.entity_id = a.entity_id and a.item = 'fuel_energy_alternative' and a.gap_code is null
            and w.period_start_date = a.period_start_date and w.period_end_date = a.period_end_date
    left join one_fuels as o on w.plant_id = o.plant_id
    left join co2_factors as c
        on o.co2_factor_id = c.factor_id
            and (c.valid_from_date is null or c.valid_from_date <= w.period_end_date) and (c.last_day_date is null or c.last_day_date >= w.period_end_date)
    where w.level = 'plant' and w.item = 'fuel_energy' and w.gap_code is null
),

-- total and kinds that agree are one account: a rest within the tolerance is rounding
rests as (
    select
        t.*,
        case when t.kinds_kgce > 0 and t.rest_kgce <= t.value * y.agreement_ratio then 0 else t.rest_kgce end as counted_kgce
    from totals as t
    cross join policy as y
),

fuel as (
    select
        r.plant_id, r.period_start_date, r.period_end_date, r.covered_days, r.tier_rank,
        r.kinds_t + case when r.counted_kgce = 0 then 0
            else least(r.alternative_kgce, r.counted_kgce) * j.tj_per_kgce * w.factor_value
                + case when r.counted_kgce > r.alternative_kgce then (r.counted_kgce - r.alternative_kgce) * j.tj_per_kgce * r.t_per_tj else 0 end end as fuel_t,
        case when r.counted_kgce = 0 then 'fuels by kind' when r.kinds_kgce = 0 then 'fuel of each unit' else 'fuels by kind, the rest the fuel of each unit' end as words
    from rests as r
    cross join tj as j
    inner join co2_factors as w
        on w.factor_id = 'fuel_co2__co2_municipal_waste'
            and (w.valid_from_date is null or w.valid_from_date <= r.period_end_date) and (w.last_day_date is null or w.last_day_date >= r.period_end_date)
    where r.unknown_kind_count = 0
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

-- who returns what he buys is counted by that in every period; else what he uses less what he makes, never less than nothing
buyers as (
    select distinct plant_id
    from int_returns__item_periods
    where level = 'plant' and item = 'electricity_purchased'
),

power as (
    select
        p.plant_id,
        p.period_start_date,
        p.period_end_date,
        case when b.plant_id is not null or g.plant_id is null then p.covered_days else least(p.covered_days, g.covered_days) end as covered_days,
        case when b.plant_id is not null or g.plant_id is null then p.tier_rank else greatest(p.tier_rank, g.tier_rank) end as tier_rank,
        case when b.plant_id is not null then p.value else greatest(p.value - coalesce(g.value, 0), 0) end as electricity_kwh
    from int_returns__item_periods as p
    left join buyers as b on p.plant_id = b.plant_id
    left join int_returns__item_periods as g
        on p.plant_id = g.plant_id and g.level = 'plant' and g.item = 'electricity_generated'
            and p.period_start_date = g.period_start_date and p.period_end_date = g.period_end_date
    where p.level = 'plant' and p.gap_code is null and p.item = case when b.plant_id is not null then 'electricity_purchased' else 'electricity_used' end
        and (b.plant_id is not null or g.gap_code is null)
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

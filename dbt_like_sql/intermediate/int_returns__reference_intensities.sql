/*
description: >-
  What a tonne of product needs or emits by a figure with a source, for the order of magnitude of what is returned and for nothing else: heat of clinker and
  electricity of cement by GNR, energy of a process by the highest limit of its indicator on file, CO2 of the process by the 2006 IPCC Guidelines. Water, CO2 of
  electricity and what is not listed here have no such figure: they can honestly be next to nothing.
grain: [entity_id, item, base_item]
*/
with gnr as (
    select
        'gnr_' || measure as source_id,
        value,
        unit,
        'GNR World ' || year || ': ' || value::varchar || ' ' || unit as source,
        row_number() over (partition by measure order by year desc) as place
    from ref_cement__gnr
    where region_code = 'World' and not is_projection and measure in ('heat_all_kilns', 'electricity')
),

limits as (
    select
        t.indicator_id as source_id,
        t.limit_value as value,
        i.unit,
        r.instrument_title || ', ' || t.clause || ': ' || t.limit_value::varchar || ' ' || i.unit || case when r.evidence = 'unverified' then ' (unverified)' else '' end as source,
        row_number() over (partition by t.indicator_id order by t.limit_value desc, t.threshold_id) as place
    from ref_rules__thresholds as t
    inner join ref_rules__rules as r on t.rule_id = r.rule_id
    inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id
    where t.limit_value is not null
),

factors as (
    select
        factor_id as source_id,
        factor_value as value,
        unit,
        instrument_title || ': ' || factor_value::varchar || ' ' || unit || case when evidence = 'unverified' then ' (unverified)' else '' end as source,
        row_number() over (partition by factor_id order by valid_from_date desc nulls last) as place
    from ref_rules__factors
),

sources as (
    select source_id, value, unit, source from gnr where place = 1
    union all
    select source_id, value, unit, source from limits where place = 1
    union all
    select source_id, value, unit, source from factors where place = 1
),

-- kind of place, item, product, figure. Nothing is burnt, used or emitted at nought where has_floor says so: clinker, hot metal and glass need heat and give off CO2
figures as (
    select *
    from (values
        ('plant cement', 'fuel_energy', 'production_clinker', 'gnr_heat_all_kilns', true),
        ('plant cement', 'fuel_energy', 'production_white_clinker', 'gnr_heat_all_kilns', true),
        ('plant cement', 'electricity_used', 'production_cement', 'gnr_electricity', true),
        ('plant cement', 'co2_scope1', 'production_clinker', 'process_co2__clinker_with_ckd', true),
        ('plant cement', 'co2_scope1', 'production_white_clinker', 'process_co2__clinker_with_ckd', true),
        ('plant bf_bof', 'fuel_energy', 'production_crude_steel', 'route_estimates__steel_energy_all_routes', true),
        ('plant bf_bof', 'co2_scope1', 'production_crude_steel', 'process_co2__bof_steel', true),
        ('plant eaf', 'electricity_used', 'production_crude_steel', 'eaf_process_energy', true),
        ('plant eaf', 'co2_scope1', 'production_crude_steel', 'process_co2__eaf_steel', false),
        ('plant dri_eaf', 'electricity_used', 'production_crude_steel', 'eaf_process_energy', true),
        ('plant dri_eaf', 'co2_scope1', 'production_crude_steel', 'process_co2__eaf_steel', false),
        ('plant dri_eaf', 'co2_scope1', 'production_dri', 'process_co2__dri', false),
        ('plant float', 'fuel_energy', 'production_melted_glass', 'float_glass_energy', true),
        ('plant float', 'co2_scope1', 'production_melted_glass', 'process_co2__float_glass_tier_2', true),
        ('unit clinker_kiln', 'fuel_energy', 'production_clinker', 'gnr_heat_all_kilns', true),
        ('unit clinker_kiln', 'fuel_energy', 'production_white_clinker', 'gnr_heat_all_kilns', true),
        ('unit clinker_kiln', 'electricity_used', 'production_clinker', 'clinker_comprehensive_electricity', true),
        ('unit clinker_kiln', 'electricity_used', 'production_white_clinker', 'clinker_comprehensive_electricity', true),
        ('unit clinker_kiln', 'co2_scope1', 'production_clinker', 'process_co2__clinker_with_ckd', true),
        ('unit clinker_kiln', 'co2_scope1', 'production_white_clinker', 'process_co2__clinker_with_ckd', true),
        ('unit cement_mill', 'electricity_used', 'production_cement', 'cement_preparation_electricity', true),
        ('unit blast_furnace', 'fuel_energy', 'production_hot_metal', 'blast_furnace_process_energy', true),
        ('unit blast_furnace', 'co2_scope1', 'production_hot_metal', 'process_co2__pig_iron', true),
        ('unit coke_oven', 'fuel_energy', 'production_coke', 'coke_process_energy', false),
        ('unit coke_oven', 'co2_scope1', 'production_coke', 'process_co2__coke', false),
        ('unit sinter_strand', 'fuel_energy', 'production_sinter', 'sinter_process_energy', true),
        ('unit sinter_strand', 'co2_scope1', 'production_sinter', 'process_co2__sinter', false),
        ('unit pellet_plant', 'fuel_energy', 'production_pellet', 'pellet_process_energy', false),
        ('unit pellet_plant', 'co2_scope1', 'production_pellet', 'process_co2__pellet', false),
        ('unit dri_furnace', 'co2_scope1', 'production_dri', 'process_co2__dri', false),
        ('unit eaf', 'electricity_used', 'production_crude_steel', 'eaf_process_energy', true),
        ('unit eaf', 'co2_scope1', 'production_crude_steel', 'process_co2__eaf_steel', false),
        ('unit float_line', 'fuel_energy', 'production_melted_glass', 'float_glass_energy', true),
        ('unit float_line', 'co2_scope1', 'production_melted_glass', 'process_co2__float_glass_tier_2', true)) as k (place_kind, item, base_item, source_id, has_floor)
),

-- one kilowatt hour in kgce, by which limits of energy count electricity
coefficients as (
    select value as kgce_per_kwh
    from factors
    where source_id = 'energy_conversion__electricity' and place = 1
),

converted as (
    select
        f.place_kind, f.item, f.base_item, f.has_floor,
        case
            when f.item = 'fuel_energy' then s.value * coalesce(u.factor, 1)
            when f.source_id = 'eaf_process_energy' then s.value / nullif(c.kgce_per_kwh, 0)
            else s.value end as amount_per_t,
        s.source || case when f.source_id = 'eaf_process_energy' then ' at ' || c.kgce_per_kwh::varchar || ' kgce/kWh' else '' end as source
    from figures as f
    inner join sources as s on f.source_id = s.source_id
    left join ref_rules__units as u on split_part(s.unit, '/', 1) = u.unit
    left join coefficients as c on f.source_id = 'eaf_process_energy'
),

-- no kind of fuel is more than all fuels can be; it may be any part of it
with_kinds as (
    select place_kind, item, base_item, has_floor, false as is_part, amount_per_t, source from converted
    union all
    select c.place_kind, k.item, c.base_item, false as has_floor, true as is_part, c.amount_per_t, c.source
    from converted as c
    inner join (select item from ref_energy__fuels union select 'fuel_energy_alternative' as item) as k on c.item = 'fuel_energy'
),

-- the route of every month of the window, if it is one
one_routes as (
    select plant_id, min(route) as route
    from int_plants__route_months
    group by plant_id
    having count(distinct route) = 1 and count(route) = count(*)
),

places as (
    select e.entity_id, 'plant ' || case when e.sector = 'cement' then e.sector else r.route end as place_kind
    from int_plants__entities as e
    left join one_routes as r on e.plant_id = r.plant_id
    where e.entity_type = 'plant'
    union all
    select entity_id, 'unit ' || process as place_kind
    from int_plants__entities
    where entity_type = 'unit'
)

select
    p.entity_id::varchar as entity_id,  -- plant:… or unit:…
    k.item::varchar as item,  -- what is held: fuel, a kind of fuel, electricity or direct CO2
    k.base_item::varchar as base_item,  -- product by whose tonnes it is held
    k.amount_per_t::double as amount_per_t,  -- a tonne of the product, in the canonical unit of the item
    k.has_floor::boolean as has_floor,  -- true = there is no such product without it, so that zero is held too
    k.is_part::boolean as is_part,  -- true = one kind of the fuels: only too much of it can be told
    k.source::varchar as source  -- figure and source in words
from places as p
inner join with_kinds as k on p.place_kind = k.place_kind

/*
description: >-
  Which dated threshold binds which plant, unit or stack, and from when. A scope condition that cannot be decided
  (size, technology, commissioning date or region unknown) is kept as undecided and never dropped.
grain: [threshold_id, entity_id]
*/
with thresholds as (
    select
        t.threshold_id,
        t.rule_id,
        t.tier,
        t.kind,
        r.layer,
        r.instrument_id,
        t.valid_from_date,
        t.valid_to_date,
        t.existing_plants_from_date,
        lead(t.existing_plants_from_date) over (
            partition by t.rule_id, t.tier order by t.valid_from_date
        ) as next_existing_from_date,
        case t.kind when 'prohibition' then 'unit' when 'requirement' then 'plant' else i.level end as target_type
    from ref_rules__thresholds as t
    inner join ref_rules__rules as r on t.rule_id = r.rule_id
    left join ref_rules__indicators as i on t.indicator_id = i.indicator_id
),

units_of_plants as (
    select plant_id, count(*) as unit_count
    from int_plants__entities
    where entity_type = 'unit'
    group by plant_id
),

stacks_of_units as (
    select unit_id, count(*) as stack_count
    from int_plants__entities
    where entity_type = 'stack' and unit_id is not null
    group by unit_id
),

-- what a scope is compared with: the unit itself, the unit behind a stack, each unit of a plant
subjects as (
    select e.entity_type as target_type, e.entity_id, e.process, e.technology, e.size_value, e.size_unit, e.commissioning_date, e.sector,
        e.route, e.country_iso3, e.region_code, e.city_code, e.region_class, e.fuel, e.raw_material
    from int_plants__entities as e
    where e.entity_type in ('unit', 'stack')
    union all
    select 'stack' as target_type, e.entity_id, e.process, e.technology, e.size_value, e.size_unit, e.commissioning_date, e.sector,
        e.route, e.country_iso3, e.region_code, e.city_code, e.region_class, e.fuel, e.raw_material
    from int_plants__entities as e
    left join stacks_of_units as s on e.unit_id = s.unit_id
    where e.entity_type = 'unit' and s.unit_id is null
    union all
    select 'plant' as target_type, 'plant:' || e.plant_id as entity_id, e.process, e.technology, e.size_value, e.size_unit, e.commissioning_date, e.sector,
        e.route, e.country_iso3, e.region_code, e.city_code, e.region_class, e.fuel, e.raw_material
    from int_plants__entities as e
    where e.entity_type = 'unit'
    union all
    select k.target_type, e.entity_id, e.process, e.technology, e.size_value, e.size_unit, e.commissioning_date, e.sector,
        e.route, e.country_iso3, e.region_code, e.city_code, e.region_class, e.fuel, e.raw_material
    from int_plants__entities as e
    left join units_of_plants as u on e.plant_id = u.plant_id
    cross join (values ('plant'), ('unit'), ('stack')) as k (target_type)
    where e.entity_type = 'plant' and u.plant_id is null
),

-- 1 = holds, 0 = does not, 0.5 = cannot be decided
conditions as (
    select
        t.threshold_id,
        s.entity_id,
        s.commissioning_date,
        case when c.process is null then 1.0 when s.process is null then 0.5 else 1.0 end as process_ok,
        -- a dry kiln of unknown kind may be any of the three dry kilns (rules/vocabulary.yaml)
        case when c.technology is null then 1.0 when s.technology is null then 0.5
            when s.technology = 'dry_unspecified' and c.technology in ('new_dry_precalciner', 'dry_preheater', 'dry_hollow') then 0.5
            when s.technology = c.technology then 1.0 else 0.0 end as technology_ok,
        case when c.route is null then 1.0 when s.route is null then 0.5 else 1.0 end as route_ok,
        -- a plant whose province or city is not known may stand in it
        case when c.region_code is null then 1.0 when s.region_code is null then 0.5 when s.region_code <> c.region_code then 0.0
            when c.city_code is null then 1.0 when s.city_code is null then 0.5 when s.city_code = c.city_code then 1.0 else 0.0 end as place_ok,
        case when c.region_class is null then 1.0 when s.region_class is null then 0.5 when s.region_class = c.region_class then 1.0 else 0.0 end as region_ok,
        case when c.fuel is null then 1.0 when s.fuel is null then 0.5 when s.fuel = c.fuel then 1.0 else 0.0 end as fuel_ok,
        case when c.commissioned_from_date is null and c.commissioned_before_date is null then 1.0
            when s.commissioning_date is null then 0.5
            when s.commissioning_date >= coalesce(c.commissioned_from_date, s.commissioning_date)
                and s.commissioning_date < coalesce(c.commissioned_before_date, s.commissioning_date + interval 1 day) then 1.0
            else 0.0 end as commissioned_ok,
        case when c.size_from is null and c.size_to is null then 1.0
            when s.size_value is null or s.size_unit is null or s.size_unit <> c.size_unit then 0.5
            when (c.size_from is null or s.size_value > c.size_from or (s.size_value = c.size_from and c.size_from_inclusive))
                and (c.size_to is null or s.size_value < c.size_to or (s.size_value = c.size_to and c.size_to_inclusive)) then 1.0
            else 0.0 end as size_ok
    from thresholds as t
    inner join ref_rules__scopes as c on t.rule_id = c.rule_id
    inner join subjects as s
        on t.target_type = s.target_type
            and (c.sector is null or c.sector = 'all' or c.sector = s.sector)
            and (c.process is null or s.process is null or c.process = s.process)
            and (c.route is null or s.route is null or c.route = s.route)
            and (c.country_iso3 is null or c.country_iso3 = s.country_iso3)
    left join ref_rules__instrument_countries as ic on t.instrument_id = ic.instrument_id and s.country_iso3 = ic.country_iso3
    where t.layer <> 'host_law' or ic.instrument_id is not null
),

decided as (
    select
        threshold_id,
        entity_id,
        commissioning_date,
        least(process_ok, technology_ok, route_ok, place_ok, region_ok, fuel_ok, commissioned_ok, size_ok) as scope_ok,
        case when process_ok = 0.5 then 'PROCESS_UNKNOWN' when technology_ok = 0.5 then 'TECHNOLOGY_UNKNOWN' when size_ok = 0.5 then 'SIZE_UNKNOWN'
            when commissioned_ok = 0.5 then 'COMMISSIONING_UNKNOWN'
            when place_ok = 0.5 then 'REGION_UNKNOWN' when least(route_ok, region_ok, fuel_ok) = 0.5 then 'SCOPE_UNKNOWN' end as unknown_code
    from conditions
),

-- scopes of a rule, and units of a plant, are alternatives
entities as (
    select
        threshold_id,
        entity_id,
        max(scope_ok) as scope_ok,
        min(case when scope_ok = 0.5 then unknown_code end) as unknown_code,
        max(case when scope_ok > 0 then commissioning_date end) as commissioning_date
    from decided
    group by threshold_id, entity_id
),

dated as (
    select
        e.threshold_id,
        e.commissioning_date,
        e.entity_id,
        e.scope_ok,
        e.unknown_code,
        t.rule_id,
        t.tier,
        t.valid_from_date,
        t.valid_to_date,
        t.existing_plants_from_date,
        t.next_existing_from_date,
        coalesce(e.commissioning_date >= t.valid_from_date, false) as is_new
    from entities as e
    inner join thresholds as t on e.threshold_id = t.threshold_id
)

select
    threshold_id::varchar as threshold_id,  -- dated threshold
    entity_id::varchar as entity_id,  -- plant, unit or stack judged
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III or null
    (case when scope_ok = 1 then 'yes' when scope_ok = 0 then 'no' else 'unknown' end)::varchar as is_applicable,  -- yes, no or unknown
    (case when scope_ok = 0 then 'OUT_OF_SCOPE' when scope_ok = 0.5 then unknown_code end)::varchar as not_applicable_reason,  -- reason code; null when applicable
    is_new::boolean as is_new,  -- commissioned on or after the day the threshold came into force; unknown counts as existing
    (tier is null or (tier = 'II' and is_new) or (tier = 'III' and not is_new))::boolean as is_binding_tier,  -- tier II binds new plants, III existing ones, I nobody
    (case when is_new then valid_from_date else coalesce(existing_plants_from_date, valid_from_date) end)::date as bound_from_date,  -- first day it binds this entity
    (case when valid_to_date is null then null when coalesce(commissioning_date >= valid_to_date, false) then valid_to_date
        else greatest(valid_to_date, coalesce(next_existing_from_date, valid_to_date)) end)::date as bound_to_date  -- day it ends (exclusive); a unit older than the next entry keeps this one until that binds existing plants; null = open
from dated

/*
description: >-
  Everything a rule can judge: plants, process units and stacks that are not retired or cancelled, with the attributes that scopes ask for.
  Of a unit that was retired within the assessment window the stacks stay until the window has passed its last day: what they sent while it ran is
  judged as before. The unit itself is judged no more, it no longer stands there.
  A plant without any known unit is kept: its unit rules end as NO_DATA, never as not applicable.
grain: [entity_id]
*/
with provinces as (
    select country_iso3, lower(sent_name) as sent_name, max(region_code) as region_code
    from ref_plants__place_names
    where nullif(city_code, '') is null
    group by country_iso3, lower(sent_name)
),

cities as (
    select region_code, lower(sent_name) as sent_name, max(city_code) as city_code
    from ref_plants__place_names
    where nullif(city_code, '') is not null
    group by region_code, lower(sent_name)
),

-- a city is looked for inside its province only: the same name stands elsewhere for another place
plants as (
    select p.*, r.region_code, c.city_code
    from stg_plants__plants as p
    left join provinces as r on p.country_iso3 = r.country_iso3 and lower(trim(p.region_name)) = r.sent_name
    left join cities as c on r.region_code = c.region_code and lower(trim(p.city)) = c.sent_name
    where p.status not in ('retired', 'cancelled')
),

known_units as (
    select
        u.*,
        u.status = 'retired' or coalesce(u.retirement_date < s.as_of_date, false) as is_retired,
        p.sector,
        p.route,
        p.country_iso3,
        p.region_name,
        p.region_code,
        p.city_code,
        p.region_class,
        p.commissioning_date as plant_commissioning_date
    from stg_plants__process_units as u
    inner join plants as p on u.plant_id = p.plant_id
    cross join ref_run__settings as s
    where u.status <> 'cancelled'
        and case when u.retirement_date is null then u.status <> 'retired' else u.retirement_date >= s.window_start_date end
),

units as (
    select * from known_units where not is_retired
),

stacks as (
    select
        e.stack_id,
        e.unit_id,
        p.plant_id,
        p.sector,
        p.route,
        p.country_iso3,
        p.region_name,
        p.region_code,
        p.city_code,
        p.region_class,
        p.commissioning_date as plant_commissioning_date,
        u.unit_id as known_unit_id,
        u.process,
        u.technology,
        u.size_value,
        u.size_unit,
        u.capacity_t_per_year,
        u.commissioning_date,
        u.fuel,
        u.raw_material,
        coalesce(u.status, p.status) as status
    from stg_plants__emission_points as e
    inner join plants as p on e.plant_id = p.plant_id
    left join known_units as u on e.unit_id = u.unit_id
    where e.unit_id is null or u.unit_id is not null
),

entities as (
    select
        'plant:' || plant_id as entity_id, 'plant' as entity_type, plant_id, null as unit_id, null as stack_id, sector, route,
        null as process, null as technology, null as size_value, null as size_unit, capacity_t_per_year, commissioning_date,
        country_iso3, region_name, region_code, city_code, region_class, null as fuel, null as raw_material, status
    from plants
    union all
    select
        'unit:' || unit_id as entity_id, 'unit' as entity_type, plant_id, unit_id, null as stack_id, sector, route,
        process, technology, size_value, size_unit, capacity_t_per_year, coalesce(commissioning_date, plant_commissioning_date),
        country_iso3, region_name, region_code, city_code, region_class, fuel, raw_material, status
    from units
    union all
    select
        'stack:' || stack_id as entity_id, 'stack' as entity_type, plant_id, known_unit_id, stack_id, sector, route,
        process, technology, size_value, size_unit, capacity_t_per_year, coalesce(commissioning_date, plant_commissioning_date),
        country_iso3, region_name, region_code, city_code, region_class, fuel, raw_material, status
    from stacks
)

select
    entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    entity_type::varchar as entity_type,  -- plant, unit or stack
    plant_id::varchar as plant_id,  -- plant it belongs to
    unit_id::varchar as unit_id,  -- process unit; null for a plant or a stack without a known unit; of a stack also a unit that was retired within the window
    stack_id::varchar as stack_id,  -- stack; null otherwise
    sector::varchar as sector,  -- cement, steel or flat_glass
    route::varchar as route,  -- production route of the plant; null = unknown
    process::varchar as process,  -- kind of unit; null for a plant or when unknown
    technology::varchar as technology,  -- null = unknown
    size_value::double as size_value,  -- size in size_unit
    size_unit::varchar as size_unit,  -- m3, t, m, t/d or m2
    capacity_t_per_year::double as capacity_t_per_year,  -- tonnes of product a year
    commissioning_date::date as commissioning_date,  -- of the unit, else of the plant; null = unknown
    country_iso3::varchar as country_iso3,  -- host country
    region_name::varchar as region_name,  -- province or state as sent
    region_code::varchar as region_code,  -- country and ISO 3166-2 part, CHN-AH; null = not sent or not known by that name
    city_code::varchar as city_code,  -- CHN-HA/luoyang; null = not sent or not known by that name
    (case when region_class is null and country_iso3 <> 'CHN' then 'general' else region_class end)::varchar as region_class,  -- key regions exist in China only, elsewhere general
    fuel::varchar as fuel,  -- main fuel; null = unknown
    raw_material::varchar as raw_material,  -- main raw material; null = unknown
    status::varchar as status  -- operating, construction, announced, mothballed, retired (stacks of a unit retired within the window) or unknown
from entities

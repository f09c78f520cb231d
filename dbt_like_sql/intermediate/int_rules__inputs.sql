/*
description: >-
  Named inputs of formulas (rules/vocabulary.yaml, expression_inputs) as far as they are known: altitude with the air pressure that goes with it,
  size and capacity of a unit and of its plant, shares from the returns of the window, and what was stated about the site (site_inputs).
  What is returned comes before what is stated, the unit's own before its plant's.
grain: [entity_id, input_name]
*/
with sites as (
    select e.entity_id, e.size_value, e.capacity_t_per_year, p.altitude_m, p.capacity_t_per_year as plant_capacity_t_per_year
    from int_plants__entities as e
    inner join stg_plants__plants as p on e.plant_id = p.plant_id
),

-- standard atmosphere, ISO 2533:1975, below 11 km: p = 101325 x (1 - 2.25577e-5 x h)^5.25588
site_inputs as (
    select s.entity_id, k.input_name,
        case k.input_name
            when 'altitude_m' then s.altitude_m
            when 'air_pressure_pa' then round(101325 * power(1 - 0.0000225577 * s.altitude_m, 5.25588), 1)
            when 'size_value' then s.size_value
            when 'plant_capacity_t_per_year' then s.plant_capacity_t_per_year
            else s.capacity_t_per_year end as value
    from sites as s
    cross join (values ('altitude_m'), ('air_pressure_pa'), ('size_value'), ('capacity_t_per_year'), ('plant_capacity_t_per_year')) as k (input_name)
),

-- a share is an indicator made of returns: named like the input, or the older name of the same thing
shares as (
    select r.entity_id, case r.indicator_id when 'clinker_ratio' then 'clinker_share_pct' else r.indicator_id end as input_name, r.value
    from int_returns__indicators as r
    where r.error_code is null and r.value is not null
        and r.indicator_id in ('clinker_ratio', 'scrap_share_pct', 'hot_metal_share_pct', 'ore_grade_pct', 'bearing_steel_share_pct')
),

-- statements that hold on the day of the run; of several the newest
stated as (
    select
        i.plant_id,
        i.unit_id,
        i.input_name,
        i.value,
        row_number() over (
            partition by i.plant_id, i.unit_id, i.input_name order by i.valid_from_date desc, i.source_file_id, i.source_row_number
        ) as way
    from stg_plants__site_inputs as i
    cross join ref_run__settings as s
    where i.value is not null and i.valid_from_date <= s.as_of_date and (i.valid_to_date is null or i.valid_to_date >= s.as_of_date)
),

known_shares as (
    select e.entity_id, s.input_name, s.value, case when s.entity_id = e.entity_id then 1 else 3 end as choice
    from int_plants__entities as e
    inner join shares as s on s.entity_id = e.entity_id or s.entity_id = 'plant:' || e.plant_id
    union all
    select e.entity_id, s.input_name, s.value, case when s.unit_id is not null then 2 else 4 end as choice
    from int_plants__entities as e
    inner join stated as s on e.plant_id = s.plant_id and (s.unit_id is null or s.unit_id = e.unit_id) and s.way = 1
    where s.input_name not in ('altitude_m', 'air_pressure_pa', 'size_value', 'capacity_t_per_year', 'plant_capacity_t_per_year')
),

nearest as (
    select *, row_number() over (partition by entity_id, input_name order by choice) as way
    from known_shares
),

inputs as (
    select entity_id, input_name, value from site_inputs where value is not null
    union all
    select entity_id, input_name, value from nearest where way = 1
)

select
    entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    input_name::varchar as input_name,  -- word of expression_inputs
    value::double as value  -- in the unit that its name or the vocabulary gives
from inputs

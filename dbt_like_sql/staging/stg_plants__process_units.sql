/*
description: >-
  Process units (kilns, furnaces, converters, float lines): one row per unit.
grain: [unit_id]
*/
select
    nullif(trim(unit_id), '')::varchar as unit_id,  -- id given by the operator
    nullif(trim(plant_id), '')::varchar as plant_id,  -- plant
    nullif(trim(unit_name), '')::varchar as unit_name,  -- name as sent
    lower(nullif(trim(process), ''))::varchar as process,  -- kind of unit, see rules/vocabulary.yaml
    nullif(lower(nullif(trim(technology), '')), 'unknown')::varchar as technology,  -- technology; null = unknown
    capacity_t_per_year::double as capacity_t_per_year,  -- tonnes of product a year
    size_value::double as size_value,  -- size in size_unit
    nullif(trim(size_unit), '')::varchar as size_unit,  -- m3, t, m, t/d or m2
    commissioning_date::date as commissioning_date,  -- null = unknown
    retirement_date::date as retirement_date,  -- null = none known
    mothballed_from_date::date as mothballed_from_date,  -- first day out of service; null = none known
    mothballed_to_date::date as mothballed_to_date,  -- last day out of service; null = still
    coalesce(lower(nullif(trim(status), '')), 'unknown')::varchar as status,  -- as for plants
    lower(nullif(trim(fuel), ''))::varchar as fuel,  -- main fuel
    lower(nullif(trim(raw_material), ''))::varchar as raw_material,  -- main raw material
    last_overhaul_date::date as last_overhaul_date,  -- last relining or rebuild; null = none known
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_plants__process_units

/*
description: >-
  Plants as received: one row per plant.
grain: [plant_id]
*/
select
    nullif(trim(plant_id), '')::varchar as plant_id,  -- id given by the operator or tracker
    nullif(trim(plant_name), '')::varchar as plant_name,  -- name as sent
    nullif(trim(plant_name_local), '')::varchar as plant_name_local,  -- name in the local script
    nullif(trim(alternative_names), '')::varchar as alternative_names,  -- other names, ; separated
    upper(nullif(trim(country_iso3), ''))::varchar as country_iso3,  -- host country
    nullif(trim(region_name), '')::varchar as region_name,  -- province or state
    nullif(trim(city), '')::varchar as city,  -- municipality
    latitude::double as latitude,  -- degrees
    longitude::double as longitude,  -- degrees
    lower(nullif(trim(sector), ''))::varchar as sector,  -- cement, steel or flat_glass
    lower(nullif(trim(route), ''))::varchar as route,  -- production route; null = unknown
    coalesce(lower(nullif(trim(status), '')), 'unknown')::varchar as status,  -- operating, construction, announced, mothballed, retired, cancelled or unknown
    commissioning_date::date as commissioning_date,  -- first day of operation; null = unknown
    nullif(trim(owner_id), '')::varchar as owner_id,  -- direct owner
    nullif(trim(owner_name), '')::varchar as owner_name,  -- direct owner as sent
    nullif(trim(parent_id), '')::varchar as parent_id,  -- ultimate parent
    nullif(trim(parent_name), '')::varchar as parent_name,  -- ultimate parent as sent
    lower(nullif(trim(region_class), ''))::varchar as region_class,  -- general or key_region (Chinese notion); null = unknown
    altitude_m::double as altitude_m,  -- metres above sea level
    capacity_t_per_year::double as capacity_t_per_year,  -- tonnes of main product a year
    lower(nullif(trim(product), ''))::varchar as product,  -- main product
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from raw_plants__plants

/*
description: >-
  Country facts sent with the landing folder: one row per country; a repeated country counts once.
grain: [country_iso3]
*/
with ranked as (
    select
        *,
        row_number() over (partition by upper(trim(country_iso3)) order by source_file_id, source_row_number) as row_rank
    from raw_reference__countries
)

select
    upper(nullif(trim(country_iso3), ''))::varchar as country_iso3,  -- ISO 3166-1 alpha-3
    nullif(trim(country_name), '')::varchar as country_name,  -- English short name
    upper(nullif(trim(country_iso2), ''))::varchar as country_iso2,  -- alpha-2 (Namibia's NA is a code, not a blank)
    bri_joined_year::integer as bri_joined_year,  -- year of the Belt-and-Road memorandum; null = none
    water_stress_score::double as water_stress_score,  -- Aqueduct baseline water stress 0-4; null = missing
    lower(nullif(trim(air_quality_zone), ''))::varchar as air_quality_zone,  -- local zone; null = none
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file as a person counts it
from ranked
where row_rank = 1

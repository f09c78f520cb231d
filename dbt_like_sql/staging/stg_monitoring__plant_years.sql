/*
description: >-
  Production and emission intensity of plants by calendar year as delivered, past years and plans: what alignment needs beside the run's own year.
grain: [plant_id, year]
*/
with ranked as (
    select
        *,
        row_number() over (
            partition by trim(plant_id), year
            order by case evidence_tier when 'reported' then 1 when 'planned' then 2 else 3 end, source_file_id, source_row_number
        ) as choice
    from raw_monitoring__plant_years
)

select
    trim(plant_id)::varchar as plant_id,  -- plant
    year::bigint as year,  -- calendar year
    production_t::double as production_t,  -- tonnes of the sector's product; null = not known
    intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t of that product; null = not known
    coalesce(evidence_tier, 'reported')::varchar as evidence_tier,  -- reported, planned or estimated
    source_file_id::varchar as source_file_id,  -- sha256 of the received file
    source_row_number::bigint as source_row_number  -- row in that file
from ranked
where choice = 1

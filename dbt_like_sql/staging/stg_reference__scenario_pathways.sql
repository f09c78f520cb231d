/*
description: >-
  Emission-intensity pathways of scenarios as the bank delivered them: one row per scenario, sector, region and published year.
grain: [scenario_source, scenario, sector, region, year]
*/
select
    trim(scenario_source)::varchar as scenario_source,  -- publisher and edition
    trim(scenario)::varchar as scenario,  -- scenario
    lower(trim(sector))::varchar as sector,  -- cement, steel or flat_glass
    lower(trim(region))::varchar as region,  -- region; global = all countries
    year::bigint as year,  -- calendar year
    min(intensity_t_per_t)::double as intensity_t_per_t,  -- t CO2 per t of product, as published
    min(source_file_id)::varchar as source_file_id,  -- sha256 of the received file
    min(source_row_number)::bigint as source_row_number  -- row in that file
from raw_reference__scenario_pathways
group by trim(scenario_source), trim(scenario), lower(trim(sector)), lower(trim(region)), year

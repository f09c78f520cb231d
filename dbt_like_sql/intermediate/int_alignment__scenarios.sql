/*
description: >-
  Pathways that alignment is measured against: those the bank delivered. The project ships no pathway figure.
grain: [scenario_source, scenario, sector, region, year]
*/
select
    scenario_source::varchar as scenario_source,  -- publisher and edition
    scenario::varchar as scenario,  -- scenario
    sector::varchar as sector,  -- sector
    region::varchar as region,  -- region
    year::bigint as year,  -- calendar year
    intensity_t_per_t::double as intensity_t_per_t  -- t CO2 per t of product
from stg_reference__scenario_pathways
where intensity_t_per_t is not null

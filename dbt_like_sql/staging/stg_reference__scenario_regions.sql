/*
description: >-
  Which countries make up the regions of a scenario, as the bank delivered them.
grain: [scenario_source, region, country_iso3]
*/
select
    trim(scenario_source)::varchar as scenario_source,  -- publisher and edition of the scenario whose regions these are
    lower(trim(region))::varchar as region,  -- region
    upper(trim(country_iso3))::varchar as country_iso3,  -- country
    count(*)::bigint as row_count  -- times it was received
from raw_reference__scenario_regions
group by trim(scenario_source), lower(trim(region)), upper(trim(country_iso3))

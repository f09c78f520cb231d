/*
description: >-
  Emission intensity of each company by sector, region and year, weighted by the production of its plants: one row per region in which it produces.
  Plants without production or intensity do not count. A country that the region table does not know gives region null.
grain: [company_id, group_id, sector, region, region_source, year]
grain_nullable: [region, region_source]
*/
select
    p.company_id::varchar as company_id,  -- company
    p.group_id::varchar as group_id,  -- part of the company that is kept apart; '-' where nothing is
    p.sector::varchar as sector,  -- sector
    r.region::varchar as region,  -- region; null = its country is in no region
    r.region_source::varchar as region_source,  -- table that draws the region; null with it
    p.year::bigint as year,  -- calendar year
    sum(p.production_t::decimal(38, 9))::double as production_t,  -- tonnes
    (sum((p.production_t * p.intensity_t_per_t)::decimal(38, 9))::double / nullif(sum(p.production_t::decimal(38, 9))::double, 0))::double as intensity_t_per_t,  -- t CO2 per t, production-weighted
    bool_or(p.is_estimate)::boolean as is_estimate  -- some production or intensity in it is estimated
from int_alignment__company_production as p
left join int_alignment__regions as r on p.country_code = r.country_code
where p.production_t > 0 and p.intensity_t_per_t is not null
group by p.company_id, p.group_id, p.sector, r.region, r.region_source, p.year

/*
description: >-
  Intensity of the market by sector, region and year: all producers known, weighted by production, financed or not.
grain: [sector, region, region_source, year]
*/
select
    p.sector::varchar as sector,  -- sector
    r.region::varchar as region,  -- region
    r.region_source::varchar as region_source,  -- table that draws the region
    p.year::bigint as year,  -- calendar year
    count(*)::bigint as producer_count,  -- producers with production and intensity
    sum(p.production_t::decimal(38, 9))::double as production_t,  -- tonnes
    (sum((p.production_t * p.intensity_t_per_t)::decimal(38, 9))::double / nullif(sum(p.production_t::decimal(38, 9))::double, 0))::double as intensity_t_per_t,  -- t CO2 per t
    (sum(case when p.is_estimate then p.production_t else 0 end::decimal(38, 9))::double / nullif(sum(p.production_t::decimal(38, 9))::double, 0))::double as estimated_ratio  -- part of the production with an estimate in it
from int_alignment__market_production as p
inner join int_alignment__regions as r on p.country_code = r.country_code
where p.production_t > 0 and p.intensity_t_per_t is not null
group by p.sector, r.region, r.region_source, p.year

/*
description: >-
  Target intensity of each book ('*') and company by year: its own start, brought to the adjusted pathway's end at the pathway's pace
  (Sectoral Decarbonization Approach: d p(t) + the adjusted end, where d is start less adjusted end). The end is added, never multiplied.
grain: [portfolio_id, company_id, scenario_source, scenario, sector, region, year]
*/
select
    s.portfolio_id::varchar as portfolio_id,  -- portfolio
    s.company_id::varchar as company_id,  -- company; '*' = the whole book
    w.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario
    w.scenario::varchar as scenario,  -- scenario
    w.sector::varchar as sector,  -- sector
    w.region::varchar as region,  -- region
    w.year::bigint as year,  -- calendar year
    w.base_year::bigint as base_year,  -- year of the start
    s.intensity_t_per_t::double as base_intensity_t_per_t,  -- t CO2 per t in the base year, weights add up to 1 in the region
    w.adjusted_intensity_t_per_t::double as adjusted_intensity_t_per_t,  -- t CO2 per t, pathway moved to the market
    (((s.intensity_t_per_t - w.last_adjusted_intensity_t_per_t) * w.progress_ratio) + w.last_adjusted_intensity_t_per_t)::double as target_intensity_t_per_t,  -- t CO2 per t
    (((s.unscaled_intensity_t_per_t - w.last_adjusted_intensity_t_per_t) * w.progress_ratio) + w.last_adjusted_intensity_t_per_t)::double as unscaled_target_intensity_t_per_t  -- t CO2 per t, from the start that PACTA takes
from int_alignment__projected as s
inner join int_alignment__pathways as w
    on s.sector = w.sector and s.region = w.region and s.region_source = w.scenario_source and s.year = w.base_year

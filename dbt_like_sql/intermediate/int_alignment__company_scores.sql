/*
description: >-
  How far each company is ahead of (positive) or behind its target: -(intensity - target) / target, from the base year to five years after it.
grain: [portfolio_id, company_id, scenario_source, scenario, sector, region, year, direction]
*/
select
    t.portfolio_id::varchar as portfolio_id,  -- portfolio
    t.company_id::varchar as company_id,  -- company
    t.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario
    t.scenario::varchar as scenario,  -- scenario
    t.sector::varchar as sector,  -- sector
    t.region::varchar as region,  -- region
    t.year::bigint as year,  -- calendar year
    'net'::varchar as direction,  -- net: sectors measured by intensity have no build-out or phase-out
    (-(p.intensity_t_per_t - t.target_intensity_t_per_t) / nullif(t.target_intensity_t_per_t, 0))::double as alignment_ratio  -- positive = better than the target
from int_alignment__targets as t
inner join int_alignment__projected as p
    on t.portfolio_id = p.portfolio_id and t.company_id = p.company_id and t.sector = p.sector and t.region = p.region
        and t.scenario_source = p.region_source and t.year = p.year
where t.company_id <> '*' and t.year <= t.base_year + 5

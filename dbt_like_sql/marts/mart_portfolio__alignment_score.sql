/*
description: >-
  One alignment score a book, sector, region and year: the companies' distances to their targets weighted by exposure, and how many companies are at or ahead of
  theirs. A company that moves in one direction only counts as 0 in the other.
grain: [portfolio_id, scenario_source, scenario, sector, region, year, direction]
*/
with companies as (
    select s.portfolio_id, s.company_id, s.scenario_source, s.scenario, s.sector, s.region, s.year, s.direction, s.alignment_ratio, e.exposure_amount
    from int_alignment__company_scores as s
    inner join int_alignment__company_exposure as e on s.portfolio_id = e.portfolio_id and s.company_id = e.company_id and s.sector = e.sector
),

directions as (
    select distinct portfolio_id, scenario_source, scenario, sector, region, year, direction
    from companies
    where direction <> 'net'
),

one_sided as (
    select distinct c.portfolio_id, c.company_id, c.scenario_source, c.scenario, c.sector, c.region, c.year, d.direction, 0.0 as alignment_ratio, c.exposure_amount
    from companies as c
    inner join directions as d
        on c.portfolio_id = d.portfolio_id and c.scenario_source = d.scenario_source and c.scenario = d.scenario and c.sector = d.sector
            and c.region = d.region and c.year = d.year
    left join companies as o
        on c.portfolio_id = o.portfolio_id and c.company_id = o.company_id and c.scenario_source = o.scenario_source and c.scenario = o.scenario
            and c.sector = o.sector and c.region = o.region and c.year = o.year and d.direction = o.direction
    where o.company_id is null
),

every_company as (
    select * from companies
    union all
    select * from one_sided
),

totals as (
    select portfolio_id, scenario_source, scenario, region, year, direction, sum(exposure_amount::decimal(28, 6))::double as total_amount
    from every_company
    group by portfolio_id, scenario_source, scenario, region, year, direction
)

select
    c.portfolio_id::varchar as portfolio_id,  -- portfolio
    c.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario
    c.scenario::varchar as scenario,  -- scenario
    c.sector::varchar as sector,  -- sector
    c.region::varchar as region,  -- region
    c.year::bigint as year,  -- calendar year
    c.direction::varchar as direction,  -- net, buildout or phaseout
    count(*)::bigint as company_count,  -- companies with a target
    sum(case when c.alignment_ratio >= 0 then 1 else 0 end)::bigint as aligned_company_count,  -- at or ahead of their target
    (sum(case when c.alignment_ratio >= 0 then 1 else 0 end)::double / nullif(count(*), 0))::double as aligned_company_ratio,  -- part of the companies
    sum((c.alignment_ratio * c.exposure_amount / nullif(t.total_amount, 0))::decimal(38, 18))::double as alignment_ratio,  -- mean weighted by exposure; positive = better than the target
    sum(c.exposure_amount::decimal(28, 6))::double as exposure_amount,  -- exposure to these companies, US dollars
    sum(case when c.alignment_ratio >= 0 then c.exposure_amount else 0 end::decimal(28, 6))::double as aligned_exposure_amount,  -- of it at or ahead of target
    (sum(case when c.alignment_ratio >= 0 then c.exposure_amount else 0 end::decimal(28, 6))::double / nullif(sum(c.exposure_amount::decimal(28, 6))::double, 0))::double as aligned_exposure_ratio  -- part of it
from every_company as c
inner join totals as t
    on c.portfolio_id = t.portfolio_id and c.scenario_source = t.scenario_source and c.scenario = t.scenario and c.region = t.region
        and c.year = t.year and c.direction = t.direction
group by c.portfolio_id, c.scenario_source, c.scenario, c.sector, c.region, c.year, c.direction

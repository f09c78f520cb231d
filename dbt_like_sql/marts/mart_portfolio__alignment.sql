/*
description: >-
  Emission intensity of each book ('*') and of each of its borrowers beside the market and the target of the Sectoral Decarbonization Approach, by region, scenario and
  year. A book's figure in a region is the mean over the loans that produce there. Without a scenario the row says so and has no target; flat glass is held against
  a reference path of this project, marked `own_reference`, which is no target.
grain: [portfolio_id, company_id, sector, region, scenario_source, scenario, year]
grain_nullable: [scenario]
*/
with names as (
    select portfolio_id, company_id, min(company_name) as company_name
    from int_alignment__borrowers
    group by portfolio_id, company_id
),

sector_exposure as (
    select portfolio_id, sector, sum(weight_amount::decimal(28, 6))::double as sector_exposure_usd
    from int_alignment__book
    group by portfolio_id, sector
),

targeted as (
    select
        t.portfolio_id, t.company_id, t.sector, t.region, t.scenario_source, t.scenario, t.year, t.base_year, t.base_intensity_t_per_t,
        t.adjusted_intensity_t_per_t, t.target_intensity_t_per_t, 'scenario' as reference_kind
    from int_alignment__targets as t
),

referenced as (
    select
        p.portfolio_id, p.company_id, p.sector, p.region, p.region_source as scenario_source, 'own_reference' as scenario, p.year, null::bigint as base_year,
        null::double as base_intensity_t_per_t, r.intensity_t_per_t as adjusted_intensity_t_per_t, null::double as target_intensity_t_per_t,
        'own_reference' as reference_kind
    from int_alignment__projected as p
    inner join int_alignment__reference_path as r on p.sector = r.sector and p.year = r.year
    where p.region_source = 'own'
),

pathway_sectors as (
    select distinct scenario_source, sector
    from int_alignment__scenarios
),

bare as (
    select
        p.portfolio_id, p.company_id, p.sector, p.region, p.region_source as scenario_source, null::varchar as scenario, p.year, null::bigint as base_year,
        null::double as base_intensity_t_per_t, null::double as adjusted_intensity_t_per_t, null::double as target_intensity_t_per_t, 'none' as reference_kind
    from int_alignment__projected as p
    left join targeted as t
        on p.portfolio_id = t.portfolio_id and p.company_id = t.company_id and p.sector = t.sector and p.region = t.region
            and p.region_source = t.scenario_source and p.year = t.year
    left join referenced as r
        on p.portfolio_id = r.portfolio_id and p.company_id = r.company_id and p.sector = r.sector and p.region = r.region
            and p.region_source = r.scenario_source and p.year = r.year
    left join pathway_sectors as w on p.region_source = w.scenario_source and p.sector = w.sector
    where t.portfolio_id is null and r.portfolio_id is null and (p.region_source = 'own' or w.sector is not null)
),

unmeasured as (
    select
        e.portfolio_id, '*' as company_id, e.sector, 'global' as region, 'own' as scenario_source, null::varchar as scenario,
        extract(year from s.as_of_date)::bigint as year, null::bigint as base_year, null::double as base_intensity_t_per_t,
        null::double as adjusted_intensity_t_per_t, null::double as target_intensity_t_per_t, 'none' as reference_kind
    from sector_exposure as e
    cross join ref_run__settings as s
    left join int_alignment__projected as p on e.portfolio_id = p.portfolio_id and e.sector = p.sector and p.company_id = '*'
    where p.portfolio_id is null
),

every_row as (
    select * from targeted
    union all
    select * from referenced
    union all
    select * from bare
    union all
    select * from unmeasured
),

scenario_sectors as (
    select sector, count(*) as point_count
    from int_alignment__scenarios
    group by sector
)

select
    a.portfolio_id::varchar as portfolio_id,  -- portfolio
    a.company_id::varchar as company_id,  -- borrower's id, else its name; '*' = the whole book
    coalesce(n.company_name, 'whole book')::varchar as company_name,  -- borrower as sent
    a.sector::varchar as sector,  -- sector of the plants
    a.region::varchar as region,  -- region; global = all countries
    a.scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario; own = no scenario
    a.scenario::varchar as scenario,  -- scenario; own_reference = reference path of this project; null = none
    a.year::bigint as year,  -- calendar year
    a.reference_kind::varchar as reference_kind,  -- scenario, own_reference (a comparison, no target) or none
    'renormalised'::varchar as region_rule,  -- weights add up to 1 over the loans that produce in the region
    a.base_year::bigint as base_year,  -- year in which target and intensity are equal
    a.base_intensity_t_per_t::double as base_intensity_t_per_t,  -- t CO2 per t in the base year
    p.intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t; null = not known for the year
    m.intensity_t_per_t::double as market_intensity_t_per_t,  -- t CO2 per t of all plants known
    a.adjusted_intensity_t_per_t::double as reference_intensity_t_per_t,  -- t CO2 per t: scenario moved to the market, or own reference
    a.target_intensity_t_per_t::double as target_intensity_t_per_t,  -- t CO2 per t: own start brought to the scenario's end
    ((p.intensity_t_per_t - a.target_intensity_t_per_t) / nullif(a.target_intensity_t_per_t, 0))::double as target_deviation_ratio,  -- (intensity - target) / target; positive = worse
    ((p.intensity_t_per_t - a.adjusted_intensity_t_per_t) / nullif(a.adjusted_intensity_t_per_t, 0))::double as reference_deviation_ratio,  -- the same against the reference
    p.is_estimate::boolean as is_estimate,  -- some production or intensity in it is estimated
    coalesce(p.loan_count, 0)::bigint as loan_count,  -- loans behind the intensity
    coalesce(p.company_count, 0)::bigint as company_count,  -- borrowers behind it
    p.weight_ratio::double as weight_ratio,  -- part of the sector's exposure with an intensity that produces in the region
    (case when a.company_id = '*' then e.sector_exposure_usd end)::double as sector_exposure_usd,  -- exposure of the book to plants of the sector, US dollars
    (case
        when p.intensity_t_per_t is null and a.reference_kind = 'none' then 'NO_PRODUCTION_DATA'
        when a.reference_kind = 'own_reference' then null
        when a.reference_kind = 'none' and a.scenario_source <> 'own' then 'NO_COMMON_YEAR'
        when a.reference_kind = 'none' and c.point_count is null then 'NO_SCENARIO'
        when a.reference_kind = 'none' then 'SEE_SCENARIO_ROWS'
        when p.intensity_t_per_t is null then 'YEAR_NOT_KNOWN' end)::varchar as reason_code  -- why a figure is missing; null = complete
from every_row as a
left join int_alignment__projected as p
    on a.portfolio_id = p.portfolio_id and a.company_id = p.company_id and a.sector = p.sector and a.region = p.region
        and a.scenario_source = p.region_source and a.year = p.year
left join int_alignment__economy as m on a.sector = m.sector and a.region = m.region and a.scenario_source = m.region_source and a.year = m.year
left join names as n on a.portfolio_id = n.portfolio_id and a.company_id = n.company_id
left join sector_exposure as e on a.portfolio_id = e.portfolio_id and a.sector = e.sector
left join scenario_sectors as c on a.sector = c.sector

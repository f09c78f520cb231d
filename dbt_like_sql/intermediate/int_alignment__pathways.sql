/*
description: >-
  Scenario pathways by year, interpolated in a straight line between the years of the scenario, and moved to the market: in the base year, the first one that both
  know, the adjusted pathway equals the market's intensity. `progress_ratio` runs from 1 in the base year to 0 in the scenario's last year.
grain: [scenario_source, scenario, sector, region, year]
*/
with points as (
    select
        scenario_source,
        scenario,
        sector,
        region,
        year,
        intensity_t_per_t,
        lead(year) over (partition by scenario_source, scenario, sector, region order by year) as next_year,
        lead(intensity_t_per_t) over (partition by scenario_source, scenario, sector, region order by year) as next_intensity
    from int_alignment__scenarios
),

spread as (
    select *, unnest(generate_series(year, coalesce(next_year - 1, year))) as each_year
    from points
),

market_start as (
    select sector, region, region_source, min(year) as first_year
    from int_alignment__economy
    group by sector, region, region_source
),

kept as (
    select
        s.scenario_source,
        s.scenario,
        s.sector,
        s.region,
        s.each_year as year,
        s.intensity_t_per_t + (coalesce(s.next_intensity, s.intensity_t_per_t) - s.intensity_t_per_t) * (s.each_year - s.year) / nullif(coalesce(s.next_year, s.year + 1) - s.year, 0) as scenario_intensity,
        e.intensity_t_per_t as market_intensity
    from spread as s
    inner join market_start as m on s.sector = m.sector and s.region = m.region and s.scenario_source = m.region_source
    inner join int_alignment__economy as e
        on m.sector = e.sector and m.region = e.region and m.region_source = e.region_source and m.first_year = e.year
    where s.each_year >= m.first_year
),

ends as (
    select
        *,
        first_value(scenario_intensity) over (partition by scenario_source, scenario, sector, region order by year) as base_intensity,
        last_value(scenario_intensity) over (partition by scenario_source, scenario, sector, region order by year rows between unbounded preceding and unbounded following) as last_intensity,
        min(year) over (partition by scenario_source, scenario, sector, region) as base_year,
        max(year) over (partition by scenario_source, scenario, sector, region) as last_year
    from kept
)

select
    scenario_source::varchar as scenario_source,  -- publisher and edition of the scenario
    scenario::varchar as scenario,  -- scenario
    sector::varchar as sector,  -- sector
    region::varchar as region,  -- region
    year::bigint as year,  -- calendar year
    base_year::bigint as base_year,  -- first year that market and scenario know
    last_year::bigint as last_year,  -- last year of the scenario
    scenario_intensity::double as scenario_intensity_t_per_t,  -- t CO2 per t, as published or between two published years
    (scenario_intensity * market_intensity / nullif(base_intensity, 0))::double as adjusted_intensity_t_per_t,  -- t CO2 per t, moved to the market's base year
    (last_intensity * market_intensity / nullif(base_intensity, 0))::double as last_adjusted_intensity_t_per_t,  -- t CO2 per t, adjusted, last year
    ((scenario_intensity - last_intensity) / nullif(base_intensity - last_intensity, 0))::double as progress_ratio  -- part of the way that is still to go; null where the pathway is flat
from ends

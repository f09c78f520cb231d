/*
description: >-
  The figure that counts for each country, sector, year and measure, with its source: what was delivered before what the reference table holds, before what the
  plant registers received add up to. A register's capacity is that of its operating plants built by the end of the year; its production counts only where the plants that
  report it hold enough of the capacity (rules/policy/country_need.yaml).
grain: [country_iso3, sector, year, measure]
*/
with policy as (
    select max(case when key = 'register_coverage' then value::double end) as register_coverage
    from ref_rules__policy
    where policy_id = 'country_need'
),

-- plants of registers that list a country's plants, not those that a borrower sent of itself
registered as (
    select p.plant_id, p.country_iso3, p.sector, p.capacity_t_per_year, p.commissioning_date,
        case when r.source_format = 'gem_cement' then 'Global Cement and Concrete Tracker, Global Energy Monitor'
            else 'Global Iron and Steel Tracker, Global Energy Monitor' end as register
    from stg_plants__plants as p
    inner join (
        select distinct plant_id, source_format from raw_plants__plants where source_format in ('gem_cement', 'gem_steel_plants')
    ) as r on p.plant_id = r.plant_id
    where p.status = 'operating' and p.country_iso3 is not null
),

plant_production as (
    select r.plant_id, extract(year from m.period_end_date)::integer as year, sum((m.value)::decimal(28, 3)) as production_t
    from raw_monitoring__periodic_returns as m
    inner join registered as r on m.plant_id = r.plant_id
    where m.source_format = 'gem_steel_production' and m.item = 'production_crude_steel' and m.unit = 't'
    group by r.plant_id, extract(year from m.period_end_date)::integer
),

stated as (
    select country_iso3, sector, year, measure, value_t, source, null as href, evidence_tier, 1 as priority
    from stg_reference__country_demand
    union all
    select country_iso3, sector, year, measure, value_t, source, href, evidence_tier, 2 as priority
    from ref_countries__demand
),

years as (
    select distinct country_iso3, sector, year from stated
    union
    select r.country_iso3, r.sector, p.year from plant_production as p inner join registered as r on p.plant_id = r.plant_id
    union
    select r.country_iso3, r.sector, extract(year from s.as_of_date)::integer as year from registered as r cross join ref_run__settings as s
),

capacities as (
    select
        y.country_iso3,
        y.sector,
        y.year,
        sum(r.capacity_t_per_year::decimal(28, 3)) as capacity_t,
        count(*) - count(r.capacity_t_per_year) as unknown_count,
        min(r.register) as register
    from years as y
    inner join registered as r on y.country_iso3 = r.country_iso3 and y.sector = r.sector
        and (r.commissioning_date is null or extract(year from r.commissioning_date) <= y.year)
    group by y.country_iso3, y.sector, y.year
),

productions as (
    select
        r.country_iso3,
        r.sector,
        p.year,
        sum(p.production_t) as production_t,
        sum(r.capacity_t_per_year::decimal(28, 3))::double / nullif(max(c.capacity_t)::double, 0) as coverage_ratio,
        min(r.register) as register
    from plant_production as p
    inner join registered as r on p.plant_id = r.plant_id
    inner join capacities as c on r.country_iso3 = c.country_iso3 and r.sector = c.sector and p.year = c.year
    group by r.country_iso3, r.sector, p.year
),

facts as (
    select country_iso3, sector, year, measure, value_t, source, href, evidence_tier, priority, null::double as coverage_ratio, 0 as unknown_count
    from stated
    union all
    select country_iso3, sector, year, 'capacity' as measure, capacity_t::double as value_t,
        register || ': operating plants built by the end of the year' as source, null as href, 'reported' as evidence_tier, 3 as priority,
        null::double as coverage_ratio, unknown_count
    from capacities
    where capacity_t is not null
    union all
    select p.country_iso3, p.sector, p.year, 'production' as measure, p.production_t::double as value_t,
        p.register || ': sum of the plants that report' as source, null as href, 'estimated' as evidence_tier, 3 as priority, p.coverage_ratio, 0 as unknown_count
    from productions as p
    cross join policy as g
    where p.coverage_ratio >= g.register_coverage
),

ranked as (
    select *, row_number() over (partition by country_iso3, sector, year, measure order by priority, source, value_t) as choice
    from facts
)

select
    country_iso3::varchar as country_iso3,  -- country
    sector::varchar as sector,  -- cement, steel or flat_glass
    year::integer as year,  -- calendar year, or the fiscal year that ends in it
    measure::varchar as measure,  -- capacity, production, consumption, imports or exports
    value_t::double as value_t,  -- tonnes; capacity in tonnes a year
    source::varchar as source,  -- who published it, or of which register it is the sum
    href::varchar as href,  -- where it was read; null = delivered or summed
    evidence_tier::varchar as evidence_tier,  -- reported or estimated
    coverage_ratio::double as coverage_ratio,  -- capacity of the plants summed over that of all; null = not a sum of production
    unknown_count::bigint as unknown_count  -- plants of unknown capacity, left out of a sum of capacity
from ranked
where choice = 1

/*
description: >-
  Capacity, production, utilisation, consumption per head and excess or shortfall of each country and sector by year, every figure with its source (F12).
  Excess is capacity less consumption where demand is known, else capacity less production, as the OECD quotes it; excess_basis says which.
  Consumption that nobody stated is production plus imports less exports where all three are known.
grain: [country_iso3, sector, year]
*/
with policy as (
    select
        max(case when key = 'excess_ratio_from' then value::double end) as excess_ratio_from,
        max(case when key = 'utilisation_ratio_below' then value::double end) as utilisation_ratio_below
    from ref_rules__policy
    where policy_id = 'country_need'
),

wide as (
    select
        country_iso3,
        sector,
        year,
        max(case when measure = 'capacity' then value_t end) as capacity_t_per_year,
        max(case when measure = 'production' then value_t end) as production_t,
        max(case when measure = 'consumption' then value_t end) as stated_consumption_t,
        max(case when measure = 'imports' then value_t end) as imports_t,
        max(case when measure = 'exports' then value_t end) as exports_t,
        max(case when measure = 'capacity' then source end) as capacity_source,
        max(case when measure = 'production' then source end) as production_source,
        max(case when measure = 'consumption' then source end) as consumption_source,
        string_agg(distinct href, ' ' order by href) as hrefs,
        max(case when measure = 'capacity' then unknown_count end) as unknown_capacity_count,
        max(case when measure = 'production' then coverage_ratio end) as production_coverage_ratio,
        max(case when evidence_tier = 'estimated' then 1 else 0 end) as has_estimate
    from int_countries__facts
    group by country_iso3, sector, year
),

demand as (
    select
        *,
        coalesce(stated_consumption_t, production_t + imports_t - exports_t) as consumption_t,
        case when stated_consumption_t is not null then 'stated' when production_t + imports_t - exports_t is not null then 'apparent' end as consumption_basis
    from wide
),

people as (
    select
        d.country_iso3,
        d.sector,
        d.year,
        p.population_count,
        p.year as population_year,
        row_number() over (partition by d.country_iso3, d.sector, d.year order by p.year desc) as choice
    from demand as d
    inner join ref_countries__population as p on d.country_iso3 = p.country_iso3 and p.year <= d.year
),

balance as (
    select
        d.*,
        p.population_count,
        p.population_year,
        d.production_t / nullif(d.capacity_t_per_year, 0) as utilisation_ratio,
        d.capacity_t_per_year - d.consumption_t as excess_over_consumption_t,
        d.capacity_t_per_year - d.production_t as excess_over_production_t,
        coalesce(d.capacity_t_per_year - d.consumption_t, d.capacity_t_per_year - d.production_t) as excess_t
    from demand as d
    left join people as p on d.country_iso3 = p.country_iso3 and d.sector = p.sector and d.year = p.year and p.choice = 1
),

states as (
    select
        b.*,
        b.excess_t / nullif(b.capacity_t_per_year, 0) as excess_ratio,
        case
            when b.excess_t is null then 'unknown'
            when b.consumption_t is not null and b.excess_t < 0 then 'shortfall'
            when b.excess_t / nullif(b.capacity_t_per_year, 0) >= g.excess_ratio_from or b.utilisation_ratio < g.utilisation_ratio_below then 'excess'
            when b.consumption_t is not null then 'need_met'
            else 'unknown'
        end as need_state
    from balance as b
    cross join policy as g
)

select
    country_iso3::varchar as country_iso3,  -- country
    sector::varchar as sector,  -- cement, steel or flat_glass
    year::integer as year,  -- calendar year, or the fiscal year that ends in it
    capacity_t_per_year::double as capacity_t_per_year,  -- tonnes a year; null = not known
    production_t::double as production_t,  -- tonnes; null = not known
    consumption_t::double as consumption_t,  -- tonnes; null = not known
    consumption_basis::varchar as consumption_basis,  -- stated, or apparent = production + imports - exports
    imports_t::double as imports_t,  -- tonnes; null = not known
    exports_t::double as exports_t,  -- tonnes; null = not known
    utilisation_ratio::double as utilisation_ratio,  -- production over capacity
    population_count::bigint as population_count,  -- persons (World Bank)
    population_year::integer as population_year,  -- newest year not after this one
    (1000 * consumption_t / nullif(population_count, 0))::double as consumption_kg_per_head,  -- kg a person and year
    excess_over_consumption_t::double as excess_over_consumption_t,  -- capacity less consumption; negative = shortfall
    excess_over_production_t::double as excess_over_production_t,  -- capacity less production
    excess_t::double as excess_t,  -- over consumption, else over production
    (case when excess_over_consumption_t is not null then 'capacity - consumption' when excess_over_production_t is not null then 'capacity - production' end)::varchar as excess_basis,  -- what excess_t is
    excess_ratio::double as excess_ratio,  -- excess over capacity
    need_state::varchar as need_state,  -- excess, need_met, shortfall or unknown (rules/policy/country_need.yaml)
    capacity_source::varchar as capacity_source,  -- who published the capacity
    production_source::varchar as production_source,  -- who published the production
    consumption_source::varchar as consumption_source,  -- who published the consumption; null = apparent or not known
    hrefs::varchar as hrefs,  -- where figures of the reference table were read
    unknown_capacity_count::bigint as unknown_capacity_count,  -- plants of a register without capacity, left out
    production_coverage_ratio::double as production_coverage_ratio,  -- part of the capacity whose plants report production; null = not a sum over plants
    (has_estimate = 1)::boolean as has_estimate  -- a figure of the row is an estimate
from states

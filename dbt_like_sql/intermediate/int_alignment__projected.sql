/*
description: >-
  Intensity of each book ('*') and of each of its companies by sector, region and year. A book's is the mean of its companies' weighted by loan: once over all
  loans of the sector, as PACTA has it, so that a region where few produce lies far below every company, and once over the loans that produce in the region.
grain: [portfolio_id, company_id, sector, region, region_source, year]
*/
with joined as (
    select b.portfolio_id, b.loan_id, b.company_id, b.sector, b.weight_amount, i.region, i.region_source, i.year, i.production_t, i.intensity_t_per_t, i.is_estimate
    from int_alignment__book as b
    inner join int_alignment__intensities as i on b.company_id = i.company_id and b.sector = i.sector
    where b.weight_amount is not null
),

loans as (
    select distinct portfolio_id, loan_id, company_id, sector, weight_amount
    from joined
),

totals as (
    select portfolio_id, sector, sum(weight_amount::decimal(38, 9))::double as total_amount
    from loans
    group by portfolio_id, sector
),

weighted as (
    select j.*, j.weight_amount / nullif(t.total_amount, 0) as weight_ratio
    from joined as j
    inner join totals as t on j.portfolio_id = t.portfolio_id and j.sector = t.sector
),

book as (
    select
        portfolio_id,
        '*' as company_id,
        sector,
        region,
        region_source,
        year,
        count(distinct loan_id) as loan_count,
        count(distinct company_id) as company_count,
        sum((weight_ratio * intensity_t_per_t)::decimal(38, 18))::double as unscaled_intensity_t_per_t,
        sum((weight_ratio * intensity_t_per_t)::decimal(38, 18))::double / nullif(sum(weight_ratio::decimal(38, 18))::double, 0) as intensity_t_per_t,
        sum(weight_ratio::decimal(38, 18))::double as weight_ratio,
        bool_or(is_estimate) as is_estimate
    from weighted
    where region is not null
    group by portfolio_id, sector, region, region_source, year
),

distinct_values as (
    select distinct portfolio_id, company_id, sector, region, region_source, year, intensity_t_per_t
    from joined
    where region is not null
),

company_values as (
    select
        portfolio_id,
        company_id,
        sector,
        region,
        region_source,
        year,
        sum(intensity_t_per_t::decimal(38, 18))::double / nullif(count(*), 0) as intensity_t_per_t
    from distinct_values
    group by portfolio_id, company_id, sector, region, region_source, year
),

company_loans as (
    select
        portfolio_id,
        company_id,
        sector,
        region,
        region_source,
        year,
        count(distinct loan_id) as loan_count,
        bool_or(is_estimate) as is_estimate
    from joined
    where region is not null
    group by portfolio_id, company_id, sector, region, region_source, year
),

rows_of_both as (
    select portfolio_id, company_id, sector, region, region_source, year, loan_count, company_count, unscaled_intensity_t_per_t, intensity_t_per_t, weight_ratio, is_estimate
    from book
    union all
    select
        v.portfolio_id,
        v.company_id,
        v.sector,
        v.region,
        v.region_source,
        v.year,
        l.loan_count,
        1 as company_count,
        v.intensity_t_per_t as unscaled_intensity_t_per_t,
        v.intensity_t_per_t,
        1.0 as weight_ratio,
        l.is_estimate
    from company_values as v
    inner join company_loans as l
        on v.portfolio_id = l.portfolio_id and v.company_id = l.company_id and v.sector = l.sector and v.region = l.region
            and v.region_source = l.region_source and v.year = l.year
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    company_id::varchar as company_id,  -- company; '*' = the whole book
    sector::varchar as sector,  -- sector
    region::varchar as region,  -- region
    region_source::varchar as region_source,  -- table that draws the region
    year::bigint as year,  -- calendar year
    loan_count::bigint as loan_count,  -- loans behind it
    company_count::bigint as company_count,  -- companies behind it
    unscaled_intensity_t_per_t::double as unscaled_intensity_t_per_t,  -- t CO2 per t, weights of all loans of the sector (PACTA)
    intensity_t_per_t::double as intensity_t_per_t,  -- t CO2 per t, weights add up to 1 in the region
    weight_ratio::double as weight_ratio,  -- part of the sector's loans that produce in the region in the year
    is_estimate::boolean as is_estimate  -- some production or intensity in it is estimated
from rows_of_both

/*
description: >-
  Exposure of each portfolio by country, sector, technology, vintage, group, borrower and Equator Principles category, each loan split over its plants. What is
  not known is the bucket 'unknown'.
grain: [portfolio_id, dimension, bucket]
*/
with groups as (
    select reached_id as company_id, owner_id, row_number() over (partition by reached_id order by depth desc, share_ratio desc, owner_id) as choice
    from int_ownership__chains
    where share_ratio > 0.5 and not has_refused_share
),

-- exposure of each loan behind each plant, and what no plant carries
parts as (
    select a.portfolio_id, a.loan_id, a.plant_id, a.exposure_usd::decimal(20, 6) as exposure_usd
    from int_loans__attribution as a
    union all
    select l.portfolio_id, l.loan_id, null as plant_id, l.unmatched_usd::decimal(20, 6) as exposure_usd
    from mart_portfolio__loans as l
    where l.unmatched_usd > 0
),

named as (
    select
        x.portfolio_id,
        x.exposure_usd,
        coalesce(p.country_iso3, e.country_iso3, 'unknown') as country,
        coalesce(p.sector, l.sector, 'unknown') as sector,
        coalesce(p.sector || '/' || p.route, 'unknown') as technology,
        coalesce((floor(extract(year from p.commissioning_date) / 10) * 10)::integer::varchar || 's', 'unknown') as vintage,
        coalesce(g.owner_id, e.counterparty_id, 'name: ' || e.counterparty_name) as group_id,
        coalesce(e.counterparty_id, 'name: ' || e.counterparty_name) as borrower,
        coalesce(e.ep_category, 'unknown') as ep_category
    from parts as x
    inner join mart_portfolio__loans as l on x.portfolio_id = l.portfolio_id and x.loan_id = l.loan_id
    inner join int_loans__exposure as e on x.portfolio_id = e.portfolio_id and x.loan_id = e.loan_id
    left join stg_plants__plants as p on x.plant_id = p.plant_id
    left join groups as g on e.counterparty_id = g.company_id and g.choice = 1
    where l.is_in_scope
),

long as (
    select portfolio_id, 'country' as dimension, country as bucket, exposure_usd from named
    union all
    select portfolio_id, 'sector' as dimension, sector as bucket, exposure_usd from named
    union all
    select portfolio_id, 'technology' as dimension, technology as bucket, exposure_usd from named
    union all
    select portfolio_id, 'vintage' as dimension, vintage as bucket, exposure_usd from named
    union all
    select portfolio_id, 'group' as dimension, group_id as bucket, exposure_usd from named
    union all
    select portfolio_id, 'borrower' as dimension, borrower as bucket, exposure_usd from named
    union all
    select portfolio_id, 'ep_category' as dimension, ep_category as bucket, exposure_usd from named
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    dimension::varchar as dimension,  -- country, sector, technology, vintage, group, borrower or ep_category
    bucket::varchar as bucket,  -- value; unknown = not known
    sum(exposure_usd)::double as exposure_usd  -- US dollars
from long
group by portfolio_id, dimension, bucket

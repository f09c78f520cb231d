/*
description: >-
  Concentration of each portfolio by dimension: Herfindahl-Hirschman index 10,000 x sum of squared shares and the effective number 1 / sum of squared shares (F11),
  over the exposure whose bucket is known; how much that is stands beside it.
grain: [portfolio_id, dimension]
*/
with known as (
    select *, sum(case when bucket <> 'unknown' then exposure_usd::decimal(20, 6) end) over (partition by portfolio_id, dimension)::double as known_usd,
        sum(exposure_usd::decimal(20, 6)) over (partition by portfolio_id, dimension)::double as exposure_usd_all
    from mart_portfolio__exposure_buckets
),

shares as (
    select
        portfolio_id,
        dimension,
        max(exposure_usd_all) as exposure_usd,
        max(known_usd) as known_usd,
        count(case when bucket <> 'unknown' and exposure_usd > 0 then 1 end) as bucket_count,
        sum(case when bucket <> 'unknown' then ((exposure_usd / nullif(known_usd, 0)) * (exposure_usd / nullif(known_usd, 0)))::decimal(18, 15) end)::double as squares,
        max(case when bucket <> 'unknown' then exposure_usd / nullif(known_usd, 0) end) as top_ratio
    from known
    group by portfolio_id, dimension
)

select
    portfolio_id::varchar as portfolio_id,  -- portfolio
    dimension::varchar as dimension,  -- country, sector, technology, vintage, group, borrower or ep_category
    bucket_count::bigint as bucket_count,  -- known values with exposure
    exposure_usd::double as exposure_usd,  -- scope of the headline, US dollars
    (known_usd / nullif(exposure_usd, 0))::double as coverage_ratio,  -- exposure whose value is known over all
    (10000 * squares)::double as hhi,  -- 0-10,000; null = nothing known
    (1 / nullif(squares, 0))::double as effective_number,  -- as many equal parts would be as concentrated
    top_ratio::double as top_ratio  -- share of the largest
from shares

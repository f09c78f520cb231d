/*
description: >-
  The largest exposures of each portfolio by dimension with the limit of the policy concentration. Unknown counts as a bucket here, so that it is seen.
grain: [portfolio_id, dimension, bucket]
*/
with policy as (
    select
        max(case when key = 'top_count' then value::integer end) as top_count
    from ref_rules__policy
    where policy_id = 'concentration'
),

limits as (
    select substring(key, 12) as dimension, value::double as limit_ratio
    from ref_rules__policy
    where policy_id = 'concentration' and key like 'max_ratios.%'
),

ranked as (
    select
        *,
        exposure_usd / nullif(sum(exposure_usd::decimal(20, 6)) over (partition by portfolio_id, dimension)::double, 0) as share_ratio,
        row_number() over (partition by portfolio_id, dimension order by exposure_usd desc, bucket) as place,
        rank() over (partition by portfolio_id, dimension order by exposure_usd desc) as tied_rank
    from mart_portfolio__exposure_buckets
    where exposure_usd > 0
)

select
    r.portfolio_id::varchar as portfolio_id,  -- portfolio
    r.dimension::varchar as dimension,  -- country, sector, technology, vintage, group, borrower or ep_category
    r.bucket::varchar as bucket,  -- value; unknown = not known
    r.tied_rank::bigint as exposure_rank,  -- 1 = largest; equal exposures have equal ranks
    r.exposure_usd::double as exposure_usd,  -- US dollars
    r.share_ratio::double as share_ratio,  -- over the scope of the headline
    l.limit_ratio::double as limit_ratio,  -- largest share that the policy allows; null = no limit
    (r.share_ratio > l.limit_ratio)::boolean as is_over_limit  -- null = no limit
from ranked as r
cross join policy as p
left join limits as l on r.dimension = l.dimension
where r.place <= p.top_count or r.share_ratio > l.limit_ratio

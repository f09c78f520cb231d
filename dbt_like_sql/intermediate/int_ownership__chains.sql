/*
description: >-
  Every company or plant that an owner reaches through at most ten holdings. The share is the sum over all ways of the product of the shares along each way,
  so that what is held directly and through others counts once and whole. A holding that closes a circle is not followed again.
grain: [owner_id, reached_id]
*/
with recursive holdings as (
    select h.owner_id, h.owned_id, h.share_ratio, h.is_share_unknown, h.is_refused, h.has_owner_change, coalesce(a.circle_id = b.circle_id, false) as is_in_circle
    from int_ownership__holdings as h
    left join int_ownership__circles as a on h.owner_id = a.company_id
    left join int_ownership__circles as b on h.owned_id = b.company_id
),

chains as (
    select owner_id, owned_id as reached_id, share_ratio, is_share_unknown as has_unknown_share, is_refused as has_refused_share, has_owner_change,
        is_in_circle as has_circle, 1 as depth, owner_id || ' > ' || owned_id as path
    from holdings
    union all
    select c.owner_id, h.owned_id as reached_id, c.share_ratio * h.share_ratio as share_ratio, c.has_unknown_share or h.is_share_unknown as has_unknown_share,
        c.has_refused_share or h.is_refused as has_refused_share, c.has_owner_change or h.has_owner_change as has_owner_change,
        c.has_circle or h.is_in_circle as has_circle, c.depth + 1 as depth, c.path || ' > ' || h.owned_id as path
    from chains as c
    inner join holdings as h on c.reached_id = h.owner_id
    where c.depth < 10 and (not h.is_in_circle or strpos(' > ' || c.path || ' > ', ' > ' || h.owned_id || ' > ') = 0)
),

ranked as (
    select *, row_number() over (partition by owner_id, reached_id order by share_ratio desc, depth, path) as way
    from chains
    where owner_id <> reached_id
)

select
    owner_id::varchar as owner_id,  -- counterparty at the top
    reached_id::varchar as reached_id,  -- counterparty or plant reached
    round(sum(share_ratio::decimal(28, 15)), 12)::double as share_ratio,  -- sum over the ways of the product of the shares; unknown shares as in int_ownership__holdings
    bool_or(has_unknown_share)::boolean as has_unknown_share,  -- a share on the way is unknown
    bool_or(has_refused_share)::boolean as has_refused_share,  -- a share on the way is refused: more than 100.01 % is held there
    bool_or(has_circle)::boolean as has_circle,  -- the way passes through a circle of companies
    bool_or(has_owner_change)::boolean as has_owner_change,  -- an owner on the way changed within the assessment window
    min(depth)::integer as depth,  -- number of holdings on the shortest way
    count(*)::bigint as way_count,  -- number of ways
    max(case when way = 1 then path end)::varchar as path  -- ids from owner to the end, on the way with the largest share
from ranked
group by owner_id, reached_id

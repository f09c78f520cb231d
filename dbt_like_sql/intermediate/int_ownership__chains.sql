/*
description: >-
  Every company or plant that an owner reaches through at most ten holdings, with the product of the shares along the way
  (the largest where several ways lead there). A holding that closes a circle is not followed again.
grain: [owner_id, reached_id]
*/
with recursive holdings as (
    select o.owner_id, o.owned_id, o.share_ratio
    from stg_bank__ownership as o
    cross join ref_run__settings as s
    where o.valid_from_date <= s.as_of_date and (o.valid_to_date is null or o.valid_to_date >= s.as_of_date)
    union
    select p.owner_id, p.plant_id as owned_id, null::double as share_ratio
    from stg_plants__plants as p
    left join stg_bank__ownership as o on p.plant_id = o.owned_id and p.owner_id = o.owner_id
    where p.owner_id is not null and o.owner_id is null
),

chains as (
    select owner_id, owned_id as reached_id, coalesce(share_ratio, 1.0) as share_ratio, share_ratio is null as has_unknown_share, 1 as depth,
        owner_id || ' > ' || owned_id as path
    from holdings
    where owner_id <> owned_id
    union all
    select c.owner_id, h.owned_id as reached_id, c.share_ratio * coalesce(h.share_ratio, 1.0) as share_ratio,
        c.has_unknown_share or h.share_ratio is null as has_unknown_share, c.depth + 1 as depth, c.path || ' > ' || h.owned_id as path
    from chains as c
    inner join holdings as h on c.reached_id = h.owner_id
    where c.depth < 10 and strpos(' > ' || c.path || ' > ', ' > ' || h.owned_id || ' > ') = 0
),

ranked as (
    select *, row_number() over (partition by owner_id, reached_id order by share_ratio desc, depth, path) as way
    from chains
)

select
    owner_id::varchar as owner_id,  -- counterparty at the top
    reached_id::varchar as reached_id,  -- counterparty or plant reached
    share_ratio::double as share_ratio,  -- product of the shares; unknown shares count as 1
    has_unknown_share::boolean as has_unknown_share,  -- a share on the way is unknown
    depth::integer as depth,  -- number of holdings on the way
    path::varchar as path  -- ids from owner to the end
from ranked
where way = 1

/*
description: >-
  Companies that own themselves through others (A owns B, B owns A), each with the members of its circle: the whole of a share cannot be told there.
grain: [company_id]
*/
with recursive between_companies as (
    select h.owner_id, h.owned_id
    from int_ownership__holdings as h
    left join stg_plants__plants as p on h.owned_id = p.plant_id
    where p.plant_id is null
),

reached as (
    select owner_id, owned_id
    from between_companies
    union
    select r.owner_id, b.owned_id
    from reached as r
    inner join between_companies as b on r.owned_id = b.owner_id
),

members as (
    select r.owner_id as company_id, r.owned_id as member_id
    from reached as r
    inner join reached as back on r.owner_id = back.owned_id and r.owned_id = back.owner_id
)

select
    company_id::varchar as company_id,  -- company in a circle
    min(member_id)::varchar as circle_id,  -- first id of the circle, the same for all its members
    string_agg(member_id, ', ' order by member_id)::varchar as members  -- ids of all members
from members
group by company_id

/*
description: >-
  Holdings in force on the day of the run, with the share that counts: the stated one; where it is unknown, the part that the other owners of the same
  company or plant leave over. Where the stated shares add up to more than 100.01 % the holdings of that company or plant are refused.
grain: [owner_id, owned_id]
*/
with stated as (
    select
        o.owner_id,
        o.owned_id,
        o.share_ratio,
        o.valid_from_date > s.window_start_date as has_begun_in_window,
        row_number() over (partition by o.owner_id, o.owned_id order by o.valid_from_date desc) as newness
    from stg_bank__ownership as o
    cross join ref_run__settings as s
    where o.valid_from_date <= s.as_of_date and (o.valid_to_date is null or o.valid_to_date >= s.as_of_date) and o.owner_id <> o.owned_id
),

held as (
    select owner_id, owned_id, share_ratio, has_begun_in_window
    from stated
    where newness = 1
    union all
    -- the owner that the register of plants names, where the holdings say nothing about it
    select p.owner_id, p.plant_id as owned_id, null::double as share_ratio, false as has_begun_in_window
    from stg_plants__plants as p
    left join stg_bank__ownership as o on p.plant_id = o.owned_id and p.owner_id = o.owner_id
    where p.owner_id is not null and o.owner_id is null
),

ended as (
    select distinct o.owned_id
    from stg_bank__ownership as o
    cross join ref_run__settings as s
    where o.valid_to_date >= s.window_start_date and o.valid_to_date < s.as_of_date
),

totals as (
    select owned_id, coalesce(sum(share_ratio::decimal(18, 9)), 0) as known_ratio, count(*) - count(share_ratio) as unknown_count
    from held
    group by owned_id
)

select
    h.owner_id::varchar as owner_id,  -- company that owns
    h.owned_id::varchar as owned_id,  -- company or plant owned
    h.share_ratio::double as stated_ratio,  -- share as stated, 0-1; null = unknown
    (case when h.share_ratio is not null then h.share_ratio else greatest(1 - t.known_ratio::double, 0) / nullif(t.unknown_count, 0) end)::double as share_ratio,  -- share that counts; an unknown one is an equal part of what the known ones leave over
    (h.share_ratio is null)::boolean as is_share_unknown,  -- the share is not stated
    (t.known_ratio > 1.0001)::boolean as is_refused,  -- the stated shares in what is owned add up to more than 100.01 %
    t.known_ratio::double as known_ratio,  -- sum of the stated shares in what is owned
    (h.has_begun_in_window or e.owned_id is not null)::boolean as has_owner_change  -- a holding in what is owned began or ended within the assessment window
from held as h
inner join totals as t on h.owned_id = t.owned_id
left join ended as e on h.owned_id = e.owned_id

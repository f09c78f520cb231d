/*
description: >-
  How far the weight of one group must move, all other groups scaled in proportion, before the plant's index level changes (unknowns failed).
  With score s of the group and R of the rest, Y(w) = w s + (1 - w) R, so a score of T is crossed at w = (T - R) / (s - R): exact, no search.
grain: [plant_id, group_id]
*/
with policy as (
    select
        max(case when key = 'level_I.score' then value::double end) - 1e-9 as score_i,
        max(case when key = 'level_II.score' then value::double end) - 1e-9 as score_ii,
        max(case when key = 'level_III.score' then value::double end) - 1e-9 as score_iii
    from ref_rules__policy
    where policy_id = 'index'
),

gates as (
    select
        plant_id,
        min(case when is_limiting then coalesce(meets_i, 0) else coalesce(meets_ii, 0) end) as gate_i,
        min(case when is_limiting then coalesce(meets_ii, 0) else 1 end) as gate_ii
    from int_plants__index_indicators
    group by plant_id
),

groups as (
    select
        plant_id,
        group_id,
        max(group_weight_ratio) as weight,
        round(sum(weight_ratio * coalesce(meets_i, 0) * 100), 9) as score_i,
        round(sum(weight_ratio * coalesce(meets_ii, 0) * 100), 9) as score_ii,
        round(sum(weight_ratio * coalesce(meets_iii, 0) * 100), 9) as score_iii
    from int_plants__index_indicators
    group by plant_id, group_id
),

-- score of the rest of the groups
lines as (
    select
        g.*,
        x.index_id,
        x.index_level_worst,
        q.gate_i,
        q.gate_ii,
        round((x.score_i_low - g.weight * g.score_i) / nullif(1 - g.weight, 0), 7) as rest_i,
        round((x.score_ii_low - g.weight * g.score_ii) / nullif(1 - g.weight, 0), 7) as rest_ii,
        round((x.score_iii_low - g.weight * g.score_iii) / nullif(1 - g.weight, 0), 7) as rest_iii
    from groups as g
    inner join int_plants__index as x on g.plant_id = x.plant_id
    inner join gates as q on g.plant_id = q.plant_id
    where g.weight < 1
),

crossings as (
    select
        l.*,
        k.level_crossed,
        round(case k.level_crossed
            when 'I' then (p.score_i + 1e-9 - l.rest_i) / nullif(l.score_i - l.rest_i, 0)
            when 'II' then (p.score_ii + 1e-9 - l.rest_ii) / nullif(l.score_ii - l.rest_ii, 0)
            else (p.score_iii + 1e-9 - l.rest_iii) / nullif(l.score_iii - l.rest_iii, 0) end, 9) as crossing
    from lines as l
    cross join policy as p
    cross join (values ('I'), ('II'), ('III')) as k (level_crossed)
),

-- the weight on the crossing, and one step beyond it as seen from today's weight
tries as (
    select c.*, c.crossing as tried_weight
    from crossings as c
    where c.crossing > 0 and c.crossing < 1
    union all
    select c.*, least(1, greatest(0, c.crossing + case when c.crossing >= c.weight then 1e-6 else -1e-6 end)) as tried_weight
    from crossings as c
    where c.crossing > 0 and c.crossing < 1
),

levels as (
    select
        t.*,
        case
            when t.tried_weight * t.score_i + (1 - t.tried_weight) * t.rest_i >= p.score_i - 1e-6 and t.gate_i = 1 then 'I'
            when t.tried_weight * t.score_ii + (1 - t.tried_weight) * t.rest_ii >= p.score_ii - 1e-6 and t.gate_ii = 1 then 'II'
            when t.tried_weight * t.score_iii + (1 - t.tried_weight) * t.rest_iii >= p.score_iii - 1e-6 then 'III'
            else 'unrated' end as level_there
    from tries as t
    cross join policy as p
),

nearest as (
    select *, row_number() over (partition by plant_id, group_id order by abs(crossing - weight), crossing, abs(tried_weight - crossing), level_there) as way
    from levels
    where level_there <> index_level_worst
)

select
    g.plant_id::varchar as plant_id,  -- plant
    x.index_id::varchar as index_id,  -- index definition
    g.group_id::varchar as group_id,  -- group whose weight moves
    g.weight::double as group_weight_ratio,  -- its weight today, renormalised over the groups that apply
    x.index_level_worst::varchar as index_level_worst,  -- level today, unknowns failed
    (n.plant_id is not null)::boolean as can_change,  -- some weight above 0 and below 1 gives another level; 0 and 1 would be another index
    n.crossing::double as weight_at_change,  -- weight at which the level changes; null = it never does
    round(n.crossing - g.weight, 9)::double as weight_shift,  -- how far that is from today's weight
    n.level_there::varchar as level_after  -- level there or just beyond
from groups as g
inner join int_plants__index as x on g.plant_id = x.plant_id
left join nearest as n on g.plant_id = n.plant_id and g.group_id = n.group_id and n.way = 1

/*
description: >-
  Green Capacity Cooperation Index of each plant as an interval: lowest and highest score and level that the unknown indicators leave open.
  Y_g = sum over groups of w_i x sum over indicators of w_ij x 100 where level g or better is met (domain: clean-production index systems, meets-or-better reading).
  Level I: Y_I at least the score of rules/policy/index.yaml (85), limiting indicators at I, all others at least II. Level II: Y_II at least its score (85)
  and limiting at least II. Level III: Y_III at its score (100). Else unrated.
grain: [plant_id]
*/
with policy as (
    select
        max(case when key = 'level_I.score' then value::double end) - 1e-9 as score_i,
        max(case when key = 'level_II.score' then value::double end) - 1e-9 as score_ii,
        max(case when key = 'level_III.score' then value::double end) - 1e-9 as score_iii
    from ref_rules__policy
    where policy_id = 'index'
),

-- once as it counts, once as it would if the rules below the evidence bar counted
states as (
    select 'verified' as basis, plant_id, index_id, group_weight_ratio * weight_ratio * 100 as points, is_limiting, meets_i, meets_ii, meets_iii
    from int_plants__index_indicators
    union all
    select 'all' as basis, plant_id, index_id, group_weight_ratio * weight_ratio * 100 as points, is_limiting, meets_i_all, meets_ii_all, meets_iii_all
    from int_plants__index_indicators
),

scores as (
    select
        basis,
        plant_id,
        max(index_id) as index_id,
        count(*) as indicator_count,
        count(case when meets_iii is null or meets_ii is null or meets_i is null then 1 end) as unknown_count,
        round(sum(points * coalesce(meets_i, 0)), 9) as score_i_low,
        round(sum(points * coalesce(meets_i, 1)), 9) as score_i_high,
        round(sum(points * coalesce(meets_ii, 0)), 9) as score_ii_low,
        round(sum(points * coalesce(meets_ii, 1)), 9) as score_ii_high,
        round(sum(points * coalesce(meets_iii, 0)), 9) as score_iii_low,
        round(sum(points * coalesce(meets_iii, 1)), 9) as score_iii_high,
        min(case when is_limiting then coalesce(meets_i, 0) else coalesce(meets_ii, 0) end) as gate_i_low,
        min(case when is_limiting then coalesce(meets_i, 1) else coalesce(meets_ii, 1) end) as gate_i_high,
        min(case when is_limiting then coalesce(meets_ii, 0) else 1 end) as gate_ii_low,
        min(case when is_limiting then coalesce(meets_ii, 1) else 1 end) as gate_ii_high
    from states
    group by basis, plant_id
),

levels as (
    select
        s.*,
        case when score_i_low >= p.score_i and gate_i_low = 1 then 'I' when score_ii_low >= p.score_ii and gate_ii_low = 1 then 'II'
            when score_iii_low >= p.score_iii then 'III' else 'unrated' end as level_worst,
        case when score_i_high >= p.score_i and gate_i_high = 1 then 'I' when score_ii_high >= p.score_ii and gate_ii_high = 1 then 'II'
            when score_iii_high >= p.score_iii then 'III' else 'unrated' end as level_best
    from scores as s
    cross join policy as p
)

select
    v.plant_id::varchar as plant_id,  -- plant
    v.index_id::varchar as index_id,  -- index definition
    v.indicator_count::bigint as indicator_count,  -- indicators that apply
    v.unknown_count::bigint as unknown_indicator_count,  -- of them not known at some level
    v.level_worst::varchar as index_level_worst,  -- level if every unknown failed
    v.level_best::varchar as index_level_best,  -- level if every unknown passed
    v.score_i_low::double as score_i_low,  -- Y_I, 0-100, unknowns failed
    v.score_i_high::double as score_i_high,  -- Y_I, unknowns passed
    v.score_ii_low::double as score_ii_low,  -- Y_II, unknowns failed
    v.score_ii_high::double as score_ii_high,  -- Y_II, unknowns passed
    v.score_iii_low::double as score_iii_low,  -- Y_III, unknowns failed
    v.score_iii_high::double as score_iii_high,  -- Y_III, unknowns passed
    a.level_worst::varchar as index_level_worst_all,  -- worst level if the rules below the evidence bar counted
    a.level_best::varchar as index_level_best_all  -- best level if they counted
from levels as v
inner join levels as a on v.plant_id = a.plant_id and a.basis = 'all'
where v.basis = 'verified'

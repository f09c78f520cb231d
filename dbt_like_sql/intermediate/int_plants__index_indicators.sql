/*
description: >-
  Each indicator of the Green Capacity Cooperation Index for each plant: whether it meets level I, II and III or better (1 yes, 0 no, null unknown).
  A level the standard does not print is taken as the next stricter printed one. Rules below the evidence bar count as unknown here.
grain: [plant_id, group_id, indicator_title]
*/
with plants as (
    select plant_id, sector, route
    from stg_plants__plants
    where status not in ('retired', 'cancelled')
),

-- one row per plant, indicator and printed level, with the plant's state there
results as (
    select
        p.plant_id,
        x.index_id,
        x.group_id,
        x.indicator_title,
        x.group_weight,
        x.weight,
        x.is_limiting,
        x.level,
        w.state as sent_state,
        case
            when w.state is null then 'NOT_APPLICABLE'
            when not g.is_verified then 'UNVERIFIED'
            else w.state
        end as state
    from plants as p
    inner join ref_rules__index as x on p.sector = x.sector and (x.route is null or x.route = p.route)
    inner join int_rules__binding as g on x.rule_id = g.rule_id
    left join int_plants__rule_states as w on p.plant_id = w.plant_id and x.rule_id = w.rule_id and coalesce(x.tier, '-') = w.tier
),

levels as (
    select
        plant_id,
        index_id,
        group_id,
        indicator_title,
        max(group_weight) as group_weight,
        max(weight) as weight,
        bool_or(is_limiting) as is_limiting,
        count(case when state <> 'NOT_APPLICABLE' then 1 end) as applicable_count,
        max(case when level = 'I' and state <> 'NOT_APPLICABLE' then case state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as own_i,
        max(case when level = 'II' and state <> 'NOT_APPLICABLE' then case state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as own_ii,
        max(case when level = 'III' and state <> 'NOT_APPLICABLE' then case state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as own_iii,
        max(case when level = 'I' and state <> 'NOT_APPLICABLE' then case sent_state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as sent_i,
        max(case when level = 'II' and state <> 'NOT_APPLICABLE' then case sent_state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as sent_ii,
        max(case when level = 'III' and state <> 'NOT_APPLICABLE' then case sent_state when 'PASS' then 1.0 when 'FAIL' then 0.0 else 0.5 end end) as sent_iii,
        max(case when state = 'UNVERIFIED' then 1 else 0 end) as has_unverified
    from results
    group by plant_id, index_id, group_id, indicator_title
),

-- a level that is not printed: the next stricter one, and where none is stricter, the next weaker one
filled as (
    select
        *,
        coalesce(own_i, own_ii, own_iii) as state_i,
        coalesce(own_ii, own_i, own_iii) as state_ii,
        coalesce(own_iii, own_ii, own_i) as state_iii,
        coalesce(sent_i, sent_ii, sent_iii) as all_i,
        coalesce(sent_ii, sent_i, sent_iii) as all_ii,
        coalesce(sent_iii, sent_ii, sent_i) as all_iii
    from levels
    where applicable_count > 0
)

select
    plant_id::varchar as plant_id,  -- plant
    index_id::varchar as index_id,  -- index definition
    group_id::varchar as group_id,  -- first-level group
    indicator_title::varchar as indicator_title,  -- second-level indicator
    round(group_weight / nullif(sum(group_weight / nullif(indicator_count, 0)) over (partition by plant_id), 0), 12)::double as group_weight_ratio,  -- renormalised over the groups that apply
    round(weight / nullif(sum(weight) over (partition by plant_id, group_id), 0), 12)::double as weight_ratio,  -- renormalised inside the group
    is_limiting::boolean as is_limiting,  -- limiting indicator
    (case when state_i = 0.5 then null else state_i end)::double as meets_i,  -- 1 meets level I, 0 does not, null unknown
    (case when greatest(state_ii, state_i) = 1 then 1.0 when greatest(state_ii, state_i) = 0.5 then null else 0.0 end)::double as meets_ii,  -- meets level II or better
    (case when greatest(state_iii, state_ii, state_i) = 1 then 1.0 when greatest(state_iii, state_ii, state_i) = 0.5 then null else 0.0 end)::double as meets_iii,  -- meets level III or better
    (case when all_i = 0.5 then null else all_i end)::double as meets_i_all,  -- the same if the rules below the evidence bar counted
    (case when greatest(all_ii, all_i) = 1 then 1.0 when greatest(all_ii, all_i) = 0.5 then null else 0.0 end)::double as meets_ii_all,  -- the same if the rules below the evidence bar counted
    (case when greatest(all_iii, all_ii, all_i) = 1 then 1.0 when greatest(all_iii, all_ii, all_i) = 0.5 then null else 0.0 end)::double as meets_iii_all,  -- the same if the rules below the evidence bar counted
    (has_unverified = 1)::boolean as has_unverified  -- a rule behind it is below the evidence bar
from (
    select *, count(*) over (partition by plant_id, group_id) as indicator_count
    from filled
) as counted

/*
description: >-
  Class of each plant (green, transition, not_green, unknown): the class it has whatever the unknowns turn out to be, else unknown.
  green = index level I or II, no eliminated equipment, no failed binding rule; transition = level III; not_green = the rest (rules/policy/plant_class.yaml).
grain: [plant_id]
*/
with policy as (
    select
        max(case when key = 'green.index_level_at_worst' then value end) as green_level,
        max(case when key = 'transition.index_level_at_worst' then value end) as transition_level,
        bool_or(key = 'not_green_when' and value = 'eliminated_equipment') as elimination_counts,
        bool_or(key = 'not_green_when' and value = 'binding_fail') as binding_counts
    from ref_rules__policy
    where policy_id = 'plant_class'
),

-- levels in their order, the best first
levels as (
    select 'I' as level, 1 as level_rank
    union all
    select 'II' as level, 2 as level_rank
    union all
    select 'III' as level, 3 as level_rank
    union all
    select 'unrated' as level, 4 as level_rank
),

-- once as it counts, once as it would if the rules below the evidence bar counted
answers as (
    select
        'verified' as basis,
        p.plant_id,
        l.legal_state,
        l.elimination_state,
        coalesce(x.index_level_worst, 'unrated') as index_level_worst,
        coalesce(x.index_level_best, 'I') as index_level_best,
        x.plant_id is not null as has_index
    from stg_plants__plants as p
    inner join int_plants__legal as l on p.plant_id = l.plant_id
    left join int_plants__index as x on p.plant_id = x.plant_id
    union all
    select
        'all' as basis,
        p.plant_id,
        l.legal_state_all as legal_state,
        l.elimination_state_all as elimination_state,
        coalesce(x.index_level_worst_all, 'unrated') as index_level_worst,
        coalesce(x.index_level_best_all, 'I') as index_level_best,
        x.plant_id is not null as has_index
    from stg_plants__plants as p
    inner join int_plants__legal as l on p.plant_id = l.plant_id
    left join int_plants__index as x on p.plant_id = x.plant_id
),

ranked as (
    select
        a.basis,
        a.plant_id,
        a.legal_state,
        a.elimination_state,
        a.index_level_worst,
        a.index_level_best,
        a.has_index,
        w.level_rank as worst_rank,
        b.level_rank as best_rank,
        g.level_rank as green_rank,
        t.level_rank as transition_rank,
        (p.elimination_counts and a.elimination_state = 'FAIL') or (p.binding_counts and a.legal_state = 'FAIL') as is_barred,
        (p.elimination_counts and a.elimination_state <> 'PASS') or (p.binding_counts and a.legal_state not in ('PASS', 'NOT_APPLICABLE')) as may_be_barred
    from answers as a
    cross join policy as p
    inner join levels as w on a.index_level_worst = w.level
    inner join levels as b on a.index_level_best = b.level
    inner join levels as g on p.green_level = g.level
    inner join levels as t on p.transition_level = t.level
),

bounds as (
    select
        *,
        case when is_barred then 'not_green' when best_rank <= green_rank then 'green' when best_rank <= transition_rank then 'transition' else 'not_green' end as class_best,
        case when may_be_barred then 'not_green' when worst_rank <= green_rank then 'green' when worst_rank <= transition_rank then 'transition' else 'not_green' end as class_worst
    from ranked
)

select
    v.plant_id::varchar as plant_id,  -- plant
    (case when v.class_best = v.class_worst then v.class_best else 'unknown' end)::varchar as plant_class,  -- green, transition, not_green or unknown
    v.class_best::varchar as class_best,  -- class if every unknown passed
    v.class_worst::varchar as class_worst,  -- class if every unknown failed
    (case
        when v.elimination_state = 'FAIL' then 'ELIMINATED_EQUIPMENT'
        when v.legal_state = 'FAIL' then 'BINDING_RULE_FAILED'
        when v.class_best = v.class_worst and v.class_best = 'not_green' then 'INDEX_UNRATED'
        when v.class_best = v.class_worst then 'INDEX_LEVEL'
        when not v.has_index then 'NO_INDEX'
        when v.elimination_state <> 'PASS' then 'EQUIPMENT_NOT_KNOWN'
        when v.legal_state not in ('PASS', 'NOT_APPLICABLE') then 'BINDING_RULE_NOT_KNOWN'
        else 'INDEX_NOT_KNOWN' end)::varchar as class_reason,  -- what decides the class, or what keeps it open
    v.legal_state::varchar as legal_state,  -- see int_plants__legal
    v.elimination_state::varchar as elimination_state,  -- see int_plants__legal
    (case when v.has_index then v.index_level_worst end)::varchar as index_level_worst,  -- null = no index definition for this plant
    (case when v.has_index then v.index_level_best end)::varchar as index_level_best,  -- null = no index definition for this plant
    (case when a.class_best = a.class_worst then a.class_best else 'unknown' end)::varchar as plant_class_all,  -- class if the rules below the evidence bar counted
    a.class_best::varchar as class_best_all,  -- the same, if every unknown passed
    a.class_worst::varchar as class_worst_all  -- the same, if every unknown failed
from bounds as v
inner join bounds as a on v.plant_id = a.plant_id and a.basis = 'all'
where v.basis = 'verified'

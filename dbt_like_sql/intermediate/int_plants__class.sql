/*
description: >-
  Class of each plant (green, transition, not_green, unknown): the class it has whatever the unknowns turn out to be, else unknown.
  green = index level I or II, no eliminated equipment, no failed binding rule; transition = level III; not_green = the rest (rules/policy/plant_class.yaml).
grain: [plant_id]
*/
with answers as (
    select
        p.plant_id,
        p.sector,
        l.legal_state,
        l.elimination_state,
        coalesce(x.index_level_worst, 'unrated') as index_level_worst,
        coalesce(x.index_level_best, 'I') as index_level_best,
        x.plant_id is not null as has_index
    from stg_plants__plants as p
    inner join int_plants__legal as l on p.plant_id = l.plant_id
    left join int_plants__index as x on p.plant_id = x.plant_id
),

bounds as (
    select
        *,
        case when elimination_state = 'FAIL' or legal_state = 'FAIL' then 'not_green'
            when index_level_best in ('I', 'II') then 'green' when index_level_best = 'III' then 'transition' else 'not_green' end as class_best,
        case when elimination_state <> 'PASS' or legal_state not in ('PASS', 'NOT_APPLICABLE') then 'not_green'
            when index_level_worst in ('I', 'II') then 'green' when index_level_worst = 'III' then 'transition' else 'not_green' end as class_worst
    from answers
)

select
    plant_id::varchar as plant_id,  -- plant
    (case when class_best = class_worst then class_best else 'unknown' end)::varchar as plant_class,  -- green, transition, not_green or unknown
    class_best::varchar as class_best,  -- class if every unknown passed
    class_worst::varchar as class_worst,  -- class if every unknown failed
    (case
        when elimination_state = 'FAIL' then 'ELIMINATED_EQUIPMENT'
        when legal_state = 'FAIL' then 'BINDING_RULE_FAILED'
        when class_best = class_worst and class_best = 'not_green' then 'INDEX_UNRATED'
        when class_best = class_worst then 'INDEX_LEVEL'
        when not has_index then 'NO_INDEX'
        when elimination_state <> 'PASS' then 'EQUIPMENT_NOT_KNOWN'
        when legal_state not in ('PASS', 'NOT_APPLICABLE') then 'BINDING_RULE_NOT_KNOWN'
        else 'INDEX_NOT_KNOWN' end)::varchar as class_reason,  -- what decides the class, or what keeps it open
    legal_state::varchar as legal_state,  -- see int_plants__legal
    elimination_state::varchar as elimination_state,  -- see int_plants__legal
    (case when has_index then index_level_worst end)::varchar as index_level_worst,  -- null = no index definition for this plant
    (case when has_index then index_level_best end)::varchar as index_level_best  -- null = no index definition for this plant
from bounds

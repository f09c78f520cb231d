/*
description: >-
  What is true of each plant in the words that frameworks use (rules/frameworks): its class, eliminated equipment, binding rules not met or not known.
grain: [plant_id, fact]
*/
with facts as (
    select plant_id, 'any' as fact from int_plants__class
    union all
    select plant_id, 'class_' || plant_class as fact from int_plants__class
    union all
    select plant_id, 'eliminated_equipment' as fact from int_plants__legal where elimination_state = 'FAIL'
    union all
    select plant_id, 'equipment_unknown' as fact from int_plants__legal where elimination_state not in ('FAIL', 'PASS')
    union all
    select plant_id, 'binding_fail' as fact from int_plants__legal where legal_state = 'FAIL'
    union all
    select plant_id, 'binding_unknown' as fact from int_plants__legal where legal_state not in ('FAIL', 'PASS', 'NOT_APPLICABLE')
)

select
    plant_id::varchar as plant_id,  -- plant
    fact::varchar as fact  -- eliminated_equipment, equipment_unknown, binding_fail, binding_unknown, class_… or any
from facts

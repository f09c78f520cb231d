/*
description: >-
  How each judged rule stands towards each plant: whether it binds there (int_rules__binding, the country, the tier that binds),
  whether it is verified well enough to count, and whether it eliminates equipment.
grain: [plant_id, rule_id, tier]
*/
with judged as (
    select
        p.plant_id,
        w.rule_id,
        w.tier,
        w.state,
        (g.binds_everywhere or (g.binds_at_home and ic.instrument_id is not null)) and w.is_binding_tier as is_binding,
        g.is_verified,
        r.kind = 'prohibition' and r.prohibition_class = 'eliminated' as is_elimination
    from stg_plants__plants as p
    inner join int_plants__rule_states as w on p.plant_id = w.plant_id
    inner join ref_rules__rules as r on w.rule_id = r.rule_id
    inner join int_rules__binding as g on w.rule_id = g.rule_id
    left join ref_rules__instrument_countries as ic on r.instrument_id = ic.instrument_id and p.country_iso3 = ic.country_iso3
)

select
    plant_id::varchar as plant_id,  -- plant
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    state::varchar as state,  -- worst state of the rule and tier on the plant
    is_binding::boolean as is_binding,  -- binds this plant: its breach is a breach of law or of the lender's standard
    is_verified::boolean as is_verified,  -- evidence at or above the bar
    coalesce(is_elimination, false)::boolean as is_elimination  -- prohibition of eliminated equipment
from judged

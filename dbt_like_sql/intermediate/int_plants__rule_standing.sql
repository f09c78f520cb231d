/*
description: >-
  How each judged rule stands towards each plant: whether it binds there (int_rules__binding, the country, the tier that binds, and no
  justification that sets it aside wherever it is judged at the plant), whether it is verified well enough to count, and whether it eliminates equipment: what a failure of it means there (`standing`).
grain: [plant_id, rule_id, tier]
*/
with set_aside_limits as (
    select entity_id, rule_id, coalesce(tier, '-') as tier
    from int_plants__effective_limits
    where effective_reason = 'set_aside'
    group by entity_id, rule_id, coalesce(tier, '-')
),

-- a rule leaves the legal answer of a plant when it is set aside wherever it was judged there, and not for one of two stacks
set_aside as (
    select v.plant_id, v.rule_id, coalesce(v.tier, '-') as tier
    from int_plants__verdicts as v
    left join set_aside_limits as a on v.entity_id = a.entity_id and v.rule_id = a.rule_id and coalesce(v.tier, '-') = a.tier
    where v.state <> 'NOT_APPLICABLE' and v.kind = 'limit'
    group by v.plant_id, v.rule_id, coalesce(v.tier, '-')
    having min(case when a.rule_id is null then 0 else 1 end) = 1
),

judged as (
    select
        p.plant_id,
        w.rule_id,
        w.tier,
        w.state,
        (g.binds_everywhere or (g.binds_at_home and ic.instrument_id is not null)) and w.is_binding_tier
            and a.rule_id is null as is_binding,
        g.is_verified,
        r.kind = 'prohibition' and r.prohibition_class = 'eliminated' as is_elimination
    from stg_plants__plants as p
    inner join int_plants__rule_states as w on p.plant_id = w.plant_id
    inner join ref_rules__rules as r on w.rule_id = r.rule_id
    inner join int_rules__binding as g on w.rule_id = g.rule_id
    left join ref_rules__instrument_countries as ic on r.instrument_id = ic.instrument_id and p.country_iso3 = ic.country_iso3
    left join set_aside as a on w.plant_id = a.plant_id and w.rule_id = a.rule_id and w.tier = a.tier
),

placed as (
    select *, case when is_binding and is_verified then 1 when is_elimination and is_verified then 2 when is_binding or is_elimination then 3 else 4 end as standing_no
    from judged
)

select
    plant_id::varchar as plant_id,  -- plant
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    state::varchar as state,  -- worst state of the rule and tier on the plant
    is_binding::boolean as is_binding,  -- binds this plant: its breach is a breach of law or of the lender's standard
    is_verified::boolean as is_verified,  -- evidence at or above the bar
    coalesce(is_elimination, false)::boolean as is_elimination,  -- prohibition of eliminated equipment
    standing_no::bigint as standing_no,  -- place of the standing among the four, 1 the gravest: the order in which pages and lists tell them
    (case standing_no when 1 then 'binding' when 2 then 'elimination' when 3 then 'awaiting_verification' else 'comparison' end)::varchar as standing  -- binding: its breach is one of law or of the lender's standard · elimination: eliminated equipment, not green wherever it stands · awaiting_verification: would be one of both, were it verified · comparison: neither, verified or not
from placed

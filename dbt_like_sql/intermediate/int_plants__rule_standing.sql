/*
description: >-
  How each judged rule stands towards each plant: whether it binds there (rules/policy: effective_layers; severity "must"; the tier that binds),
  whether it is verified well enough to count (evidence_bar), and whether it eliminates equipment.
grain: [plant_id, rule_id, tier]
*/
with bar as (
    select max(case when policy_id = 'evidence_bar' and key = 'minimum' then value end) as minimum_evidence
    from ref_rules__policy
),

-- layers that bind everywhere, and layers that bind only where their instrument is law
binding_layers as (
    select value as layer, bool_or(key = 'binding') as binds_everywhere
    from ref_rules__policy
    where policy_id = 'effective_layers' and key in ('binding', 'binding_at_home')
    group by value
),

judged as (
    select
        p.plant_id,
        w.rule_id,
        w.tier,
        w.state,
        (coalesce(b.binds_everywhere, false) or (b.layer is not null and ic.instrument_id is not null)) and w.is_binding_tier and r.severity = 'error' as is_binding,
        case r.evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end
            >= case bar.minimum_evidence when 'printed_text' then 3 when 'secondary' then 2 else 1 end as is_verified,
        r.kind = 'prohibition' and r.prohibition_class = 'eliminated' as is_elimination
    from stg_plants__plants as p
    inner join int_plants__rule_states as w on p.plant_id = w.plant_id
    inner join ref_rules__rules as r on w.rule_id = r.rule_id
    cross join bar
    left join binding_layers as b on r.layer = b.layer
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

/*
description: >-
  Worst state of each rule and tier for each plant over the assessment window (FAIL > ERROR > NO_DATA > INDETERMINATE > PASS; not applicable drops out).
grain: [plant_id, rule_id, tier]
*/
with ranked as (
    select
        v.plant_id,
        v.rule_id,
        coalesce(v.tier, '-') as tier,
        v.is_binding_tier,
        v.headroom_ratio,
        v.reason_code,
        case v.state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 when 'PASS' then 1 else 0 end as state_rank
    from int_plants__verdicts as v
    where v.state <> 'NOT_APPLICABLE'
),

worst as (
    select *, max(state_rank) over (partition by plant_id, rule_id, tier) as worst_rank
    from ranked
)

select
    plant_id::varchar as plant_id,  -- plant
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    bool_or(is_binding_tier)::boolean as is_binding_tier,  -- binds at least one of the plant's entities
    (case max(state_rank) when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA' when 2 then 'INDETERMINATE' else 'PASS' end)::varchar as state,  -- worst state
    max(case when state_rank = worst_rank then reason_code end)::varchar as reason_code,  -- reason of a worst verdict (the last in the alphabet where several)
    min(headroom_ratio)::double as worst_headroom_ratio,  -- smallest headroom; null = no number
    count(*)::bigint as verdict_count  -- verdicts rolled up
from worst
group by plant_id, rule_id, tier

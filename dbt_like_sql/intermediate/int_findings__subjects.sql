/*
description: >-
  What a finding can be about: every rule and tier that was judged somewhere, with the id that a finding has there. Rules that pass have it too, so that evidence
  can be asked of any verdict; int_findings__states makes the same id of the same words.
grain: [finding_id]
materialized: view
*/
select
    ('F-' || substr(sha256(v.rule_id || '|' || coalesce(v.tier, '-') || '|' || v.entity_id || '|' || coalesce(v.indicator_id, '-') || '|' || coalesce(t.averaging, '-')), 1, 12))::varchar as finding_id,  -- F- and 12 hex digits over rule, tier, entity, indicator and averaging
    v.plant_id::varchar as plant_id,  -- plant
    v.rule_id::varchar as rule_id,  -- rule
    coalesce(v.tier, '-')::varchar as tier,  -- I, II, III; - = the rule has no tiers
    v.entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    coalesce(v.indicator_id, '-')::varchar as indicator_id,  -- indicator; - = a prohibition
    coalesce(t.averaging, '-')::varchar as averaging,  -- averaging of the rule; - = none
    max(v.operator)::varchar as operator,  -- at_most, below, at_least, above, prohibited or required
    max(v.rule_version)::varchar as rule_version  -- version that judged it
from int_plants__verdicts as v
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
where v.state <> 'NOT_APPLICABLE'
group by v.plant_id, v.rule_id, v.tier, v.entity_id, v.indicator_id, t.averaging

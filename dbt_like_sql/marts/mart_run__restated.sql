/*
description: >-
  Results already issued that this run changes: verdicts on a rule, place and period that the run published before judged too, with what they were, what they are
  and why. A restatement notice is this table.
grain: [rule_id, tier, entity_id, indicator_id, period_start_date, period_end_date, verdict_no]
*/
with exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd
    from int_loans__attribution
    group by plant_id
)

select
    v.rule_id::varchar as rule_id,  -- rule
    v.tier::varchar as tier,  -- I, II, III; - = the rule has no tiers
    v.entity_id::varchar as entity_id,  -- plant:…, unit:… or stack:…
    v.indicator_id::varchar as indicator_id,  -- indicator; - = a prohibition
    v.period_start_date::date as period_start_date,  -- first day judged
    v.period_end_date::date as period_end_date,  -- last day judged
    v.verdict_no::bigint as verdict_no,  -- 1; more where a rule judges one period by more than one limit
    v.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- its name
    coalesce(r.title, v.rule_id)::varchar as title,  -- title of the rule
    c.earlier_run_id::varchar as earlier_run_id,  -- run that issued the earlier result
    c.earlier_as_of_date::date as earlier_as_of_date,  -- its as-of day
    v.status_before::varchar as status_before,  -- PROVISIONAL: a correction was still to be expected; FINAL: it was not
    v.state_before::varchar as state_before,  -- state as issued
    v.state_after::varchar as state_after,  -- state now; null = no longer judged
    v.value_before::double as value_before,  -- value as issued, in unit
    v.value_after::double as value_after,  -- value now, in unit
    v.limit_before::double as limit_before,  -- limit as issued, in unit
    v.limit_after::double as limit_after,  -- limit now, in unit
    v.unit::varchar as unit,  -- unit of values and limits
    v.rule_version_before::varchar as rule_version_before,  -- version of the rule as issued
    v.rule_version_after::varchar as rule_version_after,  -- version now
    (case
        when v.state_after is null then 'NO_LONGER_JUDGED'
        when v.rule_version_before is distinct from v.rule_version_after or v.limit_before is distinct from v.limit_after then 'RULE_CHANGED'
        when v.is_known_earlier then 'KNOWN_EARLIER'
        when v.has_corrected_readings then 'READINGS_CORRECTED'
        when v.state_before = 'NO_DATA' then 'DATA_CAME_LATER'
        else 'OTHER_DATA_CHANGED' end)::varchar as cause,  -- RULE_CHANGED, KNOWN_EARLIER (this run was asked on what was known before the earlier one), READINGS_CORRECTED, DATA_CAME_LATER, OTHER_DATA_CHANGED (returns, documents, facts of the plant) or NO_LONGER_JUDGED
    coalesce(e.exposure_usd, 0)::double as exposure_usd  -- exposure behind the plant, all portfolios, US dollars
from raw_change__verdicts as v
cross join raw_change__runs as c
left join stg_plants__plants as p on v.plant_id = p.plant_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join exposure as e on v.plant_id = e.plant_id

/*
description: >-
  The regimes of each plant and indicator in their order, strictest first: the limit of each on one basis, what was measured, its state, and which
  of them is effective and why.
grain: [plant_id, entity_id, indicator_id, rule_id, tier]
*/
with justifications as (
    select
        justification_id, max(justification) as justification, max(document_reference) as document_reference,
        max(decided_on_date) as decided_on_date, max(last_day_date) as last_day_date
    from ref_rules__justifications
    group by justification_id
)

select
    f.plant_id::varchar as plant_id,  -- plant
    p.plant_name::varchar as plant_name,  -- name as sent
    f.entity_id::varchar as entity_id,  -- plant, unit or stack
    f.indicator_id::varchar as indicator_id,  -- indicator
    i.title::varchar as indicator_title,  -- in words
    i.unit::varchar as unit,  -- unit of every figure of the row
    f.basis::varchar as basis,  -- limits of one basis are comparable
    f.basis_o2_pct::double as basis_o2_pct,  -- reference oxygen of the comparable limit; null = none
    f.strictness_rank::bigint as strictness_rank,  -- 1 = strictest on its basis
    f.rule_id::varchar as rule_id,  -- rule
    coalesce(f.tier, '-')::varchar as tier,  -- II or III; - = none
    r.title::varchar as rule_title,  -- in words
    r.instrument_title::varchar as instrument_title,  -- instrument
    f.layer::varchar as layer,  -- layer of the instrument
    f.limit_value::double as limit_value,  -- as judged; null = an input is missing
    f.comparable_value::double as comparable_value,  -- on the basis
    f.measured_value::double as measured_value,  -- worst value on the rule's own reference; null = none
    (f.measured_value * case when t.ref_o2_pct is null then 1 else (21 - f.basis_o2_pct) / nullif(21 - t.ref_o2_pct, 0) end)::double
        as measured_on_basis_value,  -- the same on the basis, as the comparable limit
    t.operator::varchar as operator,  -- at_most, below: less is better; at_least, above: more is better
    f.state::varchar as state,  -- worst state over the window
    f.is_binding::boolean as is_binding,  -- binds here and is verified well enough
    f.is_effective::boolean as is_effective,  -- strictest of the binding ones on its basis
    f.effective_reason::varchar as effective_reason,  -- strictest_binding, less_strict, set_aside, not_binding, awaiting_verification or input_missing
    f.needs_justification::boolean as needs_justification,  -- host law weaker than the lender standard, and no justification in force
    f.justification_state::varchar as justification_state,  -- given, run_out, not_yet or missing; null = none is needed
    f.justification_id::varchar as justification_id,  -- file in rules/justifications/; null = none
    j.justification::varchar as justification,  -- why the weaker level may be used, as written by the lender; null = none
    j.document_reference::varchar as justification_document,  -- where the lender keeps it; null = none
    j.decided_on_date::date as justification_decided_on_date,  -- day it was decided; null = none
    j.last_day_date::date as justification_last_day_date,  -- last day it holds; null = none
    f.effective_state::varchar as effective_state  -- worst state of the effective limits of the indicator
from int_plants__effective_limits as f
inner join stg_plants__plants as p on f.plant_id = p.plant_id
inner join ref_rules__rules as r on f.rule_id = r.rule_id
left join ref_rules__thresholds as t on f.threshold_id = t.threshold_id
left join ref_rules__indicators as i on f.indicator_id = i.indicator_id
left join justifications as j on f.justification_id = j.justification_id

/*
description: >-
  Every regime that limits an indicator of a plant, unit or stack today, side by side on one basis, and which of them is effective: the strictest of
  the binding ones (rules/policy/effective_layers.yaml) on each basis. Limits at different reference oxygen are brought to one
  (limit x (21 - basis) / (21 - own), domain F9, F10); limits that differ in averaging, pass test, gas or left-out hours stay apart, each basis
  has its own effective limit and the worst state counts. A benchmark or target is never binding. A limit of the lender's own standard is set aside
  where a justification in force names a weaker law that binds and is judged there (rules/justifications/).
grain: [entity_id, indicator_id, threshold_id]
*/
with -- worst state and worst measured value of each threshold, over the periods judged
judged as (
    select
        threshold_id,
        entity_id,
        max(case state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 when 'PASS' then 1 else 0 end) as state_rank,
        case when min(operator) in ('at_most', 'below') then max(measured_value) else min(measured_value) end as measured_value,
        max_by(limit_value, period_end_date) as limit_value
    from int_plants__verdicts
    where kind = 'limit'
    group by threshold_id, entity_id
),

regimes as (
    select
        e.plant_id,
        a.entity_id,
        t.indicator_id,
        a.threshold_id,
        t.rule_id,
        t.tier,
        r.instrument_id,
        r.layer,
        t.operator in ('at_most', 'below') as is_maximum,
        j.limit_value,
        j.measured_value,
        j.state_rank,
        t.ref_o2_pct,
        t.averaging || ', ' || t.pass_test || coalesce(' ' || t.pass_share_ratio::varchar || ' a ' || coalesce(t.period_share_over, 'month'), '')
            || coalesce(', ' || t.gas_basis, '') || case when t.ref_o2_pct is null then '' else ', reference oxygen' end
            || coalesce(', without ' || t.excluded_states, '') || case when t.operator in ('at_most', 'below') then ', maximum' else ', minimum' end as basis,
        g.binds_everywhere or (g.binds_at_home and ic.instrument_id is not null) as is_binding_layer,
        g.is_verified
    from int_rules__applicability as a
    inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id and t.kind = 'limit'
    inner join ref_rules__rules as r on t.rule_id = r.rule_id
    inner join int_plants__entities as e on a.entity_id = e.entity_id
    inner join judged as j on a.threshold_id = j.threshold_id and a.entity_id = j.entity_id and j.state_rank > 0
    cross join ref_run__settings as s
    inner join int_rules__binding as g on t.rule_id = g.rule_id
    left join ref_rules__instrument_countries as ic on r.instrument_id = ic.instrument_id and e.country_iso3 = ic.country_iso3
    where a.is_applicable = 'yes' and a.is_binding_tier
        and a.bound_from_date <= s.window_end_date and (a.bound_to_date is null or a.bound_to_date > s.window_end_date)
),

on_one_basis as (
    select
        *,
        case when ref_o2_pct is null then limit_value
            else limit_value * (21 - min(ref_o2_pct) over (partition by entity_id, indicator_id, basis)) / nullif(21 - ref_o2_pct, 0) end as comparable_value,
        min(ref_o2_pct) over (partition by entity_id, indicator_id, basis) as basis_o2_pct,
        is_binding_layer and is_verified as is_binding
    from regimes
),

-- written reasons for using a weaker law than the lender's standard, as far as that law binds and is judged at the same place
justified as (
    select
        l.entity_id,
        l.indicator_id,
        j.uses_rule_id,
        j.stricter_rule_id,
        j.justification_id,
        j.last_day_date,
        case when j.last_day_date < s.as_of_date then 2 when j.valid_from_date <= s.as_of_date then 3 else 1 end as standing
    from on_one_basis as l
    inner join ref_rules__justifications as j on l.plant_id = j.plant_id and l.rule_id = j.uses_rule_id
    cross join ref_run__settings as s
    where l.is_binding and j.decided_on_date <= s.as_of_date
),

-- the justification that sets a limit of the lender aside, and the one that a law is used by
set_aside as (
    select entity_id, indicator_id, stricter_rule_id, min(justification_id) as justification_id
    from justified
    where standing = 3
    group by entity_id, indicator_id, stricter_rule_id
),

used as (
    select
        entity_id, indicator_id, uses_rule_id, standing, justification_id,
        row_number() over (partition by entity_id, indicator_id, uses_rule_id order by standing desc, last_day_date desc, justification_id) as place
    from justified
),

ranked as (
    select
        l.*,
        round(case when l.is_maximum then l.comparable_value else -l.comparable_value end, 9) as strictness,
        coalesce(a.justification_id is not null and l.layer = 'lender_standard', false) as is_set_aside,
        u.standing,
        coalesce(a.justification_id, u.justification_id) as justification_id
    from on_one_basis as l
    left join set_aside as a on l.entity_id = a.entity_id and l.indicator_id = a.indicator_id and l.rule_id = a.stricter_rule_id
    left join used as u on l.entity_id = u.entity_id and l.indicator_id = u.indicator_id and l.rule_id = u.uses_rule_id and u.place = 1
),

-- a limit whose inputs are missing cannot be ranked: it stays effective, so that its state counts
chosen as (
    select
        *,
        min(case when layer = 'lender_standard' then strictness end) over (partition by entity_id, indicator_id, basis) as lender_strictness,
        row_number() over (partition by entity_id, indicator_id, basis, is_binding and not is_set_aside order by strictness nulls last, rule_id, threshold_id) as known_place
    from ranked
),

decided as (
    select *, is_binding and not is_set_aside and (comparable_value is null or known_place = 1) as is_effective
    from chosen
),

summed as (
    select *, max(case when is_effective then state_rank end) over (partition by entity_id, indicator_id) as effective_rank
    from decided
)

select
    plant_id::varchar as plant_id,  -- plant
    entity_id::varchar as entity_id,  -- plant, unit or stack judged
    indicator_id::varchar as indicator_id,  -- indicator
    threshold_id::varchar as threshold_id,  -- dated threshold in force today
    rule_id::varchar as rule_id,  -- rule
    tier::varchar as tier,  -- II or III; null = no tiers
    instrument_id::varchar as instrument_id,  -- instrument
    layer::varchar as layer,  -- layer of the instrument
    basis::varchar as basis,  -- averaging, pass test, gas, left-out hours: only limits of one basis are compared
    basis_o2_pct::double as basis_o2_pct,  -- reference oxygen to which the limits of the basis are brought; null = none
    limit_value::double as limit_value,  -- as judged, in the indicator's unit; null = an input is missing
    comparable_value::double as comparable_value,  -- the limit on the basis
    measured_value::double as measured_value,  -- worst value measured, on the rule's own reference; null = none
    (case state_rank when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA' when 2 then 'INDETERMINATE' else 'PASS' end)::varchar as state,  -- worst state over the window
    is_binding::boolean as is_binding,  -- binds here and is verified well enough
    is_effective::boolean as is_effective,  -- strictest of the binding ones on its basis
    (row_number() over (partition by entity_id, indicator_id, basis order by strictness nulls last, rule_id, threshold_id))::bigint as strictness_rank,  -- 1 = strictest of all regimes on the basis
    (case when is_set_aside then 'set_aside' when is_effective and comparable_value is null then 'input_missing' when is_effective then 'strictest_binding' when is_binding then 'less_strict'
        when is_binding_layer then 'awaiting_verification' else 'not_binding' end)::varchar as effective_reason,  -- why it is or is not effective
    (layer = 'host_law' and coalesce(strictness > lender_strictness, false) and coalesce(standing, 0) < 3)::boolean as needs_justification,  -- host law is weaker than the lender standard and no justification in force says why it may be used
    (case when is_set_aside or standing = 3 then 'given' when standing = 2 then 'run_out' when standing = 1 then 'not_yet' when layer = 'host_law' and strictness > lender_strictness then 'missing' end)::varchar as justification_state,  -- given, run_out, not_yet, missing; null = none is needed
    justification_id::varchar as justification_id,  -- rules/justifications/: sets this limit aside, or lets this law be used; null = none
    (case effective_rank when 5 then 'FAIL' when 4 then 'ERROR' when 3 then 'NO_DATA' when 2 then 'INDETERMINATE' when 1 then 'PASS' else 'NOT_APPLICABLE' end)::varchar as effective_state  -- worst state of the effective limits of this indicator; NOT_APPLICABLE = none binds
from summed

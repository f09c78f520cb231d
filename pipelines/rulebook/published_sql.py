"""What the commands ask a published run. Whether a rule can bind is read from int_rules__binding."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

#: Rows of a query with its parameters $1, $2 …, as mappings of column to value.
Read = Callable[[str, Sequence[Any]], list[dict[str, Any]]]

#: Whether each rule could bind each plant, and whether its evidence counts.
STANDING_CTE = """
standing as (
    select
        p.plant_id,
        g.rule_id,
        g.binds_everywhere or (g.binds_at_home and c.instrument_id is not null) as can_bind,
        g.is_verified
    from stg_plants__plants as p
    cross join int_rules__binding as g
    inner join ref_rules__rules as r on g.rule_id = r.rule_id
    left join ref_rules__instrument_countries as c on r.instrument_id = c.instrument_id and p.country_iso3 = c.country_iso3
)"""

PLANT_SQL = "select plant_id, plant_name, country_iso3, sector from stg_plants__plants where plant_id = ?"
PLANTS_SQL = "select plant_id from stg_plants__plants order by plant_id"
RUN_SQL = "select as_of_date, window_start_date, window_end_date, run_id from ref_run__settings"
INDICATORS_SQL = "select indicator_id, title, unit, direction, measured_by from ref_rules__indicators order by indicator_id"
INDICATOR_NAMES_SQL = "select lower(sent_name) as sent_name, indicator_id from ref_rules__indicator_names order by sent_name, indicator_id"
REASONS_SQL = "select reason_code, title from ref_rules__reason_codes"
HASHES_SQL = "select rule_id, rule_sha256 from ref_rules__rules"

#: The limits in force for an indicator of a plant as the run judged them ($1 plant, $2 indicator): nothing of it is worked out again.
#: Only what was measured is brought to the reference oxygen of its basis, as int_plants__effective_limits does with the limit.
REGIMES_SQL = """
with overlaid as (
    select threshold_id, entity_id, max(overlay_id) as overlay_id, max(limit_without_overlay) as limit_without_overlay
    from int_plants__verdicts
    where plant_id = $1 and indicator_id = $2 and overlay_id is not null
    group by threshold_id, entity_id
),
overlays as (
    select overlay_id, max(title) as overlay_title, max(justification) as overlay_justification from ref_rules__overlays group by overlay_id
),
written as (
    select justification_id, max(justification) as justification, max(document_reference) as document_reference,
        max(decided_on_date) as decided_on_date, max(last_day_date) as justified_to_date
    from ref_rules__justifications
    group by justification_id
)
select
    f.entity_id, f.threshold_id, f.rule_id, f.tier, f.layer, f.basis, f.basis_o2_pct, f.limit_value, f.comparable_value, f.measured_value,
    f.measured_value * case when t.ref_o2_pct is null then 1 else (21 - f.basis_o2_pct) / nullif(21 - t.ref_o2_pct, 0) end
        as measured_on_basis,
    f.state, f.is_binding, f.is_effective, f.effective_reason, f.strictness_rank, f.needs_justification, f.effective_state,
    t.operator, t.printed_value, t.printed_unit, t.limit_expression, t.ref_o2_pct, t.reference_temperature_k, t.clause,
    a.bound_from_date, a.bound_to_date, r.instrument_title, r.severity, r.evidence, r.status, e.process, e.technology,
    o.overlay_id, o.limit_without_overlay, w.overlay_title, w.overlay_justification,
    f.justification_state, f.justification_id, j.justification, j.document_reference, j.decided_on_date, j.justified_to_date
from int_plants__effective_limits as f
inner join ref_rules__thresholds as t on f.threshold_id = t.threshold_id
inner join ref_rules__rules as r on f.rule_id = r.rule_id
inner join int_rules__applicability as a on f.threshold_id = a.threshold_id and f.entity_id = a.entity_id
inner join int_plants__entities as e on f.entity_id = e.entity_id
left join overlaid as o on f.threshold_id = o.threshold_id and f.entity_id = o.entity_id
left join overlays as w on o.overlay_id = w.overlay_id
left join written as j on f.justification_id = j.justification_id
where f.plant_id = $1 and f.indicator_id = $2
order by f.entity_id, f.basis, f.basis_o2_pct, f.strictness_rank
"""

#: Why the verdicts of a plant and indicator are what they are: how many periods ended in each state, for which reason.
REASONS_OF_SQL = """
select threshold_id, entity_id, state, reason_code, reason_detail, count(*) as period_count,
    min(period_start_date) as first_date, max(period_end_date) as last_date
from int_plants__verdicts
where plant_id = $1 and indicator_id = $2
group by threshold_id, entity_id, state, reason_code, reason_detail
order by threshold_id, entity_id, period_count desc, reason_code, reason_detail
"""

#: Dated limits that were looked at for a plant and are no regime of today there: not in force, not binding this plant, out of scope.
ABSENT_SQL = """
select a.entity_id, a.rule_id, a.tier, a.threshold_id, a.is_applicable, a.not_applicable_reason, a.is_new, a.is_binding_tier,
    a.bound_from_date, a.bound_to_date,
    a.bound_from_date <= s.as_of_date and (a.bound_to_date is null or a.bound_to_date > s.as_of_date) as is_in_force
from int_rules__applicability as a
inner join ref_rules__thresholds as t on a.threshold_id = t.threshold_id and t.kind = 'limit'
inner join int_plants__entities as e on a.entity_id = e.entity_id
cross join ref_run__settings as s
left join int_plants__effective_limits as f on a.threshold_id = f.threshold_id and a.entity_id = f.entity_id
where e.plant_id = $1 and t.indicator_id = $2 and f.threshold_id is null
order by a.rule_id, a.tier nulls first, a.bound_from_date, a.entity_id
"""

#: What was said without a number: equipment and evidence that an indicator stands for.
WITHOUT_NUMBER_SQL = """
select v.entity_id, v.rule_id, v.state, v.reason_code, r.title, r.instrument_title, r.clause, r.evidence, r.layer,
    g.is_binding, g.is_verified
from int_plants__verdicts as v
inner join ref_rules__rules as r on v.rule_id = r.rule_id
left join int_plants__rule_standing as g on v.plant_id = g.plant_id and v.rule_id = g.rule_id and coalesce(v.tier, '-') = g.tier
where v.plant_id = $1 and v.kind <> 'limit' and coalesce(v.indicator_id, r.indicator_id, r.prohibition_class || '_equipment') = $2
order by v.entity_id, v.rule_id
"""

#: Rules about an indicator that were never looked at for a plant; drafts among them.
ELSEWHERE_SQL = """
select r.rule_id, r.title, r.status, coalesce((
    select bool_or(c.sector is null or c.sector = 'all' or c.sector = p.sector)
    from ref_rules__scopes as c cross join stg_plants__plants as p
    where c.rule_id = r.rule_id and p.plant_id = $1
), false) as is_about_sector
from ref_rules__rules as r
where r.indicator_id = $2 and r.rule_id not in (
    select a.rule_id from int_rules__applicability as a
    inner join int_plants__entities as e on a.entity_id = e.entity_id where e.plant_id = $1
)
order by r.rule_id
"""

#: Plants in the scope of each rule, or that may be: where and from when it binds is another question.
IN_SCOPE_SQL = """
select a.rule_id, e.plant_id, bool_or(a.is_applicable = 'yes') as is_certain
from int_rules__applicability as a
inner join int_plants__entities as e on a.entity_id = e.entity_id
where a.is_applicable <> 'no'
group by a.rule_id, e.plant_id
order by a.rule_id, e.plant_id
"""

#: Rules not yet checked in print: first by the exposure of plants whose class they hold open, then of all plants that they judge.
UNVERIFIED_SQL = f"""
with {STANDING_CTE},
exposures as (
    select plant_id, sum(exposure_usd) as exposure_usd from int_loans__attribution group by plant_id
),
on_plants as (
    select
        w.rule_id,
        w.plant_id,
        max(case w.state when 'FAIL' then 5 when 'ERROR' then 4 when 'NO_DATA' then 3 when 'INDETERMINATE' then 2 else 1 end) as state_rank,
        sum(case when w.state = 'FAIL' then 1 else 0 end) as fail_count,
        bool_or(s.can_bind and w.is_binding_tier and not s.is_verified) as is_awaiting
    from int_plants__rule_states as w
    inner join standing as s on w.rule_id = s.rule_id and w.plant_id = s.plant_id
    group by w.rule_id, w.plant_id
),
verdicts as (
    select rule_id, count(*) as verdict_count, count(case when state = 'FAIL' then 1 end) as fail_count,
        count(case when state = 'PASS' then 1 end) as pass_count
    from int_plants__verdicts where state <> 'NOT_APPLICABLE' group by rule_id
),
checks as (
    select rule_id, string_agg(checked_by, ', ' order by verification_no) as people
    from ref_rules__verifications where is_counted group by rule_id
),
by_rule as (
    select
        o.rule_id,
        count(*) as plant_count,
        sum(x.exposure_usd) as exposure_usd,
        count(case when o.is_awaiting and o.state_rank > 1 and c.class_best <> 'not_green' then 1 end) as open_plant_count,
        sum(case when o.is_awaiting and o.state_rank > 1 and c.class_best <> 'not_green' then x.exposure_usd end) as open_usd
    from on_plants as o
    left join exposures as x on o.plant_id = x.plant_id
    left join int_plants__class as c on o.plant_id = c.plant_id
    group by o.rule_id
)
select r.rule_id, r.title, r.evidence, r.evidence_note, r.layer, r.instrument_title, r.clause, r.href, k.people,
    coalesce(b.plant_count, 0) as plant_count, coalesce(b.exposure_usd, 0) as exposure_usd,
    coalesce(b.open_plant_count, 0) as open_plant_count, coalesce(b.open_usd, 0) as open_usd,
    coalesce(v.verdict_count, 0) as verdict_count, coalesce(v.fail_count, 0) as fail_count, coalesce(v.pass_count, 0) as pass_count
from ref_rules__rules as r
left join by_rule as b on r.rule_id = b.rule_id
left join verdicts as v on r.rule_id = v.rule_id
left join checks as k on r.rule_id = k.rule_id
where r.kind in ('limit', 'prohibition', 'requirement') and r.evidence <> 'printed_text' and r.status = 'active'
order by open_usd desc, exposure_usd desc, verdict_count desc, r.rule_id
"""

"""Rules → rows of `ref_rules__rules` and `ref_rules__thresholds`: what is judged, since when, in the unit of the indicator."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pipelines.rulebook.cells import Row, comma, number
from pipelines.rulebook.limits import DatedLimit, Expression, LimitValue, Scope
from pipelines.rulebook.load_units import factor_to
from pipelines.rulebook.model import LawRule, LimitRule, ProhibitionRule, RequirementRule, Rule, Rulebook

#: Printed concentrations at another reference temperature become values at 273.15 K: C0 = C·T/273.15. A volume fraction does not change.
NORMAL_TEMPERATURE_K = Fraction("273.15")
_PER_VOLUME_OF_GAS = ("mass_concentration", "toxic_equivalent_concentration")
#: Averages are rounded to so many digits before they meet a limit, so the limit is too: a value on it lies on it.
_DIGITS = 9
_POINT = "point"


def rule_rows(rulebook: Rulebook) -> list[Row]:
    """One row a rule, drafts included."""
    return [_rule_row(rule) for rule in rulebook.rules.values()]


def _rule_row(rule: Rule) -> Row:
    row: Row = {
        "rule_id": rule.rule_id,
        "rule_version": rule.version,
        "rule_sha256": rule.sha256,
        "rule_path": rule.path,
        "kind": rule.kind,
        "title": rule.title,
        "severity": rule.severity,
        "status": rule.status,
        "owner": rule.owner,
        "approver": rule.approver,
        "description": rule.note,
        "sdg_targets": comma(rule.sdg_targets),
    }
    return row | _law_columns(rule) if isinstance(rule, LawRule) else row


def _law_columns(rule: LawRule) -> Row:
    indicator, newest = rule.indicator, rule.entries[-1] if rule.entries else None
    default_family = {"prohibition": "equipment", "requirement": "management"}.get(rule.kind)
    return {
        "instrument_id": rule.instrument.instrument_id,
        "instrument_title": rule.instrument.title,
        "jurisdiction": rule.instrument.jurisdiction,
        "layer": rule.instrument.layer,
        "family": indicator.family if indicator else default_family,
        "indicator_id": indicator.indicator_id if indicator else None,
        "evidence": rule.evidence,
        "evidence_note": rule.evidence_note,
        "sdg_targets": comma(rule.sdg_targets or (indicator.sdg_targets if indicator else ())),
        "clause": newest.reference.clause if newest else None,
        "href": (newest.reference.href if newest else None) or rule.instrument.href,
        "prohibition_class": rule.equipment_class if isinstance(rule, ProhibitionRule) else None,
    }


def judged_rules(rulebook: Rulebook) -> Iterator[LawRule]:
    """Rules that give verdicts: active, and no list of encouraged equipment."""
    for rule in rulebook.rules.values():
        encouraged = isinstance(rule, ProhibitionRule) and rule.equipment_class == "encouraged"
        if isinstance(rule, LawRule) and rule.status == "active" and not encouraged:
            yield rule


def threshold_rows(rulebook: Rulebook) -> list[Row]:
    """One row a judged rule, dated entry and tier. A tier printed as a dash gives none."""
    return [
        _threshold_row(rule, entry, tier, value)
        for rule in judged_rules(rulebook)
        for entry in rule.entries
        for tier, value in entry.values.items()
        if value is not None or not isinstance(rule, LimitRule)
    ]


def threshold_id(rule: LawRule, entry: DatedLimit, tier: str | None) -> str:
    """Name of a dated threshold: rule, tier where there are tiers, day from which it is in force."""
    return f"{rule.rule_id}{f'#{tier}' if tier else ''}@{entry.valid_from.isoformat()}"


def _threshold_row(rule: LawRule, entry: DatedLimit, tier: str | None, value: LimitValue) -> Row:
    row: Row = {
        "threshold_id": threshold_id(rule, entry, tier),
        "rule_id": rule.rule_id,
        "tier": tier,
        "kind": rule.kind,
        "indicator_id": rule.indicator.indicator_id if rule.indicator else None,
        "sector": _single_sector(rule.scopes),
        "valid_from_date": entry.valid_from,
        "valid_to_date": entry.valid_to,
        "existing_plants_from_date": entry.existing_plants_from,
        "clause": entry.reference.clause,
        "href": entry.reference.href or rule.instrument.href,
    }
    if isinstance(rule, LimitRule):
        return row | _limit_columns(rule) | _value_columns(rule, entry, value)
    if isinstance(rule, RequirementRule):
        return row | {"operator": "required", "averaging": _POINT, "required_item": rule.requires}
    return row | {"operator": "prohibited", "averaging": _POINT}


def _single_sector(scopes: tuple[Scope, ...]) -> str | None:
    sectors = {sector for scope in scopes for sector in scope.sector}
    return sectors.pop() if len(sectors) == 1 else None


def _limit_columns(rule: LimitRule) -> Row:
    return {
        "operator": rule.operator,
        "ref_o2_pct": number(rule.oxygen_pct),
        "gas_basis": rule.gas_basis,
        "reference_temperature_k": number(rule.temperature_k),
        "averaging": rule.averaging,
        "pass_test": rule.pass_test,
        "pass_share_ratio": number(rule.pass_share),
        "period_share_over": rule.pass_share_over,
        "max_multiple": number(rule.max_multiple),
        "min_capture_ratio": number(rule.min_capture),
        "excluded_states": comma(rule.excluded_states),
        "or_meets_rule_ids": comma(rule.or_meets),
        "max_excluded_hours": number(rule.max_excluded_hours),
        "max_invalid_half_hours": number(rule.max_invalid_half_hours),
        "max_invalid_days": number(rule.max_invalid_days),
        "decision_rule": rule.uncertainty.decision if rule.uncertainty else "simple",
        "uncertainty_pct": number(rule.uncertainty.pct) if rule.uncertainty else None,
        "uncertainty_of": rule.uncertainty.of if rule.uncertainty else None,
    }


def _value_columns(rule: LimitRule, entry: DatedLimit, value: LimitValue) -> Row:
    factor = canonical_factor(rule, entry)
    printed = {"printed_unit": entry.unit.name if entry.unit else None}
    if isinstance(value, Expression):
        text = value.text if factor == 1 else f"({value.text}) * {float(factor)!r}"
        return printed | {"limit_expression": text, "expression_inputs": comma(value.inputs)}
    assert value is not None
    return printed | {"printed_value": float(value), "limit_value": round(float(value * factor), _DIGITS)}


def canonical_factor(rule: LimitRule, entry: DatedLimit) -> Fraction:
    """What a printed value is multiplied by to be in the indicator's unit, at 273.15 K where it is a mass in a volume of gas."""
    indicator, unit = rule.indicator, entry.unit
    factor = factor_to(unit, indicator.unit, indicator.molar_mass_g_per_mol) if indicator and indicator.unit and unit else None
    assert factor is not None, "the loader refuses units that do not fit"
    if rule.temperature_k and unit and unit.quantity in _PER_VOLUME_OF_GAS:
        factor *= rule.temperature_k / NORMAL_TEMPERATURE_K
    return factor


def newest_value(rule: LimitRule, tier: str | None) -> Fraction | None:
    """The limit of the newest entry in the indicator's unit; None where it is a formula, a dash or cannot be converted."""
    entry = rule.entries[-1] if rule.entries else None
    value = entry.values.get(tier) if entry else None
    if entry is None or entry.unit is None or rule.indicator is None or not isinstance(value, Fraction):
        return None
    return value * canonical_factor(rule, entry)

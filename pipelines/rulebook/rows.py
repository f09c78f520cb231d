"""Rulebook → rows of the `ref_rules__*` tables, as plain dictionaries. Columns and types stand in `tables.py`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product
from typing import Any

from pipelines.rulebook.load_units import factor_to
from pipelines.rulebook.model import (
    DatedLimit,
    Expression,
    IndexRule,
    LawRule,
    LimitRule,
    LimitValue,
    PolicyRule,
    ProhibitionRule,
    RequirementRule,
    Rule,
    Rulebook,
    Scope,
)

Row = dict[str, Any]

#: Printed concentrations at another reference temperature become values at 273.15 K: C0 = C·T/273.15. A volume fraction does not change.
NORMAL_TEMPERATURE_K = Fraction("273.15")
_PER_VOLUME_OF_GAS = ("mass_concentration", "toxic_equivalent_concentration")
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
        "sdg_targets": _comma(rule.sdg_targets),
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
        "sdg_targets": _comma(rule.sdg_targets or (indicator.sdg_targets if indicator else ())),
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


def _threshold_row(rule: LawRule, entry: DatedLimit, tier: str | None, value: LimitValue) -> Row:
    mark = f"#{tier}" if tier else ""
    row: Row = {
        "threshold_id": f"{rule.rule_id}{mark}@{entry.valid_from.isoformat()}",
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
        "ref_o2_pct": _float(rule.oxygen_pct),
        "gas_basis": rule.gas_basis,
        "reference_temperature_k": _float(rule.temperature_k),
        "averaging": rule.averaging,
        "pass_test": rule.pass_test,
        "pass_share_ratio": _float(rule.pass_share),
        "period_share_over": rule.pass_share_over,
        "max_multiple": _float(rule.max_multiple),
        "min_capture_ratio": _float(rule.min_capture),
        "excluded_states": _comma(rule.excluded_states),
        "or_meets_rule_ids": _comma(rule.or_meets),
    }


def _value_columns(rule: LimitRule, entry: DatedLimit, value: LimitValue) -> Row:
    factor = canonical_factor(rule, entry)
    printed = {"printed_unit": entry.unit.name if entry.unit else None}
    if isinstance(value, Expression):
        text = value.text if factor == 1 else f"({value.text}) * {float(factor)!r}"
        return printed | {"limit_expression": text, "expression_inputs": _comma(value.inputs)}
    assert value is not None
    return printed | {"printed_value": float(value), "limit_value": float(value * factor)}


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


def scope_rows(rulebook: Rulebook) -> list[Row]:
    """Alternatives of each law rule; several words in one alternative become several rows.

    A rule of host law is about plants in the countries of its instrument, unless it names countries itself. A class of restricted
    equipment is about units commissioned from the day it came into force, unless it says otherwise.
    """
    rows: list[Row] = []
    for rule in rulebook.rules.values():
        if isinstance(rule, LawRule):
            rows += [{"rule_id": rule.rule_id, "scope_no": no} | row for no, row in enumerate(_scope_columns(rule), start=1)]
    return rows


def _scope_columns(rule: LawRule) -> Iterator[Row]:
    host_countries = rule.instrument.countries if rule.instrument.layer == "host_law" else ()
    for scope in rule.scopes:
        fixed = _fixed_columns(rule, scope)
        words = {
            "sector": scope.sector,
            "process": scope.process,
            "technology": scope.technology,
            "route": scope.route,
            "country_iso3": scope.country or host_countries,
            "region_class": scope.region_class,
            "fuel": scope.fuel,
        }
        for combination in product(*((value or (None,)) for value in words.values())):
            yield dict(zip(words, combination, strict=True)) | fixed


def _fixed_columns(rule: LawRule, scope: Scope) -> Row:
    size = scope.size
    unit_factor = size.unit.factor if size else Fraction(1)
    return {
        "commissioned_from_date": scope.commissioned_from or _no_new_build_from(rule),
        "commissioned_before_date": scope.commissioned_before,
        "size_from": _float(size.start * unit_factor if size and size.start is not None else None),
        "size_from_inclusive": size.start_included if size and size.start is not None else None,
        "size_to": _float(size.end * unit_factor if size and size.end is not None else None),
        "size_to_inclusive": size.end_included if size and size.end is not None else None,
        "size_unit": size.unit.canonical if size else None,
        "is_new_only": scope.plants == "new",
        "is_existing_only": scope.plants == "existing",
    }


def _no_new_build_from(rule: LawRule) -> date | None:
    restricted = isinstance(rule, ProhibitionRule) and rule.equipment_class == "restricted"
    return rule.entries[0].valid_from if restricted and rule.entries else None


def instrument_country_rows(rulebook: Rulebook) -> list[Row]:
    """Countries in which an instrument is law."""
    return [
        {"instrument_id": instrument.instrument_id, "country_iso3": country}
        for instrument in rulebook.instruments.values()
        for country in sorted(instrument.countries)
    ]


def indicator_rows(rulebook: Rulebook) -> list[Row]:
    """One row an indicator."""
    return [
        {
            "indicator_id": indicator.indicator_id,
            "title": indicator.title,
            "family": indicator.family,
            "unit": indicator.unit.name if indicator.unit else None,
            "quantity": indicator.unit.quantity if indicator.unit else None,
            "measured_by": indicator.measured_by,
            "level": indicator.level,
            "direction": indicator.direction,
            "sdg_targets": _comma(indicator.sdg_targets),
            "molar_mass_g_per_mol": _float(indicator.molar_mass_g_per_mol),
            "plausible_max": _float(indicator.plausible_max),
        }
        for _, indicator in sorted(rulebook.indicators.items())
    ]


def indicator_name_rows(rulebook: Rulebook) -> list[Row]:
    """Sent names in lower case, the id among them; each stands for one indicator."""
    names = {
        name.lower(): indicator_id for indicator_id, indicator in rulebook.indicators.items() for name in (indicator_id, *indicator.names)
    }
    return [{"sent_name": name, "indicator_id": indicator_id} for name, indicator_id in sorted(names.items())]


def indicator_term_rows(rulebook: Rulebook) -> list[Row]:
    """Numerator and denominator of indicators made of periodic returns."""
    return [
        {"indicator_id": indicator_id, "role": term.role, "item": term.item, "factor": float(term.factor)}
        for indicator_id, indicator in sorted(rulebook.indicators.items())
        for term in indicator.terms
    ]


def return_item_rows(rulebook: Rulebook) -> list[Row]:
    """Items of the periodic returns and the unit in which they are added up."""
    return [
        {"item": item.item, "quantity": item.unit.quantity, "unit": item.unit.name, "title": item.title}
        for _, item in sorted(rulebook.return_items.items())
    ]


def factor_rows(rulebook: Rulebook) -> list[Row]:
    """Cited entries that are no limit; drafts too, told apart by `status`."""
    return [
        {
            "factor_id": factor.factor_id,
            "factor_table": factor.table,
            "title": factor.title,
            "sector": factor.sector,
            "factor_value": _float(factor.value),
            "lowest_value": _float(factor.value_low),
            "highest_value": _float(factor.value_high),
            "factor_text": factor.text,
            "unit": factor.unit,
            "instrument_title": factor.instrument_title,
            "clause": factor.clause,
            "href": factor.href,
            "evidence": factor.evidence,
            "evidence_note": factor.evidence_note,
            "status": factor.status,
            "valid_from_date": factor.valid_from,
            "last_day_date": factor.last_day,
        }
        for _, factor in sorted(rulebook.factors.items())
    ]


def unit_rows(rulebook: Rulebook) -> list[Row]:
    """Every spelling of a unit; `factor` turns its values into the quantity's canonical unit."""
    return [
        {
            "unit": spelling,
            "quantity": unit.quantity,
            "factor": float(unit.factor),
            "standard_unit": unit.name,
            "canonical_unit": unit.canonical,
        }
        for spelling, unit in sorted(rulebook.units.items())
    ]


def index_rows(rulebook: Rulebook) -> list[Row]:
    """Active indexes: one row a route, group, indicator, level and rule. Several rules at one level are alternatives by scope."""
    rows = []
    for rule in rulebook.rules.values():
        if isinstance(rule, IndexRule) and rule.status == "active":
            for route in rule.routes or (None,):
                rows += [{"index_id": rule.rule_id, "sector": rule.sector, "route": route} | row for row in _level_rows(rule)]
    return rows


def _level_rows(rule: IndexRule) -> Iterator[Row]:
    for group in rule.groups:
        for number, indicator in enumerate(group.indicators, start=1):
            for level in indicator.levels:
                yield {
                    "group_id": group.group_id,
                    "group_title": group.title,
                    "group_weight": float(group.weight),
                    "indicator_no": number,
                    "indicator_title": indicator.title,
                    "weight": float(indicator.weight),
                    "is_limiting": indicator.is_limiting,
                    "level": level.level,
                    "rule_id": level.rule_id,
                    "tier": level.tier,
                    "weight_source": group.weight_from,
                    "level_source": indicator.levels_from,
                }


def policy_rows(rulebook: Rulebook) -> list[Row]:
    """Policies flat: key `max_reject_ratio.loans`, value as text; a list gives a row a value."""
    return [
        {"policy_id": rule.policy, "key": key, "value": value}
        for rule in rulebook.rules.values()
        if isinstance(rule, PolicyRule) and rule.status == "active"
        for key, values in rule.values.items()
        for value in values
    ]


def reason_code_rows(rulebook: Rulebook) -> list[Row]:
    """Words for each reason code."""
    return [
        {"reason_code": code.code, "states": _comma(code.states), "title": code.title, "what_to_do": code.what_to_do}
        for _, code in sorted(rulebook.reason_codes.items())
    ]


def _comma(words: tuple[str, ...]) -> str | None:
    return ",".join(words) or None


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)

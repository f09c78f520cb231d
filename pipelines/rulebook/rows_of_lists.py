"""Indicators, items, units, factors, indexes, policies, verifications and reason codes → rows of their tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipelines.rulebook.cells import Row, comma, number
from pipelines.rulebook.model import IndexGroup, IndexIndicator, IndexRule, LawRule, PolicyRule, Rulebook
from pipelines.rulebook.verification import counted_checks


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
            "sdg_targets": comma(indicator.sdg_targets),
            "molar_mass_g_per_mol": number(indicator.molar_mass_g_per_mol),
            "plausible_max": number(indicator.plausible_max),
            "is_ambient": indicator.is_ambient,
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
        {"indicator_id": indicator_id, "role": term.role, "item": term.item, "factor": float(term.factor), "factor_id": term.dated_factor}
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
            "factor_value": number(factor.value),
            "lowest_value": number(factor.value_low),
            "highest_value": number(factor.value_high),
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
                key = {"index_id": rule.rule_id, "sector": rule.sector, "route": route}
                rows += [key | row for row in _level_rows(rule, rulebook)]
    return rows


def _level_rows(rule: IndexRule, rulebook: Rulebook) -> Iterator[Row]:
    for group in rule.groups:
        titles = _index_titles(group, rulebook)
        for position, indicator in enumerate(group.indicators, start=1):
            for level in indicator.levels:
                yield {
                    "group_id": group.group_id,
                    "group_title": group.title,
                    "group_weight": float(group.weight),
                    "indicator_no": position,
                    "indicator_title": titles[indicator.indicator_id],
                    "weight": float(indicator.weight),
                    "is_limiting": indicator.is_limiting,
                    "level": level.level,
                    "rule_id": level.rule_id,
                    "tier": level.tier,
                    "weight_source": group.weight_from,
                    "level_source": indicator.levels_from,
                }


def _index_titles(group: IndexGroup, rulebook: Rulebook) -> dict[str, str]:
    """Titles of the indicators of a group, each once: its own, else that of what all its rules measure, else its id in plain letters."""
    found = {one.indicator_id: one.title or _measured_title(one, rulebook) or one.name for one in group.indicators}
    times = Counter(found.values())
    return {
        one.indicator_id: found[one.indicator_id] if one.title or times[found[one.indicator_id]] == 1 else one.name
        for one in group.indicators
    }


def _measured_title(indicator: IndexIndicator, rulebook: Rulebook) -> str | None:
    rules = (rulebook.rules.get(level.rule_id) for level in indicator.levels)
    titles = {rule.indicator.title if isinstance(rule, LawRule) and rule.indicator else None for rule in rules}
    return titles.pop() if len(titles) == 1 else None


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
        {"reason_code": code.code, "states": comma(code.states), "title": code.title, "what_to_do": code.what_to_do}
        for _, code in sorted(rulebook.reason_codes.items())
    ]


def verification_rows(rulebook: Rulebook) -> list[Row]:
    """One row a check of a rule against the printed text; whether it is one of the confirmations that count today."""
    return [
        {
            "rule_id": rule.rule_id,
            "verification_no": no,
            "checked_on_date": one.on,
            "checked_by": one.by,
            "edition": one.edition,
            "page": one.page,
            "result": one.result,
            "figures": one.figures,
            "is_counted": one in counted_checks(rule),
        }
        for rule in rulebook.rules.values()
        if isinstance(rule, LawRule)
        for no, one in enumerate(rule.verified, start=1)
    ]

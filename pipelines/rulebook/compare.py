"""Every regime for one indicator side by side: what it says as printed, on the indicator's own unit, and how it is judged."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipelines.rulebook.in_force import ages_on
from pipelines.rulebook.limits import DatedLimit, Expression
from pipelines.rulebook.model import LimitRule, Rulebook
from pipelines.rulebook.rows_of_rules import canonical_factor
from pipelines.rulebook.rule_words import converted, last_day, number, scope_words
from pipelines.rulebook.text_table import shortened, table
from pipelines.rulebook.vocabulary import Indicator

_SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}
_HEADER = ("on one unit", "as printed", "averaging", "O2 %", "in force", "layer", "evidence", "rule", "applies to")
_NO_COMPARISON = "Values of another averaging or reference oxygen do not compare one to one. First and last days are included."
_CUT = "… was cut: `greencap rules show RULE` has the whole."
#: Signs of a formula, and of what a rule applies to, that still leave the table readable on a screen.
_FORMULA_SIGNS, _SCOPE_SIGNS = 34, 60


def compare_lines(rulebook: Rulebook, indicator: Indicator, sector: str | None = None, on: date | None = None) -> list[str]:
    """One line a regime, dated value and tier, the strictest number first; formulas and drafts last.

    Args: sector: only rules about it. on: only values that bind plants of some age that day.
    """
    found = [
        (_order(rule, entry, value), (*_cells(rule, entry, tier, value, on), scope_words(rule.scopes)))
        for rule in rulebook.rules.values()
        if isinstance(rule, LimitRule) and rule.indicator == indicator and _is_about(rule, sector)
        for entry in rule.entries
        for tier, value in entry.values.items()
        if value is not None and (on is None or _who(rule, entry, tier, on))
    ]
    unit = indicator.unit.name if indicator.unit else "no unit"
    head = [f"{indicator.indicator_id} – {indicator.title}, in {unit}; {'less' if indicator.direction == 'max' else 'more'} is better", ""]
    rows = [cells for _, cells in sorted(found, key=lambda pair: (*pair[0], pair[1]))]
    if not rows:
        return [*head, "No limit rule is about it" + (f" in {sector}" if sector else "") + (f" on {on}" if on else "")]
    header = tuple("binds" if name == "in force" and on else name for name in _HEADER)
    short = [(cells[0], shortened(cells[1], _FORMULA_SIGNS), *cells[2:-1], shortened(cells[-1], _SCOPE_SIGNS)) for cells in rows]
    return [*head, *table(header, short), "", _NO_COMPARISON, *([_CUT] if short != rows else [])]


def _who(rule: LimitRule, entry: DatedLimit, tier: str | None, on: date) -> str:
    """Plants that a value binds on a day; a tier that binds nobody serves the index; empty where the entry binds nobody that day."""
    bound = [(age, binding) for age in ages_on(rule.entries, on) for one, binding in age.bound if one is entry]
    who = "; ".join(str(age) for age, binding in bound if binding == tier)
    return who or ("nobody, a level of the index" if tier == "I" and bound else "")


def _is_about(rule: LimitRule, sector: str | None) -> bool:
    return sector is None or any(sector in scope.sector or not scope.sector or "all" in scope.sector for scope in rule.scopes)


def _order(rule: LimitRule, entry: DatedLimit, value: Fraction | Expression) -> tuple[bool, bool, Fraction]:
    if isinstance(value, Expression):
        return rule.status == "draft", True, Fraction(0)
    canonical = value * canonical_factor(rule, entry)
    is_cap = rule.operator in ("at_most", "below")
    return rule.status == "draft", False, canonical if is_cap else -canonical


def _cells(rule: LimitRule, entry: DatedLimit, tier: str | None, value: Fraction | Expression, on: date | None) -> tuple[str, ...]:
    sign, unit = _SIGNS[rule.operator], entry.unit.name if entry.unit else ""
    canonical = "formula" if isinstance(value, Expression) else f"{sign} {converted(value * canonical_factor(rule, entry))}"
    printed = f"{sign} {f'[{value.text}]' if isinstance(value, Expression) else number(value)} {unit}"
    share = f", {number(rule.pass_share * 100)} %" if rule.pass_share is not None else ""
    oxygen = number(rule.oxygen_pct) if rule.oxygen_pct is not None else "none"
    days = _who(rule, entry, tier, on) if on else _days(entry)
    evidence = f"{rule.evidence}{', DRAFT' if rule.status == 'draft' else ''}"
    name = f"{rule.rule_id}#{tier}" if tier else rule.rule_id
    return canonical, printed, rule.averaging + share, oxygen, days, rule.instrument.layer, evidence, name


def _days(entry: DatedLimit) -> str:
    existing = f", existing plants from {entry.existing_plants_from}" if entry.existing_plants_from else ""
    return f"{entry.valid_from}{f' to {last_day(entry.valid_to)}' if entry.valid_to else ' on'}{existing}"

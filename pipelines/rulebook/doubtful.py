"""Figures that load and may yet be a slip of the pen: 0 for a dash, a value a thousandfold away from all others. Notes, never mistakes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.model import LimitRule, Rulebook
from pipelines.rulebook.rows_of_rules import canonical_factor
from pipelines.rulebook.rule_words import number
from pipelines.rulebook.verification import PRINTED_TEXT

#: How many times the median of the others is far, and how many other rules are needed to say so. Units that are mixed up differ by 1000.
FAR = 100
_ENOUGH = 3


@dataclass(frozen=True)
class _Value:
    rule: LimitRule
    entry: DatedLimit
    tier: str | None
    printed: Fraction
    canonical: Fraction

    def __str__(self) -> str:
        unit = f" {self.entry.unit.name}" if self.entry.unit else ""
        return f"{self.rule.path}: {self.entry.valid_from}{f', tier {self.tier}' if self.tier else ''}: {number(self.printed)}{unit}"


def doubtful_lines(rulebook: Rulebook) -> list[str]:
    """A line a doubtful figure, drafts included; a figure that was confirmed in print is past doubt."""
    by_indicator: dict[str, list[_Value]] = defaultdict(list)
    for value in _values(rulebook):
        by_indicator[value.rule.indicator.indicator_id if value.rule.indicator else ""].append(value)
    return [
        f"{value} {doubt}"
        for indicator, values in sorted(by_indicator.items())
        for value in values
        if value.rule.evidence != PRINTED_TEXT and (doubt := _doubt(value, values, indicator))
    ]


def _values(rulebook: Rulebook) -> Iterator[_Value]:
    for rule in rulebook.rules.values():
        for entry in rule.entries if isinstance(rule, LimitRule) else ():
            for tier, value in entry.values.items():
                if isinstance(rule, LimitRule) and isinstance(value, Fraction):
                    yield _Value(rule, entry, tier, value, value * canonical_factor(rule, entry))


def _doubt(value: _Value, values: list[_Value], indicator: str) -> str | None:
    if value.canonical == 0:
        return "is 0; is it a dash in print? A dash is null in tiers, or no rule"
    others = [one.canonical for one in values if one.rule.rule_id != value.rule.rule_id]
    rules = {one.rule.rule_id for one in values} - {value.rule.rule_id}
    middle = median(others) if len(rules) >= _ENOUGH else Fraction(0)
    if middle <= 0 or value.canonical < 0 or middle / FAR < value.canonical < middle * FAR:
        return None
    times = value.canonical / middle
    far = f"{float(times):.0f} times" if times > 1 else f"1/{float(1 / times):.0f} of"
    return f"is {far} the median of {len(rules)} other rules for {indicator}; are unit (mg or g, kg or t) and decimal point as printed?"

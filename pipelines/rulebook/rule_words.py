"""A rule in the words an auditor reads: what is expected, for what, stated where, on which evidence. Text only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from pipelines.rulebook.fields import plain
from pipelines.rulebook.limits import DatedLimit, Expression, LimitValue, Scope, Size
from pipelines.rulebook.model import LawRule, LimitRule, ProhibitionRule, QualityRule, RequirementRule, Uncertainty

_OPERATORS = {"below": "below", "at_most": "at most", "at_least": "at least", "above": "above"}
AVERAGES = {
    "half_hour": "half-hourly means",
    "hour": "hourly means",
    "day": "daily means",
    "rolling_30_operating_days": "means of 30 operating days, day by day",
    "month": "monthly values",
    "year": "yearly value",
    "spot": "single measurements",
}
_EVIDENCE = {
    "printed_text": "checked against the printed text",
    "secondary": "read in a secondary source, not in the printed text",
    "unverified": "not verified",
}
_SEVERITIES = {"error": "must", "warning": "should", "info": "for information"}


@dataclass(frozen=True)
class Clause:
    """Where a figure stands."""

    text: str
    href: str | None


@dataclass(frozen=True)
class RuleWords:
    """What is shown of a rule. `expects`: one line a dated limit; `details`: label and text; `clauses`: without repeats."""

    rule_id: str
    title: str
    expects: tuple[str, ...]
    details: tuple[tuple[str, str], ...]
    clauses: tuple[Clause, ...]

    def as_meta(self) -> dict[str, Any]:
        """As plain lists and text, for the `meta` of an expectation."""
        return asdict(self)


def law_words(rule: LawRule) -> RuleWords:
    """Words of a limit, prohibition or requirement."""
    details = [("Applies to", scope_words(rule.scopes)), *_method(rule), ("Severity", _SEVERITIES.get(rule.severity or "", "–"))]
    details += [("Evidence", _evidence(rule)), *_verified(rule), ("File", f"{rule.path}, version {rule.version}")]
    if rule.note:
        details.append(("Note", rule.note))
    return RuleWords(rule.rule_id, rule.title, _expects(rule), tuple(details), _clauses(rule))


def quality_words(rule: QualityRule) -> RuleWords:
    """Words of a rule about data."""
    severity = "blocks the run" if rule.severity == "error" else "is documented and does not block"
    details = [("Table", rule.table), ("If it fails", f"{rule.message}; {rule.what_to_do}"), ("A failure", severity)]
    if rule.where:
        details.append(("Rows that fail" if rule.check == "no_rows_where" else "Rows looked at", rule.where))
    details.append(("File", f"{rule.path}, version {rule.version}"))
    if rule.note:
        details.append(("Note", rule.note))
    return RuleWords(rule.rule_id, rule.title, (_quality_check(rule),), tuple(details), ())


def number(value: Fraction) -> str:
    """At most 10 significant digits, without an exponent: a converted limit such as 1/3 stays readable."""
    text = plain(value)
    return text if len(text) <= 12 else f"{float(value):.10g}"


def converted(value: Fraction) -> str:
    """A converted value to six digits, as people read it; the tables keep all of them."""
    text = plain(value)
    return text if len(text) <= 7 else f"{float(value):.6g}"


def _expects(rule: LawRule) -> tuple[str, ...]:
    if isinstance(rule, LimitRule):
        return tuple(f"{_OPERATORS[rule.operator]} {values_words(entry)}, {_dates(entry)}" for entry in rule.entries)
    if isinstance(rule, RequirementRule):
        wanted = rule.indicator.title if rule.indicator else rule.requires
        return tuple(f"{wanted} ({rule.requires}), {_dates(entry)}" for entry in rule.entries)
    verb = {"eliminated": "may not be used", "restricted": "may not be newly built", "encouraged": "is encouraged; never judged"}
    kind = rule.equipment_class if isinstance(rule, ProhibitionRule) else ""
    return tuple(f"equipment of this kind {verb.get(kind, kind)}, {_dates(entry)}" for entry in rule.entries)


def entry_words(rule: LawRule, entry: DatedLimit) -> str:
    """What a rule asks from the day of one entry on, without that day: `at most 400 mg/Nm3 (existing plants from 2015-07-01)`."""
    if not isinstance(rule, LimitRule):
        return "in force" + (f" until {last_day(entry.valid_to)}" if entry.valid_to else "")
    words = f"{_OPERATORS[rule.operator]} {values_words(entry)}, {_dates(entry)}"
    return words.replace(f", from {entry.valid_from}", "")


def last_day(end: date) -> date:
    """Last day, included, of a period that is kept with its end excluded. Every day that a person reads is included."""
    return end - timedelta(days=1)


def values_words(entry: DatedLimit) -> str:
    """Values of an entry as printed, with their unit."""
    unit = f" {entry.unit.name}" if entry.unit else ""
    if set(entry.values) == {None}:
        return f"{_value(entry.values[None])}{unit}"
    return " · ".join(f"{tier}: {_value(value)}" for tier, value in entry.values.items()) + unit


def _value(value: LimitValue) -> str:
    if value is None:
        return "–"
    return f"[{value.text}]" if isinstance(value, Expression) else number(value)


def _dates(entry: DatedLimit) -> str:
    existing = f" (existing plants from {entry.existing_plants_from})" if entry.existing_plants_from else ""
    until = f" until {last_day(entry.valid_to)}" if entry.valid_to else ""
    return f"from {entry.valid_from}{existing}{until}"


def _method(rule: LawRule) -> list[tuple[str, str]]:
    if not isinstance(rule, LimitRule):
        return []
    words = [AVERAGES.get(rule.averaging, rule.averaging), _pass_test(rule)]
    if rule.max_multiple is not None:
        words.append(f"none above {number(rule.max_multiple)} × the limit")
    words += _further_tests(rule)
    if rule.min_capture is not None:
        words.append(f"at least {number(rule.min_capture * 100)} % of the data expected")
    if rule.excluded_states:
        cap = f" (at most {number(rule.max_excluded_hours)} hours a calendar year)" if rule.max_excluded_hours is not None else ""
        words.append(f"left out: {', '.join(rule.excluded_states)}{cap}")
    if rule.max_invalid_half_hours is not None:
        days = f", and at most {number(rule.max_invalid_days)} such days a calendar year" if rule.max_invalid_days is not None else ""
        words.append(f"a day counts with at most {number(rule.max_invalid_half_hours)} half-hours discarded{days}")
    if rule.uncertainty is not None:
        words.append(_uncertainty(rule.uncertainty))
    method = [("Judged by", "; ".join(words))]
    if rule.gas_basis or rule.temperature_k is not None or rule.oxygen_pct is not None:
        method.append(("Reference state", _reference_state(rule)))
    if rule.or_meets:
        method.append(("Or meets", ", ".join(rule.or_meets)))
    return method


def _pass_test(rule: LimitRule) -> str:
    if rule.pass_test == "share_of_periods" and rule.pass_share is not None:
        return f"{number(rule.pass_share * 100)} % of the periods of a {rule.pass_share_over or 'month'}"
    return "every period"


def _further_tests(rule: LimitRule) -> list[str]:
    groups: dict[int, list[str]] = {}
    for test in rule.further_tests:
        level = f"{number(test.multiple)} × the limit" if test.multiple is not None else number(test.value or Fraction(0))
        share = f"{number(test.share * 100)} % of the {AVERAGES[test.averaging]}" if test.share != 1 else f"all {AVERAGES[test.averaging]}"
        over = f" of a {test.share_over}" if test.share_over else ""
        groups.setdefault(test.group, []).append(f"{share}{over} within {level}")
    return ["and " + " or ".join(words) for words in groups.values()]


def _uncertainty(uncertainty: Uncertainty) -> str:
    words = {
        "simple": "the value counts as measured",
        "operator_favourable": "the uncertainty is subtracted",
        "lender_conservative": "the uncertainty is added",
        "guard_band": "undecided where the uncertainty straddles the limit",
    }[uncertainty.decision]
    return words if uncertainty.pct is None else f"{words} ({number(uncertainty.pct)} % of the {uncertainty.of})"


def _reference_state(rule: LimitRule) -> str:
    parts = [f"{rule.gas_basis} gas" if rule.gas_basis else "", f"{number(rule.temperature_k)} K" if rule.temperature_k is not None else ""]
    parts.append(f"{number(rule.oxygen_pct)} % oxygen" if rule.oxygen_pct is not None else "no oxygen correction")
    return ", ".join(part for part in parts if part)


def _evidence(rule: LawRule) -> str:
    words = _EVIDENCE.get(rule.evidence, rule.evidence)
    return f"{words} – {rule.evidence_note}" if rule.evidence_note else words


def _verified(rule: LawRule) -> list[tuple[str, str]]:
    """Who held the figures against the print, the last one first; a check of figures that have changed since says so by its own figures."""
    return [
        ("Held against print", f"{each.on} by {each.by}, {each.edition}, {each.page}: {each.result}, {each.figures}")
        for each in rule.verified[::-1]
    ]


def _clauses(rule: LawRule) -> tuple[Clause, ...]:
    links = [Clause(entry.reference.clause, entry.reference.href or rule.instrument.href) for entry in rule.entries]
    return tuple(dict.fromkeys(link for link in links if link.text))


def scope_words(scopes: Iterable[Scope]) -> str:
    """What a rule is about: alternatives of `applies_to` with "or" between them."""
    return "; or ".join(_scope(scope) for scope in scopes) or "every plant"


def _scope(scope: Scope) -> str:
    parts = [_words(words) for words in (scope.sector, scope.process, scope.technology, scope.route) if words]
    for label, words in (("in", scope.country), ("only", scope.region), ("region", scope.region_class), ("fuel", scope.fuel)):
        if words:
            parts.append(f"{label} {_words(words)}")
    if scope.plants:
        parts.append(f"{scope.plants} plants")
    if scope.commissioned_from or scope.commissioned_before:
        parts.append(f"commissioned {_between(scope.commissioned_from, scope.commissioned_before)}")
    if scope.size:
        parts.append(_size(scope.size))
    return ", ".join(parts) or "every plant"


def _words(words: tuple[str, ...]) -> str:
    return " / ".join(words)


def _between(start: date | None, before: date | None) -> str:
    return " ".join(part for part in (f"from {start}" if start else "", f"before {before}" if before else "") if part)


def _size(size: Size) -> str:
    parts = []
    if size.start is not None:
        parts.append(f"{'at least' if size.start_included else 'above'} {number(size.start)}")
    if size.end is not None:
        parts.append(f"{'at most' if size.end_included else 'below'} {number(size.end)}")
    return f"size {' and '.join(parts)} {size.unit.name}"


def _quality_check(rule: QualityRule) -> str:
    columns = ", ".join(rule.columns)
    words = {
        "unique": f"no two rows agree in {columns}",
        "not_null": f"{columns} is filled in every row",
        "no_rows_where": "no row meets the condition below",
        "known_value": f"{columns} is one of {rule.known_in or ', '.join(rule.known_values)}",
        "reconciles": f"{columns} agree with {rule.against} for each {', '.join(rule.by)}, within {number(rule.at_most or Fraction(0))}",
        "reject_share_at_most": "the share of unreadable rows stays within the policy gates",
    }
    return words[rule.check]

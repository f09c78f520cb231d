"""Periods concerned by a change of a rule: the days on which it asks something else than before, of new plants and of the oldest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipelines.rulebook.in_force import OLDEST, bound_on
from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.model import LawRule, LimitRule
from pipelines.rulebook.rule_words import last_day, law_words, values_words

#: What does not change a verdict.
_SILENT = ("File", "Note", "Severity", "Evidence", "Held against print")


def periods_concerned(before: LawRule | None, after: LawRule | None) -> str:
    """`new plants from 2026-01-01 on; older plants from 2027-07-01 on`, last days included; `none` where no verdict can differ.

    Args: before, after: the rule in two states; None where it is not there. A draft asks nothing.
    """
    new, old = (list(_spans(before, after, is_new)) for is_new in (True, False))
    if new == old:
        return _words(new)
    return f"new plants {_words(new)}; older plants {_words(old)}"


def _spans(before: LawRule | None, after: LawRule | None, is_new: bool) -> Iterator[tuple[date, date | None]]:
    """Spans of days on which the two differ, the end excluded."""
    days = sorted({day for rule in (before, after) if rule for entry in rule.entries for day in _turns(entry)})
    start = None
    for day in days:
        commissioned = day if is_new else OLDEST
        if _asked(before, commissioned, day) == _asked(after, commissioned, day):
            if start:
                yield start, day
            start = None
        else:
            start = start or day
    if start:
        yield start, None


def _turns(entry: DatedLimit) -> list[date]:
    return [day for day in (entry.valid_from, entry.existing_plants_from, entry.valid_to) if day]


def _asked(rule: LawRule | None, commissioned: date, day: date) -> tuple[object, ...]:
    """All that a verdict of the rule on that day depends on."""
    if rule is None or rule.status == "draft":
        return ()
    bound = bound_on(rule.entries, commissioned, day)
    method = [detail for detail in law_words(rule).details if detail[0] not in _SILENT]
    operator = rule.operator if isinstance(rule, LimitRule) else rule.kind
    return (operator, *method, *((values_words(entry), tier) for entry, tier in bound)) if bound else ()


def _words(spans: list[tuple[date, date | None]]) -> str:
    return " and ".join(f"from {start} {f'to {last_day(end)}' if end else 'on'}" for start, end in spans) or "none"

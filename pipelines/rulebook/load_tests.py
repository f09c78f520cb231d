"""What a limit asks for beside its main test: further tests, valid days, capped exclusions, the uncertainty of measurements."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from pipelines.rulebook.fields import Section
from pipelines.rulebook.keys import (
    ALTERNATIVE_TEST,
    DAY_VALIDITY,
    DECISIONS,
    FURTHER_TEST,
    SHARE_PERIODS,
    TEST_AVERAGING,
    UNCERTAINTY,
    UNCERTAINTY_OF,
)
from pipelines.rulebook.mistakes import one_of
from pipelines.rulebook.model import FurtherTest, Uncertainty
from pipelines.rulebook.vocabulary import Indicator

_STACK_KEYS = ("further_tests", "exclude_at_most_hours", "day_validity", "uncertainty")


def load_test_fields(rule: Section, indicator: Indicator | None) -> dict[str, Any]:
    """Fields of a limit rule that only limits of stack gas may have."""
    if indicator is not None and indicator.measured_by != "stack":
        for key in _STACK_KEYS:
            if key in rule:
                rule.wrong(key, f"{key} is for limits of stack gas; {indicator.indicator_id} comes from periodic returns", "remove it")
    validity = rule.section("day_validity", DAY_VALIDITY)
    if "exclude_at_most_hours" in rule and "exclude" not in rule:
        rule.wrong("exclude_at_most_hours", "nothing is excluded that could be capped", "add exclude, or remove the cap")
    return {
        "further_tests": _further_tests(rule),
        "max_excluded_hours": rule.number("exclude_at_most_hours", least=0, most=8784),
        "max_invalid_half_hours": validity.number("max_invalid_half_hours", least=0, most=48) if validity else None,
        "max_invalid_days": validity.number("max_invalid_days", least=0, most=366) if validity else None,
        "uncertainty": _uncertainty(rule),
    }


def _further_tests(rule: Section) -> tuple[FurtherTest, ...]:
    found: list[FurtherTest] = []
    for group, part in enumerate(rule.sections("further_tests", FURTHER_TEST), start=1):
        if "any_of" in part:
            for key in part:
                if key != "any_of":
                    part.wrong(key, f"{key} stands beside any_of", "move it into each test under any_of")
            alternatives = part.sections("any_of", ALTERNATIVE_TEST)
            if len(alternatives) == 1:
                part.wrong("any_of", "any_of has one test", "add the other, or write the test without any_of")
            found += [_test(each, group) for each in alternatives]
        else:
            if "averaging" not in part:
                part.add(part.at, "a further test needs the key 'averaging'", "add it")
            found.append(_test(part, group))
    return tuple(found)


def _test(part: Section, group: int) -> FurtherTest:
    averaging = part.word("averaging", TEST_AVERAGING, "averaging") or "hour"
    multiple, value = part.number("multiple", least=0), part.number("value", least=0)
    if ("multiple" in part) == ("value" in part):
        part.add(part.at, "a further test holds averages against one number", "write multiple (of the limit) or value (in its unit)")
    share = part.number("share", least=0, most=1)
    over = part.word("period_share_over", SHARE_PERIODS, "period")
    if ("share" in part) != ("period_share_over" in part):
        part.add(part.at, "share and period_share_over stand together", "add the other: share: 0.97 and period_share_over: month or year")
    return FurtherTest(group, averaging, multiple, value, Fraction(1) if share is None else share, over)


def _uncertainty(rule: Section) -> Uncertainty | None:
    part = rule.section("uncertainty", UNCERTAINTY)
    if part is None:
        return None
    decision = part.word("decision", DECISIONS, "decision rule") or "simple"
    pct = part.number("pct", least=0, most=99)
    of = part.word("of", UNCERTAINTY_OF, "basis of the uncertainty", "limit") or "limit"
    if "decision" in part and decision != "simple" and "pct" not in part:
        part.wrong("decision", f"{decision} needs an uncertainty", f"add pct and of: {one_of(UNCERTAINTY_OF)}")
    return Uncertainty(decision, pct, of)

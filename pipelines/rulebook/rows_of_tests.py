"""Limits → rows of `ref_rules__tests`: every test that averages of stack gas have to hold, the main one first."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.rulebook.cells import Row, number
from pipelines.rulebook.model import LimitRule, Rulebook
from pipelines.rulebook.rows_of_rules import canonical_factor, judged_rules, threshold_id

_DAILY = {"spot": "day"}


def pass_test_rows(rulebook: Rulebook) -> list[Row]:
    """One row a dated threshold and test; tests of one group are alternatives."""
    return [row for rule in judged_rules(rulebook) if isinstance(rule, LimitRule) for row in _rule_rows(rule)]


def _rule_rows(rule: LimitRule) -> Iterator[Row]:
    if rule.indicator is None or rule.indicator.measured_by != "stack":
        return
    for entry in rule.entries:
        for tier, value in entry.values.items():
            if value is None:
                continue
            key = threshold_id(rule, entry, tier)
            for number_, test in enumerate(_tests(rule), start=1):
                printed = test.pop("printed_value")
                factor = canonical_factor(rule, entry) if printed is not None else None
                yield {"threshold_id": key, "test_no": number_, "level_value": number(printed * factor) if factor else None, **test}


def _tests(rule: LimitRule) -> Iterator[Row]:
    averaging = _DAILY.get(rule.averaging, rule.averaging)
    main = {"averaging": averaging, "level_multiple": 1.0, "printed_value": None}
    yield main | {"group_no": 1, "pass_share_ratio": number(rule.pass_share) or 1.0, "period_share_over": rule.pass_share_over}
    group = 1
    if rule.max_multiple is not None:
        group = 2
        yield main | {"group_no": 2, "level_multiple": number(rule.max_multiple), "pass_share_ratio": 1.0, "period_share_over": None}
    for test in rule.further_tests:
        yield {
            "group_no": group + test.group,
            "averaging": test.averaging,
            "level_multiple": number(test.multiple),
            "printed_value": test.value,
            "pass_share_ratio": number(test.share),
            "period_share_over": test.share_over,
        }

"""What only shows when all files are read: rules that an index or an alternative names, and limits that stand twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise
from typing import Any

from pipelines.rulebook.keys import TIERS
from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import IndexIndicator, IndexLevel, IndexRule, LawRule, LimitRule, ProhibitionRule, Rule
from pipelines.rulebook.rows_of_rules import newest_value


def check_rules_together(rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """Note every mistake that lies between files."""
    _check_doubles([rule for rule in rules.values() if isinstance(rule, LimitRule) and rule.status == "active"], mistakes)
    seen: dict[tuple[str, str], str] = {}
    for rule in rules.values():
        if isinstance(rule, LimitRule):
            _check_alternatives(rule, rules, mistakes)
        if isinstance(rule, IndexRule):
            _check_index(rule, rules, mistakes)
            _check_index_scope(rule, seen, mistakes)


def _check_alternatives(rule: LimitRule, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    limits = [name for name, other in rules.items() if isinstance(other, LimitRule) and name != rule.rule_id]
    for name in rule.or_meets:
        if name == rule.rule_id:
            mistakes.add(rule.path, rule.line, "or_meets names the rule itself", "name another rule")
        elif name not in limits:
            advice = near_miss(name, limits, "add that rule")
            mistakes.add_unknown(name, rule.path, rule.line, f"or_meets names {name!r}, which is no limit rule", advice)


def _check_index_scope(rule: IndexRule, seen: dict[tuple[str, str], str], mistakes: Mistakes) -> None:
    if rule.status != "active":
        return
    for route in rule.routes or ("any route",):
        other = seen.setdefault((rule.sector, route), rule.rule_id)
        if other != rule.rule_id:
            what = f"{rule.sector}, {route} already has the index {other}"
            mistakes.add(rule.path, rule.line, what, "make one of them draft or narrow applies_to")


def _check_index(rule: IndexRule, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    for group in rule.groups:
        for indicator in group.indicators:
            for level in indicator.levels:
                _check_level(rule, indicator, level, rules, mistakes)
            _check_level_order(rule, indicator, rules, mistakes)


def _check_level(rule: IndexRule, indicator: IndexIndicator, level: IndexLevel, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    def wrong(what: str, what_to_do: str) -> None:
        mistakes.add_unknown(level.rule_id, rule.path, level.line, f"level {level.level} of {indicator.indicator_id}: {what}", what_to_do)

    judged = {name: other for name, other in rules.items() if isinstance(other, LawRule)}
    other = judged.get(level.rule_id)
    if other is None:
        wrong(f"rule {level.rule_id!r} is unknown", near_miss(level.rule_id, judged, "name a limit, prohibition or requirement rule"))
    elif other.status == "draft":
        wrong(f"rule {level.rule_id!r} is a draft and never judged", "activate it or name another rule")
    elif isinstance(other, ProhibitionRule) and other.equipment_class == "encouraged":
        wrong(f"rule {level.rule_id!r} lists encouraged equipment and is never judged", "name another rule")
    elif problem := _tier_problem(level, other):
        wrong(*problem)


def _check_level_order(rule: IndexRule, indicator: IndexIndicator, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """A better level may not be easier to meet, where both are plain numbers of one indicator."""
    by_level = {level: [one for one in indicator.levels if one.level == level] for level in TIERS}
    single = [refs[0] for refs in by_level.values() if len(refs) == 1]
    for better, worse in pairwise(single):
        first, second = (rules.get(level.rule_id) for level in (better, worse))
        if not isinstance(first, LimitRule) or not isinstance(second, LimitRule) or first.indicator != second.indicator:
            continue
        strict, weak = newest_value(first, better.tier), newest_value(second, worse.tier)
        if strict is None or weak is None or first.indicator is None or first.averaging != second.averaging:
            continue
        if (strict > weak) if first.indicator.direction == "max" else (strict < weak):
            what = f"level {better.level} of {indicator.indicator_id} is easier to meet than level {worse.level}"
            mistakes.add(rule.path, better.line, what, "exchange the rules or tiers")


def _tier_problem(level: IndexLevel, rule: LawRule) -> tuple[str, str] | None:
    tiers = {tier for entry in rule.entries for tier, value in entry.values.items() if tier is None or value is not None}
    if not tiers or level.tier in tiers:
        return None
    named = ", ".join(f"{rule.rule_id}#{tier}" for tier in sorted(tiers - {None}, key=str))
    if level.tier is None:
        return f"rule {rule.rule_id!r} has tiers", f"name one: {named}"
    if not named:
        return f"rule {rule.rule_id!r} has no tiers, so no {level.tier}", f"write {rule.rule_id}"
    return f"rule {rule.rule_id!r} has no tier {level.tier}", f"name one of {named}"


def _check_doubles(rules: Iterable[LimitRule], mistakes: Mistakes) -> None:
    """Two limits of one instrument in force on one day for the same scope, indicator and way of averaging."""
    alike: dict[Any, list[LimitRule]] = defaultdict(list)
    for rule in rules:
        if rule.indicator and rule.scopes:
            basis = (rule.operator, rule.averaging, rule.pass_test, rule.pass_share, rule.pass_share_over)
            alike[rule.instrument.instrument_id, rule.indicator.indicator_id, frozenset(rule.scopes), basis].append(rule)
    for group in alike.values():
        for first, second in combinations(group, 2):
            day = _common_day(first.entries, second.entries)
            if day:
                what = f"the same instrument, indicator and scope is already limited by {first.rule_id} on {day}"
                mistakes.add(second.path, second.line, what, "narrow applies_to, end one of the two, or make one draft")


def _common_day(first: tuple[DatedLimit, ...], second: tuple[DatedLimit, ...]) -> date | None:
    for one in first:
        for other in second:
            start = max(one.valid_from, other.valid_from)
            if start < min(one.valid_to or date.max, other.valid_to or date.max):
                return start
    return None

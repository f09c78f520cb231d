"""One instrument says one thing: no two of its active limits speak of the same indicator, plant and day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations
from pathlib import Path

import pytest

from pipelines.rulebook.limits import Scope, Size
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import LimitRule

RULES = Path(__file__).parents[1] / "rules"
#: Every furnace is also held against the stricter line for carbon steel, because few plants say which steel they make.
MEANT = {
    frozenset({"eu_taxonomy_2021_2139__eaf_carbon", "eu_taxonomy_2021_2139__eaf_high_alloy"}),
    frozenset({"eu_taxonomy_2021_2139__scrap_share_carbon", "eu_taxonomy_2021_2139__scrap_share_high_alloy"}),
    *(frozenset({f"eu_ets_{year}__eaf_carbon", f"eu_ets_{year}__eaf_high_alloy"}) for year in (2013, 2021, 2026)),
}
WORDS = ("sector", "process", "technology", "route", "country", "region", "region_class", "fuel")


def overlapping(first: LimitRule, second: LimitRule) -> bool:
    """Whether both can judge one plant on one day."""
    return any(scopes_meet(a, b) for a in first.scopes for b in second.scopes) and any(
        max(a.valid_from, b.valid_from) < min(a.valid_to or date.max, b.valid_to or date.max) and not _split_by_age(first, second, a, b)
        for a in first.entries
        for b in second.entries
    )


def _split_by_age(first: LimitRule, second: LimitRule, a: object, b: object) -> bool:
    """A limit for old works that ends on the day from which the general one binds them."""
    ends, binds = getattr(a, "valid_to", None), getattr(b, "existing_plants_from", None)
    other_ends, other_binds = getattr(b, "valid_to", None), getattr(a, "existing_plants_from", None)
    return (ends is not None and ends == binds) or (other_ends is not None and other_ends == other_binds)


def scopes_meet(first: Scope, second: Scope) -> bool:
    if any(getattr(first, w) and getattr(second, w) and not set(getattr(first, w)) & set(getattr(second, w)) for w in WORDS):
        return False
    if first.plants and second.plants and first.plants != second.plants:
        return False
    start = max(first.commissioned_from or date.min, second.commissioned_from or date.min)
    if start >= min(first.commissioned_before or date.max, second.commissioned_before or date.max):
        return False
    return first.size is None or second.size is None or sizes_meet(first.size, second.size)


def sizes_meet(first: Size, second: Size) -> bool:
    if first.unit.quantity != second.unit.quantity:
        return True
    low, high = sorted((first, second), key=lambda size: ((size.start or 0) * size.unit.factor, not size.start_included))
    if low.end is None:
        return True
    end, start = low.end * low.unit.factor, (high.start or 0) * high.unit.factor
    return end > start or (end == start and low.end_included and high.start_included)


def test_two_active_limits_of_an_instrument_never_speak_of_the_same_plant_and_day() -> None:
    rules = [rule for rule in load_rulebook(RULES).rules.values() if isinstance(rule, LimitRule) and rule.status == "active"]
    alike: dict[tuple[str, str], list[LimitRule]] = {}
    for rule in rules:
        assert rule.indicator is not None
        alike.setdefault((rule.instrument.instrument_id, rule.indicator.indicator_id), []).append(rule)
    found = {frozenset({a.rule_id, b.rule_id}) for group in alike.values() for a, b in combinations(group, 2) if overlapping(a, b)}
    assert found - MEANT == set()
    assert not MEANT - found, "no longer overlapping: take them out of MEANT"


@pytest.mark.parametrize(("end_included", "meet"), [(True, True), (False, False)])
def test_size_classes_that_touch_meet_only_when_both_edges_are_included(end_included: bool, meet: bool) -> None:
    tonne = load_rulebook(RULES).units["t"]
    edge = Fraction(50)
    assert sizes_meet(Size(tonne, None, True, edge, end_included), Size(tonne, edge, True)) is meet

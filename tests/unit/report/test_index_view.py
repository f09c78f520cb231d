"""How an indicator of the index stands at each level, and which groups it is listed in."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.report.background import Background
from pipelines.report.index_view import LEVELS, IndexView, index_view, state_at

_POLICY = {"level_I.score": "85", "level_I.limiting": "I", "level_I.others": "II"}


def _index(low: float = 0.0, high: float = 40.0, **indicator: object) -> IndexView:
    levels = [f"meets_{level}{end}" for level in ("i", "ii", "iii") for end in ("", "_all")]
    row: dict[str, Any] = dict.fromkeys(levels) | {"indicator_title": "kiln heat", "points": 40.0, "has_unverified": False} | indicator
    row |= {"group_id": "energy", "group_title": "Energy"}
    scores = {f"score_{level}_{end}": value for level in ("i", "ii", "iii") for end, value in (("low", low), ("high", high))}
    found = index_view(Background(_POLICY, {"B": scores}, {"B": [row]}), "B")
    assert found
    return found


def test_a_level_is_traced_to_its_indicators_and_the_rule_of_the_level() -> None:
    index = _index(meets_i=0.0, meets_iii=1.0)
    first = index.levels[0]
    assert (first.interval, first.needed, first.verdict) == ("0.0 to 40.0", "85", "out of reach, whatever the unknowns are")
    assert "level I: Y_I at least 85 points, limiting indicators at level I, all others at least at level II" in index.rule
    assert [state_at(index.indicators[0], level) for level in LEVELS] == ["not_met", "unknown", "met"]
    assert index.group_title("energy") == "Energy"


@pytest.mark.parametrize(
    ("meets", "lists"),
    [
        ({"meets_i": 1.0, "meets_ii": 1.0, "meets_iii": 1.0}, ["met_I"]),
        ({"meets_i": 0.0, "meets_ii": 1.0, "meets_iii": 1.0}, ["met_II"]),
        ({"meets_i": 0.0, "meets_ii": 0.0, "meets_iii": 0.0}, ["missed"]),
        ({"meets_i": None, "meets_ii": None, "meets_iii": 1.0}, ["ask", "met_III"]),
        ({"meets_i": None, "meets_ii": None, "meets_iii": None}, ["ask"]),
    ],
)
def test_every_indicator_is_told_by_how_it_stands(meets: dict[str, object], lists: list[str]) -> None:
    assert [name for name, rows in _index(**meets).lists.items() if rows] == lists


def test_an_indicator_whose_rule_awaits_verification_is_not_called_missing_data() -> None:
    index = _index(has_unverified=True, meets_i_all=1.0, meets_ii_all=1.0, meets_iii_all=1.0)
    assert [row["indicator_title"] for row in index.awaiting_indicators] == ["kiln heat"]
    assert index.open_indicators == []


def test_a_plant_without_an_index_has_none() -> None:
    assert index_view(Background(), "B") is None

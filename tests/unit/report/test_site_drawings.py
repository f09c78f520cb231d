"""Drawings: they stand where their figures say, are well formed for any figures, and have words for those who do not see them."""

from __future__ import annotations

import itertools
import re
from datetime import date
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.headline import Headline
from pipelines.report.site import charts, plots
from pipelines.report.site.portfolios import bridge_steps, moved
from pipelines.report.site.words import t

_AMOUNTS = st.none() | st.floats(min_value=0, max_value=1e6)


def _marks(drawing: Any, tag: str, name: str) -> list[dict[str, str]]:
    return [found.attrib for found in _parsed(drawing).iter(tag) if found.attrib.get("class") == name]


def _parsed(drawing: Any) -> ElementTree.Element:
    """A drawing as XML; the short names of words stand without quotes in HTML."""
    return ElementTree.fromstring(re.sub(r" data-w=(\w+)", r' data-w="\1"', str(drawing)))


def _bars(drawing: Any, name: str) -> list[tuple[float, float]]:
    """Left end and top of each bar of a style: all of them are one path."""
    paths = "".join(mark["d"] for mark in _marks(drawing, "path", name))
    return [(float(x), float(y)) for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h", paths)]


@given(
    st.lists(st.tuples(_AMOUNTS, _AMOUNTS, _AMOUNTS), min_size=1, max_size=13),
    st.lists(st.floats(min_value=0.001, max_value=1e6), max_size=4),
)
def test_a_plot_of_months_is_well_formed_and_stays_on_its_ground_for_any_values(
    months: list[tuple[float | None, float | None, float | None]], limits: list[float]
) -> None:
    rows = [
        {
            "period_end_date": date(2026, 1, 31),
            "mean_value": mean,
            "worst_value": worst,
            "capture_ratio": None,
            "excluded_count": 3,
            "state": "PASS",
        }
        for mean, worst, _ in months
    ]
    drawing = plots.months_plot(rows, [(limit, "law") for limit in limits], t("monthly"), t("monthly.how"))
    assert _parsed(drawing).find("title") is not None
    assert _parsed(drawing).find("desc") is not None
    found = _bars(drawing, "bar")
    assert len(found) == sum(mean is not None for mean, _, _ in months)
    assert all(0 <= x <= 760 and 0 <= y <= 262 for x, y in found)


def test_a_month_without_a_value_is_a_question_mark_and_one_without_enough_data_an_outline() -> None:
    base = {"period_end_date": date(2026, 1, 31), "worst_value": None, "capture_ratio": 0.5, "excluded_count": 0}
    rows = [
        base | {"mean_value": None, "state": "NO_DATA"},
        base | {"mean_value": 4.0, "state": "NO_DATA"},
        base | {"mean_value": 4.0, "state": "PASS"},
    ]
    drawing = plots.months_plot(rows, [(10.0, "law")], t("monthly"), t("monthly.how"))
    assert ">?</text>" in str(drawing)
    assert len(_bars(drawing, "hollow")) == 1
    assert len(_bars(drawing, "bar")) == 1


def test_a_higher_value_stands_higher_and_the_limit_between_those_it_divides() -> None:
    rows = [{"value": value, "is_counted": True, "is_deciding": value == 90.0, "label": "00:00"} for value in (30.0, 90.0)]
    drawing = plots.hours_plot(rows, [(50.0, "law")], t("monthly"), t("monthly.how"))
    low, high = (y for _, y in _bars(drawing, "bar"))
    (limit,) = (float(re.match(r"M[\d.]+ ([\d.]+)H", line["d"]).group(1)) for line in _marks(drawing, "path", "limit"))  # type: ignore[union-attr]
    assert high < limit < low
    assert len(_marks(drawing, "path", "value")) == 1


def test_a_ruler_puts_value_and_limits_at_their_share_of_the_scale() -> None:
    drawing = charts.ruler([(50.0, "limit"), (100.0, "effective"), (25.0, "value")], 100.0)
    (limit,), (effective,), (value,) = (
        _marks(drawing, "rect", "limit"),
        _marks(drawing, "rect", "effective"),
        _marks(drawing, "circle", "value"),
    )
    at = [float(mark.rstrip("%")) for mark in (value["cx"], limit["x"], effective["x"])]
    assert at == pytest.approx([25 / 1.05, 50 / 1.05, 100 / 1.05], abs=0.06)
    assert len(ElementTree.fromstring(str(charts.ruler([(None, "limit"), (None, "value")], None)))) == 0


def test_the_bar_of_the_headline_shows_coverage_range_and_rate_where_the_figures_say() -> None:
    amounts = {"green": 500.0, "transition": 0.0, "not_green": 300.0, "unknown": 200.0, "unmatched": 0.0}
    ratios = {"assessed_rate_ratio": 0.625, "coverage_ratio": 0.8, "lower_ratio": 0.5, "upper_ratio": 0.7}
    head = Headline({f"{key}_usd": value for key, value in amounts.items()} | ratios | {"exposure_usd": 1000.0})
    drawing = f"<svg>{''.join(charts.headline_bar(head))}</svg>"
    lines = [(mark["x1"], mark["x2"]) for mark in _marks(drawing, "line", "ink")]
    assert ("0.1%", "80%") in lines
    assert ("50%", "70%") in lines
    assert _marks(drawing, "circle", "dot")[0]["cx"] == "62.5%"


def _view(**change: Any) -> Any:
    drivers = [
        {"driver": "fx", "driver_no": 3, "shapley_points": 0.3},
        {"driver": "new_data", "driver_no": 6, "shapley_points": -4.1},
        {"driver": "rule_version", "driver_no": 8, "shapley_points": 0.0},
    ]
    row = {
        "state": "split",
        "metric": "assessed_rate_ratio",
        "before_ratio": 0.312,
        "after_ratio": 0.274,
        "change_points": -3.8,
        "sentence": "-3.8 points.",
    }
    return SimpleNamespace(change=row | change, change_drivers=drivers if change.get("state") != "no_earlier_run" else [])


def test_the_steps_of_the_bridge_lead_from_the_share_before_to_the_share_now() -> None:
    steps = [step for _, step in bridge_steps(_view())]
    assert steps[0] == (pytest.approx(31.2), pytest.approx(31.2))
    assert all(before[1] == pytest.approx(after[0]) for before, after in itertools.pairwise(steps))
    assert steps[-1] == (pytest.approx(27.4), pytest.approx(27.4))


def test_why_it_moved_is_told_in_both_languages_the_largest_part_first() -> None:
    told = moved(_view())
    assert told.en == "The green share of what was assessed went from 31.2% to 27.4% (−3.8 points): new data −4.1, exchange rates +0.3."
    assert told.zh == "已评估部分的绿色占比由 31.2% 变为 27.4%（−3.8 个百分点）：新数据 −4.1，汇率 +0.3。"
    movers = [
        {"plant_id": "B", "plant_name": "B", "plant_place": 2, "plant_points": -1.1},
        {"plant_id": "A", "plant_name": "Kiln Hill", "plant_place": 1, "plant_points": -2.8},
    ]
    assert moved(_view(), movers).en.endswith("exchange rates +0.3; above all Kiln Hill (−2.8).")
    assert moved(_view(state="no_earlier_run")) == t("moved.first")

"""Suspicion tests: honest years raise no flag, planted manipulation is found by its test, and nothing depends on the order of rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rulebook.load_policy import POLICIES
from pipelines.warehouse.significance import adjust, p_value
from tests.suspicion_data import HOURS, LIMIT, Handling, Series, honest_series, judge, month_rows

PAGE = (Path(__file__).parents[1] / "docs" / "method_suspicion.md").read_text(encoding="utf-8")
SEED = 20260630
Chance = np.random.Generator


def flat_line(series: Series, chance: Chance) -> None:
    series["values"][2005:2065] = series["values"][2005]
    series["states"][2005:2065] = "normal"


def copied_days(series: Series, chance: Chance) -> None:
    for day in (40, 41, 47):
        series["values"][day * 24 : day * 24 + 24] = series["values"][33 * 24 : 34 * 24]
        series["states"][day * 24 : day * 24 + 24] = "normal"
    series["states"][33 * 24 : 34 * 24] = "normal"


def last_digit(series: Series, chance: Chance) -> None:
    rounded = chance.random(HOURS) < 0.4
    series["values"][rounded] = np.round(series["values"][rounded] * 2) / 2


def pile_up(series: Series, chance: Chance) -> None:
    over = (series["values"] > LIMIT) & (series["values"] <= 1.15 * LIMIT)
    series["values"][over] = np.round(LIMIT * (1 - chance.uniform(0, 0.015, int(over.sum()))), 1)


def gaps_after_highs(series: Series, chance: Chance) -> None:
    high = np.flatnonzero((series["values"][:-3] >= 0.9 * LIMIT) & (chance.random(HOURS - 3) < 0.1))
    for hour in high:
        series["states"][hour + 1 : hour + 3] = "missing"


def ambient_oxygen(series: Series, chance: Chance) -> None:
    series["oxygen"][chance.random(HOURS) < 0.03] = 20.9


def calibration_step(series: Series, chance: Chance) -> None:
    for hour in np.flatnonzero(series["states"] == "calibration"):
        series["values"][hour : hour + 90] = np.round(series["values"][hour : hour + 90] * 0.85, 1)


def unit_slip(series: Series, chance: Chance) -> None:
    series["values"][100 * 24 : 102 * 24] = np.round(series["values"][100 * 24 : 102 * 24] / 1000, 4)


def unit_slip_ppm(series: Series, chance: Chance) -> None:
    series["values"][100 * 24 : 125 * 24] = np.round(series["values"][100 * 24 : 125 * 24] / 2.0525, 1)


def unit_slip_peers(series: Series, chance: Chance) -> None:
    series["values"][:] = np.round(series["values"] / 1000, 4)


def not_believed(series: Series, chance: Chance) -> None:
    series["states"][2000:2040] = "not_believed"


def low_variation(series: Series, chance: Chance) -> None:
    series["values"][:] = np.round(200 + (series["values"] - 200) / 20, 1)


PLANTED: dict[str, Handling] = {
    handling.__name__: handling
    for handling in (
        flat_line, copied_days, last_digit, pile_up, gaps_after_highs, ambient_oxygen, calibration_step, low_variation,
        unit_slip, unit_slip_ppm, unit_slip_peers, not_believed,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def judged() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Forty honest stacks of different spread and resolution, one stack for each handling, and the returns of two plants."""
    chance = np.random.default_rng(SEED)
    series = {f"H{number}": honest_series(chance, spread=chance.uniform(0.06, 0.2), decimals=(1, 0, 2)[number % 3]) for number in range(40)}
    for name, handle in PLANTED.items():
        series[name] = honest_series(chance)
        handle(series[name], chance)
    made = chance.uniform(70_000, 130_000, 12)
    returns = month_rows("HONEST", "production_clinker", list(made)) + month_rows("FLAT", "production_clinker", list(made))
    returns += month_rows("HONEST", "co2_scope1", list(made * 0.82 * (1 + chance.normal(0, 0.04, 12))))
    returns += month_rows("FLAT", "co2_scope1", list(80_000 * (1 + chance.normal(0, 0.002, 12))))
    return judge(series, returns=returns)


def test_honest_stacks_and_plants_raise_no_flag(judged: tuple[list[dict[str, Any]], list[dict[str, Any]]]) -> None:
    tests, flags = judged
    honest = [row for row in tests if row["entity_id"].startswith(("stack:H", "plant:HONEST"))]
    assert len({row["test"] for row in honest}) == 13
    assert len(honest) > 300
    assert [(row["entity_id"], row["words"]) for row in flags if row["entity_id"].startswith(("stack:H", "plant:HONEST"))] == []


@pytest.mark.parametrize("name", PLANTED)
def test_planted_manipulation_is_found_by_the_test_meant_for_it(name: str, judged: tuple[Any, list[dict[str, Any]]]) -> None:
    found = {row["test"]: row for row in judged[1] if row["stack_id"] == name}
    assert name in found, (name, sorted(found))
    assert "a verifier would look at" in found[name]["words"]


def test_an_emission_that_does_not_follow_production_is_found_in_the_returns(judged: tuple[Any, list[dict[str, Any]]]) -> None:
    flags = [row for row in judged[1] if row["entity_id"] == "plant:FLAT"]
    assert [(row["test"], row["indicator_id"], row["n"]) for row in flags] == [("emission_flat", "co2_scope1", 12)]


def test_a_flag_says_how_long_a_value_stands_how_many_days_repeat_and_how_many_tests_were_made(
    judged: tuple[list[dict[str, Any]], list[dict[str, Any]]],
) -> None:
    tests, flags = judged
    found = {(row["stack_id"], row["test"]): row for row in flags}
    assert found["flat_line", "flat_line"]["statistic"] == 54  # whole quarters of the day inside 60 hours that begin at 13:00
    assert found["copied_days", "copied_days"]["statistic"] == 3
    assert {row["test_count"] for row in flags} == {len(tests)}
    assert not re.search(r"fraud|manipul|cheat|fake|falsif", " ".join(row["words"] for row in flags), re.IGNORECASE)


def test_a_coarse_or_low_reading_that_honestly_repeats_is_no_flat_line() -> None:
    chance = np.random.default_rng(SEED)
    coarse = {f"C{number}": honest_series(chance, mean=3.0, spread=0.1, decimals=0) for number in range(4)}
    assert judge(coarse, limit=20.0)[1] == []


def test_the_order_of_rows_changes_nothing() -> None:
    chance = np.random.default_rng(SEED)
    one = honest_series(chance)
    gaps_after_highs(one, chance)
    other = honest_series(chance)
    assert judge({"A": one, "B": other}) == judge({"B": other, "A": one})


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_exact_tails_are_those_of_scipy_stats(data: st.DataObject) -> None:
    from scipy import stats

    readings = data.draw(st.integers(2, 3000))
    high, gaps = data.draw(st.integers(0, readings)), data.draw(st.integers(0, readings))
    count = data.draw(st.integers(max(0, high + gaps - readings), min(high, gaps)))
    table = [[count, high - count], [gaps - count, readings - high - gaps + count]]
    assert p_value("hypergeometric", count, readings, high, gaps) == pytest.approx(stats.fisher_exact(table, "greater").pvalue, rel=1e-6)
    share = data.draw(st.floats(0.01, 0.99))
    assert p_value("binomial", count, readings, share, None) == pytest.approx(stats.binom.sf(count - 1, readings, share), rel=1e-6)
    x = data.draw(st.floats(0.01, 60))
    assert p_value("chi_square", x, 9, None, None) == pytest.approx(stats.chi2.sf(x, 9), rel=1e-9)
    assert p_value("normal", x / 10, None, None, None) == pytest.approx(2 * stats.norm.sf(x / 10), rel=1e-9)
    assert p_value("f", x, 11, 11, None) == pytest.approx(stats.f.sf(x, 11, 11), rel=1e-9)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_p_values_are_those_of_scipy_stats(values: list[float]) -> None:
    from scipy.stats import false_discovery_control

    assert adjust(values) == pytest.approx(list(false_discovery_control(values)) if values else [])


def test_the_worked_gap_table_of_the_page() -> None:
    """8 of 12 gaps begin after 100 high readings among 1,000: hand-summed hypergeometric tail."""
    from math import comb

    tail = sum(comb(100, k) * comb(900, 12 - k) for k in range(8, 13)) / comb(1000, 12)
    assert p_value("hypergeometric", 8, 1000, 100, 12) == pytest.approx(tail, rel=1e-9)
    assert f"{tail:.1e}" == "2.7e-06"
    assert "8 of 12 gaps begin after one of 100 high readings among 1,000: Fisher's exact p is 2.7 × 10⁻⁶" in PAGE


def test_the_page_names_every_test_and_every_key_of_the_policy() -> None:
    missing = [name for name in (*PLANTED, "emission_flat", *POLICIES["suspicion"]) if f"`{name}`" not in PAGE]
    assert missing == []

"""An audit sample is the same whatever the machine and the order of rows, and keeps to its strata and weights."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import WrongUseError
from pipelines.ledger.sampling import draw

#: Worked out apart from the program: the five largest u (smallest -ln(u)/size), u = (first 16 hex digits of sha256("2026|key") + 1) / 2^64.
SIMPLE = ["k18", "k23", "k27", "k29", "k56"]
WEIGHTED = ["k129", "k18", "k23", "k27", "k29"]
POPULATION = [{"key": f"k{number}", "kind": "abc"[number % 3], "size": float(number % 5)} for number in range(200)]


def key(row: Any) -> str:
    return str(row["key"])


def kind(row: Any) -> str:
    return str(row["kind"])


def size(row: Any) -> float:
    return float(row["size"])


@given(
    order=st.permutations(range(60)), seed=st.text(min_size=1), count=st.integers(1, 80), stratified=st.booleans(), weighted=st.booleans()
)
def test_the_order_of_rows_changes_no_sample(order: list[int], seed: str, count: int, stratified: bool, weighted: bool) -> None:
    rows = POPULATION[:60]
    how = {"stratum": kind if stratified else None, "weight": size if weighted else None}
    count = max(count, 3)
    first = draw(rows, count, seed, key, **how)
    assert draw([rows[place] for place in order], count, seed, key, **how) == first
    drawable = [row for row in rows if not weighted or row["size"] > 0]
    assert len(first) == min(count, len(drawable))
    assert len({row["key"] for row in first}) == len(first)


def test_the_sample_of_a_seed_is_what_it_has_always_been() -> None:
    assert [row["key"] for row in draw(POPULATION, 5, "2026", key)] == SIMPLE
    assert [row["key"] for row in draw(POPULATION, 5, "2026", key, weight=size)] == WEIGHTED


def test_a_larger_sample_of_a_seed_holds_the_smaller_one() -> None:
    small = {row["key"] for row in draw(POPULATION, 20, "7", key)}
    assert small < {row["key"] for row in draw(POPULATION, 50, "7", key)}


@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8), count=st.integers(1, 120), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_each_stratum_gets_its_share_to_within_one_and_one_at_least(sizes: list[int], count: int, seed: int) -> None:
    rows = [{"key": f"{name}-{number}", "kind": str(name)} for name, size in enumerate(sizes) for number in range(size)]
    if count < len(sizes):
        with pytest.raises(WrongUseError, match=f"there are {len(sizes)} strata"):
            draw(rows, count, str(seed), key, stratum=kind)
        return
    taken = Counter(kind(row) for row in draw(rows, count, str(seed), key, stratum=kind))
    wanted = min(count, len(rows))
    assert sum(taken.values()) == wanted
    lifted = sum(wanted * size < len(rows) for size in sizes)  # strata that get one though their share is less
    for name, size in enumerate(sizes):
        share = wanted * size / len(rows)
        assert 1 <= taken[str(name)] <= size
        assert share - 1 - lifted < taken[str(name)] < max(share, 1) + 1


def test_a_heavier_row_is_drawn_more_often_and_one_without_weight_never() -> None:
    rows = [{"key": f"k{number}", "size": weight} for number, weight in enumerate((0.0, 1.0, 4.0))]
    drawn = Counter(key(draw(rows, 1, str(seed), key, weight=size)[0]) for seed in range(2000))
    assert drawn["k0"] == 0
    assert 0.76 < drawn["k2"] / 2000 < 0.84  # 4 of 5; the range is more than four standard deviations wide on each side


def test_every_row_of_a_simple_sample_is_drawn_about_as_often() -> None:
    drawn = Counter(key(row) for seed in range(400) for row in draw(POPULATION[:20], 5, str(seed), key))
    assert set(drawn) == {key(row) for row in POPULATION[:20]}
    assert all(60 < number < 140 for number in drawn.values()), drawn  # 100 each; standard deviation 8.7


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(WrongUseError, match="at least one item"):
        draw(POPULATION, 0, "1", key)
    with pytest.raises(WrongUseError, match="nothing to draw from"):
        draw([], 5, "1", key)
    with pytest.raises(WrongUseError, match="weight above zero"):
        draw(POPULATION, 5, "1", key, weight=lambda row: 0.0)
    with pytest.raises(ValueError, match="does not name one row each"):
        draw(POPULATION, 5, "1", kind)

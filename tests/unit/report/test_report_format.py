"""Numbers as people read them."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.format import day, minus, money, number, percent, share, shares, signed_percent, signed_points, significant


@given(st.lists(st.decimals(min_value=0, max_value=10**12, places=2), min_size=1, max_size=8).filter(any), st.integers(0, 2))
def test_shares_of_one_bar_always_add_up_to_exactly_100(amounts: list[Decimal], digits: int) -> None:
    rounded = shares(amounts, digits)
    assert sum(rounded) == 100
    assert all(part >= 0 for part in rounded)


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([500, 0, 300, 200, 0], ["50", "0", "30", "20", "0"]),
        ([1, 1, 1], ["33.4", "33.3", "33.3"]),
        ([1.0, None, 2.0], ["33.3", "0", "66.7"]),
        ([0, None], ["0", "0"]),
    ],
)
def test_largest_remainder_gives_the_missing_tenth(amounts: list[float | None], expected: list[str]) -> None:
    assert [part.normalize() for part in shares(amounts)] == [Decimal(text).normalize() for text in expected]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.625, "62.5 %"),
        (0.8, "80 %"),
        (1, "100 %"),
        (0, "0 %"),
        (0.99996, "over 99.9 %"),
        (0.00001, "under 0.1 %"),
        (0.12345, "12.3 %"),
        (None, "–"),
    ],
)
def test_rounding_makes_no_zero_and_no_hundred_out_of_almost(ratio: float | None, text: str) -> None:
    assert percent(ratio) == text


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_what_is_no_number_is_a_dash_never_zero(value: float | None) -> None:
    assert number(value) == percent(value) == significant(value) == money(value) == signed_percent(value) == "–"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.72234, "0.7223"),
        (1250.4, "1,250"),
        (48.3, "48.3"),
        (0, "0"),
        (1234567.8, "1,234,568"),
        (-0.05, "−0.05"),
        (0.000012345, "0.00001235"),
    ],
)
def test_measured_values_have_four_figures_and_no_exponent(value: float, text: str) -> None:
    assert significant(value) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1_254_000_000, "1.25 billion"),
        (84_240_000, "84.2 million"),
        (912_000.4, "912,000"),
        (2_000_000, "2 million"),
        (Decimal("150000000000"), "150 billion"),
    ],
)
def test_large_amounts_are_said_in_words(amount: float, text: str) -> None:
    assert money(amount) == text


@pytest.mark.parametrize(("ratio", "text"), [(0.125, "+12.5 %"), (-0.35, "−35 %"), (0, "0 %"), (-25.5, "−2,550 %"), (-0.0001, "0 %")])
def test_headroom_carries_its_sign(ratio: float, text: str) -> None:
    assert signed_percent(ratio) == text


def test_half_is_rounded_up_and_minus_zero_does_not_exist() -> None:
    assert [number(0.5), number(1.5), number(2.5), number(-0.4)] == ["1", "2", "3", "0"]


def test_dates_are_iso_and_shares_read_as_text() -> None:
    assert day(date(2025, 12, 31)) == day(datetime(2025, 12, 31, 23, 59)) == "2025-12-31"  # noqa: DTZ001
    assert day(None) == "–"
    assert [share(Decimal("62.50")), share(Decimal("100.0"))] == ["62.5 %", "100 %"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CNY +0.28%, IDR -0.31%", "CNY +0.28%, IDR −0.31%"),
        ("-28", "−28"),
        ("at most -10 kgce/t", "at most −10 kgce/t"),
        ("2026-06-30, EGY-01, stack:P-1, key-2, 5-10, ISO - 2015", "2026-06-30, EGY-01, stack:P-1, key-2, 5-10, ISO - 2015"),
    ],
)
def test_a_hyphen_before_a_number_is_a_minus_and_one_within_a_word_stays(text: str, shown: str) -> None:
    assert minus(text) == shown


def test_every_number_below_zero_has_the_same_sign() -> None:
    shares_of = (percent(-0.1), signed_percent(-0.1), signed_points(-1.26))
    for shown in (*shares_of, number(-1234.5), significant(-12.5), money(-2.5e9), money(-3e6)):
        assert shown.startswith("−"), shown
        assert "-" not in shown

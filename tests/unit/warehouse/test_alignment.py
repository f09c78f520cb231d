"""The Sectoral Decarbonization Approach on small worlds: worked numbers, and what must not change a figure."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.settings import SQL_FOLDER
from pipelines.sources.pacta_alignment import table_columns
from pipelines.warehouse.alignment import pacta_targets

Row = dict[str, Any]


def loan(loan_id: str, company: str, amount: float, sector: str = "steel") -> Row:
    return {"portfolio_id": "book", "loan_id": loan_id, "company_id": company, "sector": sector, "weight_amount": amount}


def plant(company: str, year: int, tonnes: float, intensity: float, country: str = "de") -> Row:
    made = {"company_id": company, "group_id": "-", "sector": "steel", "year": year, "country_code": country}
    return made | {"production_t": tonnes, "intensity_t_per_t": intensity, "is_estimate": False}


def point(year: int, intensity: float) -> Row:
    return {"scenario_source": "s", "scenario": "nze", "sector": "steel", "region": "global", "year": year, "intensity_t_per_t": intensity}


REGIONS = [{"region_source": "s", "region": "global", "country_code": code} for code in ("de", "cn")]
PATHWAY = [point(2020, 2.0), point(2050, 0.2)]


def metrics(book: list[Row], plants: list[Row], pathway: list[Row] = PATHWAY) -> dict[tuple[str, int], float]:
    names = ("book", "company_production", "market_production", "scenarios", "regions")
    rows = dict(zip(names, (book, plants, plants, pathway, REGIONS), strict=True))
    tables = {
        f"int_alignment__{name}": pa.Table.from_pylist(rows[name], schema=pa.schema(table_columns()[f"int_alignment__{name}"]))
        for name in names
    }
    found = pacta_targets(SQL_FOLDER, tables, False)
    return {(row["emission_factor_metric"], row["year"]): row["emission_factor_value"] for row in found}


def test_exposure_and_production_weigh_the_same_companies_far_apart() -> None:
    """Formula F7: 100 at 2.1 t/t making 10 Mt beside 300 at 0.6 making 1 Mt."""
    found = metrics([loan("1", "A", 100), loan("2", "B", 300)], [plant("A", 2020, 10, 2.1), plant("B", 2020, 1, 0.6)])
    assert found["projected", 2020] == pytest.approx(0.975)
    assert found["corporate_economy", 2020] == pytest.approx(1.9636363636)


def test_the_end_of_the_pathway_is_added_to_the_distance() -> None:
    """Formula F6: I*(t) = d p(t) + I(2050): 1.6 half-way from 3.0 to 0.2, where a product would give 0.28."""
    found = metrics([loan("1", "A", 1)], [plant("A", 2020, 1, 3.0), plant("M", 2020, 3, 5.0 / 3)])
    end = 0.2 * 2.0 / 2.0
    assert found["target_nze", 2035] == pytest.approx((3.0 - end) * 0.5 + end) == pytest.approx(1.6)
    assert found["target_nze", 2050] == pytest.approx(end) == pytest.approx(found["adjusted_scenario_nze", 2050])


PLANTS = [plant("A", 2020, 3, 2.0), plant("A", 2021, 3, 1.9, "cn"), plant("B", 2020, 1, 1.0), plant("B", 2021, 1, 1.1)]
AMOUNTS = st.lists(st.integers(1, 10**9), min_size=2, max_size=5)


@settings(max_examples=10, deadline=None)
@given(AMOUNTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_digit(amounts: list[int], chance: Any) -> None:
    book = [loan(str(number), "AB"[number % 2], amount) for number, amount in enumerate(amounts)]
    shuffled_book, shuffled_plants = list(book), list(PLANTS)
    chance.shuffle(shuffled_book)
    chance.shuffle(shuffled_plants)
    assert metrics(shuffled_book, shuffled_plants) == metrics(book, PLANTS)


@settings(max_examples=10, deadline=None)
@given(AMOUNTS, st.integers(1, 99))
def test_splitting_a_loan_in_two_changes_no_figure(amounts: list[int], part: int) -> None:
    book = [loan(str(number), "AB"[number % 2], amount * 100) for number, amount in enumerate(amounts)]
    first = book[0]
    halves = [
        first | {"loan_id": "x", "weight_amount": amounts[0] * part},
        first | {"loan_id": "y", "weight_amount": amounts[0] * (100 - part)},
    ]
    split, whole = metrics([*halves, *book[1:]], PLANTS), metrics(book, PLANTS)
    assert split == pytest.approx(whole, abs=1e-9)

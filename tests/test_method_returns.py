"""The method page of returns: its worked sums come out, and its lists are those of the code."""

from __future__ import annotations

import csv
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_policy import POLICIES
from pipelines.rulebook.rows_of_lists import factor_rows
from pipelines.settings import REFERENCE_FOLDER, RULES_FOLDER, SQL_FOLDER
from tests.sql_cases import models, run_case
from tests.sql_chain import build_chain

PAGE = (Path(__file__).parents[1] / "docs" / "method_returns.md").read_text(encoding="utf-8")
FACTORS = {row["factor_id"]: row for row in factor_rows(load_rulebook(RULES_FOLDER))}


def value(factor_id: str) -> float:
    return float(FACTORS[factor_id]["factor_value"])


def gnr_heat() -> float:
    """Heat of all kilns of the world, MJ a tonne of clinker."""
    with (REFERENCE_FOLDER / "gnr_cement.csv").open(encoding="utf-8", newline="") as file:
        (row,) = [row for row in csv.DictReader(file) if (row["region_code"], row["measure"]) == ("World", "heat_all_kilns")]
    return float(row["value"])


@pytest.mark.parametrize(
    ("words", "printed", "computed"),
    [
        ("10 t of raw coal are 10 × 1000 × 0.7143 = 7,143 kgce", 7143, 10 * 1000 * value("energy_conversion__raw_coal")),
        ("60 kWh/t are 7.374 kgce/t", 7.374, 60 * value("energy_conversion__electricity")),
        (
            "30,000 × 0.52 + 100 × 94.6 = 25,060 t CO2",
            25060,
            30000 * value("process_co2__clinker_with_ckd") + 100 * value("fuel_co2__co2_other_bituminous_coal"),
        ),
        (
            "0.52 + 3301.1 × 94.6 ÷ 1,000,000 = 0.832 t/t",
            0.832,
            round(value("process_co2__clinker_with_ckd") + 3301.1 * value("fuel_co2__co2_other_bituminous_coal") / 1e6, 3),
        ),
        (
            "100,000 t\n  are 45,300 t CO2e",
            45300,
            100000 * value("route_estimates__float_glass_direct_co2"),
        ),
        (
            "9,800 kgce for 100,000 t of clinker are 0.098 kgce/t beside 120.1 kgce/t of GNR, 1,225 times less",
            1225,
            round(gnr_heat() / 29.3076 / (9800 / 100000)),
        ),
        ("1,000 t at 21.27 GJ/t are 21.27 TJ", 21.27, value("route_estimates__steel_energy_all_routes")),
    ],
)
def test_a_worked_sum_of_the_page_comes_out_with_the_factors_of_today(words: str, printed: float, computed: float) -> None:
    assert words in PAGE
    assert computed == pytest.approx(printed, rel=1e-9)


def test_the_page_names_every_key_of_the_policy_and_every_gap_code() -> None:
    assert [key for key in POLICIES["returns"] if f"`{key}`" not in PAGE] == []
    sql = "".join(
        (SQL_FOLDER / "intermediate" / f"int_returns__{name}.sql").read_text()
        for name in ("items", "place_periods", "held_periods", "indicator_periods")
    )
    codes = set(re.findall(r"'([A-Z]+_[A-Z_]+)'", sql))
    assert codes >= {"UNIT_SUSPECT", "ITEM_MISSING"}
    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_the_scores_of_the_page_are_those_of_the_model() -> None:
    sql = models()["int_plants__emission_ways"].sql
    table = dict(re.findall(r"\| (\d[ab]) \| (\d) \|", PAGE))
    assert table == {"1a": "1", "1b": "2", "2a": "2", "2b": "3", "3b": "5"}
    assert "case pcaf_option when '1a' then 1 when '1b' then 2 when '2a' then 2 when '2b' then 3 else 5 end" in sql


def test_every_factor_that_a_fuel_or_a_model_names_exists_with_its_number() -> None:
    with (REFERENCE_FOLDER / "fuels.csv").open(encoding="utf-8", newline="") as file:
        fuels = list(csv.DictReader(file))
    named = {row[column] for row in fuels for column in row if column.endswith("_factor_id") and row[column]}
    sql = "".join(path.read_text(encoding="utf-8") for path in SQL_FOLDER.rglob("int_plants__*.sql"))
    named |= set(re.findall(r"'((?:process_co2|fuel_co2|route_estimates)__\w+)'", sql))
    assert len(named) > 15
    assert [factor_id for factor_id in sorted(named) if FACTORS[factor_id]["factor_value"] is None] == []
    assert {row["item"] for row in fuels} <= set(load_rulebook(RULES_FOLDER).return_items)
    heat = {FACTORS[row[column]]["unit"] for row in fuels for column in ("mass_heat_factor_id", "volume_heat_factor_id") if row[column]}
    assert heat == {"kgce/kg", "kgce/m3", "TJ/Gg"}


WINDOW = {"as_of_date": date(2026, 6, 30), "window_start_date": date(2025, 7, 1), "window_end_date": date(2026, 6, 30)}
POLICY = [
    {"policy_id": "returns", "key": "unit_slip_ratio", "value": "300"},
    {"policy_id": "returns", "key": "max_production_over_capacity", "value": "5"},
]


def periods_of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Item periods of returned rows, without the source rows, in an order of their own."""
    case = {"given": {"ref_run__settings": [WINDOW], "ref_rules__policy": POLICY, "int_returns__items": rows}}
    found = run_case(models()["int_returns__place_periods"], case)
    left = [{name: row[name] for name in row if not name.endswith(("_row_number", "file_id"))} for row in found]
    return sorted(left, key=lambda row: (row["entity_id"], row["item"], row["period_start_date"]))


def month_row(item: str, first: date, last: date, amount: float, file: str) -> dict[str, Any]:
    return {
        "plant_id": "P", "unit_id": "K", "item": item, "period_start_date": first, "period_end_date": last, "value": amount,
        "unit": "t", "evidence_tier": "reported", "source_file_id": file, "source_row_number": 2,
    }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(cut=st.integers(1, 30), amounts=st.lists(st.integers(1, 10**9), min_size=2, max_size=2), order=st.permutations(range(4)))
def test_a_month_in_two_files_and_in_any_order_of_rows_is_the_same_month(cut: int, amounts: list[int], order: list[int]) -> None:
    first, last = date(2026, 1, 1), date(2026, 1, 31)
    whole = [month_row("production_clinker", first, last, sum(amounts), "f"), month_row("clinker_used", first, last, 7, "f")]
    middle = first + timedelta(days=cut - 1)
    parts = [
        month_row("production_clinker", first, middle, amounts[0], "f"),
        month_row("production_clinker", middle + timedelta(days=1), last, amounts[1], "g"),
        month_row("clinker_used", first, middle, 3, "g"),
        month_row("clinker_used", middle + timedelta(days=1), last, 4, "h"),
    ]
    assert periods_of([parts[number] for number in order]) == periods_of(whole)


def test_a_figure_per_tonne_of_a_product_is_divided_by_that_product_and_no_other() -> None:
    indicators = load_rulebook(RULES_FOLDER).indicators.values()
    checked = set()
    for indicator in indicators:
        product = indicator.unit.name.partition("/t ")[2] if indicator.unit and indicator.measured_by == "returns" else ""
        if product:
            items = [term.item for term in indicator.terms if term.role == "denominator"]
            assert items == ["production_" + product.replace(" ", "_").lower()], indicator.indicator_id
            checked.add(product)
    assert checked >= {"clinker", "cement", "cementitious", "crude steel", "melted glass"}


def test_a_ton_alone_is_no_unit_because_it_has_three_readings() -> None:
    units = load_rulebook(RULES_FOLDER).units
    assert "ton" not in units
    assert float(units["short ton"].factor) == pytest.approx(0.90718474)
    assert float(units["long ton"].factor) == pytest.approx(1.0160469088)


@pytest.mark.parametrize("months", [12, 6, 3, 1])
def test_a_year_across_the_window_is_the_same_figure_beside_a_product_sent_by_year_half_quarter_or_month(months: int) -> None:
    starts = [date(2025, month, 1) for month in range(1, 13, months)]
    ends = [later - timedelta(days=1) for later in [*starts[1:], date(2026, 1, 1)]]
    clinker = [month_row("production_clinker", first, last, 1000 * months, "f") for first, last in zip(starts, ends, strict=True)]
    year = month_row("co2_scope1", date(2025, 1, 1), date(2025, 12, 31), 9600, "f")
    given_rows = {
        "ref_run__settings": [WINDOW],
        "ref_rules__policy": POLICY,
        "ref_rules__indicators": [{"indicator_id": "co2", "measured_by": "returns", "level": "unit"}],
        "ref_rules__indicator_terms": [
            {"indicator_id": "co2", "role": "numerator", "item": "co2_scope1", "factor": 1},
            {"indicator_id": "co2", "role": "denominator", "item": "production_clinker", "factor": 1},
        ],
        "int_returns__items": [*clinker, year],
        "int_returns__reference_intensities": [],
        "int_plants__entities": [],
    }
    (found,) = build_chain(given_rows, ["int_returns__indicators"])["int_returns__indicators"]
    assert (found["value"], found["capture_ratio"], found["complete_days"]) == (0.8, 1, 365)
    assert (found["period_start_date"], found["period_end_date"]) == (date(2025, 1, 1), date(2025, 12, 31))

"""The bridge on its own: every table that the headline rests on has a driver, and what the mean over orders promises holds."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.change import HEADLINE, compare_runs, swapped_tables
from pipelines.warehouse.database import build_model, connect, read_rows, write_table
from pipelines.warehouse.swaps import DRIVERS, swap_of
from tests.published import ONE_KILN, publish
from tests.sql_cases import models, run_case, table_types

FEW = settings(max_examples=8, deadline=None, derandomize=True, database=None)
NAMES = ("exposure", "restated_data", "rule_version")
SHARES = st.lists(st.fractions(0, 1, max_denominator=1000).map(float), min_size=8, max_size=8)


def test_every_table_that_the_headline_rests_on_has_a_driver() -> None:
    undeclared = [swap.table for swap in swapped_tables(list(models().values())) if swap_of(swap.table) is None]
    assert undeclared == [], "say in pipelines/warehouse/swaps.py to which driver their rows belong"


def test_keys_and_columns_of_drivers_are_those_of_the_tables() -> None:
    for swap in swapped_tables(list(models().values())):
        assert {*swap.key, *swap.columns} <= set(table_types(swap.table)), swap.table


def bridge(values: list[float], order: tuple[str, ...] = NAMES) -> dict[str, dict[str, Any]]:
    """Rows of the bridge for the headline `values` of the eight coalitions of NAMES (bit by bit), with the drivers declared in `order`."""
    bits = {name: 2**place for place, name in enumerate(order)}
    metric = {"portfolio_id": "B", "sector": "all", "metric": "lower_ratio"}
    found = []
    for members in range(8):
        number = sum(bits[name] for place, name in enumerate(NAMES) if members >> place & 1)
        found.append({**metric, "coalition_no": number, "value": values[members]})
    rows = run_case(
        models()["mart_portfolio__change"],
        {
            "given": {
                "mart_portfolio__headline": [{"portfolio_id": "B", "sector": "all", "lower_ratio": values[7]}],
                "raw_change__runs": [{"state": "compared"}],
                "raw_change__drivers": [
                    {"driver_no": number, "driver": name, "is_changed": True, "bit": bits[name]} for number, name in enumerate(order, 1)
                ],
                "raw_change__values": [*found, {**metric, "value": values[0]}],
            }
        },
    )
    return {row["driver"]: row for row in rows if row["metric"] == "lower_ratio"}


@FEW
@given(values=SHARES)
def test_the_parts_sum_to_the_change_by_either_way_and_leave_nothing_over(values: list[float]) -> None:
    rows = bridge(values)
    for way in ("shapley_points", "ordered_points"):
        assert sum(row[way] for row in rows.values()) == pytest.approx(100 * (values[7] - values[0]), abs=1e-9)
    assert all(row["is_exact"] for row in rows.values())


@FEW
@given(values=SHARES)
def test_the_mean_over_orders_does_not_know_the_declared_order(values: list[float]) -> None:
    first = {driver: row["shapley_points"] for driver, row in bridge(values).items()}
    for order in list(permutations(NAMES))[1:3]:
        assert {driver: row["shapley_points"] for driver, row in bridge(values, order).items()} == pytest.approx(first, abs=1e-9)


@FEW
@given(values=SHARES)
def test_a_driver_that_moves_nothing_gets_nothing(values: list[float]) -> None:
    still = [values[members & ~2] for members in range(8)]  # the second driver is in bit 2
    assert bridge(still)["restated_data"]["shapley_points"] == pytest.approx(0, abs=1e-12)


def compared(old: Path, new: Path) -> dict[str, Any]:
    """The bridge between two database files, built into the second."""
    con = connect(new)
    for name, table in compare_runs(con, old, list(models().values())).items():
        write_table(con, name, table)
    build_model(con, models()["mart_portfolio__change"])
    rows = read_rows(con, "select * from mart_portfolio__change where sector = 'all' and metric = 'upper_ratio'")
    con.close()
    return {row["driver"]: row for row in rows}


def test_two_equal_runs_move_nothing_and_build_nothing_again(tmp_path: Path) -> None:
    old, new = (publish(tmp_path / name, RULES_FOLDER, ONE_KILN) for name in ("old", "new"))
    found = compared(old, new)
    assert {row["shapley_points"] for row in found.values()} == {0.0}
    assert [driver for driver, row in found.items() if row["is_changed"]] == ["program_version"]


def test_each_change_is_told_by_its_own_driver(tmp_path: Path) -> None:
    loan, plant, link = (ONE_KILN[name][0] for name in ("raw_bank__loans", "raw_plants__plants", "raw_matching__links"))
    changes: dict[str, dict[str, list[dict[str, Any]]]] = {
        "exposure": {"raw_bank__loans": [loan | {"outstanding_amount": 7_000_000}]},
        "loans": {"raw_bank__loans": [loan | {"status": "repaid"}]},
        "match": {"raw_matching__links": [link | {"is_match": False}]},
        "restated_data": {"raw_plants__plants": [plant | {"altitude_m": 1800.0}]},
        "ownership": {"raw_plants__plants": [plant | {"owner_id": "C9"}]},
        "coverage": {"raw_plants__plants": [plant, plant | {"plant_id": "Z"}]},
        "fx": {"raw_reference__fx_rates": [{"currency_code": "CNY", "rate_date": loan["reporting_date"], "units_per_usd": 7.2}]},
    }
    base = ONE_KILN | {"raw_reference__fx_rates": [{"currency_code": "CNY", "rate_date": loan["reporting_date"], "units_per_usd": 7.1}]}
    old = publish(tmp_path / "old", RULES_FOLDER, base)
    for driver, change in changes.items():
        found = compared(old, publish(tmp_path / driver, RULES_FOLDER, base | change))
        assert [name for name, row in found.items() if row["is_changed"] and name != "program_version"] == [driver]
        # a book whose only loan is repaid has no share any more
        assert {(row["state"], row["is_exact"]) for row in found.values()} == {
            ("not_assessable", None) if driver == "loans" else ("split", True)
        }


def test_drivers_of_swaps_are_known_drivers() -> None:
    assert {swap.default for swap in swapped_tables(list(models().values()))} <= set(DRIVERS)
    assert HEADLINE in models()


@pytest.mark.parametrize("left_out", ["this run", "the earlier run"])
def test_runs_whose_readings_are_neither_carried_nor_in_the_store_are_not_compared(tmp_path: Path, left_out: str) -> None:
    earlier = tmp_path / "earlier.duckdb"
    with connect(earlier) as con:
        con.execute(f"create table {HEADLINE} (portfolio_id varchar)")
        if left_out == "this run":
            con.execute("create table int_monitoring__folded (stack_id varchar)")
    with connect(tmp_path / "now.duckdb") as con:
        kind = "view" if left_out == "this run" else "table"
        con.execute(f"create {kind} raw_monitoring__stack_readings as select 1 as stack_id")
        (row,) = compare_runs(con, earlier, [])["raw_change__runs"].to_pylist()
    assert (row["state"], "nor the store" in row["reason"]) == ("not_comparable", True)

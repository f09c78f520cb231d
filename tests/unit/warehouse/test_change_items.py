"""What moved with a driver: which loans came, went, were closed or opened again, and which rates moved, each with its portfolio."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pipelines.warehouse.change_items import items
from pipelines.warehouse.database import connect, read_rows


def test_a_loan_closed_in_one_run_only_is_told_by_which_of_them() -> None:
    with connect(":memory:") as con:
        con.execute(
            "create table stg_bank__loans__single (side varchar, driver varchar, portfolio_id varchar, loan_id varchar, status varchar)"
        )
        for side, driver, loan, status in (
            ("new", "loans", "1", "active"),
            ("old", "loans", "2", "repaid"),
            ("new", "loans", "3", "repaid"),
            ("old", "loans", "3", "active"),
            ("new", "loans", "4", "active"),
            ("old", "loans", "4", "written_off"),
            ("new", "exposure", "5", "active"),
        ):
            con.execute("insert into stg_bank__loans__single values (?, ?, 'B', ?, ?)", [side, driver, loan, status])
        found = items(lambda sql: read_rows(con, sql), _differences(stg_bank__loans={("loans", "B"): 6}), "o", "n")
    assert {(row["name"], row["kind"], row["portfolio_id"]) for row in found} == {
        ("loans", "rows", "B"),
        ("B/1", "loan_in", "B"),
        ("B/2", "loan_out", "B"),
        ("B/3", "loan_closed", "B"),
        ("B/4", "loan_reopened", "B"),
    }


def test_a_rate_is_told_to_the_portfolio_that_holds_the_currency() -> None:
    with connect(":memory:") as con:
        for run, rate in (("o", 7.0), ("n", 7.0 * 1.021)):
            columns = "portfolio_id varchar, loan_id varchar, currency_code varchar, fx_rate double"
            con.execute(f"create schema {run}; create table {run}.int_loans__exposure ({columns})")
            con.execute(f"insert into {run}.int_loans__exposure values ('A', '1', 'CNY', ?), ('B', '2', 'EUR', 0.9)", [rate])
        found = items(lambda sql: read_rows(con, sql), _differences(stg_reference__fx_rates={("fx", None): 1}), "o", "n")
    assert [(row["portfolio_id"], row["name"]) for row in found if row["kind"] == "rate"] == [("A", "CNY -2.06%")]


def _differences(**tables: dict[tuple[str, str | None], int]) -> dict[str, Any]:
    return {table: SimpleNamespace(by_portfolio=counts) for table, counts in tables.items()}

"""Three nights in one home: a name enters the watch-list, stays with the day it came, and leaves with a reason; the score's trend grows."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from pipelines.warehouse.database import connect, read_rows
from tests.nights import edit_csv, perform, small_landing

LEVERAGE = "covenant LN-002 CV-002"


def rows(home: Path, sql: str) -> list[dict[str, Any]]:
    with connect(home / "published" / "current" / "green_capacity.duckdb", read_only=True) as con:
        return read_rows(con, sql)


def watched(home: Path) -> dict[str, Any]:
    (row,) = rows(home, f"select * from mart_portfolio__watch_list where subject_id = '{LEVERAGE}'")
    return row


def test_the_watch_list_remembers_earlier_days(tmp_path: Path) -> None:
    landing, home = small_landing(tmp_path), tmp_path / "home"
    perform(landing, home, as_of=date(2025, 12, 31))
    first = watched(home)
    assert (first["movement"], first["entry_reason"], first["entered_date"]) == ("entered", "BREACH", date(2025, 12, 31))

    perform(landing, home, as_of=date(2026, 1, 31))
    second = watched(home)
    assert (second["movement"], second["reason_now"], second["entered_date"]) == ("stays", "BREACH", date(2025, 12, 31))
    days = "select distinct as_of_date from mart_portfolio__pcaf_trend order by as_of_date"
    assert [row["as_of_date"] for row in rows(home, days)] == [date(2025, 12, 31), date(2026, 1, 31)]

    def deleverage(covenants: list[dict[str, str]]) -> None:
        covenants[1]["reported_value"] = "3.0"

    edit_csv(landing / "covenants.csv", deleverage)
    perform(landing, home, as_of=date(2026, 2, 28))
    last = watched(home)
    assert (last["movement"], last["exit_reason"], last["reason_now"]) == ("left", "RECOVERED", None)

"""A run whose readings are too many for its database leaves them in the store and says the same."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines import night_readings
from pipelines.night import DATABASE
from pipelines.run_readings import stored_readings
from pipelines.warehouse import database
from tests.nights import edit_csv, perform, small_landing


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Home of a run that carries its readings (True) and of one that does not."""
    folder = tmp_path_factory.mktemp("many")
    landing, found = small_landing(folder), {}
    edit_csv(landing / "stack_readings.csv", lambda given: [*given, *(_on_an_earlier_day(row) for row in given)])
    for is_carried in (True, False):
        found[is_carried] = folder / f"home-{is_carried}"
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(night_readings, "CARRIED_READINGS", 5_000_000 if is_carried else 0)
            perform(landing, found[is_carried])
    return found


def _on_an_earlier_day(row: dict[str, str]) -> dict[str, str]:
    day = date.fromisoformat(row["measured_at"][:10]) - timedelta(days=3)
    return row | {"measured_at": f"{day}{row['measured_at'][10:]}", "value": "0.5" if row["value"] else ""}


def rows(home: Path, sql: str) -> list[dict[str, Any]]:
    with database.connect(home / "published" / "current" / DATABASE, read_only=True) as con:
        return database.read_rows(con, sql)


def test_the_scorecard_does_not_depend_on_where_the_readings_are(folders: dict[bool, Path]) -> None:
    carried, left = (json.loads((home / "published" / "current" / "scorecard.json").read_text("utf-8")) for home in folders.values())
    assert carried == left
    assert rows(folders[True], "select * from int_plants__verdicts order by all") == rows(
        folders[False], "select * from int_plants__verdicts order by all"
    )


def test_nothing_in_the_database_looks_into_the_store(folders: dict[bool, Path]) -> None:
    views = rows(folders[False], "select view_name, sql from duckdb_views() where not internal")
    assert not [view["view_name"] for view in views if "read_parquet" in view["sql"]]
    tables = {row["table_name"] for row in rows(folders[False], "select table_name from duckdb_tables()")}
    assert "raw_monitoring__stack_readings" in tables
    assert "int_monitoring__folded" not in tables
    for view in views:
        rows(folders[False], f"select count(*) as n from {view['view_name']}")


def test_readings_that_decided_a_failing_limit_stay_with_the_run(folders: dict[bool, Path]) -> None:
    sql = """select source_file_id, source_row_number from {} where (source_file_id, source_row_number) in
        (select (source_file_id, source_row_number) from int_monitoring__deciding_readings) order by all"""
    found = {key: rows(home, sql.format("raw_monitoring__stack_readings")) for key, home in folders.items()}
    assert found[True] == found[False] != []
    counts = {key: rows(home, "select count(*) as n from raw_monitoring__stack_readings")[0]["n"] for key, home in folders.items()}
    assert 0 < counts[False] < counts[True]


def test_all_readings_of_the_run_are_found_in_the_store_again(folders: dict[bool, Path]) -> None:
    home = folders[False]
    sql = stored_readings(lambda query: rows(home, query), home)
    assert sql is not None
    with database.connect(home / "published" / "current" / DATABASE, read_only=True) as con:
        found = database.read_rows(con, f"select * from ({sql}) order by all")
    assert found == rows(folders[True], "select * from raw_monitoring__stack_readings order by all")
    assert stored_readings(lambda query: rows(folders[True], query), folders[True]) is None

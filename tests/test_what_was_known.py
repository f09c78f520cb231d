"""Three nights: readings, a late correction, and the question what was known before it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.ledger.book import Book
from pipelines.night import Night
from pipelines.replay import replayed
from pipelines.warehouse import database
from tests.nights import small_landing

pytestmark = pytest.mark.slow
FIRST, SECOND = datetime.fromisoformat("2026-01-05 02:00"), datetime.fromisoformat("2026-01-09 02:00")
HEADER = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct\n"


def run(landing: Path, home: Path, known_at: datetime) -> tuple[Night, Path]:
    from pipelines.defs.run import perform

    night = Night(landing=landing, home=home, known_at=known_at)
    perform(night)
    assert night.published is not None
    return night, night.published


def rows(published: Path, sql: str) -> list[dict[str, Any]]:
    with database.connect(published / "green_capacity.duckdb", read_only=True) as con:
        return database.read_rows(con, sql)


VERDICTS = "select * exclude (run_id) from int_plants__verdicts order by all"


def test_a_late_correction_shows_as_a_restatement_and_yesterdays_answer_can_be_had_again(tmp_path: Path) -> None:
    landing, home = small_landing(tmp_path), tmp_path / "home"
    (landing / "stack_files.csv").unlink()  # declares when the example became known: here the nights do
    _, first = run(landing, home, FIRST)
    before = rows(first, VERDICTS)

    correction = "PL-01-S1,nox,2025-12-31 00:00,6000,mg/m3,dry,10.2\n"
    (landing / "correction.csv").write_text(HEADER + correction)
    _, second = run(landing, home, SECOND)
    restated = rows(second, "select * from mart_monitoring__restatements")
    shown = ("stack_id", "reading_count", "old_mean_value", "new_mean_value", "new_file_name")
    assert [tuple(row[name] for name in shown) for row in restated] == [("PL-01-S1", 1, 612.4, 6000.0, "correction.csv")]
    assert [(row["old_known_at"], row["new_known_at"]) for row in restated] == [(FIRST, SECOND)]
    assert "correction.csv" in (second / "csv" / "mart_monitoring__restatements.csv").read_text(encoding="utf-8")

    book = Book(home)
    with replayed(book, book.published_runs()[-1]) as (replay, _):
        assert replay.differences == [], "a run that used readings of an earlier night can be performed again"

    night, again = run(landing, home, FIRST)
    assert rows(again, VERDICTS) == before
    assert rows(again, "select * from mart_monitoring__restatements") == []
    assert night.readings is not None
    assert night.readings.index.known_at == FIRST
    told = json.loads((again / "scorecard.json").read_text(encoding="utf-8"))["run"]
    assert (told["known_at"], told["result_status"]) == (FIRST.isoformat(), "PROVISIONAL")

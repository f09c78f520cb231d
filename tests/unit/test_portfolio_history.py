"""What a night leaves for later ones, and what it finds of earlier ones."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.portfolio_history import past_rows, past_tables, rows_to_keep

WATCH = {"portfolio_id": "B", "subject_id": "rule r e", "entered_date": "2026-03-31", "entry_reason": "BREACH"}


def run(day: str, score: float, watched: list[dict[str, Any]]) -> dict[str, Any]:
    left = {
        "ref_history__pcaf": [{"portfolio_id": "B", "sector": "all", "scope": "1", "pcaf_score": score}],
        "ref_history__watch_list": watched,
    }
    return {"as_of_date": day, "counts": {"headline": [], "portfolio_history": left}}


def test_only_earlier_days_count_and_the_last_run_of_each() -> None:
    published = [
        run("2026-03-31", 3.0, [WATCH]),
        run("2026-03-31", 2.5, []),
        run("2026-06-30", 2.0, [WATCH]),
        run("2026-05-31", 2.2, [WATCH]),
    ]
    found = past_rows(published, before=date(2026, 6, 30))
    assert [(row["as_of_date"], row["pcaf_score"]) for row in found["ref_history__pcaf"]] == [("2026-03-31", 2.5), ("2026-05-31", 2.2)]
    assert [row["subject_id"] for row in found["ref_history__watch_list"]] == ["rule r e"]
    assert past_rows(published, before=date(2026, 5, 31))["ref_history__watch_list"] == []


def test_a_run_from_before_there_was_a_history_is_passed_over() -> None:
    found = past_rows([{"as_of_date": "2026-03-31", "counts": {"headline": []}}], before=date(2026, 6, 30))
    assert found == {"ref_history__headline": [], "ref_history__pcaf": [], "ref_history__watch_list": []}


def test_rows_come_back_with_the_types_of_their_columns() -> None:
    tables = past_tables(past_rows([run("2026-03-31", 3.0, [WATCH])], before=date(2026, 6, 30)))
    assert tables["ref_history__pcaf"].to_pylist()[0]["as_of_date"] == date(2026, 3, 31)
    (watched,) = tables["ref_history__watch_list"].to_pylist()
    assert (watched["entered_date"], watched["plant_id"]) == (date(2026, 3, 31), None)


def test_what_is_kept_can_be_written_as_json() -> None:
    kept = rows_to_keep(lambda sql: [{"portfolio_id": "B", "entered_date": date(2026, 3, 31), "plant_id": None}] if "watch" in sql else [])
    assert kept["ref_history__watch_list"] == [{"portfolio_id": "B", "entered_date": "2026-03-31", "plant_id": None}]

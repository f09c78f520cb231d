"""The page says whether results can still change, and what later deliveries changed."""

from __future__ import annotations

from datetime import date, datetime

from pipelines.report.page import render
from pipelines.report.scorecard import collect
from tests.unit.report.book import Tables, make_reader
from tests.unit.report.test_report_page import text_of

STATUS = {"known_at": None, "final_until_date": date(2026, 6, 20), "provisional_verdict_count": 3, "result_status": "PROVISIONAL"}


def test_a_provisional_run_says_until_when_it_is_final(tables: Tables) -> None:
    tables["mart_run__status"] = [STATUS]
    words = text_of(render(collect(make_reader(tables), {})))
    assert "Provisional : 3 verdicts on periods that ended after 2026-06-20 can still change" in words
    tables["mart_run__status"] = [{**STATUS, "result_status": "FINAL", "provisional_verdict_count": 0, "known_at": datetime(2026, 7, 1)}]  # noqa: DTZ001 stored in UTC
    words = text_of(render(collect(make_reader(tables), {})))
    assert "Final : the time for corrections is over" in words
    assert "2026-07-01 00:00:00 UTC; readings that became known later are left out" in words


def test_restated_readings_stand_with_both_means_and_files(tables: Tables, rendered: str) -> None:
    assert "later deliveries changed" not in text_of(rendered)
    tables["mart_monitoring__restatements"] = [
        {
            "stack_id": "B-S1",
            "indicator": "nox",
            "day_date": date(2026, 1, 1),
            "plant_id": "B",
            "reading_count": 3,
            "old_mean_value": 15.0,
            "new_mean_value": 40.5,
            "old_known_at": datetime(2026, 1, 2),  # noqa: DTZ001 stored in UTC
            "new_known_at": datetime(2026, 1, 9),  # noqa: DTZ001 stored in UTC
            "old_file_name": "first.csv",
            "new_file_name": "corrected.csv",
        }
    ]
    words = text_of(render(collect(make_reader(tables), {})))
    assert "Readings that later deliveries changed: 3, on 1 stack-days" in words
    assert "15 40.5 first.csv → corrected.csv" in words

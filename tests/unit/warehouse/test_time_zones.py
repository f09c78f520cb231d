"""Days that do not have 24 hours, by the clock of the place."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.run_settings import clock_changes
from pipelines.warehouse.time_zones import changed_days


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Berlin", [(date(2026, 3, 29), 1380), (date(2026, 10, 25), 1500)]),
        ("Africa/Cairo", [(date(2026, 4, 24), 1380), (date(2026, 10, 29), 1500)]),
        ("Australia/Lord_Howe", [(date(2026, 4, 5), 1470), (date(2026, 10, 4), 1410)]),
        ("Asia/Kathmandu", []),
        ("UTC+05:45", []),
    ],
)
def test_the_days_on_which_a_clock_changes_are_longer_or_shorter(zone: str, expected: list[tuple[date, int]]) -> None:
    assert changed_days(zone, date(2026, 1, 1), date(2026, 12, 31)) == expected


def test_a_day_that_a_place_left_out_has_no_minute() -> None:
    assert changed_days("Pacific/Apia", date(2011, 12, 1), date(2011, 12, 31)) == [(date(2011, 12, 30), 0)]


def test_the_table_of_a_run_names_each_zone_once_and_leaves_out_what_is_no_zone() -> None:
    rows = clock_changes(["Europe/Berlin", " Europe/Berlin", None, "", "nowhere", "UTC"], date(2026, 4, 30)).to_pylist()
    assert {row["time_zone"] for row in rows} == {"Europe/Berlin"}
    assert len(rows) == 14

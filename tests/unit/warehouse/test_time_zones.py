"""Days that do not have 24 hours, by the clock of the place."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pipelines.run_settings import clock_changes
from pipelines.warehouse.time_zones import changed_days, offset_steps


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


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day)


def test_offsets_of_a_zone_hold_up_to_the_moments_of_its_changes() -> None:
    steps = offset_steps("Europe/Berlin", moment("2026-01-01"), moment("2026-12-31"))
    assert [(str(until), minutes) for until, minutes in steps[:2]] == [("2026-03-29 01:00:00", 60), ("2026-10-25 01:00:00", 120)]
    assert [minutes for _, minutes in steps[2:]] == [60]


def test_a_fixed_offset_has_one_step_and_an_unknown_zone_none() -> None:
    assert [minutes for _, minutes in offset_steps("UTC-03:30", moment("2026-01-01"), moment("2026-12-31"))] == [-210]
    with pytest.raises(ValueError, match="nowhere"):
        offset_steps("nowhere", moment("2026-01-01"), moment("2026-01-02"))

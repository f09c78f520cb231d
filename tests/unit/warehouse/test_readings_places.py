"""Whatever clock a file was written by: its readings lie on the local days of their stack."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse import database
from pipelines.warehouse.readings_ingest import StackClock
from pipelines.warehouse.readings_places import misplaced_files
from tests.readings import KNOWN, Readings, text

BERLIN, HOURS = "Europe/Berlin", timedelta(hours=1)
HEADER = "stack_id,indicator,measured_at,time_zone,value,unit,gas_basis,o2_pct"


def stacks(zone: str | None) -> dict[str, StackClock]:
    return {"S1": StackClock("P1", zone)}


def utc_file(folder: Path, zone: str | None, *times: str, declared: str = "UTC") -> Readings:
    """A store of the readings of one stack, sent in a file that declares a zone."""
    readings = Readings(folder / "home", stacks(zone))
    rows = text(*(f"S1,nox,{time},{number},mg/m3,dry,10" for number, time in enumerate(times)))
    readings.deliver(folder / "landing", r=rows, declared=f"file_pattern,time_zone\nr.csv,{declared}\n")
    return readings


def places(readings: Readings) -> list[tuple[str, str, int]]:
    """UTC start, local day as stored and offset of each reading."""
    return [(f"{row['period_start_at']:%m-%d %H:%M}", str(row["local_date"]), row["utc_offset_minutes"]) for row in readings.rows()]


def misplaced(readings: Readings) -> list[dict[str, Any]]:
    zones = {stack_id: clock.time_zone for stack_id, clock in readings.stacks.items()}
    with database.connect(":memory:") as con:
        return misplaced_files(con, readings.store, readings.index().records, zones)


def test_readings_sent_in_utc_lie_on_the_local_days_and_months_of_their_stack(tmp_path: Path) -> None:
    readings = utc_file(tmp_path, BERLIN, "2026-05-31 21:00", "2026-05-31 22:00")
    assert places(readings) == [("05-31 21:00", "2026-05-31", 120), ("05-31 22:00", "2026-06-01", 120)]
    assert readings.index().months == ["2026-05", "2026-06"]


def test_the_offset_of_the_stack_changes_with_its_clock_where_the_file_keeps_one(tmp_path: Path) -> None:
    found = places(utc_file(tmp_path, BERLIN, "2026-03-29 00:00", "2026-03-29 01:00", "2026-10-25 00:00", "2026-10-25 01:00"))
    assert [minutes for _, _, minutes in found] == [60, 120, 120, 60]


def test_a_day_of_25_hours_has_25_readings_in_a_file_of_utc(tmp_path: Path) -> None:
    begin = datetime.fromisoformat("2026-10-24 20:00")
    times = [f"{begin + number * HOURS:%Y-%m-%d %H:%M}" for number in range(30)]
    assert [day for _, day, _ in places(utc_file(tmp_path, BERLIN, *times))].count("2026-10-25") == 25


@pytest.mark.parametrize("zone", [None, "no such zone"])
def test_readings_of_a_stack_without_a_zone_lie_on_the_days_of_the_clock_they_were_sent_by(tmp_path: Path, zone: str | None) -> None:
    assert places(utc_file(tmp_path, zone, "2026-05-31 23:00", declared="UTC+02:00")) == [("05-31 21:00", "2026-05-31", 120)]


def test_a_correction_in_utc_replaces_what_came_by_the_clock_of_the_stack(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home", stacks(BERLIN))
    readings.deliver(tmp_path / "one", KNOWN, r=text("S1,nox,2026-06-01 00:00,,1,mg/m3,dry,10", header=HEADER))
    readings.deliver(tmp_path / "two", KNOWN + HOURS, r=text("S1,nox,2026-05-31 22:00,UTC,2,mg/m3,dry,10", header=HEADER))
    assert [(row["value"], str(row["local_date"])) for row in readings.rows()] == [(2, "2026-06-01")]


SENT = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from([BERLIN, "", "UTC", "UTC+02:00", "Asia/Kathmandu"])),
    min_size=2,
    unique_by=lambda row: row[0],
)


@settings(max_examples=10, deadline=None, database=None, derandomize=True)
@given(SENT, st.data())
def test_no_clock_of_rows_and_no_order_or_split_changes_where_readings_lie(sent: list[tuple[int, str]], data: st.DataObject) -> None:
    begin = datetime(2026, 5, 30, 12, tzinfo=ZoneInfo("UTC"))
    rows = [
        f"S1,nox,{(begin + number * HOURS).astimezone(zone_of(zone)):%Y-%m-%d %H:%M},{zone},{number},mg/m3,dry,10" for number, zone in sent
    ]
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
    with tempfile.TemporaryDirectory() as folder:
        readings = Readings(Path(folder) / "home", {"S1": StackClock("P1", BERLIN, interval_minutes=60)})
        for number, part in enumerate((shuffled[:cut], shuffled[cut:])):
            readings.deliver(Path(folder) / f"night_{number}", KNOWN, r=text(*part, header=HEADER))
        found = [(row["value"], row["local_date"], row["utc_offset_minutes"]) for row in readings.rows()]
    local = [(number, (begin + number * HOURS).astimezone(ZoneInfo(BERLIN))) for number in sorted(number for number, _ in sent)]
    assert found == [(number, moment.date(), 120) for number, moment in local]


def zone_of(name: str) -> Any:
    """Zone of a row as Python has it."""
    return ZoneInfo({"": BERLIN, "UTC+02:00": "Etc/GMT-2"}.get(name, name))


def test_a_file_still_there_is_read_again_when_its_stack_gets_a_zone(tmp_path: Path) -> None:
    readings = utc_file(tmp_path, None, "2026-05-31 22:00")
    readings.stacks = stacks(BERLIN)
    assert [row["stack_id"] for row in misplaced(readings)] == ["S1"]
    readings.night(tmp_path / "landing", KNOWN + HOURS)
    assert places(readings) == [("05-31 22:00", "2026-06-01", 120)]
    assert misplaced(readings) == []


@pytest.mark.parametrize(("zone", "is_misplaced"), [(BERLIN, False), ("Europe/Paris", False), ("Europe/London", True), (None, False)])
def test_a_file_that_is_gone_is_named_when_its_stack_has_another_clock(tmp_path: Path, zone: str | None, is_misplaced: bool) -> None:
    readings = utc_file(tmp_path, BERLIN, "2026-03-10 00:00", "2026-05-31 22:00")
    readings.stacks = stacks(zone)
    expected = {"file_name": "r.csv", "stack_id": "S1", "stack_count": 1, "first_month": "2026-03", "last_month": "2026-06"}
    assert misplaced(readings) == ([expected] if is_misplaced else [])


def test_what_an_earlier_reader_placed_by_the_clock_of_the_file_is_found_by_its_readings(tmp_path: Path) -> None:
    readings = utc_file(tmp_path, None, "2026-05-31 22:00")
    (record,) = readings.index().records
    path = readings.store.side_file("series", record.ingest_key)
    with database.connect(":memory:") as con:
        con.execute(f"create table old as select * exclude (first_offset_minutes, last_offset_minutes) from '{path}'")
        con.execute(f"copy old to '{path}' (format parquet)")
    readings.stacks = stacks(BERLIN)
    assert [(row["file_name"], row["first_month"]) for row in misplaced(readings)] == [("r.csv", "2026-05")]
    readings.deliver(tmp_path / "new", KNOWN, s=text("S1,nox,2026-05-31 23:00,1,mg/m3,dry,10"))
    assert len(readings.rows()) == 2

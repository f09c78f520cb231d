"""The store of readings: every clock read right, every delivery kept, the right one current."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipelines.errors import SourceFileError
from pipelines.night_readings import flag_meanings
from pipelines.warehouse import database
from pipelines.warehouse.readings_index import read_index
from pipelines.warehouse.readings_ingest import StackClock
from pipelines.warehouse.readings_store import open_store
from tests.readings import KNOWN, Readings, hour, text

LATER = KNOWN + timedelta(days=3)
DECLARED = "file_pattern,time_zone,time_label,time_format,midnight,interval_minutes,repeated_hour,skipped_hour,decimal_comma,unit,stack_id"


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def reading(when: str, value: object = 10, stack: str = "S1", indicator: str = "nox") -> str:
    return f"{stack},{indicator},{when},{value},mg/m3,dry,10"


def local(row: dict[str, Any]) -> datetime:
    """Civil time of the stack at the start of a reading."""
    result: datetime = row["period_start_at"] + timedelta(minutes=row["utc_offset_minutes"])
    return result


def one_zone(folder: Path, zone: str, *times: str, label: str | None = None, declared: str = "") -> Readings:
    """Readings of one stack in a zone."""
    readings = Readings(folder / "home", {"S1": StackClock("P1", zone, label)})
    files = {"r": text(*(reading(time, number) for number, time in enumerate(times)))}
    if declared:
        files["declared"] = f"{DECLARED}\nr.csv,{declared}\n"
    readings.deliver(folder / "landing", **files)
    return readings


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [("Asia/Kathmandu", 345), ("UTC+5:45", 345), ("UTC-03:30", -210), ("Asia/Karachi", 300), ("UTC", 0), ("+0800", 480)],
)
def test_local_time_becomes_utc_in_any_zone(tmp_path: Path, zone: str, minutes: int) -> None:
    (row,) = one_zone(tmp_path, zone, "2025-06-01 00:00").rows()
    assert (row["period_start_at"], row["utc_offset_minutes"]) == (moment("2025-06-01") - timedelta(minutes=minutes), minutes)


def test_the_month_of_a_part_is_that_of_local_time(tmp_path: Path) -> None:
    readings = one_zone(tmp_path, "Asia/Kathmandu", "2025-05-31 23:00", "2025-06-01 00:00")
    assert readings.index().months == ["2025-05", "2025-06"]
    assert readings.rows(first=date(2025, 6, 1))[0]["period_start_at"] == moment("2025-05-31 18:15")


def test_a_day_of_25_hours_has_25_readings_and_one_of_23_has_23(tmp_path: Path) -> None:
    autumn = [hour(date(2025, 10, 26), number) for number in (0, 1, 2, 2, *range(3, 24))]
    spring = [hour(date(2025, 3, 30), number) for number in (0, 1, *range(3, 24))]
    rows = one_zone(tmp_path, "Europe/Berlin", *spring, *autumn).rows()
    for day, count in ((date(2025, 3, 30), 23), (date(2025, 10, 26), 25)):
        starts = [row["period_start_at"] for row in rows if local(row).date() == day]
        assert len(starts) == count
        assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(hours=1)}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("in_order", ["2025-10-26 00:00", "2025-10-26 01:00"]),
        ("first", ["2025-10-26 00:00"]),
        ("second", ["2025-10-26 01:00"]),
        ("refused", []),
    ],
)
def test_a_repeated_hour_is_read_by_the_declared_rule(tmp_path: Path, rule: str, expected: list[str]) -> None:
    readings = one_zone(tmp_path, "Europe/Berlin", "2025-10-26 02:00", "2025-10-26 02:00", declared=f",,,,,{rule},,,,")
    assert [row["period_start_at"] for row in readings.rows()] == [moment(when) for when in expected]
    if rule == "refused":
        (record,) = readings.store.records()
        assert [reject["row_number"] for reject in readings.rejects(record)] == [2, 3]
        assert "shows 2025-10-26 02:00 twice" in readings.rejects(record)[0]["reason"]
        assert (record.row_count, record.reject_count) == (0, 2)


def test_a_time_that_the_clock_skips_is_refused_unless_declared_otherwise(tmp_path: Path) -> None:
    refused = one_zone(tmp_path / "a", "Europe/Berlin", "2025-03-30 02:30")
    assert refused.rows() == []
    (reject,) = refused.rejects(refused.store.records()[0])
    assert (reject["column_name"], reject["value"]) == ("measured_at", "2025-03-30 02:30:00")
    shifted = one_zone(tmp_path / "b", "Europe/Berlin", "2025-03-30 02:30", declared=",,,,,,shifted,,,").rows()
    assert [(row["period_start_at"], local(row)) for row in shifted] == [(moment("2025-03-30 01:30"), moment("2025-03-30 03:30"))]


def test_an_hour_ending_label_counts_back_also_over_a_clock_change(tmp_path: Path) -> None:
    times = ["2025-03-30 01:00", "2025-03-30 03:00", "2025-03-30 04:00"]
    rows = one_zone(tmp_path, "Europe/Berlin", *times, label="hour_ending").rows()
    assert [row["period_start_at"] for row in rows] == [moment("2025-03-29 23:00"), moment("2025-03-30 00:00"), moment("2025-03-30 01:00")]
    assert [local(row).hour for row in rows] == [0, 1, 3]


def test_an_unknown_zone_refuses_the_rows_and_says_what_to_write(tmp_path: Path) -> None:
    readings = one_zone(tmp_path, "Asia/Nowhere", "2025-01-01 00:00")
    (reject,) = readings.rejects(readings.store.records()[0])
    assert (reject["column_name"], reject["value"]) == ("time_zone", "Asia/Nowhere")
    assert "UTC+05:45" in reject["what_to_do"]
    corrected = Readings(readings.home, {"S1": StackClock("P1", "Asia/Kathmandu")})
    (record,) = corrected.night(tmp_path / "landing")
    assert (record.reading_count, record.reject_count) == (1, 0), "a clock that was corrected is read by"


@pytest.mark.parametrize(("minutes", "interval"), [((0,), 60), ((0, 30), 30), ((0, 15, 30, 45), 15), ((5, 15, 25), 10), ((7,), 60)])
def test_the_interval_is_seen_from_the_minutes_at_which_readings_begin(tmp_path: Path, minutes: tuple[int, ...], interval: int) -> None:
    times = [f"2025-01-01 {number:02d}:{minute:02d}" for number in range(24) for minute in minutes]
    assert {row["interval_minutes"] for row in one_zone(tmp_path, "UTC", *times).rows()} == {interval}


def test_one_slip_of_the_clock_does_not_shorten_the_interval_of_a_series(tmp_path: Path) -> None:
    times = [f"2025-01-{day:02d} {number:02d}:00" for day in (1, 2) for number in range(24)]
    rows = one_zone(tmp_path, "UTC", *times, "2025-01-03 00:07").rows()
    assert {row["interval_minutes"] for row in rows} == {60}


def test_a_declared_interval_and_label_count_before_those_of_the_stack(tmp_path: Path) -> None:
    readings = one_zone(tmp_path, "UTC", "2025-01-01 00:30", declared="UTC+01:00,hour_ending,,,15,,,,,")
    (row,) = readings.rows()
    assert (row["period_start_at"], row["interval_minutes"]) == (moment("2024-12-31 23:15"), 15)


def test_readings_longer_than_an_hour_are_refused_as_too_coarse(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home", {"S1": StackClock("P1", "UTC", interval_minutes=180)})
    (record,) = readings.deliver(tmp_path / "landing", r=text(reading("2025-06-01 03:00")))
    (reject,) = readings.rejects(record)
    assert (reject["column_name"], reject["reason"]) == ("interval_minutes", "readings of 180 minutes are too coarse to be judged")
    assert "an hour or finer" in reject["what_to_do"]
    assert readings.rows() == []


@pytest.mark.parametrize(("first", "minutes"), [(9, 1440), (0, 720), (2, 480), (1, 180), (0, 120)])
def test_readings_of_several_hours_are_seen_to_be_too_coarse_though_nobody_says_so(tmp_path: Path, first: int, minutes: int) -> None:
    times = [f"2025-01-{day:02d} {hour:02d}:00" for day in range(1, 31) for hour in range(first, 24, minutes // 60)]
    readings = Readings(tmp_path / "home", {"S1": StackClock("P1", "UTC")})
    (record,) = readings.deliver(tmp_path / "landing", r=text(*map(reading, times)))
    found = readings.rejects(record)
    assert {row["reason"] for row in found} == {f"readings of {minutes} minutes are too coarse to be judged"}
    assert (len(found), readings.rows()) == (len(times), [])


@pytest.mark.parametrize(("hours", "weekdays"), [(3, 7), (24, 7), (24, 5)])
def test_readings_of_several_hours_are_seen_where_the_labels_follow_the_clock_or_days_off_are_left_out(
    tmp_path: Path, hours: int, weekdays: int
) -> None:
    moments = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=number) for number in range(0, 365 * 24, hours)]
    times = [f"{moment.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M}" for moment in moments if moment.weekday() < weekdays]
    (record,) = one_zone(tmp_path, "Europe/Berlin", *times).store.records()
    assert (record.reading_count, record.reject_count) == (0, len(times))


@pytest.mark.parametrize(
    "times",
    [
        [f"2025-01-{day:02d} 09:00" for day in range(1, 24)],  # too few to tell
        [f"2025-{month:02d}-{day:02d} 09:00" for month in (1, 3, 5, 7) for day in range(1, 12)],  # some corrected hours of a year
        [f"2025-01-{day:02d} {hour:02d}:00" for day in range(1, 11) for hour in range(7, 16)],  # a works of one shift
        [f"2025-01-01 {hour:02d}:00" for hour in range(24)],
    ],
)
def test_hours_of_which_many_are_missing_are_no_longer_intervals(tmp_path: Path, times: list[str]) -> None:
    assert {row["interval_minutes"] for row in one_zone(tmp_path, "UTC", *times).rows()} == {60}


def test_hours_declared_to_be_hours_are_taken_for_hours_though_one_comes_a_day(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home", {"S1": StackClock("P1", "UTC", interval_minutes=60)})
    times = [f"2025-01-{day:02d} 09:00" for day in range(1, 31)]
    (record,) = readings.deliver(tmp_path / "landing", r=text(*map(reading, times)))
    assert (record.reading_count, record.reject_count) == (30, 0)


def test_a_wide_file_is_one_reading_for_each_filled_cell(tmp_path: Path) -> None:
    header = "measured at,stack_id,NOx [mg/Nm3],pm (mg/Nm3),so2 [ppm],nox flag,o2_pct"
    wide = text('2025-01-01 00:00,S1,"1.5",2,,C,10', "2025-01-01 01:00,S1,3,x,,,", header=header)
    readings = Readings(tmp_path / "home")
    (record,) = readings.deliver(tmp_path / "landing", wide=wide)
    rows = readings.rows()
    assert [(row["indicator"], row["value"], row["unit"], row["flag"], row["o2_pct"]) for row in rows] == [
        ("nox", 1.5, "mg/Nm3", "C", 10.0),
        ("pm", 2.0, "mg/Nm3", None, 10.0),
    ]
    assert (record.row_count, record.reading_count, record.reject_count) == (1, 2, 1)
    assert [(reject["row_number"], reject["column_name"]) for reject in readings.rejects(record)] == [(3, "pm (mg/Nm3)")]


def test_the_flag_of_a_wide_row_holds_where_an_indicator_has_none_of_its_own(tmp_path: Path) -> None:
    header = "measured at,stack_id,NOx [mg/Nm3],nox flag,pm (mg/Nm3),flag"
    wide = text("2025-01-01 00:00,S1,1,,2,M", "2025-01-01 01:00,S1,1,C,2,M", "2025-01-01 02:00,S1,,,2,F", header=header)
    readings = Readings(tmp_path / "home")
    readings.deliver(tmp_path / "landing", wide=wide)
    found = [(row["indicator"], row["value"], row["flag"]) for row in readings.rows()]
    assert found == [("nox", 1, "M"), ("nox", 1, "C"), ("nox", None, "F"), ("pm", 2, "M"), ("pm", 2, "M"), ("pm", 2, "F")]


def test_declared_columns_times_and_decimal_commas_are_read(tmp_path: Path) -> None:
    files = f"{DECLARED}\nkiln_*.csv,UTC+05:45,hour_ending,DD/MM/YYYY hh:mm,day_end,,,,yes,mg/Nm3,S9\n"
    meanings = ("Datum,measured_at,,", "Stickoxid,value,NOx,", "Status,flag,,", "Sauerstoff,o2_pct,,")
    columns = text(*(f"kiln_*.csv,{meaning}" for meaning in meanings), header="file_pattern,column_name,meaning,indicator,unit")
    readings = Readings(tmp_path / "home")
    data = "Datum;Stickoxid;Status;Sauerstoff\n01/02/2025 23:00;<4,5;n;10,5\n01/02/2025 00:00;7,25;;\n02/02/2025 01:00;7.25;;\n"
    records = readings.deliver(tmp_path / "landing", files=files, columns=columns, kiln_1=data)
    rows = readings.rows()
    assert [(row["stack_id"], row["indicator"], row["value"], row["is_below_detection"], row["flag"], row["o2_pct"]) for row in rows] == [
        ("S9", "nox", 4.5, True, "N", 10.5),
        ("S9", "nox", 7.25, False, None, None),
    ]
    # 00:00 of 1 February is its end: the hour from 23:00, local time.
    assert [local(row) for row in rows] == [moment("2025-02-01 22:00"), moment("2025-02-01 23:00")]
    assert [reject["value"] for reject in readings.rejects(records[0])] == ["7.25"]


@pytest.mark.parametrize("midnight", ["day_start", "day_end"])
def test_24_00_is_the_end_of_its_day_in_a_declared_form_too_wherever_midnight_is_dated(tmp_path: Path, midnight: str) -> None:
    files = f"{DECLARED}\nkiln_*.csv,UTC+05:45,hour_ending,DD/MM/YYYY hh:mm,{midnight},,,,,mg/Nm3,S9\n"
    readings = Readings(tmp_path / "home")
    data = text("S9,nox,28/02/2024 23:00,1,mg/m3,,", "S9,nox,28/02/2024 24:00,2,mg/m3,,", "S9,nox,28/02/2024 24:30,3,mg/m3,,")
    (record,) = readings.deliver(tmp_path / "landing", files=files, kiln_1=data)
    assert [(local(row), row["value"]) for row in readings.rows()] == [(moment("2024-02-28 22:00"), 1), (moment("2024-02-28 23:00"), 2)]
    assert [reject["value"] for reject in readings.rejects(record)] == ["28/02/2024 24:30"]


def test_a_wide_file_that_lacks_a_unit_is_refused_with_what_to_declare(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    columns = "file_pattern,column_name,meaning,indicator,unit\nw.csv,A,value,nox,\n"
    assert readings.deliver(tmp_path / "landing", columns=columns, w="measured_at,stack_id,A\n2025-01-01 00:00,S1,1\n") == []
    assert readings.received is not None
    messages = {row["file_name"]: row["message"] for row in readings.received.files.to_pylist()}
    assert "no unit is known for A; declare it in stack_columns or stack_files" in str(messages["w.csv"])


def test_what_is_below_detection_keeps_its_limit_and_its_mark(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    (record,) = readings.deliver(
        tmp_path / "landing",
        r=text(reading("2025-01-01 00:00", "<5"), reading("2025-01-01 01:00", "<-5"), reading("2025-01-01 02:00", "<")),
    )
    assert [(row["value"], row["is_below_detection"]) for row in readings.rows()] == [(5.0, True)]
    assert [reject["value"] for reject in readings.rejects(record)] == ["<-5", "<"]


def test_exact_repeats_are_dropped_and_counted_and_differing_ones_are_kept_as_restated(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    lines = [reading("2025-01-01 00:00", 1), reading("2025-01-01 00:00", 1), reading("2025-01-01 01:00", 2), reading("2025-01-01 01:00", 3)]
    (record,) = readings.deliver(tmp_path / "landing", r=text(*lines))
    assert [row["value"] for row in readings.rows()] == [1.0, 3.0]
    assert (record.reading_count, record.duplicate_count, record.superseded_count) == (4, 1, 1)
    assert [row["value"] for row in readings.received_rows([record])] == [1.0, 1.0, 2.0, 3.0]
    restated = readings.query(readings.index().restated_sql() + " order by version")
    assert [(row["version"], row["value"]) for row in restated] == [(1, 3.0), (2, 2.0)]


def test_a_later_delivery_restates_and_yesterdays_answer_can_be_asked_again(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    day = [reading(hour(date(2025, 1, 1), number), number) for number in range(24)]
    readings.deliver(tmp_path / "a", r=text(*day))
    readings.deliver(tmp_path / "b", LATER, r=text(reading(hour(date(2025, 1, 1), 3), 99)))
    assert readings.rows()[3]["value"] == 99
    assert readings.rows(KNOWN)[3]["value"] == 3
    assert readings.index().contested == {"2025-01": (("S1", "nox"),)}
    assert readings.index(KNOWN).contested == {}
    assert len(readings.rows()) == 24
    assert [row["known_at"] for row in readings.query(readings.index().restated_sql() + " order by version")] == [LATER, KNOWN]


def test_rows_that_say_when_they_became_known_are_told_apart_in_one_file(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    lines = [f"{reading('2025-01-01 00:00', 1)},2025-02-01 00:00", f"{reading('2025-01-01 00:00', 2)},2025-03-01 00:00"]
    readings.deliver(tmp_path / "landing", r=text(*lines, header="stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct,known_at"))
    assert [row["value"] for row in readings.rows()] == [2.0]
    assert [row["value"] for row in readings.rows(moment("2025-02-15"))] == [1.0]
    assert readings.rows(moment("2025-01-15")) == []


def test_rows_that_a_night_cannot_know_yet_are_left_out_and_told_and_count_from_a_night_that_can(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    header = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct,known_at"
    lines = [
        f"{reading('2025-01-01 00:00', 1)},2026-01-31 23:59:59",
        f"{reading('2025-01-01 01:00', 2)},",
        f"{reading('2025-01-01 00:00', 3)},2026-02-01 00:00",
        f"{reading('2025-01-01 02:00', 4)},2026-02-01 00:00",
        f"{reading('2025-01-01 03:00', 5)},2062-01-01 00:00",
    ]
    (first,) = readings.deliver(tmp_path / "landing", r=text(*lines, header=header), known_until=KNOWN)
    assert [row["value"] for row in readings.rows()] == [1.0, 2.0]
    assert (first.row_count, first.reject_count, first.early_count) == (2, 0, 3)
    told = [(row["row_number"], row["column_name"], row["value"], row["kind"]) for row in readings.rejects(first)]
    assert told == [(4, "known_at", "2026-02-01 00:00:00", "out_of_scope"), (6, "known_at", "2062-01-01 00:00:00", "out_of_scope")]
    assert readings.rejects(first)[0]["reason"] == "becomes known after this night (2026-01-31 23:59:59), which cannot know it; 2 rows"
    assert readings.night(tmp_path / "landing", KNOWN + timedelta(seconds=1), KNOWN) == [first], "no night that could know more"
    (later,) = readings.night(tmp_path / "landing", LATER, LATER)
    assert (later.row_count, later.early_count, later.ingest_key != first.ingest_key) == (4, 1, True)
    assert [row["value"] for row in readings.rows()] == [3.0, 2.0, 4.0]
    assert readings.night(tmp_path / "landing", LATER + timedelta(days=1), LATER + timedelta(days=1)) == [later]


def test_a_file_declared_to_become_known_after_the_night_is_left_out_whole(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    declared = "file_pattern,known_at\nr.csv,2026-03-01 00:00\n"
    (record,) = readings.deliver(tmp_path / "a", r=text(reading("2025-01-01 00:00")), stack_files=declared, known_until=KNOWN)
    assert (record.row_count, record.early_count, record.parts, readings.rows()) == (0, 1, (), [])


def test_a_month_delivered_later_fills_its_gap_and_touches_no_other_month(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    readings.deliver(tmp_path / "a", r=text(reading("2025-01-01 00:00"), reading("2025-03-01 00:00")))
    before = readings.index()
    readings.deliver(tmp_path / "b", LATER, r=text(reading("2025-02-01 00:00")))
    after = readings.index()
    assert after.months == ["2025-01", "2025-02", "2025-03"]
    assert [after.content_key(month) == before.content_key(month) for month in after.months] == [True, False, True]


def test_the_content_key_of_a_day_changes_only_with_parts_that_hold_the_day(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    readings.deliver(tmp_path / "a", r=text(reading("2025-01-01 00:00")))
    before = readings.index()
    readings.deliver(tmp_path / "b", LATER, r=text(reading("2025-01-02 00:00")))
    after = readings.index()
    first, second = date(2025, 1, 1), date(2025, 1, 2)
    assert after.content_key("2025-01", first, first) == before.content_key("2025-01", first, first)
    assert after.content_key("2025-01", second, second) != before.content_key("2025-01", second, second)
    assert [row["period_start_at"] for row in readings.rows(first=second, last=second)] == [moment("2025-01-02")]


def test_a_file_is_taken_in_once_and_again_only_when_its_reading_is_declared_anew(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    (first,) = readings.deliver(tmp_path / "landing", r=text(reading("2025-01-01 00:00")))
    assert readings.night(tmp_path / "landing", LATER) == [first]
    readings.stacks["S1"] = StackClock("P2", None, None)
    assert readings.night(tmp_path / "landing", LATER) == [first], "the plant of a stack does not change its readings"
    readings.stacks["S1"] = StackClock("P1", "Asia/Karachi", None)
    (again,) = readings.night(tmp_path / "landing", LATER)
    assert again.ingest_key != first.ingest_key
    assert [row["period_start_at"] for row in readings.rows()] == [moment("2024-12-31 19:00")]


def test_parts_begin_with_plain_hours_and_end_with_what_has_no_lane(tmp_path: Path) -> None:
    sent = ["5,mg/Nm3,,N,,,", "5,mg/Nm3,wet,N,12,,", "5,mg/Nm3,dry,C,,,", "5,mg/Nm3,dry,N,,,"]
    readings = Readings(tmp_path / "home")
    lines = [f"S1,nox,2025-06-01 {number:02d}:00,10,{cells}" for number, cells in enumerate(sent)]
    (record,) = readings.deliver(tmp_path / "landing", r=text(*lines, header=_LANE_HEADER))
    path = readings.store.folder / record.parts[0].path
    assert [row["lane_no"] for row in readings.query(f"from '{path}'")] == [5, 0, 100, None]


def test_parts_are_sorted_by_plant_stack_indicator_and_time(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home", {"S1": StackClock("P2"), "S2": StackClock("P1"), "S3": StackClock("P1")})
    stacks, names, hours = ("S3", "S1", "S2"), ("so2", "nox"), ("02", "00", "01")
    lines = [reading(f"2025-01-01 {number}:00", 1, stack, name) for number in hours for stack in stacks for name in names]
    (record,) = readings.deliver(tmp_path / "landing", r=text(*lines))
    path = readings.store.folder / record.parts[0].path
    keys = [(row["plant_id"], row["stack_id"], row["indicator"], row["period_start_at"]) for row in readings.query(f"from '{path}'")]
    assert keys == sorted(keys)
    assert len(keys) == 18


def test_a_file_rewritten_while_it_is_read_is_noticed_and_not_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.warehouse import readings_ingest

    readings = Readings(tmp_path / "home")
    staged = readings_ingest.stage_file

    def stage_and_rewrite(con: Any, file: Any) -> None:
        staged(con, file)
        file.path.write_text(file.path.read_text().replace(",10,mg", ",11,mg"))

    monkeypatch.setattr(readings_ingest, "stage_file", stage_and_rewrite)
    with pytest.raises(SourceFileError, match=r"r\.csv: was rewritten while it was being read; let it arrive whole"):
        readings.deliver(tmp_path / "landing", r=text(reading("2025-01-01 00:00")))
    assert readings.store.records() == []
    open_store(readings.home)
    assert [path for path in readings.store.folder.rglob("*") if path.is_file()] == []


LANES = [
    ("10,mg/Nm3,dry,N,,,", 0),
    ("0,mg/Nm3,dry,,,,", 0),
    ("-1,mg/Nm3,dry,N,,,", None),
    ("<5,mg/Nm3,dry,N,,,", None),
    ("10,ppm,dry,N,,,", None),
    ("10,mg/m3,dry,C,,,", 5),
    (",mg/Nm3,dry,N,,,", 7),
    (",mg/Nm3,dry,F,,,", 6),
    ("10,mg/Nm3,dry,startup,,,", 1),
    ("10,mg/Nm3,dry,unheard of,,,", None),
    ("10,mg/Nm3,wet,N,12,,", 100),
    ("10,mg/Nm3,wet,N,,,", None),
    ("10,mg/Nm3,wet,N,100,,", None),
    ("10,mg/m3,dry,startup,,120,99", 101),
    ("10,mg/m3,dry,N,,120,0", None),
    ("10,mg/m3,wet,N,12,,99", None),
    ("10,mg/Nm3,,N,12,120,99", None),
]
_LANE_HEADER = "stack_id,indicator,measured_at,o2_pct,value,unit,gas_basis,flag,moisture_pct,temperature_c,pressure_kpa"


def test_a_reading_is_sorted_into_a_lane_where_it_alone_tells_its_class(tmp_path: Path) -> None:
    lines = [f"S1,nox,2025-06-01 {number:02d}:00,10,{sent}" for number, (sent, _) in enumerate(LANES)]
    readings = Readings(tmp_path / "home")
    readings.deliver(tmp_path / "landing", r=text(*lines, header=_LANE_HEADER))
    assert [row["lane_no"] for row in readings.rows()] == [lane for _, lane in LANES]
    assert {row["local_date"] for row in readings.rows()} == {date(2025, 6, 1)}


def test_readings_lose_their_lanes_when_flags_mean_something_else(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    readings.deliver(tmp_path / "landing", r=text("S1,nox,2025-06-01 00:00,10,mg/Nm3,dry,10"))
    with database.connect(":memory:") as con:
        for flags_key, lane in ((flag_meanings().key, 0), ("other", None)):
            index = read_index(con, readings.store, flags_key=flags_key)
            (row,) = readings.query(index.readings_sql(index.months))
            assert row["lane_no"] == lane
            assert row["local_date"] == date(2025, 6, 1)

"""Stack readings that the database loads itself: nothing is lost, every row knows its line."""

from __future__ import annotations

import gzip
import io
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import SourceFileError
from pipelines.night_readings import flag_meanings
from pipelines.sources.landing import read_landing
from pipelines.warehouse import database
from pipelines.warehouse.readings_ingest import take_in
from tests.readings import HEADER, KNOWN, Readings, text

GOOD = "S1,nox,2025-01-01 00:00,12.5,mg/m3,dry,10"


class Loaded:
    """A landing folder with one file of readings, taken into a store."""

    def __init__(self, folder: Path, content: str | bytes, name: str = "readings.csv") -> None:
        landing = folder / "landing"
        landing.mkdir(exist_ok=True)
        (landing / name).write_bytes(content.encode() if isinstance(content, str) else content)
        readings = Readings(folder / "home")
        self.record = readings.night(landing)[0]
        assert readings.received is not None
        self.bulk = readings.received.bulk
        self.file = readings.received.files.to_pylist()[0]
        self.counts = (self.record.row_count, self.record.reject_count)
        self.rows = readings.received_rows([self.record])
        self.rejects = readings.rejects(self.record)

    def row_numbers(self) -> list[int]:
        return [row["source_row_number"] for row in self.rows]

    def places(self) -> list[tuple[int, str | None]]:
        return [(reject["row_number"], reject["column_name"]) for reject in self.rejects]


def test_a_good_row_is_typed_and_knows_where_it_came_from(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, text(GOOD, "S1,nox,2025/1/1T1:00:30,,mg/m3,Wet,"))
    first, second = loaded.rows
    assert (first["period_start_at"], first["value"], first["o2_pct"], first["flag"]) == (datetime(2025, 1, 1), 12.5, 10.0, None)  # noqa: DTZ001
    assert (second["period_start_at"], second["value"], second["gas_basis"]) == (datetime(2025, 1, 1, 1, 0, 30), None, "wet")  # noqa: DTZ001
    assert (first["source_file_id"], first["source_row_number"]) == (loaded.file["file_id"], 2)
    assert loaded.counts == (2, 0)


def test_a_decimal_comma_that_nobody_declared_is_told_where_to_declare_it(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, text(GOOD.replace("12.5", '"1,5"'), GOOD))
    assert "stack_files, decimal_comma" in loaded.rejects[0]["what_to_do"]


@pytest.mark.parametrize(
    ("line", "columns", "reason"),
    [
        (GOOD.replace("12.5", '"1,5"'), ["value"], "value: '1,5' is not a plain number"),
        (GOOD.replace("12.5", "nan"), ["value"], "value: 'nan' is not a plain number"),
        (GOOD.replace("12.5", "1_000"), ["value"], "value: '1_000' is not a plain number"),
        (GOOD.replace("12.5", "inf"), ["value"], "value: 'inf' is not a plain number"),
        (GOOD.replace("00:00", "24:01"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("00:00", "24:00:01"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("2025-01-01 00:00", "2025-02-29 24:00"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("00:00", "00:00+08:00"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("2025-01-01 00:00", "01/02/2025 00:00"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("2025-01-01 00:00", "2025-02-30 00:00"), ["measured_at"], "is not a date and time"),
        (GOOD.replace("2025-01-01 00:00", ""), ["measured_at"], "measured_at is empty"),
        (GOOD.replace("S1", " "), ["stack_id"], "stack_id is empty"),
        (GOOD.replace("dry", "moist"), ["gas_basis"], "gas_basis: 'moist' is not a known word"),
        (GOOD.replace("S1", "").replace("12.5", "x"), ["stack_id", "value"], "stack_id is empty"),
        (GOOD.rsplit(",", 2)[0], [None], "the row has 5 cells, the header 7"),
        (GOOD + ",surplus", [None], "the row has 8 cells, the header 7"),
        (GOOD.replace("nox", '"nox'), [None], "a quotation mark is not closed on its line"),
    ],
)
def test_a_bad_row_is_a_reject_with_its_line_and_reason(tmp_path: Path, line: str, columns: list[str | None], reason: str) -> None:
    loaded = Loaded(tmp_path, text(GOOD, line, GOOD))
    assert loaded.row_numbers() == [2, 4]
    assert loaded.places() == [(3, column) for column in columns]
    assert reason in loaded.rejects[0]["reason"]
    assert loaded.rejects[0]["what_to_do"]
    assert (loaded.rejects[0]["kind"], loaded.rejects[0]["file_name"]) == ("unreadable", "readings.csv")
    assert loaded.counts == (2, 1)


@pytest.mark.parametrize("end", ["2024-02-28 24:00", "2024/2/28T24:00:00", " 2024-02-28 24:00:00.0 ", "2024-02-29 00:00"])
def test_the_end_of_a_day_may_be_written_as_its_24_00(tmp_path: Path, end: str) -> None:
    loaded = Loaded(tmp_path, text(GOOD.replace("2025-01-01 00:00", end)))
    assert (loaded.rows[0]["period_start_at"], loaded.counts) == (datetime(2024, 2, 29), (1, 0))  # noqa: DTZ001


def test_blank_lines_are_no_rows_but_count_as_lines(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, f"\n{HEADER}\n\n{GOOD}\n,,,,,,\n   \n{GOOD}\nbad\n\n")
    assert loaded.row_numbers() == [4, 7]
    assert loaded.places() == [(8, None)]
    assert loaded.counts == (2, 1)


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_line_ends_of_every_kind_give_the_same_numbers(tmp_path: Path, end: str) -> None:
    assert Loaded(tmp_path, text(GOOD, "", GOOD).replace("\n", end)).row_numbers() == [2, 4]


def test_quotation_marks_around_cells_are_taken_off(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, text('"S ""1""","nox, as NO2",2025-01-01 00:00,"7","mg/m3",,'))
    assert (loaded.rows[0]["stack_id"], loaded.rows[0]["indicator"], loaded.rows[0]["value"]) == ('S "1"', "nox, as no2", 7.0)


def test_blank_cells_beyond_the_header_do_no_harm(tmp_path: Path) -> None:
    assert Loaded(tmp_path, text(GOOD + ",,", header=HEADER + ",")).counts == (1, 0)


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_read(tmp_path: Path, delimiter: str) -> None:
    quoted = GOOD.replace(",", delimiter).replace("nox", f'"n{delimiter}x"')
    loaded = Loaded(tmp_path, text(GOOD.replace(",", delimiter), quoted, header=HEADER.replace(",", delimiter)))
    assert [row["indicator"] for row in loaded.rows] == ["nox", f"n{delimiter}x"]


def test_columns_may_stand_in_any_order_and_foreign_ones_are_left(tmp_path: Path) -> None:
    loaded = Loaded(tmp_path, "Unit,value,shift,measured at,indicator,stack_id\nmg/m3,1,A,2025-01-01,nox,S1\n")
    assert (loaded.rows[0]["unit"], loaded.rows[0]["value"], loaded.rows[0]["stack_id"]) == ("mg/m3", 1.0, "S1")
    assert loaded.file["message"] == "columns not read: shift"


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress(text(GOOD.replace("nox", "氮氧化物")).encode()),
        text(GOOD.replace("nox", "氮氧化物")).encode("gbk"),
        gzip.compress(text(GOOD.replace("nox", "氮氧化物")).encode("gbk")),
        text(GOOD.replace("nox", "氮氧化物")).encode("utf-16"),
        text(GOOD.replace("nox", "氮氧化物")).encode("utf-8-sig"),
    ],
)
def test_packed_and_encoded_text_arrives_whole(tmp_path: Path, content: bytes) -> None:
    loaded = Loaded(tmp_path, content)
    assert len(loaded.bulk) == 1
    assert [(row["indicator"], row["source_row_number"]) for row in loaded.rows] == [("氮氧化物", 2)]


def test_a_name_that_looks_like_a_pattern_is_a_name(tmp_path: Path) -> None:
    assert Loaded(tmp_path, text(GOOD), name="readings [2025] *.csv").counts == (1, 0)


def parquet(**columns: Any) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_parquet_is_read_with_its_own_types_and_rows_from_one(tmp_path: Path) -> None:
    moments = pa.array([datetime(2025, 1, 1, hour) for hour in range(3)], pa.timestamp("us"))  # noqa: DTZ001
    content = parquet(
        stack_id=["S1", "S1", None], indicator=["nox"] * 3, measured_at=moments, value=[1.5, float("nan"), 2.0], unit=["mg/m3"] * 3
    )
    loaded = Loaded(tmp_path, content)
    assert [(row["value"], row["source_row_number"]) for row in loaded.rows] == [(1.5, 1)]
    assert loaded.places() == [(2, "value"), (3, "stack_id")]


def test_parquet_times_with_a_zone_are_refused_because_local_time_is_meant(tmp_path: Path) -> None:
    moments = pa.array([datetime(2025, 1, 1)], pa.timestamp("us", tz="UTC"))  # noqa: DTZ001
    loaded = Loaded(tmp_path, parquet(stack_id=["S1"], indicator=["nox"], measured_at=moments, value=["1"], unit=["mg/m3"]))
    assert loaded.places() == [(1, "measured_at")]


def test_a_file_that_vanishes_before_it_is_loaded_is_an_error_with_its_name(tmp_path: Path) -> None:
    readings = Readings(tmp_path / "home")
    landing = tmp_path / "landing"
    landing.mkdir()
    (landing / "readings.csv").write_text(text(GOOD))
    received = read_landing(landing, lambda name: None, public=[])
    (landing / "readings.csv").unlink()
    with database.connect(":memory:") as con, pytest.raises(SourceFileError, match=r"readings\.csv: could not be loaded"):
        take_in(con, readings.store, received.bulk, {}, KNOWN, flag_meanings())
    assert readings.store.records() == []


def test_a_workbook_of_readings_goes_the_ordinary_way(tmp_path: Path) -> None:
    import xlsxwriter

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADER.split(","))
        sheet.write_row(1, 0, GOOD.split(","))
    loaded = Loaded(tmp_path, sink.getvalue(), name="readings.xlsx")
    assert loaded.bulk[0].format == "rows"
    assert loaded.row_numbers() == [2]


def test_bad_lines_far_into_a_large_file_keep_their_numbers(tmp_path: Path) -> None:
    lines = [GOOD] * 120_000
    lines[70_001], lines[110_000] = "bad", GOOD.replace("12.5", "x")
    loaded = Loaded(tmp_path, text(*lines))
    assert loaded.places() == [(70_003, None), (110_002, "value")]
    assert loaded.counts == (119_998, 2)
    assert loaded.record.duplicate_count == 119_997
    assert loaded.row_numbers() == [number for number in range(2, 120_002) if number not in (70_003, 110_002)]

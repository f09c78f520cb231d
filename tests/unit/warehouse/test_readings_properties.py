"""Whatever the order of rows, files and nights: the readings that count are the same, and they are what the rows say."""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse.readings_ingest import StackClock
from tests.readings import Readings, text

HEADER = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct,known_at"
START = datetime.fromisoformat("2025-01-31 20:00")
KNOWN = datetime.fromisoformat("2025-02-10 00:00")
STACKS = {"S1": StackClock("P1", "Asia/Kathmandu"), "S2": StackClock("P2", "UTC", "hour_ending")}
#: Stack, indicator, hour, value, day on which it became known: a later day restates.
ROWS = st.lists(
    st.tuples(st.sampled_from(["S1", "S2"]), st.sampled_from(["nox", "pm"]), st.integers(0, 8), st.integers(0, 5), st.integers(0, 3)),
    min_size=1,
    max_size=24,
    unique_by=lambda row: (row[0], row[1], row[2], row[4]),
)
Row = tuple[str, str, int, int, int]


def line(row: Row) -> str:
    stack, indicator, number, value, day = row
    return f"{stack},{indicator},{START + timedelta(hours=number)},{value},mg/m3,dry,10,{KNOWN + timedelta(days=day)}"


def expected(rows: list[Row], until: int = 99) -> list[dict[str, Any]]:
    """The readings that count, straight from the rows: of each time the value that became known last."""
    latest: dict[tuple[str, str, int], Row] = {}
    for row in sorted(rows, key=lambda row: row[4]):
        if row[4] <= until:
            latest[row[:3]] = row
    shift = {"S1": timedelta(hours=5, minutes=45), "S2": timedelta(hours=1)}
    return [
        {
            "stack_id": stack,
            "indicator": indicator,
            "period_start_at": START + timedelta(hours=number) - shift[stack],
            "value": float(value),
        }
        for (stack, indicator, number), (*_, value, _) in sorted(latest.items())
    ]


def found(readings: Readings, known_at: datetime | None = None) -> list[dict[str, Any]]:
    return readings.rows(known_at, columns="stack_id, indicator, period_start_at, value")


@settings(max_examples=10, deadline=None, database=None, derandomize=True)
@given(ROWS, st.data())
def test_no_order_of_rows_files_and_nights_changes_which_readings_count(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(rows)), max_size=3)))
    files = [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(rows)], strict=True) if start < end]
    nights = data.draw(st.permutations([*range(len(files)), data.draw(st.integers(0, len(files) - 1))]))
    with tempfile.TemporaryDirectory() as folder:
        readings = Readings(Path(folder) / "home", STACKS)
        for number in nights:
            landing = Path(folder) / f"night_{number}"
            readings.deliver(landing, KNOWN, **{f"r{number}": text(*map(line, files[number]), header=HEADER)})
        assert found(readings) == expected(rows)
        for until in range(4):
            assert found(readings, KNOWN + timedelta(days=until)) == expected(rows, until)


@settings(max_examples=5, deadline=None, database=None, derandomize=True)
@given(ROWS, st.data())
def test_shuffled_rows_of_one_file_make_the_same_part_but_for_file_and_row(rows: list[Row], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    with tempfile.TemporaryDirectory() as folder:
        contents = []
        for name, order in (("a", rows), ("b", shuffled)):
            readings = Readings(Path(folder) / name / "home", STACKS)
            readings.deliver(Path(folder) / name / "landing", KNOWN, r=text(*map(line, order), header=HEADER))
            index = readings.index()
            paths = [str(readings.store.folder / part.path) for month in index.months for part in index.parts(month)]
            contents.append(readings.query(f"select * exclude (source_file_id, source_row_number) from read_parquet({paths})"))
    assert contents[0] == contents[1]

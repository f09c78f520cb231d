"""Whatever rows a format allows, writing and reading them gives the same rows, as CSV and as Parquet."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.sources.cells import SPREADSHEET_ERRORS
from pipelines.sources.columns import Column, Format, columns_of
from pipelines.sources.formats import FORMATS, TABLES
from pipelines.sources.landing import read_landing
from pipelines.sources.plant_formats import GLASS_TECHNOLOGIES, KILN_TECHNOLOGIES, ROUTES
from pipelines.sources.schemas import raw_schemas

_BOUNDS = {
    "latitude": (-90.0, 90.0),
    "longitude": (-180.0, 180.0),
    "water_stress_score": (0.0, 5.0),
    "units_per_usd": (1e-6, 1e9),
    "altitude_m": (-500.0, 6000.0),
}
_DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="\ufeff")
_ANY_TEXT = st.text(_CHARACTERS | st.sampled_from(" ,;\"'|"), min_size=1, max_size=12).map(str.strip)
#: Hypothesis also tries the words that stand in our own code, among them those of a formula's error, which every text refuses.
_TEXT = _ANY_TEXT.filter(lambda text: bool(text) and text.upper() not in SPREADSHEET_ERRORS)
#: Several dates of a row stand in this order.
_ORDERED = (
    ("origination_date", "maturity_date"),
    ("valid_from_date", "valid_to_date"),
    ("period_start_date", "period_end_date"),
    ("waived_from_date", "waived_to_date"),
    ("commissioning_date", "retirement_date"),
    ("mothballed_from_date", "mothballed_to_date"),
)


def values(column: Column) -> st.SearchStrategy[Any]:
    """Values that the column allows, as the raw table holds them."""
    low, high = _BOUNDS.get(column.name, (0.0, 1.0) if column.name.endswith("_ratio") else (0.0, 1e12))
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "text": _TEXT,
        "word": st.sampled_from(column.words) if column.words else st.sampled_from(["word", "other_word"]),
        "currency code": st.sampled_from(["USD", "CNY", "EUR", "VND"]),
        "country code": st.sampled_from(["IDN", "NAM", "VNM", "CHN"]),
        "amount": st.decimals(0, Decimal("1e15"), places=2),
        "number": st.floats(low, high),
        "whole number": st.integers(1990, 2100),
        "date": _DAYS,
        "date and time": st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 local time of the stack
        "yes or no": st.booleans(),
    }
    allowed = by_kind[column.kind.name]
    return allowed if column.is_required else st.none() | allowed


def row_strategy(model: type[Format]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({column.name: values(column) for column in columns_of(model)}).map(consistent)


def consistent(row: dict[str, Any]) -> dict[str, Any]:
    """The row with cells that agree with each other: dates in order, a route of the sector, a technology of the process,
    an interval of an hour, a way to write times, an indicator of values."""
    for first, last in _ORDERED:
        if row.get(first) and row.get(last):
            row[first], row[last] = sorted((row[first], row[last]))
    if row.get("reported_date", "") is None:
        row["reported_value"] = None
    if row.get("route"):
        row["route"] = ROUTES[row["sector"]][0]
    if row.get("technology"):
        row["technology"] = KILN_TECHNOLOGIES[0] if row["process"] == "clinker_kiln" else GLASS_TECHNOLOGIES[0]
    if row.get("interval_minutes"):
        row["interval_minutes"] = 30
    if row.get("time_format"):
        row["time_format"] = "DD-MM-YYYY hh:mm"
    if row.get("meaning"):
        row["indicator"] = row["indicator"] or "nox"
    return row


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return sink.getvalue().encode()


def as_parquet(name: str, rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    kept = [column.name for column in columns_of(FORMATS[name])]
    schema = pa.schema([field for field in raw_schemas()[TABLES[name]] if field.name in kept])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), sink)
    return sink.getvalue()


def read_back(name: str, content: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of the raw table without their source, and the rejects."""
    kept = [column.name for column in columns_of(FORMATS[name])]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sent").write_bytes(content)
        received = read_landing(Path(folder), lambda text: None, public=[])
        return received.rows[TABLES[name]].select(kept).to_pylist(), received.rejects.to_pylist()


#: Readings of any size go into the store of the warehouse: tests/unit/warehouse/test_bulk.py reads them back.
ROWS = [name for name in FORMATS if name != "stack_readings"]


@pytest.mark.parametrize("name", ROWS)
def test_rows_written_and_read_back_are_equal(name: str) -> None:
    @settings(max_examples=12, deadline=None, database=None, derandomize=True)
    @given(st.lists(row_strategy(FORMATS[name]), min_size=1, max_size=4))
    def check(rows: list[dict[str, Any]]) -> None:
        assert read_back(name, as_csv(rows)) == (rows, [])
        assert read_back(name, as_parquet(name, rows)) == (rows, [])

    check()

"""The marts as CSV for a spreadsheet: UTF-8, comma, one header line; text that a spreadsheet would run as a formula is neutralised."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from pipelines.report.scorecard import Column, Row, Scorecard
from pipelines.report.units import unit_of

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_REJECT_COLUMNS = ("file_id", "file_name", "sheet", "row_number", "column_name", "value", "reason", "what_to_do", "kind")


def write_csv_files(folder: Path, scorecard: Scorecard) -> list[Path]:
    """Write csv/<mart>.csv for every mart, csv/data_dictionary.csv and rejects.csv into `folder`, which exists."""
    (folder / "csv").mkdir(exist_ok=True)
    files = [
        write_csv(folder / "csv" / f"{name}.csv", [column.name for column in scorecard.columns[name]], rows)
        for name, rows in sorted(scorecard.marts.items())
    ]
    dictionary = data_dictionary(scorecard.columns)
    files.append(write_csv(folder / "csv" / "data_dictionary.csv", ("table", "column", "type", "unit", "description"), dictionary))
    files.append(write_csv(folder / "rejects.csv", _REJECT_COLUMNS, scorecard.rejects))
    return files


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> Path:
    """Write rows with a header line; an empty table has its header line only."""
    with path.open("w", encoding="utf-8", newline="") as file:
        _write_rows(file, columns, rows)
    return path


def csv_bytes(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    """The same as the content of a file."""
    sink = io.StringIO(newline="")
    _write_rows(sink, columns, rows)
    return sink.getvalue().encode("utf-8")


def _write_rows(file: TextIO, columns: Sequence[str], rows: Iterable[Row]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row[column]) for column in columns] for row in rows)


def cell(value: Any) -> str:
    """A cell as text: null is empty, numbers are plain (no exponent), text that a spreadsheet would run gets a leading apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _plain_number(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, (int, date)):
        return str(value)
    return neutral_text(str(value))


def neutral_text(text: str) -> str:
    """Text that a spreadsheet shows and never runs: an apostrophe before what begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def data_dictionary(columns: Mapping[str, Sequence[Column]]) -> list[Row]:
    """One row per column of every mart: table, column, type, unit (from the end of its name), description."""
    beside = {table: [column.name for column in fields] for table, fields in columns.items()}
    return [
        {
            "table": table,
            "column": column.name,
            "type": column.type,
            "unit": unit_of(column.name, beside[table]),
            "description": column.description,
        }
        for table, fields in sorted(columns.items())
        for column in fields
    ]


def _plain_number(value: float) -> str:
    exact = Decimal(repr(value))
    return "" if not exact.is_finite() else f"{exact:f}"

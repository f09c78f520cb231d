"""Rows from hand-written tables, and rows to CSV, XLSX and Parquet with fixed settings."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType

Row = Mapping[str, object]


#: Workbooks carry the day they were made; here the reporting date.
CREATED = dt.datetime(2026, 6, 30)  # noqa: DTZ001 - a document property without zone
TABLES = Path(__file__).parent / "tables"


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of a hand-written table of `sample_parts/tables`; an empty cell is an empty text."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def csv_text(rows: Iterable[Row], columns: Sequence[str]) -> str:
    """The rows as CSV text with a header and LF line ends; missing cells stay empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n", restval="", extrasaction="raise")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_csv(path: Path, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Write UTF-8 CSV, gzip-packed without a time stamp where the name ends in `.gz`."""
    data = csv_text(rows, columns).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(data, compresslevel=9, mtime=0) if path.suffix == ".gz" else data)


def write_xlsx(path: Path, sheet: str, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Write one sheet with fixed document properties; ISO dates and numbers become typed cells."""
    import xlsxwriter

    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd", "strings_to_formulas": False}) as book:
        book.set_properties({"created": CREATED})
        page = book.add_worksheet(sheet)
        page.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            for place, name in enumerate(columns):
                _write_cell(page, number, place, name, str(row.get(name, "")))


def _write_cell(page: object, row: int, column: int, name: str, text: str) -> None:
    if not text:
        return
    if name.endswith("_date"):
        page.write_datetime(row, column, dt.datetime.fromisoformat(text))  # type: ignore[attr-defined]
    elif name.endswith("_amount"):
        page.write_number(row, column, float(text))  # type: ignore[attr-defined]
    else:
        page.write_string(row, column, text)  # type: ignore[attr-defined]


def write_parquet(path: Path, rows: Iterable[Row], columns: Sequence[str]) -> None:
    """Write Parquet with zstd in one row group; columns are timestamps (`_at`), numbers or texts by the values they hold."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kept = list(rows)
    table = pa.table({name: pa.array([row[name] for row in kept], _arrow_type(pa, name, kept)) for name in columns})
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", compression_level=19)


def _arrow_type(pa: ModuleType, name: str, rows: Sequence[Row]) -> object:
    if name.endswith("_at"):
        return pa.timestamp("ms")
    return pa.string() if any(isinstance(row[name], str) for row in rows) else pa.float64()

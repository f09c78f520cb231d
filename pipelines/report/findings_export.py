"""Findings as one CSV, JSON or XLSX file, with the meaning of each column; docs/findings.schema.json describes the JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.report.csv_files import neutral_text, write_csv
from pipelines.report.scorecard import Column, Row

#: Order of rows in every file.
REGISTER_SQL = "select * from mart_findings__register order by finding_id"
COLUMNS_SQL = """
select column_name as name, data_type as type, coalesce(comment, '') as description
from duckdb_columns()
where table_name = 'mart_findings__register' and not internal
order by column_index
"""
SCHEMA_VERSION = 1
ENDINGS = (".csv", ".json", ".xlsx")
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - the day of writing in the file's properties would make its bytes differ
#: Type of the database → type and format in JSON.
_JSON_TYPES: dict[str, dict[str, Any]] = {
    "VARCHAR": {"type": ["string", "null"]},
    "DATE": {"type": ["string", "null"], "format": "date"},
    "BOOLEAN": {"type": ["boolean", "null"]},
    "BIGINT": {"type": ["integer", "null"]},
    "DOUBLE": {"type": ["number", "null"]},
}


def write_findings(path: Path, columns: Sequence[Column], rows: Sequence[Row], run: Mapping[str, Any]) -> Path:
    """Write findings in the form that the end of the file's name asks for; equal findings give equal bytes.

    Args: rows: with the columns of mart_findings__register. run: run_id, as_of_date.
    Raises: WrongUseError for another ending.
    """
    match path.suffix.lower():
        case ".csv":
            return write_csv(path, [column.name for column in columns], rows)
        case ".json":
            return _write_json(path, columns, rows, run)
        case ".xlsx":
            return _write_workbook(path, columns, rows)
    raise WrongUseError(f"--out {path}: end the name in one of {', '.join(ENDINGS)}")


def findings_schema(columns: Sequence[Column]) -> dict[str, Any]:
    """JSON Schema of the JSON file, with the comment of each column of the SQL model."""
    properties = {column.name: {**_JSON_TYPES[column.type], "description": column.description} for column in columns}
    properties["finding_id"] |= {"type": "string", "pattern": "^F-[0-9a-f]{12}$"}
    one = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    run = {
        "type": "object",
        "properties": {"run_id": {"type": "string"}, "as_of_date": {"type": "string", "format": "date"}},
        "required": ["run_id", "as_of_date"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Findings of a home, as its published run and its log have them",
        "type": "object",
        "properties": {"schema_version": {"const": SCHEMA_VERSION}, "run": run, "findings": {"type": "array", "items": one}},
        "required": ["schema_version", "run", "findings"],
        "additionalProperties": False,
    }


def _write_json(path: Path, columns: Sequence[Column], rows: Sequence[Row], run: Mapping[str, Any]) -> Path:
    content = {
        "schema_version": SCHEMA_VERSION,
        "run": {name: _plain(run[name]) for name in ("run_id", "as_of_date")},
        "findings": [{column.name: _plain(row[column.name]) for column in columns} for row in rows],
    }
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8", newline="\n")
    return path


def _write_workbook(path: Path, columns: Sequence[Column], rows: Sequence[Row]) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": _FIXED, "title": "Findings"})
    head, day = book.add_format({"bold": True, "bottom": 1}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet, meaning = book.add_worksheet("Findings"), book.add_worksheet("Columns")
    sheet.write_row(0, 0, [column.name for column in columns], head)
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            _write_cell(sheet, line, place, row[column.name], day)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_column(0, len(columns) - 1, 18)
    meaning.write_row(0, 0, ("column", "type", "meaning"), head)
    for line, column in enumerate(columns, start=1):
        meaning.write_row(line, 0, (column.name, column.type, column.description))
    meaning.set_column(0, 1, 24)
    meaning.set_column(2, 2, 110)
    book.close()
    return path


def _write_cell(sheet: Any, line: int, place: int, value: Any, day: Any) -> None:
    if value is None:
        return
    if isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001 - a day
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value)
    elif isinstance(value, str):
        sheet.write_string(line, place, neutral_text(value))
    else:
        sheet.write_number(line, place, value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

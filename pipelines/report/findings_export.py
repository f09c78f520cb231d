"""Findings as one CSV, JSON or XLSX file, with the meaning of each column; docs/findings.schema.json describes the JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.report.csv_files import write_csv
from pipelines.report.scorecard import Column, Row
from pipelines.report.spreadsheet import Field, open_book

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
#: Type of the database → type and format in JSON.
_JSON_TYPES: dict[str, dict[str, Any]] = {
    "VARCHAR": {"type": ["string", "null"]},
    "DATE": {"type": ["string", "null"], "format": "date"},
    "BOOLEAN": {"type": ["boolean", "null"]},
    "INT": {"type": ["integer", "null"]},
    "BIGINT": {"type": ["integer", "null"]},
    "DOUBLE": {"type": ["number", "null"]},
}
_MEANINGS = (Field("column", "column", width=24), Field("type", "type", width=24), Field("meaning", "meaning", width=110))


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
    findings = [Field(column.name, column.name, "date" if column.type == "DATE" else "text", 18) for column in columns]
    meanings = [{"column": column.name, "type": column.type, "meaning": column.description} for column in columns]
    with open_book(path, "Findings") as book:
        book.write_table(book.sheet("Findings"), findings, rows, len(rows), "the CSV or JSON file of `greencap findings export`")
        book.write_table(book.sheet("Columns"), _MEANINGS, meanings, len(meanings), "docs/findings.schema.json")
    return path


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

"""What follows from the formats for other tools: JSON Schema, Arrow schema and DDL of the raw tables, header-only template."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.errors import WrongUseError
from pipelines.sources.columns import Format, columns_of
from pipelines.sources.formats import FORMATS, TABLES

if TYPE_CHECKING:
    import pyarrow as pa

#: What the store of readings adds to their format.
READING_COLUMNS = {"period_start_at": "TIMESTAMP", "utc_offset_minutes": "BIGINT", "is_below_detection": "BOOLEAN"}
#: What every raw row knows about where it came from.
SOURCE_COLUMNS = {
    "source_file_id": "VARCHAR",
    "source_file_name": "VARCHAR",
    "source_sheet": "VARCHAR",
    "source_row_number": "BIGINT",
    "source_format": "VARCHAR",
}
FILE_COLUMNS = {
    "file_id": "VARCHAR",
    "file_name": "VARCHAR",
    "byte_count": "BIGINT",
    "reader": "VARCHAR",
    "sheet": "VARCHAR",
    "row_count": "BIGINT",
    "reject_count": "BIGINT",
    "skipped_count": "BIGINT",
    "state": "VARCHAR",
    "message": "VARCHAR",
}
REJECT_COLUMNS = {
    "file_id": "VARCHAR",
    "file_name": "VARCHAR",
    "sheet": "VARCHAR",
    "row_number": "BIGINT",
    "column_name": "VARCHAR",
    "value": "VARCHAR",
    "reason": "VARCHAR",
    "what_to_do": "VARCHAR",
    "kind": "VARCHAR",
}
FILES_TABLE = "raw_landing__files"
REJECTS_TABLE = "raw_landing__rejects"


def format_model(name: str) -> type[Format]:
    """The model of a canonical format; raises `WrongUseError` naming the known ones."""
    if name not in FORMATS:
        raise WrongUseError(f"format '{name}' is unknown; use one of {', '.join(FORMATS)}")
    return FORMATS[name]


def column_types() -> dict[str, dict[str, str]]:
    """Raw table → column → SQL type, for all received tables, the list of files and the rejects."""
    received = {
        TABLES[name]: _format_types(model) | (READING_COLUMNS if name == "stack_readings" else {}) | SOURCE_COLUMNS
        for name, model in FORMATS.items()
    }
    return received | {FILES_TABLE: FILE_COLUMNS, REJECTS_TABLE: REJECT_COLUMNS}


def format_meanings() -> dict[str, tuple[str, dict[str, str]]]:
    """Raw table → what a row of the format is, and what each column holds, with its unit."""
    return {TABLES[name]: (" ".join((model.__doc__ or "").split()), _column_meanings(model)) for name, model in FORMATS.items()}


def _column_meanings(model: type[Format]) -> dict[str, str]:
    return {column.name: column.description + (f" ({column.unit})" if column.unit else "") for column in columns_of(model)}


def _format_types(model: type[Format]) -> dict[str, str]:
    return {column.name: column.kind.sql for column in columns_of(model)}


def raw_table_ddl() -> dict[str, str]:
    """Raw table → its `create table` statement."""
    return {table: f"create table {table} (\n{_column_lines(columns)}\n)" for table, columns in column_types().items()}


def _column_lines(columns: dict[str, str]) -> str:
    return ",\n".join(f"    {name} {sql}" for name, sql in columns.items())


def raw_schemas() -> dict[str, pa.Schema]:
    """Raw table → its Arrow schema, for the tables of `column_types`."""
    import pyarrow as pa

    arrow = _arrow_types()
    return {table: pa.schema([(name, arrow[sql]) for name, sql in columns.items()]) for table, columns in column_types().items()}


def _arrow_types() -> dict[str, Any]:
    import pyarrow as pa

    return {
        "VARCHAR": pa.string(),
        "DECIMAL(20,2)": pa.decimal128(20, 2),
        "DOUBLE": pa.float64(),
        "BIGINT": pa.int64(),
        "DATE": pa.date32(),
        "TIMESTAMP": pa.timestamp("us"),
        "BOOLEAN": pa.bool_(),
    }


def json_schema(name: str) -> dict[str, Any]:
    """JSON Schema of one row of a format, with unit and meaning of empty beside each description."""
    model = format_model(name)
    schema = model.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": name}


def template_csv(name: str) -> str:
    """The header line of a format."""
    return ",".join(column.name for column in columns_of(format_model(name))) + "\n"

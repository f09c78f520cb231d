"""Columns and their lineage as Dagster's UI shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dagster as dg
import pyarrow as pa

from pipelines.warehouse.model import SqlModel


def column_schema(columns: Iterable[tuple[str, str, str]]) -> dg.TableSchema:
    """Name, type and meaning of each column."""
    return dg.TableSchema(columns=[dg.TableColumn(name=name, type=kind, description=text or None) for name, kind, text in columns])


def arrow_columns(schema: pa.Schema, meanings: Mapping[str, str] | None = None) -> dg.TableSchema:
    """Columns of a table that no SQL model makes; `meanings`: text by column."""
    return column_schema((column.name, str(column.type), (meanings or {}).get(column.name, "")) for column in schema)


def model_schema(model: SqlModel) -> dg.TableSchema:
    """Columns of a SQL model, with the meaning its SQL states."""
    return column_schema((column.name, column.type, column.description) for column in model.columns)


def model_lineage(model: SqlModel) -> dg.TableColumnLineage:
    """From which columns each column of a SQL model is made."""
    return dg.TableColumnLineage(
        {column.name: [dg.TableColumnDep(asset_key=table, column_name=name) for table, name in column.sources] for column in model.columns}
    )

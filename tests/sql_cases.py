"""Runs the case files of SQL models: `tests/sql/NAME.yaml` holds `cases: [{name, given: {table: [rows]}, expected: [rows]}]`.

Given tables may leave columns out (null) and tables may be left out (empty); expected rows name the columns that they are about, and
are compared as a set.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.given_tables import REFERENCE_FILES, given_schemas, reference_table
from pipelines.settings import REFERENCE_FOLDER, SQL_FOLDER
from pipelines.warehouse.database import arrow_types, build_model, connect, create_table, read_rows, write_table
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.sql_models import load_models

CASES_FOLDER = Path(__file__).parent / "sql"

Row = Mapping[str, Any]


@cache
def given_types() -> dict[str, dict[str, str]]:
    """Types of the tables that no model makes."""
    return arrow_types(given_schemas())


@cache
def models() -> dict[str, SqlModel]:
    """Every model of the project by name."""
    return {model.name: model for model in load_models(SQL_FOLDER, given_types())}


def table_types(table: str) -> dict[str, str]:
    """Types of a table's columns, made by a model or not."""
    return models()[table].column_types() if table in models() else given_types()[table]


def case_files() -> list[Path]:
    """Every case file."""
    return sorted(CASES_FOLDER.glob("*.yaml"))


def read_cases(path: Path) -> list[dict[str, Any]]:
    """Cases of a file."""
    return list(yaml.safe_load(path.read_text(encoding="utf-8"))["cases"])


def run_case(model: SqlModel, case: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Rows of the model's table, built on the given rows of a case."""
    given = case.get("given") or {}
    unknown = sorted(set(given) - set(model.dependencies))
    assert not unknown, f"{model.name} does not read {', '.join(unknown)}; it reads {', '.join(model.dependencies)}"
    with connect(":memory:") as con:
        for table in model.dependencies:
            types = table_types(table)
            con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
            for row in given.get(table) or []:
                stray = sorted(set(row) - set(types))
                assert not stray, f"{table} has no column {', '.join(stray)}"
                marks = ", ".join("?" for _ in row)
                con.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
        build_model(con, model)
        return read_rows(con, f"select * from {model.name}")


def run_chain(name: str, given: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Rows of a model built with every model it is made of, on rows of the tables that no model makes; `data/reference/` is as shipped."""
    import pyarrow as pa

    with connect(":memory:") as con:
        for table, schema in given_schemas().items():
            if table in REFERENCE_FILES:
                write_table(con, table, reference_table(REFERENCE_FOLDER / REFERENCE_FILES[table], schema))
            elif given.get(table):
                rows = [{column: row.get(column) for column in schema.names} for row in given[table]]
                write_table(con, table, pa.Table.from_pylist(rows, schema=schema))
            else:
                create_table(con, table, schema)
        wanted = _upstream(name)
        for model in models().values():
            if model.name in wanted:
                build_model(con, model)
        return read_rows(con, f"select * from {name}")


def _upstream(name: str) -> set[str]:
    """A model and all models that it is made of."""
    return {name}.union(*(_upstream(other) for other in models()[name].dependencies if other in models()))


def differences(expected: list[Row], found: list[dict[str, Any]]) -> list[str]:
    """What expected rows are missing and which found rows nobody expected; empty when they are the same set."""
    columns = {name for row in expected for name in row}
    left = [{name: value for name, value in row.items() if name in columns} for row in found]
    missing = []
    for row in expected:
        twin = next((other for other in left if set(row) <= set(other) and all(same(row[name], other[name]) for name in row)), None)
        if twin is None:
            missing.append(f"missing:    {dict(row)}")
        else:
            left.remove(twin)
    return missing + [f"unexpected: {row}" for row in left]


def same(expected: object, found: object) -> bool:
    """Equal values; numbers to 1e-9, dates and times as YAML reads them or as text."""
    if isinstance(expected, bool) or isinstance(found, bool) or expected is None or found is None:
        return expected is found
    if isinstance(found, int | float | Decimal) and isinstance(expected, int | float):
        return math.isclose(float(expected), float(found), rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(found, datetime) and isinstance(expected, str):
        return found == datetime.fromisoformat(expected).replace(tzinfo=found.tzinfo)
    if isinstance(found, datetime) and isinstance(expected, datetime):
        return found.replace(tzinfo=None) == expected.replace(tzinfo=None)
    if isinstance(found, date) and isinstance(expected, str):
        return found.isoformat() == expected
    return expected == found

"""Builds the monitoring models on given readings and rules, from normalisation to verdicts, for tests that compare whole chains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.settings import REFERENCE_FOLDER
from pipelines.warehouse.database import build_model, connect, read_rows, write_table
from tests.sql_cases import models, table_types

Rows = list[dict[str, Any]]
FINAL = "int_plants__verdicts"


def chain(given: Sequence[str]) -> list[str]:
    """Models that verdicts on stacks are made of, in build order, without those that are given."""
    wanted, stack = set(), [FINAL]
    while stack:
        name = stack.pop()
        if name in models() and name not in given and name not in wanted and _is_built(name):
            wanted.add(name)
            stack += models()[name].dependencies
    return [name for name in models() if name in wanted]


def _is_built(name: str) -> bool:
    return name.startswith(("int_monitoring__", "stg_monitoring__series")) or name in ("int_run__periods", FINAL)


def reading_classes() -> Rows:
    """The classes of readings that the program ships."""
    table = "ref_monitoring__classes"
    return list(reference_table(REFERENCE_FOLDER / REFERENCE_FILES[table], run_schemas()[table]).to_pylist())


def build_chain(tables: Mapping[str, Rows | pa.Table]) -> Any:
    """A database in memory in which every model of the chain is built on `tables`; what is not given is empty."""
    con = connect(":memory:")
    names = chain(list(tables))
    needed = {table for name in names for table in models()[name].dependencies} - set(names)
    for table in sorted(needed):
        con.execute(f"create table {table} ({', '.join(f'{column} {kind}' for column, kind in table_types(table).items())})")
    for table, file in REFERENCE_FILES.items():
        if table in needed and table not in tables:
            write_table(con, table, reference_table(Path(REFERENCE_FOLDER) / file, run_schemas()[table]))
    for table, rows in tables.items():
        if isinstance(rows, pa.Table):
            con.register("_given", rows)
            con.execute(f"insert into {table} by name select * from _given")
            con.unregister("_given")
            continue
        for row in rows:
            con.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))
    for name in names:
        build_model(con, models()[name])
    return con


def verdicts(con: Any) -> dict[tuple[str, str, Any], dict[str, Any]]:
    """Verdicts on stacks by threshold, stack and last day."""
    rows = read_rows(con, f"select * from {FINAL} where entity_type = 'stack' order by threshold_id, entity_id, period_end_date")
    return {(row["threshold_id"], row["stack_id"], row["period_end_date"]): row for row in rows}

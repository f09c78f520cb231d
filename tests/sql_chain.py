"""Builds several SQL models one after the other on given rows: those that lead from the given tables to the wanted one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.warehouse.database import build_model, connect, read_rows
from tests.sql_cases import models, table_types

Rows = list[dict[str, Any]]


def build_chain(given: Mapping[str, Rows], wanted: Iterable[str]) -> dict[str, Rows]:
    """Rows of the wanted tables. Models on the way are built, a model that is given is taken as it is, other tables are empty."""
    names = list(wanted)
    order = _on_the_way(names, set(given))
    known = models()
    with connect(":memory:") as con:
        for table in _read_by(order) - set(order):
            _fill(con, table, given.get(table) or [])
        for name in order:
            build_model(con, known[name])
        return {name: read_rows(con, f"select * from {name} order by all") for name in names}


def _on_the_way(wanted: list[str], given: set[str]) -> list[str]:
    known, found = models(), set()
    open_names = [name for name in wanted if name not in given]
    while open_names:
        name = open_names.pop()
        if name not in found:
            found.add(name)
            open_names += [other for other in known[name].dependencies if other in known and other not in given]
    return [name for name in known if name in found]


def _read_by(order: list[str]) -> set[str]:
    return {table for name in order for table in models()[name].dependencies}


def _fill(con: Any, table: str, rows: Rows) -> None:
    types = table_types(table)
    con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
    for row in rows:
        stray = sorted(set(row) - set(types))
        assert not stray, f"{table} has no column {', '.join(stray)}"
        con.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))

"""The run's tables made again on other inputs, in a database beside it: each model is built once for each content of what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Name of the database beside the run while tables are made again.
BESIDE = "beside"

Fingerprint = tuple[object, ...]


@contextmanager
def versions(con: DuckDBPyConnection, models: Sequence[SqlModel]) -> Iterator[Versions]:
    """A database in memory beside that of `con`, which is only read; it goes when the block ends.

    Args: con: a run in which every table that `models` read stands. models: all of them, in build order.
    """
    run = str(database.read_rows(con, "select current_database() as name")[0]["name"])
    con.execute(f"attach ':memory:' as {BESIDE}")
    con.execute(f"use {BESIDE}")
    try:
        yield Versions(con, run, {model.name: model for model in models})
    finally:
        con.execute(f"use {run}")
        con.execute(f"detach {BESIDE}")


class Versions:
    """Tables by content. A version is the full name of a table: the run's own, or one built beside it.

    A model whose inputs all have the run's own content is the run's own table. One that comes out with a content seen before is that
    earlier version, so that what reads it is not built again.
    """

    def __init__(self, con: DuckDBPyConnection, run: str, models: Mapping[str, SqlModel]) -> None:
        self.con = con
        self.run = run
        self._models = models
        self._built: dict[tuple[str, tuple[str, ...]], str] = {}
        self._contents: dict[str, dict[Fingerprint, str]] = {}
        self._count = 0

    def own(self, name: str) -> str:
        """The run's own version of a table."""
        return f"{self.run}.main.{name}"

    def add(self, name: str, sql: str) -> str:
        """The version of table `name` that a query gives."""
        self._count += 1
        table = f"{BESIDE}.main.{name}__{self._count}"
        self.con.execute(f"create table {table} as {sql}")
        return self._known(name, table)

    def version(self, name: str, inputs: Mapping[str, str]) -> str:
        """The version of table `name` when the tables of `inputs` have those versions and every other input is the run's own."""
        return self._version(name, inputs, {})

    def _version(self, name: str, inputs: Mapping[str, str], found: dict[str, str]) -> str:
        if name not in found:
            found[name] = self._found(name, inputs, found)
        return found[name]

    def _found(self, name: str, inputs: Mapping[str, str], found: dict[str, str]) -> str:
        if name in inputs:
            return inputs[name]
        model = self._models.get(name)
        if model is None:
            return self.own(name)
        parts = tuple(self._version(part, inputs, found) for part in model.dependencies)
        if all(version == self.own(part) for part, version in zip(model.dependencies, parts, strict=True)):
            return self.own(name)
        if (name, parts) not in self._built:
            self._built[name, parts] = self._build(model, parts)
        return self._built[name, parts]

    def _build(self, model: SqlModel, parts: tuple[str, ...]) -> str:
        for part, version in zip(model.dependencies, parts, strict=True):
            self.con.execute(f"create or replace view {part} as select * from {version}")
        return self.add(model.name, model.sql)

    def _known(self, name: str, table: str) -> str:
        """The version with the content of `table`, which goes when there is an earlier one."""
        if name not in self._contents:
            self._contents[name] = {self._fingerprint(self.own(name)): self.own(name)}
        same = self._contents[name].setdefault(self._fingerprint(table), table)
        if same != table:
            self.con.execute(f"drop table {table}")
        return same

    def _fingerprint(self, table: str) -> Fingerprint:
        """Content of a table as a number of rows and two sums of row hashes; the order of rows does not count, that of columns does."""
        sql = f"select count(*) as n, coalesce(sum(hash(t)), 0) as total, coalesce(bit_xor(hash(t)), 0) as mix from {table} as t"
        return tuple(database.read_rows(self.con, sql)[0].values())

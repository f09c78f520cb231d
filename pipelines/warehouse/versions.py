"""The run's tables made again on other inputs, in a database beside it: each model is built once for each content of what it reads.

Where the readings of the run stay in the store, what reads them is made in pieces, each version in a database of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock, local
from typing import TYPE_CHECKING, TypeVar

from pipelines.warehouse import database
from pipelines.warehouse.chunks import BY_DAY, READINGS, SERIES, Readings, build_by_stacks, build_in_pieces
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.side_by_side import threads_on

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Name of the database beside the run while tables are made again.
BESIDE = "beside"
_POINTS = "stg_plants__emission_points"

T = TypeVar("T")
Fingerprint = tuple[object, ...]


@contextmanager
def versions(con: DuckDBPyConnection, models: Sequence[SqlModel], stored: StoredReadings | None = None) -> Iterator[Versions]:
    """A database in memory beside that of `con`, which is only read; it goes when the block ends.

    Args:
        con: a run in which every table that `models` read stands. models: all of them, in build order.
        stored: Where the run does not carry its readings: those that it judged.
    """
    run = str(database.read_rows(con, "select current_database() as name")[0]["name"])
    con.execute(f"attach ':memory:' as {BESIDE}")
    made = None
    try:
        with database.beside(con) as own:
            own.execute(f"use {BESIDE}")
            made = Versions(own, run, {model.name: model for model in models}, stored)
            yield made
    finally:
        for name in [BESIDE, *(made.databases if made else ())]:
            con.execute(f"detach {name}")


@dataclass(frozen=True)
class StoredReadings:
    """Readings that a run judged and left in the store. `folder`: where pieces are kept."""

    now: Readings
    folder: Path


class Versions:
    """Tables by content. A version is the full name of a table: the run's own, or one built beside it.

    A model whose inputs all have the run's own content is the run's own table. One that comes out with a content seen before is that
    earlier version, so that what reads it is not built again.
    """

    def __init__(self, con: DuckDBPyConnection, run: str, models: Mapping[str, SqlModel], stored: StoredReadings | None = None) -> None:
        self._con = con
        self._here = local()
        self.run = run
        self._models = models
        self._built: dict[tuple[str, tuple[str, ...]], Future[str]] = {}
        self._contents: dict[str, dict[Fingerprint, str]] = {}
        self._numbers = count(1)
        self._looking = Lock()
        self._stored = stored
        self._readings: dict[str, Readings] = {self.own(READINGS): stored.now} if stored else {}
        #: Databases beside that of this connection, each with one table made in pieces.
        self.databases: list[str] = []

    @property
    def con(self) -> DuckDBPyConnection:
        """The connection of this thread; `beside` is its database."""
        found: DuckDBPyConnection = getattr(self._here, "con", self._con)
        return found

    @contextmanager
    def threads(self) -> Iterator[Callable[[Callable[[], T]], Future[T]]]:
        """A call that has work done beside the caller's; two versions that do not wait for each other are then built at once.

        Where readings are many all memory is one's, and the work is done as it is given.
        """
        if self._stored is not None:
            yield _done_at_once
            return

        def done(work: Callable[[], T], con: DuckDBPyConnection) -> T:
            con.execute(f"use {BESIDE}")
            self._here.con = con
            try:
                return work()
            finally:
                del self._here.con

        with threads_on(self._con) as submit:
            yield lambda work: submit(partial(done, work))

    def own(self, name: str) -> str:
        """The run's own version of a table."""
        return f"{self.run}.main.{name}"

    def add(self, name: str, sql: str) -> str:
        """The version of table `name` that a query gives."""
        table = f"{BESIDE}.main.{name}__{next(self._numbers)}"
        self.con.execute(f"create table {table} as {sql}")
        return self._known(name, table)

    def add_readings(self, readings: Readings) -> str:
        """The version of the table of readings that some of the store give."""
        for version, known in self._readings.items():
            if known == readings:
                return version
        version = f"{READINGS}__{next(self._numbers)}"
        self._readings[version] = readings
        return version

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
        names = self._read_by(model)
        parts = tuple(self._version(part, inputs, found) for part in names)
        if all(version == self.own(part) for part, version in zip(names, parts, strict=True)):
            return self.own(name)
        return self._built_once(model, parts)

    def _built_once(self, model: SqlModel, parts: tuple[str, ...]) -> str:
        """A version that another thread builds is waited for."""
        with self._looking:
            known = self._built.get((model.name, parts))
            mine = known or self._built.setdefault((model.name, parts), Future())
        if known is None:
            try:
                mine.set_result(self._build(model, parts))
            except BaseException as error:
                mine.set_exception(error)
                raise
        return mine.result()

    def _reach(self, model: SqlModel) -> tuple[set[str], set[str]]:
        """Tables that a model reads, also through views, and the views between."""
        tables, views, todo = set[str](), set[str](), list(model.dependencies)
        while todo:
            name = todo.pop()
            read = self._models.get(name)
            if name != READINGS and read is not None and read.materialized == "view":
                views.add(name)
                todo += read.dependencies
            else:
                tables.add(name)
        return tables, views

    def _read_by(self, model: SqlModel) -> tuple[str, ...]:
        """Tables that a model reads. A view has no version: what it says depends on who looks at what."""
        return tuple(sorted(self._reach(model)[0]))

    def _views(self, model: SqlModel) -> list[SqlModel]:
        """Views that a model reads through, each behind those that it reads."""
        found = self._reach(model)[1]
        return [each for name, each in self._models.items() if name in found]

    def _build(self, model: SqlModel, parts: tuple[str, ...]) -> str:
        if self._stored is not None and (model.materialized == "chunk" or model.by_stacks):
            return self._build_apart(model, dict(zip(self._read_by(model), parts, strict=True)), self._stored.folder)
        if self._stored is not None and model.name == SERIES:
            return self.add(model.name, f"{self._readings[parts[0]].series_sql()} order by stack_id, indicator")
        for part, version in zip(self._read_by(model), parts, strict=True):
            self.con.execute(f"create or replace temp view {part} as select * from {version}")
        for view in self._views(model):
            self.con.execute(f"create or replace temp view {view.name} as {view.sql}")
        return self.add(model.name, model.sql)

    def _build_apart(self, model: SqlModel, parts: dict[str, str], folder: Path) -> str:
        """A model made in pieces or by stacks, in a database of its own in which what it reads has its usual names."""
        readings = self._readings[parts.pop(READINGS)] if model.materialized == "chunk" else None
        apart = f"apart_{next(self._numbers)}"
        self.con.execute(f"attach ':memory:' as {apart}")
        self.databases.append(apart)
        self.con.execute(f"use {apart}")
        try:
            for part, version in parts.items():
                self.con.execute(f"drop view if exists temp.{part}")
                self.con.execute(f"create view {part} as select * from {version}")
            views = [each for each in self._models.values() if each.materialized == "view"]
            for view in views:
                self.con.execute(f"drop view if exists temp.{view.name}")
            if readings is None:
                for view in self._views(model):
                    self.con.execute(f"create view {view.name} as {view.sql}")
                if _POINTS not in parts:  # the list of stacks; here of those that the table divided by them has
                    self.con.execute(f"create view {_POINTS} as select stack_id from {model.by_stacks[0]} where stack_id is not null")
                build_by_stacks(self.con, model)
            else:
                build_in_pieces(self.con, model, views, readings, folder, model.name not in BY_DAY)
        finally:
            self.con.execute(f"use {BESIDE}")
        return self._known(model.name, f"{apart}.main.{model.name}")

    def _known(self, name: str, table: str) -> str:
        """The version with the content of `table`, which goes when there is an earlier one."""
        if name not in self._contents:
            self._contents.setdefault(name, {self._fingerprint(self.own(name)): self.own(name)})
        same = self._contents[name].setdefault(self._fingerprint(table), table)
        if same != table and table.startswith(f"{BESIDE}."):
            self.con.execute(f"drop table {table}")
        return same

    def _fingerprint(self, table: str) -> Fingerprint:
        """Content of a table as a number of rows and two sums of row hashes; the order of rows does not count, that of columns does."""
        sql = f"select count(*) as n, coalesce(sum(hash(t)), 0) as total, coalesce(bit_xor(hash(t)), 0) as mix from {table} as t"
        return tuple(database.read_rows(self.con, sql)[0].values())


def _done_at_once(work: Callable[[], T]) -> Future[T]:
    done = Future[T]()
    done.set_result(work())
    return done

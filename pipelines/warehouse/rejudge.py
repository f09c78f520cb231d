"""A published run judged again with other reference tables, beside it: the published database is read, never written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pyarrow as pa

from pipelines.errors import WrongUseError
from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PUBLISHED = "published_run"


@contextmanager
def rejudged(
    published: Path,
    tables: Mapping[str, pa.Table],
    models: Sequence[SqlModel],
    memory_limit: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Iterator[DuckDBPyConnection]:
    """A database of its own in which `tables` replace those of the published run and every model that reads a changed one is built again.

    Everything else is a view on the published run, attached read-only as `published_run`; it all goes when the block ends.

    Args: published: database file of the run. tables: by name. models: all of them in build order. progress: told each model built.
    Raises: WrongUseError when the run holds no table that a model needs: it was made by another version.
    """
    with TemporaryDirectory(prefix="greencap-") as folder:
        con = database.connect(Path(folder) / "beside.duckdb", memory_limit=memory_limit)
        try:
            con.execute(f"attach '{str(published).replace(chr(39), chr(39) * 2)}' as {PUBLISHED} (read_only)")
            stale = _replace_tables(con, published, tables)
            for model in models:
                if stale & set(model.dependencies):
                    progress(f"build {model.name}")
                    con.execute(f"drop view if exists {model.name}")
                    database.build_model(con, model)
                    stale.add(model.name)
            yield con
        finally:
            database.close(con)


def _replace_tables(con: DuckDBPyConnection, published: Path, tables: Mapping[str, pa.Table]) -> set[str]:
    """Write the tables that differ, look at all others through views; names of those written."""
    sql = "select table_name from duckdb_tables() where database_name = ? order by table_name"
    there = [row["table_name"] for row in database.read_rows(con, sql, [PUBLISHED])]
    missing = sorted(set(tables) - set(there))
    if missing:
        raise WrongUseError(
            f"{published}: holds no {', '.join(missing)}, so another version made it; run `greencap run` once, then try again"
        )
    changed = set()
    for name in there:
        if name in tables:
            database.write_table(con, name, tables[name])
            if _differs(con, name):
                changed.add(name)
                continue
            con.execute(f"drop table {name}")
        con.execute(f"create view {name} as select * from {PUBLISHED}.{name}")
    return changed


def _differs(con: DuckDBPyConnection, name: str) -> bool:
    if list(database.read_rows(con, f"describe {name}")) != list(database.read_rows(con, f"describe {PUBLISHED}.{name}")):
        return True
    rows = f"select * from {name}", f"select * from {PUBLISHED}.{name}"
    counts = database.read_rows(
        con, f"select count(*) as n from (({rows[0]} except all {rows[1]}) union all ({rows[1]} except all {rows[0]}))"
    )
    return bool(counts[0]["n"])

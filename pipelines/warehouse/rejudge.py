"""A published run judged again with other reference tables, beside it: the published database is read, never written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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


def one_plant(plant_id: str) -> dict[str, str]:
    """Conditions under which the received rows are those of one plant, for `only` of `rejudged`."""
    text = "'" + plant_id.replace("'", "''") + "'"
    own = (
        "raw_plants__plants",
        "raw_plants__process_units",
        "raw_plants__emission_points",
        "raw_monitoring__periodic_returns",
        "raw_monitoring__management_evidence",
    )
    stacks = f"stack_id in (select stack_id from {PUBLISHED}.raw_plants__emission_points where trim(plant_id) = {text})"
    return {**dict.fromkeys(own, f"trim(plant_id) = {text}"), "raw_monitoring__stack_readings": stacks}


@contextmanager
def rejudged(
    published: Path,
    tables: Mapping[str, pa.Table],
    models: Sequence[SqlModel],
    memory_limit: str | None = None,
    wanted: Collection[str] = (),
    only: Mapping[str, str] | None = None,
    sources: Mapping[str, str] | None = None,
) -> Iterator[DuckDBPyConnection]:
    """A database of its own in which `tables` replace those of the published run and every model that reads a changed one is built again.

    Everything else is a view on the published run, attached read-only as `published_run`; it all goes when the block ends.

    Args:
        published: database file of the run.
        tables: by name.
        models: all of them in build order.
        wanted: only these models are needed, with what they read; a changed model that is not needed is absent. Empty = all.
        only: table → SQL condition on its rows: a part of the run, such as one plant, is judged again.
        sources: table → SQL of its rows, where the database of the run holds a part of them only.
    Raises: WrongUseError when the run holds no table that a model needs: it was made by another version.
    """
    needed = _needed(models, wanted)
    with TemporaryDirectory(prefix="greencap-") as folder:
        con = database.connect(Path(folder) / "beside.duckdb", memory_limit=memory_limit)
        try:
            con.execute(f"attach '{str(published).replace(chr(39), chr(39) * 2)}' as {PUBLISHED} (read_only)")
            stale, there = _replace_tables(con, published, tables, only or {}, sources or {})
            for model in models:
                is_stale = bool(stale & set(model.dependencies))
                if is_stale:
                    stale.add(model.name)
                    con.execute(f"drop view if exists {model.name}")
                # A model that is only a view stands in no published table: it is always made here, of what stands here.
                if model.name in needed and (is_stale or model.materialized == "view" or model.name not in there):
                    database.build_model(con, model)
            yield con
        finally:
            database.close(con)


def _needed(models: Sequence[SqlModel], wanted: Collection[str]) -> set[str]:
    """The models wanted and every model that they read, near or far."""
    needed = set(wanted) or {model.name for model in models}
    for model in reversed(models):
        if model.name in needed:
            needed |= set(model.dependencies)
    return needed


def _replace_tables(
    con: DuckDBPyConnection, published: Path, tables: Mapping[str, pa.Table], only: Mapping[str, str], sources: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Write the tables that differ, look at all others through views; names of those that differ, and of all that the run has."""
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
        where = f" where {only[name]}" if name in only else ""
        source = f"({sources[name]})" if name in sources else f"{PUBLISHED}.{name}"
        con.execute(f"create view {name} as select * from {source}{where}")
    return changed | set(only), set(there)


def _differs(con: DuckDBPyConnection, name: str) -> bool:
    if list(database.read_rows(con, f"describe {name}")) != list(database.read_rows(con, f"describe {PUBLISHED}.{name}")):
        return True
    rows = f"select * from {name}", f"select * from {PUBLISHED}.{name}"
    counts = database.read_rows(
        con, f"select count(*) as n from (({rows[0]} except all {rows[1]}) union all ({rows[1]} except all {rows[0]}))"
    )
    return bool(counts[0]["n"])

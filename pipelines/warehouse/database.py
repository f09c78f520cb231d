"""Open the database, write and read rows, build SQL models. The only DuckDB import."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from duckdb import DuckDBPyConnection

from pipelines.errors import GateError, GreenCapacityError, ModelFileError, WrongUseError
from pipelines.warehouse.model import SqlModel

#: No download of extensions: a run works without a network, and equal SQL means equal code.
_OFFLINE = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
#: Format of kept pieces: the first level of zstd takes a fifth less time to write than the third, and a fiftieth more room.
_KEPT = "format parquet, compression zstd, compression_level 1"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ERROR_LINE = re.compile(r"\n\nLINE (\d+):")


def connect(path: Path | str, read_only: bool = False, memory_limit: str | None = None) -> DuckDBPyConnection:
    """The database at `path` (`:memory:` for one that is never stored), in UTC, rows in the order they were written.

    Args:
        path: File of the database; made when it is absent, unless `read_only`.
        read_only: Several processes may read one file; only one may write it.
        memory_limit: As `4GB`; beyond it DuckDB works on disk beside the file.

    Raises:
        GateError: Another process is writing the file.
        WrongUseError: The file or its folder is absent, or it is not a database.
    """
    try:
        con = duckdb.connect(str(path), read_only=read_only, config=dict(_OFFLINE))
    except duckdb.Error as error:
        raise _opening_error(error, path) from error
    con.execute("set preserve_insertion_order = true")
    if memory_limit:
        con.execute(f"set memory_limit = {_text(memory_limit)}")
    return _set_up(con)


@contextlib.contextmanager
def beside(con: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """Another connection, for another thread, within the same memory: to the database that names without one mean on the first, too."""
    name = str(read_rows(con, "select current_database() as name")[0]["name"]).replace('"', '""')
    with con.cursor() as other:
        other.execute(f'use "{name}"')
        yield _set_up(other)


def _set_up(con: DuckDBPyConnection) -> DuckDBPyConnection:
    """What every connection sets for itself."""
    con.execute("set timezone = 'UTC'")
    con.execute("set enable_progress_bar = false")
    return con


def close(con: DuckDBPyConnection, read_only: bool = False) -> None:
    """Write everything into the one file and close it: a published database has no log file beside it."""
    if not read_only:
        con.execute("checkpoint")
    con.close()


def abandon(con: DuckDBPyConnection) -> None:
    """Let go of a database that will not be published, whatever state it is in (its disk may be full)."""
    with contextlib.suppress(duckdb.Error):
        con.close()


def write_table(con: DuckDBPyConnection, name: str, arrow_table: pa.Table) -> int:
    """Create or replace table `name` with the rows and types of `arrow_table`; its row count."""
    con.register("_arriving", arrow_table)
    try:
        con.execute(f"create or replace table {_identifier(name)} as select * from _arriving")
    finally:
        con.unregister("_arriving")
    return int(arrow_table.num_rows)


def create_table(con: DuckDBPyConnection, name: str, arrow_schema: pa.Schema) -> None:
    """Create or replace table `name`, empty, with the columns of `arrow_schema`."""
    write_table(con, name, arrow_schema.empty_table())


def read_rows(con: DuckDBPyConnection, sql: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Rows of a query as mappings of column to Python value: DECIMAL as Decimal, DATE as date, NULL as None."""
    cursor = con.execute(sql, list(params))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_arrow(con: DuckDBPyConnection, sql: str, params: Sequence[Any] = ()) -> pa.Table:
    """Rows of a query as an Arrow table."""
    return con.sql(sql, params=list(params)).to_arrow_table()


def table_types(con: DuckDBPyConnection, name: str, catalog: str | None = None) -> dict[str, str]:
    """Columns of a table with their DuckDB types, in order; empty without that table. `catalog`: in that attached database."""
    path = f'"{catalog}".main.{_identifier(name)}' if catalog else _identifier(name)
    try:
        return dict(con.execute("select name, type from pragma_table_info(?) order by cid", [path]).fetchall())
    except duckdb.CatalogException:
        return {}


def table_hash(con: DuckDBPyConnection, name: str) -> str:
    """sha256 over column names, types and rows of a table, whatever the order of its rows; hex."""
    columns = ", ".join(f"{column} {kind}" for column, kind in table_types(con, name).items())
    rows = f"select sha256(t::varchar) as row_hash from {_identifier(name)} as t"
    found = read_rows(
        con, f"select sha256(? || coalesce(string_agg(row_hash, '' order by row_hash), '')) as content_hash from ({rows})", [columns]
    )
    return str(found[0]["content_hash"])


def arrow_types(schemas: Mapping[str, pa.Schema]) -> dict[str, dict[str, str]]:
    """DuckDB types of the columns of each Arrow schema: what `load_models` wants to know of tables that no model makes."""
    with connect(":memory:") as con:
        for name, schema in schemas.items():
            create_table(con, name, schema)
        return {name: table_types(con, name) for name in schemas}


def build_model(con: DuckDBPyConnection, model: SqlModel) -> int:
    """Create or replace the model's table (or view), comment it and its columns, hold its grain; its row count, 0 of a view.

    Raises:
        ModelFileError: The SQL fails, or a row of the grain is repeated or null; names the first such key.
        GateError: Disk or memory ran out.
    """
    kind = "view" if model.materialized == "view" else "table"
    with _one_transaction(con, model):  # its comments would else cost twice as much
        # On one line with the file's first: line numbers of DuckDB's errors are those of the file.
        made = con.execute(f"create or replace {kind} {_identifier(model.name)} as {model.sql}").fetchone()
        con.execute(_comments(model, kind))
    if kind == "view":
        return 0
    _hold_grain(con, model)
    return int(made[0]) if made else 0


@contextlib.contextmanager
def built_in_groups(con: DuckDBPyConnection, model: SqlModel) -> Iterator[None]:
    """Create or replace the model's table without a row; while it lasts `add_group` fills it.

    Raises: as `build_model`.
    """
    columns = ", ".join(f"{column.name} {column.type}" for column in model.columns)
    con.execute(f"create or replace table {full_name(con, model.name)} ({columns})")
    yield
    _comment(con, model, "table")
    _hold_grain(con, model)


def add_group(con: DuckDBPyConnection, model: SqlModel, queries: Mapping[str, str]) -> None:
    """Add what the model's SQL gives with some `shadowed` queries to its table.

    Raises: as `build_model`.
    """
    with shadowed(con, queries):
        try:
            con.execute(f"insert into {full_name(con, model.name)} {model.sql}")
        except duckdb.Error as error:
            raise explain_error(error, model.path) from error


def count_rows(con: DuckDBPyConnection, name: str) -> int:
    """Rows of a table."""
    return int(read_rows(con, f"select count(*) as n from {_identifier(name)}")[0]["n"])


def build_from_files(con: DuckDBPyConnection, model: SqlModel, paths: Sequence[Path], is_copied: bool = True) -> None:
    """Create or replace the model's table from Parquet files that hold its rows; an empty table where there are none.

    The grain is not held again: the case files of the model do, and a key over all days would cost as much as the sums.

    Args: is_copied: False = a view that reads the files where they are; drop it before the database leaves them.
    """
    columns = ", ".join(f"{column.name}::{column.type} as {column.name}" for column in model.columns)
    nothing = ", ".join(f"null::{column.type} as {column.name}" for column in model.columns)
    files = ", ".join(_text(str(path)) for path in paths)
    source = f"select {columns} from read_parquet([{files}])" if paths else f"select {nothing} limit 0"
    kind = "table" if is_copied else "view"
    con.execute(f"create or replace {kind} {_identifier(model.name)} as {source}")
    _comment(con, model, kind)


def is_view(con: DuckDBPyConnection, name: str) -> bool:
    """Whether a name is a view of the database."""
    return bool(read_rows(con, "select 1 as n from duckdb_views() where view_name = ? and database_name = current_database()", [name]))


def write_query(con: DuckDBPyConnection, model: SqlModel, path: Path) -> None:
    """Write the rows of a model to a Parquet file, whole or not at all.

    Raises: ModelFileError when the SQL fails, GateError when disk or memory ran out.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    arriving = path.with_suffix(".arriving")
    try:
        con.execute(f"copy ({model.sql}\n) to {_text(str(arriving))} ({_KEPT})")
    except duckdb.Error as error:
        arriving.unlink(missing_ok=True)
        raise explain_error(error, model.path) from error
    arriving.replace(path)


@contextlib.contextmanager
def shadowed(con: DuckDBPyConnection, queries: Mapping[str, str], tables: Collection[str] = ()) -> Iterator[None]:
    """While it lasts, names are temporary views on queries (in `tables`: tables of their rows), whatever else has these names."""
    made: list[tuple[str, str]] = []
    try:
        for name, sql in queries.items():
            kind = "table" if name in tables else "view"
            con.execute(f"create or replace temp {kind} {_identifier(name)} as {sql}")
            made.append((kind, name))
        yield
    finally:
        for kind, name in reversed(made):
            con.execute(f"drop {kind} if exists temp.{name}")


def full_name(con: DuckDBPyConnection, name: str) -> str:
    """A table of the database itself, also while its name is shadowed."""
    catalog = str(read_rows(con, "select current_database() as name")[0]["name"]).replace('"', '""')
    return f'"{catalog}".main.{_identifier(name)}'


@contextlib.contextmanager
def kept_meanwhile(con: DuckDBPyConnection, model: SqlModel, name: str) -> Iterator[None]:
    """While it lasts, the temporary table `name` holds the rows of a model.

    Raises: ModelFileError when the SQL fails, GateError when disk or memory ran out.
    """
    try:
        con.execute(f"create or replace temp table {_identifier(name)} as {model.sql}")
    except duckdb.Error as error:
        raise explain_error(error, model.path) from error
    try:
        yield
    finally:
        con.execute(f"drop table temp.{name}")


def content_hashes(
    con: DuckDBPyConnection, name: str, stacks: Sequence[str] | None = None, months: Sequence[str] | None = None
) -> dict[str | None, str]:
    """Hash of the rows of a table whatever their order: under None of all of them, or by month (`YYYY-MM`) of `day_date`.

    It is one of this version of DuckDB: after an update all differ once.

    Args: stacks: Where the table has stacks, of these only. months: Asked for; None = all rows together.
    """
    where, params = "true", []
    if stacks is not None and "stack_id" in table_types(con, name):
        where, params = "t.stack_id in (select unnest(?))", [list(stacks)]
    # sums need no memory, and equal rows do not cancel
    sums = f"sum(hash(x)::hugeint), sum(hash(x, 7)::hugeint), '{duckdb.__version__}'"
    month = "strftime(t.day_date, '%Y-%m')" if months is not None else "null::varchar"
    rows = f"select {month} as month, t as x from {_identifier(name)} as t where {where}"
    found = read_rows(con, f"select month, concat_ws('-', count(*), {sums}) as content from ({rows}) group by month", params)
    by_month = {row["month"]: str(row["content"]) for row in found}
    return {key: by_month.get(key, "0") for key in (months if months is not None else [None])}


def disk_or_memory_error(error: Exception, path: Path) -> GateError | None:
    """What a person can mend in an error of DuckDB that no SQL is to blame for; None when it is another one."""
    if "No space left" in str(error):
        return GateError(f"{path}: the disk is full; free some space and run again. Nothing was published; the last good scorecard stays")
    if isinstance(error, duckdb.OutOfMemoryException):
        return GateError(f"{path}: memory ran out; set GREENCAP_MEMORY higher and run again. Nothing was published")
    return None


def explain_error(error: Exception, path: Path) -> GreenCapacityError:
    """A DuckDB error met while running the SQL file at `path`, as `path:line: what is wrong; what to do`."""
    if starved := disk_or_memory_error(error, path):
        return starved
    text = str(error)
    found = _ERROR_LINE.search(text)
    where = f"{path}:{found[1] if found else 1}"
    what = " ".join(text[: found.start() if found else None].split())
    return ModelFileError(f"{where}: {what}; correct the SQL of this model or of the table it reads")


@contextlib.contextmanager
def _one_transaction(con: DuckDBPyConnection, model: SqlModel) -> Iterator[None]:
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except duckdb.Error as error:
        with contextlib.suppress(duckdb.TransactionException):  # a commit that fails has ended it
            con.execute("rollback")
        raise explain_error(error, model.path) from error


def _comment(con: DuckDBPyConnection, model: SqlModel, kind: str) -> None:
    """Comments of a model in one go: each statement of its own would be a commit of its own."""
    with _one_transaction(con, model):
        con.execute(_comments(model, kind))


def _comments(model: SqlModel, kind: str) -> str:
    about = [f"comment on {kind} {model.name} is {_text(model.description)}"]
    return ";\n".join(about + [f"comment on column {model.name}.{column.name} is {_text(column.description)}" for column in model.columns])


def _hold_grain(con: DuckDBPyConnection, model: SqlModel) -> None:
    keys = ", ".join(model.grain)
    where = " or ".join(f"{key} is null" for key in model.grain if key not in model.grain_nullable) or "false"
    broken = f"select 1 as n from {model.name} group by {keys} having count(*) > 1 or ({where}) limit 1"
    if not read_rows(con, broken):
        return
    _refuse(con, model, f"select {keys} from {model.name} where {where} order by all limit 1", "has a row where the key is null")
    repeated = f"select {keys}, count(*) as rows_found from {model.name} group by {keys} having count(*) > 1 order by all limit 1"
    _refuse(con, model, repeated, "is not unique")


def _refuse(con: DuckDBPyConnection, model: SqlModel, sql: str, what: str) -> None:
    for row in read_rows(con, sql):
        key = ", ".join(f"{name} = {value}" for name, value in row.items())
        grain = ", ".join(model.grain)
        todo = "correct its joins, or the grain in its header"
        raise ModelFileError(f"{model.path}:{model.grain_line}: grain ({grain}) of {model.name} {what}, first at {key}; {todo}")


def _opening_error(error: duckdb.Error, path: Path | str) -> GreenCapacityError:
    if "lock" in str(error):
        return GateError(f"{path}: another process is writing this database; wait until it has ended, or end it")
    first = str(error).splitlines()[0]
    return WrongUseError(f"{path}: cannot be opened as a database ({first}); check the path, or make it anew with `greencap run`")


def _identifier(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise WrongUseError(f"'{name}' is no table name; use small letters, digits and underscores")
    return name


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

"""The readings of a night as the tables and views of its run: shown while it lasts, left behind, and found in the store again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.night_readings import NightReadings, flag_meanings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.readings_store import FileRecord

READINGS_TABLE = "raw_monitoring__stack_readings"


def show_received(con: DuckDBPyConnection, readings: NightReadings) -> None:
    """Bind `raw_monitoring__stack_readings` to the rows of tonight's files, repeats included; note counts and rejects of the files."""
    from pipelines.warehouse.readings_index import files_sql

    for record in readings.tonight:
        _note_file(con, readings, record, readings.names[record.file_id])
    for name in readings.left_out:
        con.execute("update raw_landing__files set message = concat_ws('; ', message, ?) where file_name = ?", [_LEFT_OUT, name])
    bind_readings(con, files_sql(readings.index.store, readings.tonight))


def show_current(con: DuckDBPyConnection, readings: NightReadings) -> None:
    """Make `raw_monitoring__stack_readings` all readings that count: a table, or a view on the store where they are many."""
    current = readings.index.readings_sql(readings.index.months)
    if not readings.is_carried:
        bind_readings(con, current)
        return
    con.execute(f"drop view if exists {READINGS_TABLE}")
    con.execute(f"create or replace table {READINGS_TABLE} as {raw_columns(current)}")


def leave_readings(con: DuckDBPyConnection) -> None:
    """Before a database leaves the night: what looks into the store goes, and the readings that decided a failing limit stay as a table.

    A run that carries its readings is left as it is. `int_monitoring__folded` is there in such a run only.
    """
    from pipelines.warehouse import database

    if not database.is_view(con, READINGS_TABLE):
        return
    con.execute(f"create table _decided as {_DECIDED}")
    for (name,) in con.execute(_STORE_VIEWS).fetchall():
        con.execute(f"drop view {name}")
    con.execute(f"alter table _decided rename to {READINGS_TABLE}")


def stored_readings(read: Callable[..., list[dict[str, Any]]], home: Path) -> str | None:
    """SQL of all readings that a published run judged, where its database does not carry them; None = it does.

    Args: read: Rows of a query on the run. home: Its home, or the copy of it that holds the store.
    """
    from pipelines.warehouse import database
    from pipelines.warehouse.readings_index import read_index
    from pipelines.warehouse.readings_store import ReadingsStore

    if read("select 1 as n from duckdb_tables() where table_name = 'int_monitoring__folded'"):
        return None
    files = {row["file_id"] for row in read("select file_id from raw_monitoring__files")}
    (asked,) = read("select known_at from ref_run__settings")
    with database.connect(":memory:") as con:
        index = read_index(con, ReadingsStore(home / "readings"), asked["known_at"], flag_meanings().key, files)
    return raw_columns(index.readings_sql(index.months))


_DECIDED = f"""
select r.*
from {READINGS_TABLE} as r
inner join ref_rules__indicator_names as n on lower(trim(r.indicator)) = n.sent_name
semi join int_monitoring__deciding_days as d
    on trim(r.stack_id) = d.stack_id and n.indicator_id = d.indicator_id and cast(r.measured_at as date) = d.day_date
order by r.source_file_id, r.source_row_number
"""
#: Views that read files of the store, and those that read through them; `int_monitoring__readings` reads the table that stays.
_STORE_VIEWS = """
select view_name from duckdb_views()
where not internal and database_name = current_database() and (contains(sql, 'read_parquet') or contains(sql, 'int_monitoring__folded'))
"""


def write_deliveries(con: DuckDBPyConnection, readings: NightReadings) -> None:
    """Fill the tables of what the store holds beside current readings: `raw_monitoring__deliveries` and `raw_monitoring__files`."""
    import pyarrow as pa

    from pipelines.given_tables import run_schemas
    from pipelines.warehouse import database

    con.execute(f"create or replace table raw_monitoring__deliveries as {readings.index.restated_sql()}")
    new = {record.ingest_key for record in readings.new}
    schema = run_schemas()["raw_monitoring__files"]
    rows = [{name: getattr(record, name, record.ingest_key in new) for name in schema.names} for record in readings.index.records]
    database.write_table(con, "raw_monitoring__files", pa.Table.from_pylist(rows, schema=schema))


def bind_readings(con: DuckDBPyConnection, sql: str) -> None:
    """Bind `raw_monitoring__stack_readings` to a query that has the columns of a part."""
    found = con.execute("select table_type from information_schema.tables where table_name = ?", [READINGS_TABLE]).fetchone()
    if found and found[0] == "BASE TABLE":
        con.execute(f"drop table {READINGS_TABLE}")
    con.execute(f"create or replace view {READINGS_TABLE} as {raw_columns(sql)}")


def raw_columns(sql: str) -> str:
    """A query with the columns of a part → one with the columns of `raw_monitoring__stack_readings`; `measured_at` is the local start."""
    from pipelines.sources.schemas import column_types

    given = {
        "measured_at": "period_start_at + to_minutes(utc_offset_minutes)",
        "source_file_name": "file_names.file_name",
        "source_format": "'stack_readings'",
        **dict.fromkeys(("time_zone", "time_label", "source_sheet"), "null"),
    }
    types = column_types()[READINGS_TABLE]
    columns = ", ".join(f"cast({given.get(name, f'r.{name}')} as {kind}) as {name}" for name, kind in types.items())
    # As stg_landing__file_names, which is built later: a file that has left the landing folder keeps the name under which it was taken in.
    names = """select coalesce(r.file_id, k.file_id) as file_id, coalesce(min(r.file_name), min(k.file_name)) as file_name
        from raw_landing__files as r full outer join raw_monitoring__files as k on r.file_id = k.file_id
        group by coalesce(r.file_id, k.file_id)"""
    return f"select {columns} from ({sql}) as r left join ({names}) as file_names on r.source_file_id = file_names.file_id"


def _note_file(con: DuckDBPyConnection, readings: NightReadings, record: FileRecord, name: str) -> None:
    from pipelines.sources.landing import REFUSED

    state = "read" if record.row_count else "refused" if record.reject_count or record.early_count else "header_only"
    notes = [REFUSED if state == "refused" and not record.early_count else None, _early_note(record), _repeats_note(record)]
    con.execute(
        "update raw_landing__files set row_count = ?, reject_count = ?, skipped_count = ?, state = ? where file_id = ? and sheet is null",
        [record.row_count, record.reject_count, record.early_count, state, record.file_id],
    )
    con.execute(
        "update raw_landing__files set message = nullif(concat_ws('; ', message, ?), '') where file_id = ? and reader = 'stack_readings'",
        ["; ".join(note for note in notes if note), record.file_id],
    )
    path = readings.index.store.side_file("rejects", record.ingest_key)
    if path.exists():
        columns = "file_id, ? as file_name, sheet, row_number, column_name, value, reason, what_to_do, kind"
        con.execute(f"insert into raw_landing__rejects select {columns} from read_parquet(?)", [name, str(path)])


def _early_note(record: FileRecord) -> str | None:
    if not record.early_count:
        return None
    return f"rows that become known after this night, from {record.early_from_at} on: {record.early_count}; they do not count in it"


def _repeats_note(record: FileRecord) -> str | None:
    notes = []
    if record.duplicate_count:
        notes.append(f"readings that stand twice and equal: {record.duplicate_count}; each is kept once")
    if record.superseded_count:
        notes.append(f"readings that stand twice and differ: {record.superseded_count}; the later one counts")
    return "; ".join(notes) or None


_LEFT_OUT = "not taken in: this run asks what was known before; a run without --known-at takes it in"

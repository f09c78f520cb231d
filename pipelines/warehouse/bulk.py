"""Stack readings of any size: text and Parquet files loaded by the database itself, with a reject for every bad cell.

A text file is read line by line, not cell by cell: so each row knows its line, and a line with too few or too many
cells is seen instead of lost. Clean files are passed over once; only a file with a bad line is read a second time.
"""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from pipelines.errors import SourceFileError
from pipelines.warehouse.bulk_sql import BulkSql

FILES_TABLE = "raw_landing__files"
_REJECT_COLUMNS = "file_id, file_name, sheet, row_number, column_name, value, reason, what_to_do, kind"


class BulkFile(Protocol):
    """What the landing says of a large file; see `pipelines.sources.received.BulkFile`."""

    @property
    def path(self) -> Path: ...
    @property
    def table(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def delimiter(self) -> str: ...
    @property
    def encoding(self) -> str: ...
    @property
    def compression(self) -> str: ...
    @property
    def file_id(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def header_row(self) -> int: ...
    @property
    def columns(self) -> tuple[str | None, ...]: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def words(self) -> dict[str, tuple[str, ...]]: ...


def load_stack_readings(con: Any, bulk_files: Sequence[BulkFile]) -> tuple[int, int]:
    """Load large files into their raw table, their bad rows into `raw_landing__rejects`, their counts into `raw_landing__files`.

    Args:
        con: Open DuckDB connection in which the raw table and both landing tables exist.
        bulk_files: As `read_landing(…).bulk`; a file without a row in `raw_landing__files` gets one.

    Returns:
        Rows loaded, rows rejected (a row with several bad cells counts once).

    Raises:
        SourceFileError: The database cannot read a file at all, or ran out of room for it.
    """
    loaded = rejected = 0
    for file in bulk_files:
        try:
            good, bad = _load_file(con, file)
        except Exception as error:  # the driver's own classes stay behind database.py
            reason = str(error).splitlines()[0]
            what_to_do = "check that it is whole and that the run has memory and disk left, then send it again"
            raise SourceFileError(f"{file.file_name}: could not be loaded ({reason}); {what_to_do}") from error
        loaded, rejected = loaded + good, rejected + bad
    return loaded, rejected


def _load_file(con: Any, file: BulkFile) -> tuple[int, int]:
    with _rows_in_order(con), _readable_path(file) as path:
        sql = BulkSql(file, path, _column_types(con, file.table), _parquet_types(con, file, path))
        sent = _number(con, sql.filled_count())
        good = _number(con, f"insert into {file.table} ({sql.target_columns()}) {sql.good_rows()}")
        bad = _load_rejects(con, file, sql) if good != sent else 0
    _note_counts(con, file, good, bad)
    return good, bad


def _load_rejects(con: Any, file: BulkFile, sql: BulkSql) -> int:
    con.execute(f"create or replace temp table bulk_rejects as {sql.rejects()}")
    ordered = f"select {_REJECT_COLUMNS} from bulk_rejects order by row_number, place"
    con.execute(f"insert into raw_landing__rejects ({_REJECT_COLUMNS}) {ordered}")
    bad = _number(con, "select count(distinct row_number) from bulk_rejects")
    con.execute("drop table bulk_rejects")
    return bad


def _note_counts(con: Any, file: BulkFile, row_count: int, reject_count: int) -> None:
    state = "read" if row_count or reject_count else "header_only"
    where = f"where file_id = $file_id and exists (select 1 from {FILES_TABLE} where file_id = $file_id)"
    update = f"update {FILES_TABLE} set row_count = $row_count, reject_count = $reject_count, state = $state {where}"
    values = {"file_id": file.file_id, "row_count": row_count, "reject_count": reject_count, "state": state}
    if not _number(con, update, values):
        columns = "file_id, file_name, byte_count, reader, row_count, reject_count, skipped_count, state"
        inserted = "$file_id, $file_name, $byte_count, 'stack_readings', $row_count, $reject_count, 0, $state"
        about = {"file_name": file.file_name, "byte_count": file.path.stat().st_size}
        con.execute(f"insert into {FILES_TABLE} ({columns}) values ({inserted})", values | about)


def _number(con: Any, sql: str, values: dict[str, Any] | None = None) -> int:
    return int(con.execute(sql, values or {}).fetchone()[0])


def _column_types(con: Any, table: str) -> dict[str, str]:
    rows = con.execute("select column_name, data_type from duckdb_columns() where table_name = $table", {"table": table}).fetchall()
    return dict(rows)


def _parquet_types(con: Any, file: BulkFile, path: Path) -> list[tuple[str, str]]:
    """Name and type of each field of a Parquet file; none for text."""
    if file.format != "parquet":
        return []
    rows = con.execute("describe select * from read_parquet($path)", {"path": str(path)}).fetchall()
    return [(row[0], row[1]) for row in rows]


@contextmanager
def _rows_in_order(con: Any) -> Iterator[None]:
    """Line numbers are counted while reading, so the order of lines has to be kept."""
    before = con.execute("select current_setting('preserve_insertion_order')").fetchone()[0]
    con.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        con.execute(f"set preserve_insertion_order = {str(before).lower()}")


@contextmanager
def _readable_path(file: BulkFile) -> Iterator[Path]:
    """A path the database can read: UTF-8, and a name without the signs it takes for a pattern."""
    if file.format == "csv" and file.encoding != "utf-8":
        with tempfile.TemporaryDirectory() as folder:
            yield _as_utf8(file, Path(folder) / "readings.csv")
    elif re.search(r"[*?\[\]{}]", str(file.path)):
        with tempfile.TemporaryDirectory() as folder:
            link = Path(folder) / "readings"
            link.symlink_to(file.path.absolute())
            yield link
    else:
        yield file.path


def _as_utf8(file: BulkFile, target: Path) -> Path:
    opener = gzip.open if file.compression == "gzip" else open
    with opener(file.path, "rb") as source, target.open("w", encoding="utf-8", newline="") as sink:
        shutil.copyfileobj(codecs.getreader(file.encoding)(cast(BinaryIO, source)), sink)
    return target

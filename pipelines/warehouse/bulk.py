"""Files of stack readings of any size: text and Parquet loaded by the database itself, with a reject for every bad cell.

A text file is read line by line, not cell by cell: so each row knows its line, and a line with too few or too many
cells is seen instead of lost. A file is passed over once, with bad lines in it or not.
"""

from __future__ import annotations

import codecs
import gzip
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from pipelines.errors import SourceFileError
from pipelines.warehouse.bulk_sql import BulkSql

REJECT_COLUMNS = "file_id, file_name, sheet, row_number, column_name, value, reason, what_to_do, kind"
REJECT_TYPES = (
    "file_id varchar, file_name varchar, sheet varchar, row_number bigint, column_name varchar, value varchar, reason varchar, "
    "what_to_do varchar, kind varchar, place integer"
)


class ValueColumn(Protocol):
    """A column of a wide file; see `pipelines.sources.received.ValueColumn`."""

    @property
    def header(self) -> str: ...
    @property
    def place(self) -> int: ...
    @property
    def indicator(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def flag_place(self) -> int: ...


class FileDeclaration(Protocol):
    """What a sender declares about a file; see `pipelines.sources.declared.FileDeclaration`."""

    @property
    def stack_id(self) -> str | None: ...
    @property
    def time_zone(self) -> str | None: ...
    @property
    def time_label(self) -> str | None: ...
    @property
    def time_format(self) -> str | None: ...
    @property
    def midnight(self) -> str | None: ...
    @property
    def interval_minutes(self) -> int | None: ...
    @property
    def repeated_hour(self) -> str | None: ...
    @property
    def skipped_hour(self) -> str | None: ...
    @property
    def decimal_comma(self) -> bool | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def gas_basis(self) -> str | None: ...
    @property
    def flag_scheme(self) -> str | None: ...
    @property
    def known_at(self) -> datetime | None: ...


class BulkFile(Protocol):
    """What the landing says of a large file; see `pipelines.sources.received.BulkFile`."""

    @property
    def path(self) -> Path: ...
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
    @property
    def values(self) -> tuple[ValueColumn, ...]: ...
    @property
    def declared(self) -> FileDeclaration: ...
    @property
    def rows(self) -> Any: ...


def stage_file(con: Any, file: BulkFile) -> None:
    """Write a file into `sent` (a view on the table `lines`) and `rejects` of the attached database `arriving`, once over the file.

    Raises:
        SourceFileError: The database cannot read the file at all.
    """
    try:
        if file.rows is not None:
            _stage_rows(con, file)
            return
        with _rows_in_order(con), _readable_path(file) as path:
            sql = BulkSql(file, path, _parquet_types(con, file, path))
            con.execute(f"create or replace table arriving.lines as {sql.lines()}")
            con.execute(f"create or replace view arriving.sent as {sql.rows('arriving.lines')}")
            con.execute(f"create or replace table arriving.rejects as {sql.rejects('arriving.sent')}")
    except Exception as error:  # the driver's own classes stay behind database.py
        raise unreadable_file(file, error) from error


def _stage_rows(con: Any, file: BulkFile) -> None:
    """The same tables from rows that are typed and checked already."""
    con.register("_rows", file.rows)
    typed = ", ".join(f"{name} as typed_{name}" for name in file.columns)
    columns = f"source_row_number as row_number, true as is_good, {typed}, false as below_value"
    con.execute(f"create or replace table arriving.lines as select {columns} from _rows")
    con.execute("create or replace view arriving.sent as select * from arriving.lines")
    con.execute(f"create or replace table arriving.rejects ({REJECT_TYPES})")
    con.unregister("_rows")


def unreadable_file(file: BulkFile, error: Exception) -> Exception:
    """The error of the database while it read a file, as one that names the file; what is no fault of the file stays as it is."""
    from pipelines.warehouse.database import disk_or_memory_error

    if isinstance(error, SourceFileError) or disk_or_memory_error(error, file.path):
        return error
    reason = str(error).splitlines()[0]
    what_to_do = "check that it is whole and that the run has memory and disk left, then send it again"
    return SourceFileError(f"{file.file_name}: could not be loaded ({reason}); {what_to_do}")


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

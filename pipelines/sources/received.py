"""What the landing gives to the warehouse, and what it knows of a file before it is read. Standard library only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pipelines.errors import SourceFileError
from pipelines.sources.declared import FileDeclaration
from pipelines.sources.reader import Sheet

if TYPE_CHECKING:
    import pyarrow as pa

Compression = Literal["none", "gzip"]
FileState = Literal["read", "refused", "header_only", "empty", "unrecognised", "unreadable"]


class UnreadableError(SourceFileError):
    """A file whose bytes cannot be read: damaged, cut off, in an unknown encoding. The message becomes its files row."""


class UnrecognisedError(SourceFileError):
    """A table whose header fits no reader, or more than one, or is misspelt. The message becomes its files row."""


@dataclass(frozen=True)
class ReceivedFile:
    """A file of the landing folder: `file_id` is the sha256 of its bytes, `file_name` its path below the folder."""

    path: Path
    file_id: str
    file_name: str
    byte_count: int


@dataclass(frozen=True)
class ValueColumn:
    """A column of a wide file that holds the values of one indicator: `place` and `flag_place` count from 1; 0 = no flag of its own."""

    header: str
    place: int
    indicator: str
    unit: str | None
    flag_place: int = 0


@dataclass(frozen=True)
class BulkFile:
    """A large file that the warehouse loads itself, recognised by its header.

    `columns` has one entry a field of the file, in its order: the column of `table`, or None for a field that is not
    kept. `encoding` is `utf-8`, `utf-16` or `gb18030`; `header_row` is the line of the header, 0 for Parquet. `required`:
    columns that every row must fill; `words`: column → its closed list. `values`: columns of a wide file, empty for a
    long one. `declared`: what its sender declares. `rows`: of a workbook, which is read already (format `rows`).
    """

    path: Path
    table: str
    format: Literal["csv", "parquet", "rows"]
    delimiter: str
    encoding: str
    compression: Compression
    file_id: str
    file_name: str
    header_row: int
    columns: tuple[str | None, ...]
    required: tuple[str, ...]
    words: dict[str, tuple[str, ...]]
    values: tuple[ValueColumn, ...] = ()
    declared: FileDeclaration = field(default_factory=FileDeclaration)
    rows: pa.Table | None = None


@dataclass(frozen=True)
class Content:
    """One table of a file before its rows are read: headers found, `load` reads the rest.

    `has_rows` is False where nothing but blank lines follows the header. `encoding` and `delimiter` are those of a
    text file. `note` is said in the files row.
    """

    kind: Literal["text", "workbook", "parquet"]
    sheet_name: str | None
    headers: list[str]
    header_row_number: int
    has_rows: bool
    load: Callable[[], Sheet]
    encoding: str = "utf-8"
    delimiter: str = ","
    compression: Compression = "none"
    note: str | None = None


@dataclass(frozen=True)
class Received:
    """All that a landing folder held.

    `rows`: raw table → its rows, every canonical table present, empty where nothing was received. `bulk`: files of
    `raw_monitoring__stack_readings` still to be loaded. `files`, `rejects`: as docs/architecture.md section 3.
    """

    rows: dict[str, pa.Table]
    bulk: list[BulkFile]
    files: pa.Table
    rejects: pa.Table

"""What a reader is: the sheet it is given, the rows and rejects it gives back. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal, Protocol

#: One cell as the file holds it: text files give `str` ("" = blank), workbooks and Parquet also numbers and dates.
Cell = str | int | float | bool | Decimal | date | datetime | time | timedelta | None
#: A row for a raw table: column name → value. Must hold `source_row_number`; the landing adds the other `source_` columns.
Row = dict[str, Any]
RejectKind = Literal["unreadable", "out_of_scope", "duplicate"]


@dataclass(frozen=True)
class Sheet:
    """One table of cells of a received file, header found, blank rows left out.

    `sheet_name` is None for text and Parquet files. `header_row_number` and the number of each row count as a person
    sees them (1 = first line of the file). `headers` are stripped text; every row has as many cells as there are headers
    (the landing has rejected rows with too few or too many before a reader sees them).
    """

    file_id: str
    file_name: str
    sheet_name: str | None
    header_row_number: int
    headers: list[str]
    rows: list[tuple[int, list[Cell]]]


@dataclass(frozen=True)
class Reject:
    """A row that is left out, or one of the reasons for it. Only `unreadable` counts against the gate."""

    row_number: int
    column_name: str | None
    value: str | None
    reason: str
    what_to_do: str
    kind: RejectKind = "unreadable"


@dataclass
class ReadResult:
    """What a reader made of a sheet.

    `rows`: raw table → rows in the words and units of the canonical format of that table; a text cell is fine where a
    number or a date is due, because the landing checks and converts every row with the format's model and rejects what
    does not fit. A column left out is null. `skipped_count`: rows passed over without a reject (totals, blank, umbrella).
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    skipped_count: int = 0


class Reader(Protocol):
    """A format that can be recognised by its header and read.

    `columns`: every header the reader understands, as `header_key` gives it; the reader with most of them in the
    sheet wins when several match, and a near miss is suggested from them.
    """

    @property
    def reader_id(self) -> str:
        """Short name of the format, as the files row and `source_format` show it."""

    @property
    def columns(self) -> frozenset[str]:
        """Headers that the reader understands."""

    def missing(self, headers: Sequence[str]) -> list[str]:
        """Required columns, as the file should spell them, that `headers` lacks; empty = this reader can read it."""

    def read(self, sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
        """Rows and rejects of `sheet`; `book` holds all sheets of the same file, `sheet` among them.

        A reader that draws on a second sheet looks for it in `book` by its headers. It is called once for every sheet
        whose header it recognises.
        """


def header_key(header: str) -> str:
    """A header as it is compared: lower case, runs of white space as one blank, no byte-order mark."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", " ")).strip().lower()


def cells_by_header(sheet: Sheet, cells: Sequence[Cell]) -> dict[str, Cell]:
    """The cells of one row by `header_key`; of two equal headers the first counts."""
    return {header_key(header): cell for header, cell in reversed(list(zip(sheet.headers, cells, strict=False)))}

"""A sheet written inline, for readers that are given one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sources.header_reader import HeaderReader
from pipelines.sources.reader import Cell, ReadResult, Row, Sheet


def sheet(headers: Sequence[str], *rows: Mapping[str, Cell], name: str | None = None) -> Sheet:
    """A sheet with these headers; every row gives some cells by header, the others are blank."""
    numbered = [(number, [row.get(header, "") for header in headers]) for number, row in enumerate(rows, 2)]
    return Sheet("0" * 64, "received", name, 1, list(headers), numbered)


def public_sheet(reader: HeaderReader, *rows: Mapping[str, Cell]) -> Sheet:
    """A sheet with all headers of a public format."""
    return sheet([*reader.required, *reader.optional], *rows)


def read(reader: HeaderReader, *rows: Mapping[str, Cell]) -> ReadResult:
    """What the reader makes of these rows."""
    given = public_sheet(reader, *rows)
    return reader.read(given, [given])


def only(rows: Sequence[Row]) -> dict[str, Any]:
    """The one row there is."""
    assert len(rows) == 1, rows
    return rows[0]

"""What a night says when a gate holds it: the cells that could not be read, and the quality rules that do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Rows refused in the last attempt that a gate blocked, in the home: there is no published folder to put them in.
LAST_REJECTS = "last_rejects.csv"
#: Cells that could not be read, and how many of them a message shows.
_UNREADABLE = """
select file_name, sheet, row_number, column_name, value, reason, what_to_do
from raw_landing__rejects
where kind = 'unreadable'
order by file_name, sheet nulls first, row_number, column_name
"""
_REJECTS = """
select file_name, sheet, row_number, column_name, value, reason, what_to_do, kind
from raw_landing__rejects
order by all
"""
_SHOWN_REJECTS = 20


def blocked_words(con: DuckDBPyConnection, home: Path, blocking: Sequence[str]) -> str:
    """Words for the gate, rejects first; all refused rows are written into the home. Args: blocking: messages of rules that do not hold."""
    from pipelines.warehouse import database

    rejects = database.read_rows(con, _UNREADABLE)
    con.execute(f"copy ({_REJECTS}) to '{home / LAST_REJECTS}' (header, delimiter ',')")
    more = [f"… and {len(rejects) - _SHOWN_REJECTS} more rows that cannot be read"] if len(rejects) > _SHOWN_REJECTS else []
    more += [f"All refused rows of this attempt: {home / LAST_REJECTS}"] if rejects else []
    return "\n".join([*(reject_line(row) for row in rejects[:_SHOWN_REJECTS]), *more, *blocking])


def reject_line(row: dict[str, Any]) -> str:
    """A refused cell in words: file, sheet, row, column, value, what is wrong, what to do."""
    place = f"{row['file_name']}, sheet {row['sheet']}" if row["sheet"] else row["file_name"]
    cell = " ".join(filter(None, (row["column_name"], repr(row["value"]) if row["value"] is not None else None)))
    return f"{place}, row {row['row_number']}: {cell + ': ' if cell else ''}{row['reason']}; {row['what_to_do']}"

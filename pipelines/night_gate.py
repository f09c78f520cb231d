"""What a night says when a gate holds it: the cells that could not be read, and the quality rules that do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Rows refused in the last attempt that a gate blocked, in the home: there is no published folder to put them in.
LAST_REJECTS = "last_rejects.csv"
#: Cells that could not be read.
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
#: Mistakes of one kind that a message shows, and how many kinds.
_SHOWN_ALIKE, _SHOWN_KINDS = 3, 6


def blocked_words(con: DuckDBPyConnection, home: Path, blocking: Sequence[str]) -> str:
    """Words for the gate: cells that could not be read before the rules that name their files, else after what did block.

    All refused rows are written into the home. Args: blocking: messages of rules that do not hold.
    """
    from pipelines.warehouse import database

    rejects = database.read_rows(con, _UNREADABLE)
    con.execute(f"copy ({_REJECTS}) to '{home / LAST_REJECTS}' (header, delimiter ',')")
    if not rejects:
        return "\n".join(blocking)
    cells = [*reject_lines(rejects), f"All refused rows of this attempt: {home / LAST_REJECTS}"]
    if any(str(row["file_name"]) in message for row in rejects for message in blocking):
        return "\n".join([*cells, *blocking])
    return "\n".join([*blocking, "Cells that could not be read, beside it:", *cells])


def reject_lines(rejects: Sequence[dict[str, Any]]) -> list[str]:
    """Refused cells in words, those alike together: the first ones of each kind, and how many more there are, up to which row."""
    kinds: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rejects:
        kinds.setdefault(_kind_of(row), []).append(row)
    found = list(kinds.values())
    lines = [line for rows in found[:_SHOWN_KINDS] for line in _alike(rows)]
    others = sum(map(len, found[_SHOWN_KINDS:]))
    return [*lines, f"… and {others} more cells that cannot be read, of {len(found) - _SHOWN_KINDS} other kinds"] if others else lines


def _alike(rows: list[dict[str, Any]]) -> list[str]:
    lines = [reject_line(row) for row in rows[:_SHOWN_ALIKE]]
    if (more := len(rows) - _SHOWN_ALIKE) > 0:
        lines.append(f"… and {more} more like it in {_place(rows[0])}, the last in row {rows[-1]['row_number']}")
    return lines


def _kind_of(row: dict[str, Any]) -> tuple[str, ...]:
    """What makes two mistakes alike: file, sheet, column and words, whatever the cell holds."""
    words = (str(row[name]).replace(str(row["value"]), "") for name in ("reason", "what_to_do"))
    return (_place(row), str(row["column_name"]), *words)


def reject_line(row: dict[str, Any]) -> str:
    """A refused cell in words: file, sheet, row, column, value, what is wrong, what to do."""
    cell = " ".join(filter(None, (row["column_name"], repr(row["value"]) if row["value"] is not None else None)))
    return f"{_place(row)}, row {row['row_number']}: {cell + ': ' if cell else ''}{row['reason']}; {row['what_to_do']}"


def _place(row: dict[str, Any]) -> str:
    return f"{row['file_name']}, sheet {row['sheet']}" if row["sheet"] else str(row["file_name"])

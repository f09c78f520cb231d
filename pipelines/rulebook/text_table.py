"""Rows of words as lines of text: columns that stand under each other, for a terminal."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Rows with every column as wide as its widest cell, the last one free; blanks at the end are cut."""
    if not rows:
        return []
    widths = [max(len(row[no]) for row in rows) for no in range(len(rows[0]) - 1)]
    return [indent + "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip() for row in rows]


def table(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "") -> list[str]:
    """Aligned rows under a header and a rule."""
    lines = aligned([header, *rows], indent)
    return [lines[0], indent + "-" * max(len(line) - len(indent) for line in lines), *lines[1:]] if rows else []


def shortened(text: str, most: int) -> str:
    """The text, cut with `…` where it is longer than that."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 plant`, `2 plants`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def dollars(amount: float | None) -> str:
    """An exposure in millions, as `12.3 m USD`."""
    return f"{float(amount or 0) / 1e6:,.1f} m USD"

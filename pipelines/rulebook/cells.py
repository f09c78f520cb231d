"""Cells of the reference tables: comma text and doubles, and the type of a row."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

Row = dict[str, Any]


def comma(words: tuple[str, ...]) -> str | None:
    """Words with commas between them; null for none."""
    return ",".join(words) or None


def number(value: Fraction | None) -> float | None:
    """The nearest double."""
    return None if value is None else float(value)

"""Limits and measured values as marks on a ruler of text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_WIDTH = 40
LIMIT, EFFECTIVE, MEASURED = "×", "●", "◆"


@dataclass(frozen=True)
class Ruler:
    """A scale from `low` to `high`; both ends are printed over it."""

    low: float
    high: float

    def head(self) -> str:
        """The two ends, as wide as a line of the ruler."""
        low, high = f"{self.low:.4g}", f"{self.high:.4g}"
        return f" {low}{high.rjust(_WIDTH - len(low))} "

    def line(self, value: float | None, sign: str) -> str:
        """One mark at its place; an empty ruler where there is no number."""
        if value is None:
            return "|" + "·" * _WIDTH + "|"
        at = round((value - self.low) / ((self.high - self.low) or 1.0) * (_WIDTH - 1))
        return "|" + "·" * at + sign + "·" * (_WIDTH - 1 - at) + "|"


def ruler_over(values: Iterable[float | None]) -> Ruler:
    """A ruler on which all the values have a place, beginning at 0 or below."""
    known = [value for value in values if value is not None]
    return Ruler(min([0.0, *known]), max([0.0, *known]) or 1.0)

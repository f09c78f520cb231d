"""The headline of a portfolio or sector: what can be said of it, and the parts of its bar; nothing assessable is never a rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from pipelines.report.format import decimal, share, shares
from pipelines.report.scorecard import Row
from pipelines.report.words import PARTS, Mark

#: Below this coverage the pages ask to read the range: PACTA wants over 80 % of loan value matched before conclusions are drawn.
THIN_COVERAGE = Decimal("0.8")


@dataclass(frozen=True)
class Segment:
    """One part of the bar: what it is, its amount, where it starts and how long it is in percent of the whole."""

    mark: Mark
    amount: object
    start: Decimal
    width: Decimal

    @property
    def text(self) -> str:
        """The share as text; nothing is `none`, and an amount above zero is never `0 %`."""
        if self.width > 0:
            return share(self.width)
        return "under 0.1 %" if (decimal(self.amount) or 0) > 0 else "none"


@dataclass(frozen=True)
class Headline:
    """One row of `mart_portfolio__headline`."""

    row: Row

    @property
    def is_thin(self) -> bool:
        """Whether so little was assessed that the range says more than the rate."""
        return self.is_assessable and (decimal(self.row["coverage_ratio"]) or 0) < THIN_COVERAGE

    @property
    def has_exposure(self) -> bool:
        return (decimal(self.row["exposure_usd"]) or 0) > 0

    @property
    def is_assessable(self) -> bool:
        """Whether a rate may be stated: some exposure stands behind plants whose class is known."""
        return self.has_exposure and self.row["assessed_rate_ratio"] is not None

    @cached_property
    def segments(self) -> list[Segment]:
        """The parts of the bar; their shares add up to exactly 100."""
        amounts = [self.row[f"{code}_usd"] for code in PARTS]
        widths = shares(amounts)
        starts = [sum(widths[:i], Decimal(0)) for i in range(len(widths))]
        return [Segment(*parts) for parts in zip(PARTS.values(), amounts, starts, widths, strict=True)]

    def position(self, ratio: str) -> Decimal:
        """Where a ratio of the row stands on the bar, in percent."""
        return (decimal(self.row[ratio]) or Decimal(0)) * 100

"""The headline of a portfolio or sector in words and as one bar; when nothing is assessable it says so instead of a rate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from pipelines.report.format import decimal, money, percent, share, shares
from pipelines.report.scorecard import Row
from pipelines.report.words import BASES, PARTS, Mark, plain

#: Below this coverage the page asks to read the range: PACTA wants over 80 % of loan value matched before conclusions are drawn.
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

    @property
    def middle(self) -> Decimal:
        return self.start + self.width / 2


@dataclass(frozen=True)
class Headline:
    """One row of `mart_portfolio__headline`, in words."""

    row: Row
    currency: str

    @property
    def basis(self) -> str:
        """What `exposure` means here: outstanding amount or commitment."""
        return BASES.get(self.row["exposure_basis"], plain(self.row["exposure_basis"]) or "basis not stated")

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

    @property
    def rate(self) -> str:
        return percent(self.row["assessed_rate_ratio"]) if self.is_assessable else "not assessable"

    @property
    def coverage(self) -> str:
        return percent(self.row["coverage_ratio"]) if self.has_exposure else "–"

    @property
    def range(self) -> str:
        """Lowest and highest possible share; open when nothing was assessed."""
        if not self.is_assessable:
            return "open"
        low, high = percent(self.row["lower_ratio"]), percent(self.row["upper_ratio"])
        return low if low == high else f"{low} to {high}"

    @property
    def sentences(self) -> list[str]:
        """The headline in words: the rate, the coverage, the range."""
        amount = f"{self.currency} {money(self.row['exposure_usd'])}, {self.basis}"
        if not self.has_exposure:
            return ["No exposure in scope: there is nothing to assess."]
        if not self.is_assessable:
            return [
                "Not assessable.",
                f"None of the exposure in scope ({amount}) stands behind plants whose class is known.",
                "No statement about the green share is possible until data arrives; nothing unknown counts as green.",
            ]
        return [
            f"{self.rate} of assessed exposure is green.",
            f"{self.coverage} of the exposure in scope ({amount}) could be assessed.",
            self._range_sentence(),
        ]

    @cached_property
    def segments(self) -> list[Segment]:
        """The parts of the bar; their shares add up to exactly 100."""
        amounts = [self.row[f"{code}_usd"] for code in PARTS]
        widths = shares(amounts)
        starts = [sum(widths[:i], Decimal(0)) for i in range(len(widths))]
        return [Segment(*parts) for parts in zip(PARTS.values(), amounts, starts, widths, strict=True)]

    @property
    def spoken(self) -> str:
        """The bar for those who do not see it."""
        return "; ".join(f"{segment.mark.word} {segment.text}" for segment in self.segments)

    def position(self, ratio: str) -> Decimal:
        """Where a ratio of the row stands on the bar, in percent."""
        return (decimal(self.row[ratio]) or Decimal(0)) * 100

    def _range_sentence(self) -> str:
        low, high = percent(self.row["lower_ratio"]), percent(self.row["upper_ratio"])
        if low == high:
            return f"Everything in scope is known, so the green share of all exposure in scope is {low}."
        return f"Depending on what is not known, the share lies between {low} and {high}."

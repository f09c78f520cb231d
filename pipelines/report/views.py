"""What the page shows of one portfolio and of one plant: rows joined by their keys, in order, with nothing added up."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from pipelines.report.headline import Headline
from pipelines.report.marts import (
    ELIMINATED_EQUIPMENT,
    EVIDENCE,
    FAILING_RULES,
    HEADLINE,
    LEVELS,
    LOANS,
    PLANTS,
    PORTFOLIO_PLANTS,
    UNASSESSABLE,
    Mart,
)
from pipelines.report.scorecard import Row, Scorecard

_LEVELS = ("I", "II", "III", "unrated")


@dataclass(frozen=True)
class PortfolioView:
    """One portfolio: its headline, sectors and tables."""

    scorecard: Scorecard
    portfolio_id: str

    @property
    def anchor(self) -> str:
        return anchor("portfolio", self.portfolio_id)

    @cached_property
    def headlines(self) -> list[Headline]:
        currency = self.scorecard.run["reporting_currency_code"]
        return [Headline(row, currency) for row in self._rows(HEADLINE)]

    @property
    def headline(self) -> Headline | None:
        """The row of all sectors together; None where the mart has none."""
        return next((h for h in self.headlines if h.row["sector"] == "all"), None)

    @property
    def sectors(self) -> list[Headline]:
        """The sectors in scope."""
        return [h for h in self.headlines if h.row["sector"] != "all" and h.row["scope_loan_count"]]

    @property
    def basis(self) -> str:
        return self.headline.basis if self.headline else "basis not stated"

    @cached_property
    def levels(self) -> list[Row]:
        """By sector, best level first."""
        return sorted(self._rows(LEVELS), key=_by_sector_and_level)

    @cached_property
    def equipment(self) -> list[Row]:
        return self._rows(ELIMINATED_EQUIPMENT)

    @cached_property
    def failing_rules(self) -> list[Row]:
        return self._rows(FAILING_RULES)

    @cached_property
    def gaps(self) -> list[Row]:
        return self._rows(UNASSESSABLE)

    @cached_property
    def evidence(self) -> list[Row]:
        return self._rows(EVIDENCE)

    @cached_property
    def loans(self) -> list[Row]:
        return self._rows(LOANS)

    @cached_property
    def error_loans(self) -> list[Row]:
        return [row for row in self.loans if row["exposure_state"] == "error"]

    @cached_property
    def plants(self) -> list[Row]:
        """Plants behind the portfolio, largest exposure first; exposure and loan count are those of this portfolio."""
        plants = {row["plant_id"]: row for row in self.scorecard.rows(PLANTS)}
        return [plants.get(row["plant_id"], {}) | row for row in self._rows(PORTFOLIO_PLANTS)]

    def gaps_of(self, gap: str) -> list[Row]:
        """Loans with this gap, largest first."""
        return [row for row in self.gaps if row["gap"] == gap]

    def plants_of(self, plant_class: str) -> list[Row]:
        """Plants of this class, largest exposure first."""
        return [row for row in self.plants if row["plant_class"] == plant_class]

    def _rows(self, mart: Mart) -> list[Row]:
        return self.scorecard.rows(mart, self.portfolio_id)


@dataclass(frozen=True)
class PlantView:
    """One plant with its verdicts, worst first, and the loans that lead to it."""

    row: Row
    verdicts: list[Row]
    loans: list[Row]

    @property
    def anchor(self) -> str:
        return anchor("plant", self.row["plant_id"])

    @cached_property
    def open_verdicts(self) -> list[Row]:
        """Everything that is not a PASS, worst first."""
        return [row for row in self.verdicts if row["state"] != "PASS"]

    @cached_property
    def passes(self) -> list[Row]:
        return [row for row in self.verdicts if row["state"] == "PASS"]


def plant_views(scorecard: Scorecard) -> list[PlantView]:
    """The plants that the page prints in detail, in the order of their names and ids."""
    verdicts, loans = _by_plant(scorecard.verdicts), _by_plant(_named_loans(scorecard))
    detailed = set(scorecard.detailed_plants)
    rows = sorted(scorecard.rows(PLANTS), key=lambda row: (row["plant_name"] or "", row["plant_id"]))
    return [PlantView(row, verdicts[row["plant_id"]], loans[row["plant_id"]]) for row in rows if row["plant_id"] in detailed]


def anchor(kind: str, key: object) -> str:
    """An id for a link that stays the same from night to night: `plant-P.01` → `plant-P.01`, other characters as their code."""
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found.group()):x}_", str(key))


def level_interval(best: str | None, worst: str | None) -> str:
    """The level a plant has, or the levels it could have: `II`, `II–unrated`."""
    if best in (None, "no index") and worst in (None, "no index"):
        return "no index"
    return str(best) if best == worst else f"{best or '?'}–{worst or '?'}"


def _by_sector_and_level(row: Row) -> tuple[str, int, int]:
    return row["sector"] or "", _rank(row["index_level_best"]), _rank(row["index_level_worst"])


def _rank(level: str | None) -> int:
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)


def _by_plant(rows: list[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["plant_id"]].append(row)
    return grouped


def _named_loans(scorecard: Scorecard) -> list[Row]:
    loans = {(row["portfolio_id"], row["loan_id"]): row for row in scorecard.rows(LOANS)}
    unnamed = {"counterparty_name": None, "exposure_basis": None}
    return [loans.get((row["portfolio_id"], row["loan_id"]), unnamed) | row for row in scorecard.plants_of_loans]

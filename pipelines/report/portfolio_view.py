"""What pages show of one portfolio: rows joined by their keys, in order, with nothing added up."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from pipelines.report import words
from pipelines.report.headline import Headline
from pipelines.report.index_view import index_view
from pipelines.report.marts import (
    AWAITING_VERIFICATION,
    CHANGE,
    CHANGE_SUMMARY,
    COVENANTS,
    ELIMINATED_EQUIPMENT,
    EVIDENCE,
    FAILING_RULES,
    FINDINGS,
    HEADLINE,
    LEVELS,
    LOANS,
    MEASURES,
    OVERCAPACITY,
    PCAF,
    PLANTS,
    PORTFOLIO_PLANTS,
    SDG,
    UNASSESSABLE,
    WAIVERS,
    WATCH_LIST,
    WEIGHTINGS,
    Mart,
)
from pipelines.report.scorecard import Row, Scorecard

#: Of a plant that no rule binds.
NO_LEGAL = {"binding_rule_count": 0, "awaiting_verification_count": 0, "awaiting_verification_fail_count": 0}
_LEVELS = ("I", "II", "III", "unrated")


@dataclass(frozen=True)
class PortfolioView:
    """One portfolio: its headline, sectors and tables."""

    scorecard: Scorecard
    portfolio_id: str

    @cached_property
    def headlines(self) -> list[Headline]:
        return [Headline(row) for row in self._rows(HEADLINE)]

    @property
    def headline(self) -> Headline | None:
        """The row of all sectors together; None where the mart has none."""
        return next((h for h in self.headlines if h.row["sector"] == "all"), None)

    @cached_property
    def levels(self) -> list[Row]:
        """By sector, best level first."""
        return sorted(self._rows(LEVELS), key=_by_sector_and_level)

    @cached_property
    def findings(self) -> list[Row]:
        """What became of findings since the run before, binding ones first."""
        return sorted(self._extra(FINDINGS), key=lambda row: list(words.STANDINGS).index(row["standing"]))

    @cached_property
    def waivers(self) -> list[Row]:
        """Waivers on plants behind this portfolio."""
        behind = {row["plant_id"] for row in self._rows(PORTFOLIO_PLANTS)}
        return [row for row in self.scorecard.extra(WAIVERS) if row["plant_id"] in behind]

    @cached_property
    def equipment(self) -> list[Row]:
        return self._rows(ELIMINATED_EQUIPMENT)

    @cached_property
    def failing_rules(self) -> dict[str, list[Row]]:
        """Rules that fail, by what a failure means: binding, elimination (both decide the class), awaiting_verification, comparison."""
        groups: dict[str, list[Row]] = {standing: [] for standing in words.STANDINGS}
        for row in self._rows(FAILING_RULES):
            groups[row["standing"]].append(row)
        return groups

    @cached_property
    def gaps(self) -> list[Row]:
        return self._rows(UNASSESSABLE)

    @cached_property
    def evidence(self) -> list[Row]:
        return self._rows(EVIDENCE)

    @cached_property
    def loans(self) -> list[Row]:
        return self._rows(LOANS)

    @property
    def lenders(self) -> list[str]:
        """Who lends, in the order of their names."""
        return sorted({str(row["lender_name"]) for row in self.loans if row["lender_name"]})

    @cached_property
    def error_loans(self) -> list[Row]:
        return [row for row in self.loans if row["exposure_state"] == "error"]

    @cached_property
    def plants(self) -> list[Row]:
        """Plants behind the portfolio, largest exposure first; exposure and loan count are those of this portfolio."""
        plants = {row["plant_id"]: row for row in self.scorecard.rows(PLANTS)}
        legal = self.scorecard.legal
        return [plants.get(row["plant_id"], {}) | legal.get(row["plant_id"], NO_LEGAL) | row for row in self._rows(PORTFOLIO_PLANTS)]

    def plants_behind(self, loan_id: str) -> list[Row]:
        """Plants that a loan leads to, largest exposure of the portfolio first."""
        behind = self._plants_of_loans[loan_id]
        return [row for row in self.plants if row["plant_id"] in behind]

    @cached_property
    def _plants_of_loans(self) -> defaultdict[str, set[str]]:
        plants: defaultdict[str, set[str]] = defaultdict(set)
        for row in self.scorecard.plants_of_loans:
            if row["portfolio_id"] == self.portfolio_id:
                plants[row["loan_id"]].add(row["plant_id"])
        return plants

    def open_indicators_behind(self, loan_id: str) -> list[tuple[Row, list[Row]]]:
        """Plants of unknown class behind a loan, each with the three heaviest indicators of its index that lack data."""
        plants = (row for row in self.plants_behind(loan_id) if row["plant_class"] == "unknown")
        found = ((row, index_view(self.scorecard.background, row["plant_id"])) for row in plants)
        return [(row, index.open_indicators[:3]) for row, index in found if index and index.open_indicators]

    @property
    def if_verified(self) -> Headline | None:
        """The headline that the book would have if rules awaiting verification counted; None without that mart."""
        rows = [row for row in self._extra(AWAITING_VERIFICATION) if row["sector"] == "all"]
        return Headline(rows[0]) if rows else None

    @property
    def weightings(self) -> list[Row]:
        """Green share in every weighting of the whole book, and within a sector where only that adds up."""
        in_sectors = ("attributed_capacity", "production")
        rows = [row for row in self._extra(WEIGHTINGS) if row["sector"] == "all" or row["weighting"] in in_sectors]
        return sorted(rows, key=lambda row: (row["weighting"], row["sector"]))

    @property
    def financed_emissions(self) -> list[Row]:
        """By sector and scope, the whole book first."""
        return sorted(self._extra(PCAF), key=lambda row: (row["sector"] != "all", row["sector"], row["scope"]))

    @property
    def covenants(self) -> list[Row]:
        return self._extra(COVENANTS)

    @property
    def watch_list(self) -> list[Row]:
        return self._extra(WATCH_LIST)

    @property
    def change(self) -> Row | None:
        """Why the headline moved since the run published before: its one row of words; None without that mart."""
        return next(iter(self._extra(CHANGE_SUMMARY)), None)

    @property
    def change_drivers(self) -> list[Row]:
        """Drivers that changed, of the share that the words are about, in declared order."""
        if self.change is None:
            return []
        rows = [row for row in self._extra(CHANGE) if row["sector"] == "all" and row["metric"] == self.change["metric"]]
        return sorted((row for row in rows if row["is_changed"] and row["state"] == "split"), key=lambda row: row["driver_no"])

    @property
    def measures(self) -> list[Row]:
        """Plants that measures make green, those that raise the headline most first."""
        return sorted((row for row in self._extra(MEASURES) if row["is_shown"]), key=lambda row: row["rank_no"])

    @property
    def overcapacity(self) -> list[Row]:
        """Loans to new capacity that is not needed, by loan and plant."""
        rows = [row for row in self._extra(OVERCAPACITY) if row["has_overcapacity_flag"]]
        return sorted(rows, key=lambda row: (row["loan_id"], row["plant_id"]))

    @property
    def sdg(self) -> list[Row]:
        """Targets of the Sustainable Development Goals in the order of their numbers."""
        return sorted(self._extra(SDG), key=lambda row: (row["sdg_goal"] or 0, _target_number(row["sdg_target"]), row["sdg_target"]))

    @cached_property
    def errors(self) -> list[tuple[str, list[Row]]]:
        """Verdicts that could not be computed, by reason, one a plant, plants with the largest exposure first."""
        places = {row["plant_id"]: place for place, row in enumerate(self.plants)}
        found: dict[str, dict[str, Row]] = {}
        for row in self.scorecard.verdicts:
            if row["state"] == "ERROR" and row["plant_id"] in places:
                plant = self.plants[places[row["plant_id"]]]
                found.setdefault(row["reason_code"], {}).setdefault(row["plant_id"], plant | {"reason_detail": row["reason_detail"] or ""})
        order = {code: sorted(plants.values(), key=lambda plant: places[plant["plant_id"]]) for code, plants in found.items()}
        return sorted(order.items(), key=lambda item: (places[item[1][0]["plant_id"]], item[0]))

    def gaps_of(self, gap: str) -> list[Row]:
        """Loans with this gap, largest first."""
        return [row for row in self.gaps if row["gap"] == gap]

    def plants_of(self, plant_class: str) -> list[Row]:
        """Plants of this class, largest exposure first."""
        return [row for row in self.plants if row["plant_class"] == plant_class]

    @property
    def green_in_doubt(self) -> list[Row]:
        """Green plants that rules which await verification would bind: nobody says that they keep that law."""
        return [row for row in self.plants_of("green") if row["awaiting_verification_count"]]

    def _extra(self, name: str) -> list[Row]:
        return [row for row in self.scorecard.extra(name) if row["portfolio_id"] == self.portfolio_id]

    def _rows(self, mart: Mart) -> list[Row]:
        return self.scorecard.rows(mart, self.portfolio_id)


def _target_number(target: str) -> int:
    number = target.partition(".")[2]
    return int(number) if number.isdigit() else 1000


def _by_sector_and_level(row: Row) -> tuple[str, int, int]:
    return row["sector"] or "", _rank(row["index_level_best"]), _rank(row["index_level_worst"])


def _rank(level: str | None) -> int:
    return _LEVELS.index(level) if level in _LEVELS else len(_LEVELS)

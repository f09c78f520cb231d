"""What the page shows of one portfolio and of one plant: rows joined by their keys, in order, with nothing added up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.report import words
from pipelines.report.headline import Headline
from pipelines.report.index_view import IndexView, index_view
from pipelines.report.marts import (
    AWAITING_VERIFICATION,
    CHANGE,
    CHANGE_SUMMARY,
    COVENANTS,
    ELIMINATED_EQUIPMENT,
    EMISSIONS,
    EVIDENCE,
    FAILING_RULES,
    FINDINGS,
    HEADLINE,
    INDEX_SENSITIVITY,
    LEVELS,
    LOANS,
    MEASURES,
    OVERCAPACITY,
    PCAF,
    PLANTS,
    PORTFOLIO_PLANTS,
    REGIMES,
    RETURN_CHECKS,
    SDG,
    SUSPICIONS,
    TOP_EXPOSURES,
    UNASSESSABLE,
    WAIVERS,
    WATCH_LIST,
    WEIGHTINGS,
    Mart,
)
from pipelines.report.regimes import Regimes, regimes_of
from pipelines.report.scorecard import Row, Scorecard
from pipelines.report.value_words import AnnualValue, annual_values

_NO_LEGAL = {"binding_rule_count": 0, "awaiting_verification_count": 0, "awaiting_verification_fail_count": 0}
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
        """Rules that fail, by what a failure means: binding, equipment (both decide the class), awaiting verification, comparison."""
        groups: dict[str, list[Row]] = {"binding": [], "equipment": [], "awaiting": [], "comparison": []}
        for row in self._rows(FAILING_RULES):
            groups[_weight(row)].append(row)
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

    @cached_property
    def error_loans(self) -> list[Row]:
        return [row for row in self.loans if row["exposure_state"] == "error"]

    @cached_property
    def plants(self) -> list[Row]:
        """Plants behind the portfolio, largest exposure first; exposure and loan count are those of this portfolio."""
        plants = {row["plant_id"]: row for row in self.scorecard.rows(PLANTS)}
        legal = self.scorecard.legal
        return [plants.get(row["plant_id"], {}) | legal.get(row["plant_id"], _NO_LEGAL) | row for row in self._rows(PORTFOLIO_PLANTS)]

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
        return Headline(rows[0], self.scorecard.run["reporting_currency_code"]) if rows else None

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
    def over_limit(self) -> list[Row]:
        """Buckets above the limit of the policy on concentration."""
        return [row for row in self._extra(TOP_EXPOSURES) if row["is_over_limit"]]

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
    def has_measures(self) -> bool:
        """Whether the run looked for measures behind this portfolio."""
        return bool(self._extra(MEASURES))

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
                found.setdefault(row["reason_code"], {}).setdefault(row["plant_id"], plant | {"reason_detail": row["reason_detail"]})
        order = {code: sorted(plants.values(), key=lambda plant: places[plant["plant_id"]]) for code, plants in found.items()}
        return sorted(order.items(), key=lambda item: (places[item[1][0]["plant_id"]], item[0]))

    def gaps_of(self, gap: str) -> list[Row]:
        """Loans with this gap, largest first."""
        return [row for row in self.gaps if row["gap"] == gap]

    def plants_of(self, plant_class: str) -> list[Row]:
        """Plants of this class, largest exposure first."""
        return [row for row in self.plants if row["plant_class"] == plant_class]

    def _extra(self, name: str) -> list[Row]:
        return [row for row in self.scorecard.extra(name) if row["portfolio_id"] == self.portfolio_id]

    def _rows(self, mart: Mart) -> list[Row]:
        return self.scorecard.rows(mart, self.portfolio_id)


@dataclass(frozen=True)
class Finding:
    """Verdicts that differ in their period only: the worst of them, and the others."""

    row: Row
    others: list[Row]

    @property
    def is_silent(self) -> bool:
        return self.row["state"] == "NO_DATA"

    @property
    def is_comparison(self) -> bool:
        return self.row["severity"] == "info" or not self.row["is_binding_tier"]

    @property
    def other_periods(self) -> list[str]:
        """Months in which the other periods ended, oldest first."""
        return sorted({f"{row['period_end_date']:%Y-%m}" for row in self.others if row["period_end_date"]})


@dataclass(frozen=True)
class SilentRule:
    """A rule without data at one or several places and levels of one plant."""

    rows: list[Row]

    @property
    def row(self) -> Row:
        return self.rows[0]

    @property
    def places(self) -> list[Row]:
        """One row a place."""
        return list({row["entity_id"]: row for row in self.rows}.values())

    @property
    def limits(self) -> list[Row]:
        """One row a level and limit, in the order of the levels."""
        found = {(row["tier"] or "", row["limit_value"]): row for row in self.rows}
        return [found[key] for key in sorted(found, key=lambda key: (key[0], key[1] is None, key[1] or 0))]


@dataclass(frozen=True)
class SilentGroup:
    """Why data are missing, and for which rules."""

    reason_code: str | None
    rules: list[SilentRule]


@dataclass(frozen=True)
class PlantView:
    """One plant with its verdicts, worst first, and the loans that lead to it."""

    row: Row
    verdicts: list[Row]
    loans: list[Row]
    index: IndexView | None
    annual_values: list[AnnualValue]
    sensitivity: list[Row]
    regimes: list[Regimes]
    emissions: list[Row]
    return_checks: list[Row]
    suspicions: list[Row]

    @property
    def differences(self) -> list[Row]:
        """Accounts of the returns that do not agree, the largest difference first."""
        apart = [row for row in self.return_checks if row["state"] == "differs"]
        return sorted(apart, key=lambda row: (-abs(row["difference_ratio"] or 1), row["entity_id"], row["check_name"], row["item"]))

    @property
    def anchor(self) -> str:
        return anchor("plant", self.row["plant_id"])

    @property
    def nearest_change(self) -> Row | None:
        """The group whose weight must move least before the index level changes; None where none can change it."""
        movable = [row for row in self.sensitivity if row["can_change"]]
        return min(movable, key=lambda row: (abs(row["weight_shift"]), row["group_id"]), default=None)

    @cached_property
    def findings(self) -> list[Finding]:
        """What fails or could not be decided among the rules that say must or should to this plant, worst first."""
        return [found for found in self._found if not found.is_silent and not found.is_comparison]

    @cached_property
    def silent(self) -> list[Finding]:
        """Rules without data, by reason: the list of what to ask for."""
        return sorted((found for found in self._found if found.is_silent), key=lambda found: found.row["reason_code"] or "")

    @property
    def silent_by_reason(self) -> list[SilentGroup]:
        """The same, each reason once with its rules, each rule once with its places and limits."""
        reasons: dict[str | None, dict[str, list[Row]]] = {}
        for found in self.silent:
            reasons.setdefault(found.row["reason_code"], {}).setdefault(found.row["rule_id"], []).append(found.row)
        return [SilentGroup(code, [SilentRule(rows) for rows in rules.values()]) for code, rules in reasons.items()]

    @cached_property
    def comparisons(self) -> list[Finding]:
        """Levels of a standard that are missed but do not bind this plant, and rules that are for information."""
        return [found for found in self._found if not found.is_silent and found.is_comparison]

    @cached_property
    def passes(self) -> list[Finding]:
        return findings([row for row in self.verdicts if row["state"] == "PASS"])

    @cached_property
    def _found(self) -> list[Finding]:
        return findings([row for row in self.verdicts if row["state"] != "PASS"])


def plant_views(scorecard: Scorecard) -> list[PlantView]:
    """The plants that the page prints in detail, in the order of their names and ids."""
    verdicts, loans = _by_plant(scorecard.verdicts), _by_plant(_named_loans(scorecard))
    detailed = set(scorecard.detailed_plants)
    rows = sorted(scorecard.rows(PLANTS), key=lambda row: (row["plant_name"] or "", row["plant_id"]))
    rows = [row | scorecard.legal.get(row["plant_id"], _NO_LEGAL) for row in rows]
    return [_plant_view(scorecard, row, verdicts, loans) for row in rows if row["plant_id"] in detailed]


def plant_view(scorecard: Scorecard, row: Row) -> PlantView:
    """One plant of `mart_plants__scorecard` without its verdicts and loans: index, regimes, emissions, checks, suspicions."""
    return _plant_view(scorecard, row, {row["plant_id"]: []}, {row["plant_id"]: []})


def _plant_view(scorecard: Scorecard, row: Row, verdicts: Mapping[str, list[Row]], loans: Mapping[str, list[Row]]) -> PlantView:
    plant_id = row["plant_id"]
    return PlantView(
        row,
        verdicts[plant_id],
        loans[plant_id],
        index_view(scorecard.background, plant_id),
        annual_values(scorecard.background, plant_id),
        scorecard.extra_of_plants(INDEX_SENSITIVITY)[plant_id],
        regimes_of(scorecard.extra_of_plants(REGIMES)[plant_id]),
        scorecard.extra_of_plants(EMISSIONS)[plant_id],
        scorecard.extra_of_plants(RETURN_CHECKS)[plant_id],
        scorecard.extra_of_plants(SUSPICIONS)[plant_id],
    )


def findings(verdicts: list[Row]) -> list[Finding]:
    """Verdicts of one rule, place, state and reason as one finding; the first of them, the worst, stands for all."""
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in verdicts:
        grouped.setdefault((row["rule_id"], row["tier"], row["entity_id"], row["state"], row["reason_code"]), []).append(row)
    return [Finding(rows[0], rows[1:]) for rows in grouped.values()]


def anchor(kind: str, key: object) -> str:
    """An id for a link that stays the same from night to night: `plant-P.01` → `plant-P.01`, other characters as their code."""
    return f"{kind}-" + re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found.group()):x}_", str(key))


def level_interval(best: str | None, worst: str | None) -> str:
    """The level a plant has, or the levels it could have: `II`, `II–unrated`."""
    if best in (None, "no index") and worst in (None, "no index"):
        return "no index"
    return str(best) if best == worst else f"{best or '?'}–{worst or '?'}"


def _weight(row: Row) -> str:
    if row["binding_plant_count"]:
        return "binding"
    if not row["is_verified"] and row["severity"] != "info":
        return "awaiting"
    return "equipment" if row["layer"] == "equipment_catalogue" and row["severity"] == "error" else "comparison"


def _target_number(target: str) -> int:
    number = target.partition(".")[2]
    return int(number) if number.isdigit() else 1000


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

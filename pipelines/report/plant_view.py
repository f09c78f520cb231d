"""What pages show of one plant: its verdicts in groups, its index, regimes, checks and suspicions; nothing is added up."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pipelines.report.index_view import IndexView, index_view
from pipelines.report.marts import INDEX_SENSITIVITY, REGIMES, RETURN_CHECKS, SUSPICIONS
from pipelines.report.regimes import Regimes, regimes_of
from pipelines.report.scorecard import Row, Scorecard


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


@dataclass(frozen=True)
class PlantView:
    """One plant with its verdicts, worst first."""

    row: Row
    verdicts: list[Row]
    index: IndexView | None
    sensitivity: list[Row]
    regimes: list[Regimes]
    return_checks: list[Row]
    suspicions: list[Row]

    @property
    def differences(self) -> list[Row]:
        """Accounts of the returns that do not agree, the largest difference first."""
        apart = [row for row in self.return_checks if row["state"] == "differs"]
        return sorted(apart, key=lambda row: (-abs(row["difference_ratio"] or 1), row["entity_id"], row["check_name"], row["item"]))

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
    def silent(self) -> dict[str | None, list[Row]]:
        """Verdicts without data, by reason: the list of what to ask for."""
        rows = sorted((row for row in self.verdicts if row["state"] == "NO_DATA"), key=lambda row: row["reason_code"] or "")
        found: dict[str | None, list[Row]] = {}
        for row in rows:
            found.setdefault(row["reason_code"], []).append(row)
        return found

    @cached_property
    def _found(self) -> list[Finding]:
        return findings([row for row in self.verdicts if row["state"] != "PASS"])


def plant_view(scorecard: Scorecard, row: Row) -> PlantView:
    """One plant of `mart_plants__scorecard`; its verdicts are those that the scorecard has of it."""
    plant_id = row["plant_id"]
    return PlantView(
        row,
        scorecard.verdicts_of_plants[plant_id],
        index_view(scorecard.background, plant_id),
        scorecard.extra_of_plants(INDEX_SENSITIVITY)[plant_id],
        regimes_of(scorecard.extra_of_plants(REGIMES)[plant_id]),
        scorecard.extra_of_plants(RETURN_CHECKS)[plant_id],
        scorecard.extra_of_plants(SUSPICIONS)[plant_id],
    )


def findings(verdicts: list[Row]) -> list[Finding]:
    """Verdicts of one rule, place, state and reason as one finding; the first of them, the worst, stands for all."""
    grouped: dict[tuple[Any, ...], list[Row]] = {}
    for row in verdicts:
        grouped.setdefault((row["rule_id"], row["tier"], row["entity_id"], row["state"], row["reason_code"]), []).append(row)
    return [Finding(rows[0], rows[1:]) for rows in grouped.values()]

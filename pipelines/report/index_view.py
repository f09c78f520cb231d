"""How a plant stands in the Green Capacity Cooperation Index: scores by level, indicators by group, and what is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pipelines.report.background import Background, Row
from pipelines.report.format import decimal, number

LEVELS = ("I", "II", "III")


@dataclass(frozen=True)
class LevelScore:
    """The score of one level as an interval beside the score that the level asks for."""

    level: str
    low: object
    high: object
    needed: str | None

    @property
    def interval(self) -> str:
        low, high = number(self.low, 1), number(self.high, 1)
        return low if low == high else f"{low} to {high}"

    @property
    def verdict(self) -> str:
        """Whether the score is reached, out of reach, or open; limiting indicators are another matter."""
        low, high, needed = decimal(self.low), decimal(self.high), decimal(self.needed)
        if low is None or high is None or needed is None:
            return "not stated"
        if high < needed:
            return "out of reach, whatever the unknowns are"
        return "score reached" if low >= needed else "open: decided by what is not known"


@dataclass(frozen=True)
class IndexView:
    """The index of one plant."""

    scores: Row
    indicators: list[Row]
    policy: dict[str, str]

    @cached_property
    def levels(self) -> list[LevelScore]:
        ends = ((level, f"score_{level.lower()}") for level in LEVELS)
        return [
            LevelScore(level, self.scores[f"{name}_low"], self.scores[f"{name}_high"], self.policy.get(f"level_{level}.score"))
            for level, name in ends
        ]

    @property
    def rule(self) -> str:
        """What each level asks for, as rules/policy/index.yaml says it."""
        return f"Rule: {'; '.join(self._level_rule(level) for level in LEVELS)}; else unrated."

    @property
    def lists(self) -> dict[str, list[Row]]:
        """Every indicator by how it stands, heaviest first: by the best level that it meets, `missed`, `ask`, `awaiting`; the open ones
        can stand in two lists."""
        met = {f"met_{level}": _heaviest(row for row in self.indicators if _best_met(row) == level) for level in LEVELS}
        return {"missed": self.missed_indicators, "ask": self.open_indicators, "awaiting": self.awaiting_indicators} | met

    @cached_property
    def open_indicators(self) -> list[Row]:
        """Indicators that lack data at some level, heaviest first."""
        return _heaviest(row for row in self.indicators if "unknown" in _states(row))

    @cached_property
    def awaiting_indicators(self) -> list[Row]:
        """Indicators with data that count as unknown because a rule behind them awaits verification, heaviest first."""
        return _heaviest(row for row in self.indicators if "awaiting" in _states(row))

    @cached_property
    def missed_indicators(self) -> list[Row]:
        """Indicators known to miss level III, heaviest first."""
        return _heaviest(row for row in self.indicators if state_at(row, "III") == "not_met")

    def group_title(self, group_id: str) -> str:
        return next((str(row["group_title"]) for row in self.indicators if row["group_id"] == group_id), group_id)

    def _level_rule(self, level: str) -> str:
        parts = [f"level {level}: Y_{level} at least {self.policy.get(f'level_{level}.score', '?')} points"]
        if limiting := self.policy.get(f"level_{level}.limiting"):
            parts.append(f"limiting indicators at level {limiting}")
        if others := self.policy.get(f"level_{level}.others"):
            parts.append(f"all others at least at level {others}")
        return ", ".join(parts)


def index_view(background: Background, plant_id: str) -> IndexView | None:
    """The index of a plant; None where none applies to it."""
    scores = background.index_scores.get(plant_id)
    return IndexView(scores, background.indicators.get(plant_id, []), background.index_policy) if scores else None


def state_at(indicator: Row, level: str) -> str:
    """`met`, `not_met`, `awaiting` (data are here, the rule awaits verification) or `unknown` (data are missing)."""
    met = indicator[f"meets_{level.lower()}"]
    if met is not None:
        return "met" if met == 1 else "not_met"
    return "awaiting" if indicator["has_unverified"] and indicator[f"meets_{level.lower()}_all"] is not None else "unknown"


def _best_met(indicator: Row) -> str | None:
    return next((level for level in LEVELS if state_at(indicator, level) == "met"), None)


def _states(indicator: Row) -> set[str]:
    return {state_at(indicator, level) for level in LEVELS}


def _heaviest(indicators: Iterable[Row]) -> list[Row]:
    return sorted(indicators, key=lambda row: (-row["points"], row["indicator_title"]))

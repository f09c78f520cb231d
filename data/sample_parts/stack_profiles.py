"""How each monitored stack behaves, written by hand: every normal reading lies between `low` and `high`, every oxygen
value between `o2_low` and `o2_high`, so that verdicts can be worked out without looking at the readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sample_parts.files import read_table


@dataclass(frozen=True)
class Stack:
    """Bounds and calendar of one stack; a bound that is None is a quantity that the stack does not send."""

    stack_id: str
    o2: tuple[float, float] | None
    moisture: tuple[float, float] | None
    temperature: tuple[float, float] | None
    overhaul: tuple[date, date] | None
    uses_hj212: bool


@dataclass(frozen=True)
class Series:
    """One indicator of one stack: unit as sent and the bounds of its normal readings."""

    stack_id: str
    indicator: str
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class Event:
    """Days on which a series leaves its bounds: the walk goes between `low` and `high` and is sent `factor` times too high."""

    first: date
    last: date
    low: float
    high: float
    factor: float


def stacks() -> list[Stack]:
    """The monitored stacks in order of the table."""
    return [
        Stack(
            stack_id=row["stack_id"],
            o2=_bounds(row["o2_low"], row["o2_high"]),
            moisture=_bounds(row["moisture_low"], row["moisture_high"]),
            temperature=_bounds(row["temperature_low"], row["temperature_high"]),
            overhaul=_days(row["overhaul_from"], row["overhaul_to"]),
            uses_hj212=row["letters"] == "hj212",
        )
        for row in read_table("stacks")
    ]


def series_of(stack_id: str) -> list[Series]:
    """The indicators that a stack measures."""
    return [
        Series(row["stack_id"], row["indicator"], row["unit"], float(row["low"]), float(row["high"]))
        for row in read_table("stack_series")
        if row["stack_id"] == stack_id
    ]


def events_of(series: Series) -> list[Event]:
    """What went wrong with the series in the year."""
    return [
        Event(
            first=date.fromisoformat(row["from_date"]),
            last=date.fromisoformat(row["to_date"]),
            low=float(row["low"]),
            high=float(row["high"]),
            factor=float(row["factor"]),
        )
        for row in read_table("events")
        if (row["stack_id"], row["indicator"]) == (series.stack_id, series.indicator)
    ]


def _bounds(low: str, high: str) -> tuple[float, float] | None:
    return (float(low), float(high)) if low else None


def _days(first: str, last: str) -> tuple[date, date] | None:
    return (date.fromisoformat(first), date.fromisoformat(last)) if first else None

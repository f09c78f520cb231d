"""Hourly stack readings of a year and of the month after it: bounded, autocorrelated noise plus the faults that real ones have.

Only additions, multiplications and rounding: the same numbers on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import repeat

from sample_parts.stack_profiles import Series, Stack, events_of, series_of, stacks

READING_COLUMNS = "stack_id indicator measured_at value unit gas_basis o2_pct moisture_pct temperature_c pressure_kpa flag".split()
SEED = 20260630

START_UP_HOURS = 10
START_UP_MULTIPLE = 1.2
_WORDS = {
    "N": "OK",
    "SU": "STARTUP",
    "F": "STOPPED",
    "M": "MAINTENANCE",
    "C": "CALIBRATION",
    "D": "INVALID",
    "B": "INVALID",
    "S": "SUBSTITUTED",
}

#: The line to the data centre was down: no rows at all.
SILENCE = ("KAZ-C02-K1-ST", date(2026, 5, 6), date(2026, 5, 23))


@dataclass(frozen=True)
class Span:
    """The hours that one delivery covers, in local time as sent; `seed` goes into every draw."""

    first_hour: datetime
    hours: int
    seed: str
    #: What the names of its files carry where they are not named by month.
    suffix: str

    @property
    def last_label(self) -> datetime:
        """Files were cut on the last day: an hour that ends at midnight of the next one had not been sent."""
        return self.first_hour + timedelta(hours=self.hours - 1)


YEAR = Span(datetime(2025, 7, 1), 365 * 24, f"{SEED}", "")  # noqa: DTZ001 - local time as sent
NEXT_MONTH = Span(datetime(2026, 7, 1), 31 * 24, f"{SEED}/2026-07", "_2026-07")  # noqa: DTZ001 - local time as sent


@dataclass(frozen=True)
class Hour:
    """What all indicators of a stack share in one hour; `letter` is the HJ 212 flag, SU = start-up, None = no row."""

    starts_at: datetime
    letter: str | None
    o2: float | None
    moisture: float | None
    temperature: float | None
    pressure: float | None


def readings(hour_ending: set[str], span: Span) -> Iterator[tuple[datetime, dict[str, object]]]:
    """All readings with the local time at which each hour begins, sorted by stack, indicator and time.

    Args:
        hour_ending: stacks whose time label is the end of the hour.
        span: the hours wanted.
    """
    for stack in sorted(stacks(), key=lambda one: one.stack_id):
        hours = list(_hours(stack, span))
        label = timedelta(hours=1 if stack.stack_id in hour_ending else 0)
        for series in series_of(stack.stack_id):
            yield from _series_rows(stack, series, hours, span, label)


def _hours(stack: Stack, span: Span) -> Iterator[Hour]:
    noise = random.Random(f"{span.seed}/{stack.stack_id}/hours")
    o2, moisture, temperature = (_optional_walk(noise, bounds) for bounds in (stack.o2, stack.moisture, stack.temperature))
    pressure = _optional_walk(noise, (99.5, 101.5) if stack.temperature else None)
    for number in range(span.hours):
        starts_at = span.first_hour + timedelta(hours=number)
        letter = _letter(stack, starts_at, noise)
        shared = (next(o2), next(moisture), next(temperature), next(pressure))
        if letter == "F" and stack.o2:
            shared = (20.9, *shared[1:])
        yield Hour(starts_at, letter, *shared)


def _letter(stack: Stack, starts_at: datetime, noise: random.Random) -> str | None:
    draw = noise.random()
    if _is_silent(stack.stack_id, starts_at.date()):
        return None
    if stack.overhaul and stack.overhaul[0] <= starts_at.date() <= stack.overhaul[1]:
        return "F"
    if stack.overhaul and starts_at.date() == stack.overhaul[1] + timedelta(days=1) and starts_at.hour < START_UP_HOURS:
        return "SU"
    if starts_at.weekday() == 0 and starts_at.hour == 9:
        return "C"
    if starts_at.day == 17 and 13 <= starts_at.hour < 16:
        return "M"
    if draw < 0.004:
        return None
    return next((letter for letter, below in (("B", 0.006), ("D", 0.008), ("S", 0.010)) if draw < below), "N")


def _is_silent(stack_id: str, day: date) -> bool:
    silent_id, first, last = SILENCE
    return stack_id == silent_id and first <= day <= last


def _series_rows(
    stack: Stack, series: Series, hours: list[Hour], span: Span, label: timedelta
) -> Iterator[tuple[datetime, dict[str, object]]]:
    for hour, value in zip(hours, _values(series, hours, span), strict=True):
        if hour.letter is None or hour.starts_at + label > span.last_label:
            continue
        row = {
            "stack_id": stack.stack_id,
            "indicator": series.indicator,
            "measured_at": hour.starts_at + label,
            "value": _sent_value(series, hour.letter, value),
            "unit": series.unit,
            "gas_basis": "wet" if stack.moisture else "dry",
            "o2_pct": hour.o2,
            "moisture_pct": hour.moisture,
            "temperature_c": hour.temperature,
            "pressure_kpa": hour.pressure,
            "flag": hour.letter if stack.uses_hj212 else _WORDS[hour.letter],
        }
        yield hour.starts_at, row


def _values(series: Series, hours: list[Hour], span: Span) -> list[float]:
    """What the analyser would have shown in each hour, running or not, events included."""
    noise = random.Random(f"{span.seed}/{series.stack_id}/{series.indicator}")
    walk = _walk(noise, series.low, series.high)
    values = [next(walk) for _ in hours]
    for event in events_of(series):
        walk = _walk(noise, event.low, event.high)
        for number, hour in enumerate(hours):
            if event.first <= hour.starts_at.date() <= event.last:
                values[number] = round(next(walk) * event.factor, 1)
    return values


def _sent_value(series: Series, letter: str, value: float) -> float | None:
    if letter in {"C", "B"}:
        return None
    if letter == "F":
        return 0.0
    if letter == "D":
        return round(series.high * 3, 1)
    return round(value * START_UP_MULTIPLE, 1) if letter == "SU" else value


def _walk(noise: random.Random, low: float, high: float) -> Iterator[float]:
    """Endless mean-reverting walk, mirrored at its bounds, rounded to one decimal."""
    middle, step = (low + high) / 2, (high - low) / 6
    at = middle
    while True:
        at = at + 0.12 * (middle - at) + step * (noise.random() + noise.random() - 1)
        at = 2 * high - at if at > high else 2 * low - at if at < low else at
        yield round(at, 1)


def _optional_walk(noise: random.Random, bounds: tuple[float, float] | None) -> Iterator[float | None]:
    return repeat(None) if bounds is None else _walk(noise, *bounds)

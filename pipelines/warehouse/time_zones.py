"""Local civil time → offset from UTC, for IANA zones and fixed offsets: spans of local time in which one answer holds.

The rules of the zones come from the pinned package `tzdata`, not from the machine, so that every machine gives the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

_FIXED = re.compile(r"(?:UTC|GMT|Z)?\s*(?:([+-])(\d{1,2})(?::?(\d\d))?)?", re.IGNORECASE)
_IANA = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}")
_STEP = timedelta(days=1)
_MAX_OFFSET_MINUTES = 15 * 60


@dataclass(frozen=True)
class ZoneSpan:
    """Local times from `local_from` (inclusive) to `local_to` (exclusive) with one answer.

    `kind`: `once` (one offset), `repeated` (clock set back: first the one, then the other), `skipped` (clock set forward: neither is
    right; `first_minutes` is the offset before, `second_minutes` the one after the change).
    """

    local_from: datetime
    local_to: datetime
    kind: str
    first_minutes: int
    second_minutes: int


def zone_spans(zone: str, first: datetime, last: datetime) -> list[ZoneSpan]:
    """Spans that cover the local times `first` to `last` in order, without a gap.

    Args: zone: IANA name (`Asia/Kathmandu`) or offset (`UTC+05:45`, `+0545`, `UTC`). first, last: local times without zone.
    Raises: ValueError: The zone is unknown.
    """
    start, end = first - 2 * _STEP, last + 2 * _STEP
    fixed = _fixed_minutes(zone)
    if fixed is not None:
        return [ZoneSpan(start, end, "once", fixed, fixed)]
    spans: list[ZoneSpan] = []
    local = start
    for moment, before, after in _changes(_iana(zone), start, end):
        civil = [(moment + timedelta(minutes=minutes)).replace(tzinfo=None) for minutes in (before, after)]
        kind = "skipped" if after > before else "repeated"
        spans += [ZoneSpan(local, min(civil), "once", before, before), ZoneSpan(min(civil), max(civil), kind, before, after)]
        local = max(civil)
    settled = _offset(_iana(zone), end.replace(tzinfo=UTC))
    return [*spans, ZoneSpan(local, end, "once", settled, settled)]


def offset_steps(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, int]]:
    """Offsets from UTC in minutes, each with the moment (UTC) before which it holds, in order; the last one holds on to the end.

    Args: zone: as of `zone_spans`. first, last: moments in UTC, or local times of any zone, without zone.
    Raises: ValueError: The zone is unknown.
    """
    start, end = first - 2 * _STEP, last + 2 * _STEP
    fixed = _fixed_minutes(zone)
    if fixed is not None:
        return [(end, fixed)]
    steps = [(moment.replace(tzinfo=None), before) for moment, before, _ in _changes(_iana(zone), start, end)]
    return [*steps, (end, _offset(_iana(zone), end.replace(tzinfo=UTC)))]


def changed_days(zone: str, first: date, last: date) -> list[tuple[date, int]]:
    """Local days from `first` to `last` that do not have 24 hours, each with its length in minutes.

    Raises: ValueError: The zone is unknown.
    """
    lengths: dict[date, int] = {}
    for span in zone_spans(zone, datetime.combine(first, time()), datetime.combine(last, time())):
        moment = span.local_from
        while span.kind != "once" and moment < span.local_to:
            midnight = datetime.combine(moment.date() + _STEP, time())
            minutes = (min(midnight, span.local_to) - moment) // timedelta(minutes=1)
            lengths[moment.date()] = lengths.get(moment.date(), 1440) + (minutes if span.kind == "repeated" else -minutes)
            moment = min(midnight, span.local_to)
    return [(day, minutes) for day, minutes in sorted(lengths.items()) if first <= day <= last and minutes != 1440]


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, int, int]]:
    """Moments (UTC) at which the offset changes, with the minutes before and after; found by halving the days in which it differs."""
    moment = start.replace(tzinfo=UTC) - _STEP
    while moment < end.replace(tzinfo=UTC):
        following = moment + _STEP
        before, after = _offset(zone, moment), _offset(zone, following)
        if before != after:
            early, late = moment, following
            while late - early > timedelta(minutes=1):
                middle = early + timedelta(minutes=(late - early) // timedelta(minutes=1) // 2)
                early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
            yield late, before, after
        moment = following


def _offset(zone: ZoneInfo, moment: datetime) -> int:
    offset = zone.utcoffset(moment.astimezone(zone))
    return round((offset or timedelta()) / timedelta(minutes=1))


def _fixed_minutes(zone: str) -> int | None:
    found = _FIXED.fullmatch(zone.strip())
    if not found or not zone.strip():
        return None
    sign, hours, minutes = found.groups()
    total = int(hours or 0) * 60 + int(minutes or 0)
    if total > _MAX_OFFSET_MINUTES or int(minutes or 0) > 59:
        raise ValueError(f"time zone '{zone}' is no offset on earth; write it as UTC+05:45")
    return -total if sign == "-" else total


@lru_cache(maxsize=512)
def _iana(zone: str) -> ZoneInfo:
    name = zone.strip()
    place = resources.files("tzdata").joinpath("zoneinfo", *name.split("/")) if _IANA.fullmatch(name) else None
    if place is None or not place.is_file():
        raise ValueError(f"time zone '{zone}' is unknown; write an IANA name as Asia/Karachi, or an offset as UTC+05:45")
    with place.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)

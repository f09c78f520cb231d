"""Which dated entry of a rule binds a plant of an age on a day, as int_rules__applicability decides it. For words, not for verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pipelines.rulebook.limits import DatedLimit

#: Commissioning day of a plant older than every rule.
OLDEST = date.min
Entries = Sequence[DatedLimit]
#: Entries that bind, each with the tier that does (None = it has no tiers).
Bound = tuple[tuple[DatedLimit, str | None], ...]


@dataclass(frozen=True)
class Age:
    """Plants commissioned from `start` on and before `before` (None = up to the day asked about), and what binds them."""

    start: date
    before: date | None
    bound: Bound

    def __str__(self) -> str:
        if self.start == OLDEST:
            return f"plants commissioned before {self.before}" if self.before else "every plant"
        return f"plants commissioned from {self.start} on" + (f" and before {self.before}" if self.before else "")


def bound_on(entries: Entries, commissioned: date, day: date) -> Bound:
    """What binds a plant on a day; an older plant keeps the value before until the newer one binds existing plants."""
    found = [entry for no, entry in enumerate(entries) if _binds(entry, entries[no + 1 : no + 2], commissioned, day)]
    return tuple((entry, _tier(entry, commissioned)) for entry in found)


def ages_on(entries: Entries, day: date) -> list[Age]:
    """Plants by age on a day, the oldest first; neighbours are bound by different values."""
    starts = [OLDEST, *sorted(entry.valid_from for entry in entries if entry.valid_from <= day)]
    groups = [(next(iter(group)), bound) for bound, group in groupby(starts, key=lambda commissioned: bound_on(entries, commissioned, day))]
    ends = [start for start, _ in groups[1:]] + [None]
    return [Age(start, end, bound) for (start, bound), end in zip(groups, ends, strict=True)]


def is_in_force(entry: DatedLimit, on: date) -> bool:
    """Whether an entry is the newest one of a day: the one that binds new plants."""
    return entry.valid_from <= on and (entry.valid_to is None or on < entry.valid_to)


def _binds(entry: DatedLimit, following: Entries, commissioned: date, day: date) -> bool:
    start = entry.valid_from if commissioned >= entry.valid_from else entry.existing_plants_from or entry.valid_from
    end = entry.valid_to
    if end and commissioned < end:
        end = max([end, *(one.existing_plants_from or end for one in following)])
    return start <= day and (end is None or day < end)


def _tier(entry: DatedLimit, commissioned: date) -> str | None:
    """II binds plants commissioned on or after the entry's day, III older ones."""
    if None in entry.values or not entry.values:
        return None
    return "II" if commissioned >= entry.valid_from else "III"

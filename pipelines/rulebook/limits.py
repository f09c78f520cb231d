"""What a limit is made of: its dated values, the place it stands at, whom it applies to. Frozen dataclasses, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pipelines.rulebook.vocabulary import Unit


@dataclass(frozen=True)
class Reference:
    """Where a value stands: clause of the instrument and, if any, a link."""

    clause: str
    href: str | None = None


@dataclass(frozen=True)
class Expression:
    """A limit that the standard gives as a formula. `text` is normalised arithmetic over `inputs` in the printed unit."""

    text: str
    inputs: tuple[str, ...]


LimitValue = Fraction | Expression | None


@dataclass(frozen=True)
class DatedLimit:
    """One entry of a limit: in force from `valid_from` until the day before `valid_to`. `values` maps tier (or None) to the limit."""

    valid_from: date
    valid_to: date | None
    values: dict[str | None, LimitValue]
    unit: Unit | None
    reference: Reference
    existing_plants_from: date | None = None


@dataclass(frozen=True)
class Size:
    """Size range in `unit`, with the word on each edge."""

    unit: Unit
    start: Fraction | None = None
    start_included: bool = True
    end: Fraction | None = None
    end_included: bool = False


@dataclass(frozen=True)
class Scope:
    """One alternative of `applies_to`; an empty tuple or None means any. Everything inside holds together."""

    sector: tuple[str, ...] = ()
    process: tuple[str, ...] = ()
    technology: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    region_class: tuple[str, ...] = ()
    fuel: tuple[str, ...] = ()
    commissioned_from: date | None = None
    commissioned_before: date | None = None
    size: Size | None = None
    plants: str | None = None

"""The words of the rule language: units, indicators, items of returns, reason codes, closed lists. Frozen dataclasses."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """A unit of the closed table. A value in it times `factor` is a value in the canonical unit of its quantity."""

    name: str
    quantity: str
    factor: Fraction
    canonical: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Term:
    """One summand of a numerator or denominator: item of the periodic returns (in its canonical unit) times factor, and times the entry
    `dated_factor` of rules/factors that is in force at the end of each period."""

    role: str
    item: str
    factor: Fraction
    source: str | None = None
    dated_factor: str | None = None
    path: str = ""
    line: int = 1


@dataclass(frozen=True)
class Indicator:
    """What is measured. `unit` is the canonical unit that all limits are converted to; null for evidence and equipment."""

    indicator_id: str
    title: str
    family: str
    measured_by: str
    level: str
    direction: str
    unit: Unit | None = None
    sdg_targets: tuple[str, ...] = ()
    molar_mass_g_per_mol: Fraction | None = None
    plausible_max: Fraction | None = None
    is_ambient: bool = False
    names: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True)
class ReturnItem:
    """An item that periodic returns may carry; `unit` is the unit its values are converted to."""

    item: str
    title: str
    unit: Unit


@dataclass(frozen=True)
class ReasonCode:
    """Words for a reason code: the verdict states it goes with (none: plants, loans), what it says, what a person does next."""

    code: str
    states: tuple[str, ...]
    title: str
    what_to_do: str


@dataclass(frozen=True)
class Vocabulary:
    """Closed lists of words: list name (processes, technologies, …) → word → meaning; and the sectors a word goes with."""

    lists: dict[str, dict[str, str]] = field(default_factory=dict)
    sectors_of: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def words(self, name: str) -> dict[str, str]:
        """Word → meaning of one list, empty when the list is missing."""
        return self.lists.get(name, {})

    def of_sector(self, name: str, sector: str) -> tuple[str, ...]:
        """Words of a list that go with a sector, in the order of the file."""
        return tuple(word for word, sectors in self.sectors_of.get(name, {}).items() if sector in sectors)

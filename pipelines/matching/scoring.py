"""How well a name given with a loan fits a plant: a score between 0 and 1 and the words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.matching.names import is_construction, numbers_of, one_word, telling_words, whole_name

#: Fields of a plant and how much a word found there says. A region holds many plants: alone it never reaches the cut-off.
FIELD_STRENGTHS = {
    "plant_name": 1.0,
    "alternative_names": 1.0,
    "plant_name_local": 1.0,
    "owner_name": 0.95,
    "city": 0.95,
    "parent_name": 0.92,
    "region_name": 0.75,
}
_FIELD_WORDS = {
    "plant_name": "plant name",
    "alternative_names": "other name",
    "plant_name_local": "local name",
    "owner_name": "owner",
    "city": "city",
    "parent_name": "parent",
    "region_name": "region",
}
#: Equal names: the plant's own stand above its owner's, its owner's above its parent's.
EQUAL = {"plant_name": 1.0, "alternative_names": 1.0, "plant_name_local": 1.0, "owner_name": 0.975, "parent_name": 0.95}
#: Names that only share their telling words stand below equal ones.
SHARED_WORDS = 0.95
#: A plant name of several words that stands whole in a longer loan name.
CONTAINED = 0.93
CLOSED = ("retired", "cancelled")
#: A works may have been started by the time the loan was signed, but not longer before than this.
_YEARS_BEFORE_LOAN = 1


@dataclass(frozen=True, eq=False)
class Entry:
    """One name of a plant in comparable form. `place`: of the plant in its index."""

    place: int
    field: str
    name: str
    whole: frozenset[str]
    telling: frozenset[str]
    one_word: str

    @property
    def is_plant_name(self) -> bool:
        return self.field in {"plant_name", "alternative_names"}


@dataclass(frozen=True)
class Fit:
    """How a loan's name fits a plant. `is_equal`: name for name; `is_owner`: equal to the name of the owner or parent."""

    place: int
    score: float
    is_equal: bool = False
    is_owner: bool = False
    entry: Entry | None = None
    wanted: tuple[str, ...] = ()
    words: Mapping[str, tuple[float, Entry]] | None = None

    @classmethod
    def equal(cls, entry: Entry, score: float) -> Fit:
        return cls(entry.place, round(score, 4), True, entry.field in {"owner_name", "parent_name"}, entry)

    @classmethod
    def contained(cls, entry: Entry, score: float) -> Fit:
        return cls(entry.place, round(score, 4), entry=entry)

    @classmethod
    def shared(cls, place: int, score: float, wanted: Sequence[str], words: Mapping[str, tuple[float, Entry]]) -> Fit:
        return cls(place, round(score, 4), wanted=tuple(wanted), words=words)

    @property
    def reason(self) -> str:
        """In words: which name is equal or contained, or which words were found where."""
        if self.words is not None:
            found = [(word, self.words[word][1]) for word in self.wanted if word in self.words]
            missed = [f"'{word}'" for word in self.wanted if word not in self.words]
            told = ", ".join(f"'{word}' in {_FIELD_WORDS[entry.field]} '{entry.name}'" for word, entry in found)
            return told + (f"; not found: {', '.join(missed)}" if missed else "")
        if self.entry is None:
            return ""
        named = f"{_FIELD_WORDS[self.entry.field]} '{self.entry.name}'"
        return f"same name as {named}" if self.is_equal else f"{named} is part of the loan's name"


def plant_entries(place: int, plant: Mapping[str, Any], country_iso3: str) -> list[Entry]:
    """Every name of a plant, its alternative names one by one."""
    return [
        Entry(place, field, name, whole_name(name), telling_words(name, country_iso3), one_word(name))
        for field in FIELD_STRENGTHS
        for name in _parts(plant.get(field), is_list=field == "alternative_names")
    ]


def contradiction(loan: Mapping[str, Any], plant: Mapping[str, Any], fit: Fit) -> str | None:
    """What speaks against a plant whose name fits: another number, closure, or a start before the loan that is to build it.

    An equal name stands against its start date: works with old names get new lines.
    """
    if has_other_number(loan, plant):
        return "the numbers in the names differ"
    if plant.get("status") in CLOSED:
        return f"the plant is {plant['status']}"
    project = loan.get("project_name") or loan.get("counterparty_name")
    signed, started = _year(loan.get("origination_date")), _year(plant.get("commissioning_date"))
    if is_construction(project) and not fit.is_equal and signed and started and started < signed - _YEARS_BEFORE_LOAN:
        return f"the loan of {signed} builds a works, this one has run since {started}"
    return None


def has_other_number(loan: Mapping[str, Any], plant: Mapping[str, Any]) -> bool:
    """Whether loan and plant both carry numbers of lines or phases, and no number in common."""
    wanted = numbers_of(loan.get("project_name") or loan.get("counterparty_name"))
    given = numbers_of(plant.get("plant_name"))
    return bool(wanted and given and not wanted & given) and not _has_number(plant, wanted)


def _has_number(plant: Mapping[str, Any], wanted: frozenset[int]) -> bool:
    return any(numbers_of(name) & wanted for name in _parts(plant.get("alternative_names"), is_list=True))


def _year(day: object) -> int | None:
    text = str(day or "")[:4]
    return int(text) if text.isdigit() else None


def _parts(text: object, is_list: bool) -> list[str]:
    if not text:
        return []
    return [part.strip() for part in str(text).split(";") if part.strip()] if is_list else [str(text)]

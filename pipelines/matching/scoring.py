"""How well a name given with a loan fits a plant: a score between 0 and 1 and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipelines.matching.names import WORD_LIKENESS, is_construction, is_telling, numbers_of, telling_words, whole_name

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
_EQUAL = {"plant_name": 1.0, "alternative_names": 1.0, "plant_name_local": 1.0, "owner_name": 0.975, "parent_name": 0.95}
#: Names that only share their telling words stand below equal ones.
_SHARED_WORDS = 0.95
#: A plant name of several words that stands whole in a longer loan name.
_CONTAINED = 0.93
CLOSED = ("retired", "cancelled")
#: A works may have been started by the time the loan was signed, but not longer before than this.
_YEARS_BEFORE_LOAN = 1


@dataclass(frozen=True)
class Fit:
    """How a loan's name fits a plant. `is_equal`: name for name; `is_owner`: equal to the name of the owner or parent."""

    score: float
    reason: str
    is_equal: bool = False
    is_owner: bool = False


@dataclass(frozen=True)
class PlantNames:
    """A plant's names in comparable form: (field, sent name, whole name, telling words)."""

    plant: Mapping[str, Any]
    entries: tuple[tuple[str, str, frozenset[str], frozenset[str]], ...]


def plant_names(plant: Mapping[str, Any]) -> PlantNames:
    """Every name of a plant, its alternative names one by one."""
    entries = [
        (field, name, whole_name(name), telling_words(name, plant.get("country_iso3")))
        for field in FIELD_STRENGTHS
        for name in _parts(plant.get(field), is_list=field == "alternative_names")
    ]
    return PlantNames(plant, tuple(entries))


def best_fit(loan_name: str, plant: PlantNames) -> Fit:
    """The best of equal name, shared telling words, and a plant name contained in the loan's name."""
    country = plant.plant.get("country_iso3")
    return max(
        (_equal(loan_name, plant), _shared(telling_words(loan_name, country), plant), _contained(loan_name, plant)),
        key=lambda fit: fit.score,
    )


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


@lru_cache(maxsize=200_000)
def likeness(first: str, second: str) -> float:
    """Likeness of two words, 0 below `WORD_LIKENESS`; short words must be equal."""
    from rapidfuzz import fuzz

    if first == second:
        return 1.0
    if min(len(first), len(second)) < 5:
        return 0.0
    ratio = float(fuzz.ratio(first, second)) / 100
    return ratio if ratio >= WORD_LIKENESS else 0.0


def _parts(text: object, is_list: bool) -> list[str]:
    if not text:
        return []
    return [part.strip() for part in str(text).split(";") if part.strip()] if is_list else [str(text)]


def _equal(loan_name: str, plant: PlantNames) -> Fit:
    """Equal names, word for word, where long words may differ by a letter or two of spelling."""
    wanted = whole_name(loan_name)
    best = Fit(0.0, "")
    for field, name, whole, _ in plant.entries:
        strength = _EQUAL.get(field, 0.0) * _same_words(wanted, whole)
        if strength > best.score:
            reason = f"same name as {_FIELD_WORDS[field]} '{name}'"
            best = Fit(round(strength, 4), reason, is_equal=True, is_owner=field in {"owner_name", "parent_name"})
    return best


def _same_words(first: frozenset[str], second: frozenset[str]) -> float:
    """1 for the same words, their mean likeness for spellings of them, else 0."""
    if not first or len(first) != len(second):
        return 0.0
    parts = [_most_alike(word, second) for word in first]
    return sum(parts) / len(parts) if all(parts) else 0.0


def _shared(wanted: frozenset[str], plant: PlantNames) -> Fit:
    """Telling words of the loan found among the plant's names, weighted by their length."""
    if not is_telling(wanted):
        return Fit(0.0, "")
    found = {word: _best_word(word, plant) for word in sorted(wanted)}
    letters = sum(len(word) for word in wanted)
    score = _SHARED_WORDS * sum(len(word) * strength for word, (strength, _) in found.items()) / letters
    told = [f"'{word}' in {where}" for word, (strength, where) in found.items() if strength]
    missed = [f"'{word}'" for word, (strength, _) in found.items() if not strength]
    return Fit(round(score, 4), ", ".join(told) + (f"; not found: {', '.join(missed)}" if missed else ""))


def _best_word(word: str, plant: PlantNames) -> tuple[float, str]:
    best, where = 0.0, ""
    for field, name, _, telling in plant.entries:
        strength = FIELD_STRENGTHS[field] * _most_alike(word, telling)
        if strength > best:
            best, where = strength, f"{_FIELD_WORDS[field]} '{name}'"
    return best, where


def _contained(loan_name: str, plant: PlantNames) -> Fit:
    """A plant or owner name of two or more telling words, all of them in the loan's name."""
    wanted = telling_words(loan_name, plant.plant.get("country_iso3"))
    for field, name, _, telling in plant.entries:
        if len(telling) > 1 and field in {"plant_name", "alternative_names"}:
            parts = [_most_alike(word, wanted) for word in telling]
            if all(parts):
                return Fit(round(_CONTAINED * sum(parts) / len(parts), 4), f"{_FIELD_WORDS[field]} '{name}' is part of the loan's name")
    return Fit(0.0, "")


def _most_alike(word: str, others: Iterable[str]) -> float:
    return max((likeness(word, other) for other in others), default=0.0)

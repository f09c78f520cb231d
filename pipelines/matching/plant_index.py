"""The plants of one country and sector, and which of them a name can be meant for, without looking at each of them.

A plant can only score when a word of it is alike to a word of the loan's name (or the whole names are equal without spaces), so plants are
looked up by word. Words are compared once for all loans. A test holds the answer equal to that of looking at every plant.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pipelines.matching.likeness import SAME_WITHOUT_SPACES, WORD_LIKENESS, alike_words
from pipelines.matching.names import PRODUCT_WORDS, is_telling, one_word, telling_words, whole_name
from pipelines.matching.scoring import CONTAINED, EQUAL, FIELD_STRENGTHS, SHARED_WORDS, Entry, Fit, plant_entries
from pipelines.matching.transliteration import has_arabic

#: Field strength and entry of a word's best place in a plant.
_Place = tuple[float, Entry]


class PlantIndex:
    """Plants of one country and sector by the words of their names."""

    def __init__(self, country_iso3: str, plants: Sequence[Mapping[str, Any]]) -> None:
        self.country_iso3 = country_iso3
        self.plants = list(plants)
        self._entries: list[Entry] = [
            entry for place, plant in enumerate(self.plants) for entry in plant_entries(place, plant, self.country_iso3)
        ]
        self._by_telling = _by_word(self._entries, lambda entry: entry.telling)
        self._by_whole = _by_word((entry for entry in self._entries if entry.field in EQUAL), lambda entry: entry.whole)
        self._by_one_word: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            if entry.field in EQUAL and entry.one_word:
                self._by_one_word[entry.one_word].append(entry)
        self._alike: dict[tuple[str, bool], list[tuple[str, float]]] = {}
        self._vocabulary = sorted(self._by_telling.keys() | self._by_whole.keys())

    def learn(self, names: Iterable[str]) -> None:
        """Compare the words of many names with the plants' words at once."""
        for is_vowelless in (False, True):
            of_kind = {name for name in names if has_arabic(name) == is_vowelless}
            words = sorted(
                {word for name in of_kind for word in whole_name(name)} - {word for word, kind in self._alike if kind == is_vowelless}
            )
            for word, found in alike_words(words, self._vocabulary, is_vowelless).items():
                self._alike[word, is_vowelless] = found

    def fits(self, name: str, lowest: float) -> dict[int, Fit]:
        """Place of each plant that scores at least `lowest` → its fit: best of equal names, shared words, a plant name in the loan's."""
        if any((word, has_arabic(name)) not in self._alike for word in whole_name(name)):
            self.learn([name])
        best: dict[int, Fit] = {}
        for fit in (*self._equal(name), *self._shared_and_contained(name)):
            if fit.score >= lowest and (fit.place not in best or fit.score > best[fit.place].score):
                best[fit.place] = fit
        return best

    def _equal(self, name: str) -> Iterator[Fit]:
        """Equal names, word for word, where long words may differ by a letter or two of spelling, or letter for letter without spaces."""
        wanted = whole_name(name)
        joined = one_word(name)
        if is_telling(telling_words(name, self.country_iso3)):
            for entry in self._by_one_word.get(joined, ()):
                if entry.whole != wanted:
                    yield Fit.equal(entry, EQUAL[entry.field] * SAME_WITHOUT_SPACES)
        alike = {word: {other: like for other, like in self._alike_of(word, name) if like >= WORD_LIKENESS} for word in wanted}
        if not wanted - PRODUCT_WORDS:
            return
        rarest = min(sorted(wanted), key=lambda word: sum(len(self._by_whole.get(other, ())) for other in alike[word]))
        for entry in {id(entry): entry for other in alike[rarest] for entry in self._by_whole.get(other, ())}.values():
            likeness = _same_words(wanted, entry.whole, alike)
            if likeness:
                yield Fit.equal(entry, EQUAL[entry.field] * likeness)

    def _shared_and_contained(self, name: str) -> Iterator[Fit]:
        """Telling words of the loan found among a plant's names, weighted by their length; and plant names whole in the loan's name."""
        wanted = sorted(telling_words(name, self.country_iso3))
        if not wanted:
            return
        found: dict[int, dict[str, _Place]] = defaultdict(dict)
        whole: dict[int, tuple[Entry, dict[str, float]]] = {}
        for word in wanted:
            for other, likeness in self._alike_of(word, name):
                for entry in self._by_telling.get(other, ()):
                    strength = FIELD_STRENGTHS[entry.field] * likeness
                    if strength > found[entry.place].get(word, (0.0,))[0]:
                        found[entry.place][word] = strength, entry
                    if entry.is_plant_name and len(entry.telling) > 1 and likeness >= WORD_LIKENESS:
                        parts = whole.setdefault(id(entry), (entry, {}))[1]
                        parts[other] = max(parts.get(other, 0.0), likeness)
        if is_telling(frozenset(wanted)):
            letters = sum(map(len, wanted))
            for place, words in found.items():
                score = SHARED_WORDS * sum(len(word) * words[word][0] for word in wanted if word in words) / letters
                yield Fit.shared(place, score, wanted, words)
        for entry, parts in whole.values():
            if len(parts) == len(entry.telling):
                yield Fit.contained(entry, CONTAINED * sum(parts.values()) / len(parts))

    def _alike_of(self, word: str, name: str) -> list[tuple[str, float]]:
        return self._alike[word, has_arabic(name)]


def _by_word(entries: Iterable[Entry], words: Any) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for word in words(entry):
            found[word].append(entry)
    return found


def _same_words(first: frozenset[str], second: frozenset[str], alike: Mapping[str, Mapping[str, float]]) -> float:
    """1 for the same words, their mean likeness for spellings of them, else 0."""
    if first == second:
        return 1.0
    if len(first) != len(second):
        return 0.0
    parts = [max((alike[word].get(other, 0.0) for other in second), default=0.0) for word in sorted(first)]
    return sum(parts) / len(parts) if all(parts) else 0.0

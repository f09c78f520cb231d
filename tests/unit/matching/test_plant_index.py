"""Plants are looked up by word; looking at every one of them gives the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from pipelines.matching.likeness import SHORTEST_SPELLING, WORD_LIKENESS, alike_words
from pipelines.matching.names import PRODUCT_WORDS, is_telling, one_word, telling_words, whole_name
from pipelines.matching.plant_index import PlantIndex
from pipelines.matching.scoring import CONTAINED, EQUAL, FIELD_STRENGTHS, SHARED_WORDS, Entry, plant_entries

WORDS = st.sampled_from(
    [
        "alpha",
        "alphas",
        "betong",
        "betung",
        "kuantan",
        "kuantang",
        "north",
        "cement",
        "steel",
        "tsesla",
        "lane",
        "xang",
        "lanexang",
        "no",
        "2",
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join)
PLANTS = st.lists(
    st.fixed_dictionaries(
        {"plant_name": NAMES},
        optional={"alternative_names": NAMES, "owner_name": NAMES, "city": NAMES, "parent_name": NAMES, "region_name": NAMES},
    ),
    max_size=6,
)


def alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    ratio = fuzz.ratio(one, other) / 100 if min(len(one), len(other)) >= SHORTEST_SPELLING else 0.0
    return ratio if ratio >= WORD_LIKENESS else 0.0


def mean_likeness(first: frozenset[str], second: frozenset[str]) -> float:
    parts = [max((alike(word, other) for other in second), default=0.0) for word in sorted(first)]
    return sum(parts) / len(parts) if parts and all(parts) else 0.0


def score_by_looking_at_it(name: str, entries: list[Entry], country: str) -> float:
    """Best score of one plant by the definition, word against word."""
    wanted, whole = telling_words(name, country), whole_name(name)
    scores = [0.0]
    for entry in entries:
        if entry.field in EQUAL and whole - PRODUCT_WORDS and len(whole) == len(entry.whole):
            scores.append(EQUAL[entry.field] * mean_likeness(whole, entry.whole))
        if entry.field in EQUAL and is_telling(wanted) and one_word(name) == entry.one_word and whole != entry.whole:
            scores.append(EQUAL[entry.field] * 0.99)
        if entry.is_plant_name and len(entry.telling) > 1 and wanted:
            scores.append(CONTAINED * mean_likeness(entry.telling, wanted))
    if is_telling(wanted):
        best = {
            word: max((FIELD_STRENGTHS[e.field] * alike(word, other) for e in entries for other in e.telling), default=0.0)
            for word in wanted
        }
        scores.append(SHARED_WORDS * sum(len(word) * best[word] for word in wanted) / sum(map(len, wanted)))
    return round(max(scores), 4)


@settings(max_examples=300, deadline=None)
@given(NAMES, PLANTS)
def test_the_index_gives_every_plant_the_score_of_looking_at_it(name: str, plants: list[dict[str, Any]]) -> None:
    expected = {
        place: score
        for place, plant in enumerate(plants)
        if (score := score_by_looking_at_it(name, plant_entries(place, plant, "LAO"), "LAO")) >= 0.5
    }
    found = {place: fit.score for place, fit in PlantIndex("LAO", plants).fits(name, 0.5).items()}
    assert found == pytest.approx(expected, abs=1.01e-4)  # rounded to four digits, in another order of adding
    assert all(fit.reason for fit in PlantIndex("LAO", plants).fits(name, 0.5).values())


@given(NAMES, PLANTS)
def test_a_score_lies_between_nothing_and_one(name: str, plants: list[dict[str, Any]]) -> None:
    assert all(0 <= fit.score <= 1 for fit in PlantIndex("LAO", plants).fits(name, 0.0).values())


def test_names_learnt_together_fit_as_names_learnt_alone() -> None:
    plants = [{"plant_name": "Krichevcementnoshifer Cement Plant"}, {"plant_name": "Kuantan Works"}]
    names = ["Krichevtsementnoshifer Cement", "Kuantan", "Betong"]
    together = PlantIndex("BLR", plants)
    together.learn(names)
    assert [together.fits(name, 0.5) for name in names] != [{}, {}, {}]
    for name in names:
        alone = PlantIndex("BLR", plants).fits(name, 0.5)
        assert {place: fit.score for place, fit in together.fits(name, 0.5).items()} == {place: fit.score for place, fit in alone.items()}


def test_short_words_must_be_equal_and_consonants_count_only_for_arabic() -> None:
    assert alike_words(["beta"], ["betas"]) == {"beta": []}
    assert alike_words(["yamama"], ["ymama"]) == {"yamama": [("ymama", fuzz.ratio("yamama", "ymama") / 100)]}
    assert alike_words(["ymmt"], ["yamamat"]) == {"ymmt": []}
    assert alike_words(["ymmt"], ["yamamat"], is_vowelless=True) == {"ymmt": [("yamamat", 0.7)]}

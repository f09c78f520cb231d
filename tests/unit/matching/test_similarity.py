"""How alike two names are: the peer's Jaro-Winkler, and a search that loses no pair."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.matching.similarity import METHODS, similar_pairs, similarities

WORDS = st.text(alphabet="abcdé ", max_size=9)
NAMES = st.lists(WORDS, max_size=7)


def jaro_winkler_by_hand(one: str, other: str, prefix_weight: float) -> float:
    """Letter by letter as the definition says it (Winkler 1990), half transpositions counted."""
    if not one and not other:
        return 1.0
    window, free = max(max(len(one), len(other)) // 2 - 1, 0), list(range(len(other)))
    pairs = []
    for place, letter in enumerate(one):
        near = [k for k in free if other[k] == letter and abs(k - place) <= window]
        if near:
            free.remove(near[0])
            pairs.append((letter, near[0]))
    if not pairs:
        return 0.0
    in_other = [other[k] for _, k in sorted(pairs, key=lambda pair: pair[1])]
    swapped = sum(letter != there for (letter, _), there in zip(pairs, in_other, strict=True)) / 2
    jaro = (len(pairs) / len(one) + len(pairs) / len(other) + (len(pairs) - swapped) / len(pairs)) / 3
    prefix = next((k for k in range(4) if one[k : k + 1] != other[k : k + 1] or not one[k : k + 1]), 4)
    return jaro + prefix * prefix_weight * (1 - jaro)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("martha", "marhta", 0.9611111111),  # Winkler's own example
        ("dixon", "dicksonx", 0.8133333333),  # bonus below 0.7 of plain Jaro, too
        ("abcdef", "bcadef", (1 + 1 + (6 - 1.5) / 6) / 3),  # three letters out of order are one and a half swaps
        ("", "", 1.0),
        ("abc", "", 0.0),
        ("abc", "xyz", 0.0),
    ],
)
def test_half_a_transposition_counts_and_the_prefix_bonus_is_always_given(one: str, other: str, expected: float) -> None:
    assert similarities([one], [other])[0] == pytest.approx(expected, abs=1e-10)


@given(WORDS, WORDS, st.sampled_from([0.0, 0.1, 0.25]))
def test_jaro_winkler_is_that_of_the_definition(one: str, other: str, prefix_weight: float) -> None:
    assert similarities([one], [other], prefix_weight=prefix_weight)[0] == pytest.approx(
        jaro_winkler_by_hand(one, other, prefix_weight), abs=1e-12
    )


@given(WORDS, WORDS, st.sampled_from(METHODS))
def test_similarity_is_symmetric_and_between_nothing_and_one(one: str, other: str, method: str) -> None:
    there, back = similarities([one], [other], method)[0], similarities([other], [one], method)[0]
    assert there == back
    assert 0 <= there <= 1
    assert (there == 1) == (one == other)


@settings(max_examples=200)
@given(NAMES, NAMES, st.sampled_from([0.0, 0.3, 0.8, 0.9, 1.0]), st.sampled_from(METHODS), st.sampled_from([0.0, 0.1, 0.25]))
def test_the_pruned_search_finds_what_comparing_all_pairs_finds(
    left: list[str], right: list[str], min_score: float, method: str, prefix_weight: float
) -> None:
    every = [(i, j) for i in range(len(left)) for j in range(len(right))]
    scores = similarities([left[i] for i, _ in every], [right[j] for _, j in every], method, prefix_weight)
    expected = {(i, j, score) for (i, j), score in zip(every, scores.tolist(), strict=True) if score >= min_score}
    found = similar_pairs(left, right, min_score, method, prefix_weight)
    assert len(found) == len(set(found))
    assert set(found) == expected

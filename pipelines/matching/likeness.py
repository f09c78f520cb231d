"""How alike two words of names are: spellings differ between languages by a letter or two, and Arabic leaves short vowels out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

#: Two words are the same name when they are at least this alike.
WORD_LIKENESS = 0.85
#: Words shorter than this must be equal.
SHORTEST_SPELLING = 5
#: Equal without spaces: a little less than equal word for word.
SAME_WITHOUT_SPACES = 0.99
#: Equal consonants of a word written without vowels: enough for a candidate, never for a match.
SAME_CONSONANTS = 0.7
_FEWEST_CONSONANTS = 3
_ROWS_AT_ONCE = 2_000


def alike_words(words: Sequence[str], others: Sequence[str], is_vowelless: bool = False) -> dict[str, list[tuple[str, float]]]:
    """Word → the other words that are alike and how much, in order; equal is 1, below `WORD_LIKENESS` is nothing.

    Args:
        words, others: Sorted, without repeats. is_vowelless: `words` come from Arabic letters, so equal consonants count too.
    """
    known = frozenset(others)
    found: dict[str, dict[str, float]] = {word: ({word: 1.0} if word in known else {}) for word in words}
    for word, other, likeness in _spellings(
        [w for w in words if len(w) >= SHORTEST_SPELLING], [w for w in others if len(w) >= SHORTEST_SPELLING]
    ):
        found[word].setdefault(other, likeness)
    if is_vowelless:
        by_consonants = defaultdict(list)
        for other in others:
            by_consonants[_consonants(other)].append(other)
        for word in words:
            for other in by_consonants[_consonants(word)] if len(_consonants(word)) >= _FEWEST_CONSONANTS else ():
                found[word].setdefault(other, SAME_CONSONANTS)
    return {word: sorted(alike.items()) for word, alike in found.items()}


def _spellings(words: Sequence[str], others: Sequence[str]) -> list[tuple[str, str, float]]:
    """Pairs that are alike enough. Words whose lengths differ too much for that are not compared."""
    by_length: dict[int, list[str]] = defaultdict(list)
    for other in others:
        by_length[len(other)].append(other)
    found: list[tuple[str, str, float]] = []
    for length in sorted({len(word) for word in words}):
        part = [word for word in words if len(word) == length]
        near = [other for size in sorted(by_length) if _can_be_alike(length, size) for other in by_length[size]]
        found += _compared(part, near)
    return found


def _can_be_alike(length: int, other: int) -> bool:
    """The shorter word whole in the longer one is the most that two lengths allow."""
    return 2 * min(length, other) / (length + other) >= WORD_LIKENESS


def _compared(words: Sequence[str], others: Sequence[str]) -> list[tuple[str, str, float]]:
    import numpy as np
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    found: list[tuple[str, str, float]] = []
    for start in range(0, len(words) if others else 0, _ROWS_AT_ONCE):
        part = words[start : start + _ROWS_AT_ONCE]
        ratios = cdist(part, others, scorer=fuzz.ratio, score_cutoff=100 * WORD_LIKENESS - 0.001, dtype=np.float32)
        found += [(part[i], others[j], _ratio(part[i], others[j])) for i, j in np.argwhere(ratios > 0).tolist()]
    return [row for row in found if row[2] >= WORD_LIKENESS]


def _ratio(word: str, other: str) -> float:
    from rapidfuzz import fuzz

    return float(fuzz.ratio(word, other)) / 100


def _consonants(word: str) -> str:
    """First letter, then consonants: y, w and h after the first letter stand for vowels."""
    return word[:1] + re.sub(r"[aeiouywh]", "", word[1:])

"""How alike two aliases are, as PACTA measures it, and all pairs that are alike enough.

The peer scores with `stringdist::stringsim`. Its Jaro counts half a transposition where rapidfuzz and DuckDB round down, and its prefix
bonus is always given, not from 0.7 on. Libraries therefore only sort out here: rapidfuzz's Jaro is never below the peer's, so a pair that
it puts below the bound cannot reach the score, and what is left is measured exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: Weight of each equal leading letter, and how many count (Winkler 1990; the peer's default).
PREFIX_WEIGHT = 0.1
PREFIX_LETTERS = 4
METHODS = ("jw", "lv", "osa")
#: Names compared in one go: bounds the memory of the matrix.
_ROWS_AT_ONCE = 512
_PAIRS_AT_ONCE = 20_000
#: More than rounding can take from a score.
_ROUNDING = 1e-6


def similar_pairs(
    left: Sequence[str], right: Sequence[str], min_score: float, method: str = "jw", prefix_weight: float = PREFIX_WEIGHT
) -> list[tuple[int, int, float]]:
    """Every pair (place in `left`, place in `right`, score) that scores `min_score` or more, in order; none is lost to the sorting out.

    Args:
        left, right: Aliases. Equal ones may repeat.
        min_score: 0 to 1. method: `jw` (Jaro-Winkler), `lv` (Levenshtein over the longer length), `osa` (with swaps of neighbours).
        prefix_weight: Of `jw`; 0 is plain Jaro.
    """
    import numpy as np

    found: list[tuple[int, int, float]] = []
    for rows, columns in _possible_pairs(left, right, min_score, method, prefix_weight):
        for start in range(0, len(rows), _PAIRS_AT_ONCE):
            one, other = rows[start : start + _PAIRS_AT_ONCE], columns[start : start + _PAIRS_AT_ONCE]
            scores = similarities([left[i] for i in one], [right[j] for j in other], method, prefix_weight)
            kept = np.flatnonzero(scores >= min_score)
            found += zip(one[kept].tolist(), other[kept].tolist(), scores[kept].tolist(), strict=True)
    return found


def similarities(left: Sequence[str], right: Sequence[str], method: str = "jw", prefix_weight: float = PREFIX_WEIGHT) -> Any:
    """Score of each pair `left[k]`, `right[k]` as an array; two empty names are equal, an empty and a filled one have nothing in common."""
    import numpy as np

    if not left:
        return np.zeros(0)
    if method == "jw":
        return _jaro_winkler(_letters(left), _letters(right), prefix_weight)
    from rapidfuzz.distance import OSA, Levenshtein

    distance = Levenshtein.distance if method == "lv" else OSA.distance
    lengths = np.array([max(len(one), len(other), 1) for one, other in zip(left, right, strict=True)])
    return 1 - np.array([distance(one, other) for one, other in zip(left, right, strict=True)]) / lengths


def _possible_pairs(
    left: Sequence[str], right: Sequence[str], min_score: float, method: str, prefix_weight: float
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs that a faster measure cannot rule out, as two arrays of places."""
    import numpy as np

    bound = _lowest_jaro(min_score, prefix_weight) if method == "jw" else min_score
    for start in range(0, len(left) if right else 0, _ROWS_AT_ONCE):
        part = left[start : start + _ROWS_AT_ONCE]
        rows, columns = np.nonzero(_upper_bounds(part, right, bound, method) >= bound - _ROUNDING)
        yield rows + start, columns


def _upper_bounds(left: Sequence[str], right: Sequence[str], bound: float, method: str) -> np.ndarray:
    """A matrix of scores that the exact ones (of `jw`: the exact Jaro) do not exceed; 0 where they are below the bound."""
    import numpy as np
    from rapidfuzz.distance import OSA, Jaro, Levenshtein
    from rapidfuzz.process import cdist

    one, other = np.array([len(name) for name in left]), np.array([len(name) for name in right])
    if method == "jw":
        scores: np.ndarray = cdist(left, right, scorer=Jaro.similarity, score_cutoff=max(bound - _ROUNDING, 0.0), dtype=np.float64)
        scores[np.ix_(one == 0, other == 0)] = 1.0
        return scores
    distances = cdist(left, right, scorer=Levenshtein.distance if method == "lv" else OSA.distance, dtype=np.int32)
    exact: np.ndarray = 1 - distances / np.maximum(np.maximum(one[:, None], other[None, :]), 1)
    return exact


def _lowest_jaro(min_score: float, prefix_weight: float) -> float:
    """The Jaro below which even a full prefix bonus does not reach `min_score`."""
    bonus = PREFIX_LETTERS * prefix_weight
    return max((min_score - bonus) / (1 - bonus), 0.0) if bonus < 1 else 0.0


def _letters(names: Sequence[str]) -> np.ndarray:
    """Names as a matrix of code points, one a row, filled up with zeros."""
    import numpy as np

    width = max(1, max(map(len, names)))
    return np.array(names, dtype=f"<U{width}").view(np.uint32).reshape(len(names), width)


def _jaro_winkler(one: np.ndarray, other: np.ndarray, prefix_weight: float) -> np.ndarray:
    """Jaro-Winkler of each pair of rows: letters are equal within half the longer name, the first free one counts."""
    import numpy as np

    width = max(one.shape[1], other.shape[1])
    one, other = _widened(one, width), _widened(other, width)
    one_length, other_length = (one != 0).sum(1), (other != 0).sum(1)
    one_used, other_used = _matched(one, other, np.maximum(np.maximum(one_length, other_length) // 2 - 1, 0))
    matched = one_used.sum(1)
    swapped = _out_of_order(one, other, one_used, other_used)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = 1 - (1 / 3) * (matched / one_length + matched / other_length + (matched - swapped / 2) / matched)
    both_empty = (one_length == 0) & (other_length == 0)
    distance = np.where(both_empty, 0.0, np.where(matched == 0, 1.0, distance))
    equal = (one[:, :PREFIX_LETTERS] == other[:, :PREFIX_LETTERS]) & (one[:, :PREFIX_LETTERS] != 0)
    prefix = np.cumprod(equal, axis=1).sum(1)
    scores: np.ndarray = 1 - (
        distance - prefix * prefix_weight * distance
    )  # in the peer's order of steps: scores on the cut-off stay there
    return scores


def _widened(letters: np.ndarray, width: int) -> np.ndarray:
    import numpy as np

    return np.pad(letters, ((0, 0), (0, width - letters.shape[1])))


def _matched(one: np.ndarray, other: np.ndarray, window: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which letters of each name have found an equal one not further away than `window`."""
    import numpy as np

    places = np.arange(one.shape[1])
    one_used, other_used = np.zeros(one.shape, bool), np.zeros(other.shape, bool)
    pairs = np.arange(len(one))
    for place in places:
        fits = (other == one[:, place : place + 1]) & ~other_used & (np.abs(places - place) <= window[:, None])
        fits &= one[:, place : place + 1] != 0
        first = fits.argmax(1)
        has_found = fits[pairs, first]
        one_used[:, place] = has_found
        other_used[pairs[has_found], first[has_found]] = True
    return one_used, other_used


def _out_of_order(one: np.ndarray, other: np.ndarray, one_used: np.ndarray, other_used: np.ndarray) -> np.ndarray:
    """How many matched letters stand at another place among the matched letters of the other name."""
    import numpy as np

    def gathered(letters: np.ndarray, used: np.ndarray) -> np.ndarray:
        order = np.argsort(~used, axis=1, kind="stable")
        return np.take_along_axis(np.where(used, letters, 0), order, axis=1)

    differing: np.ndarray = (gathered(one, one_used) != gathered(other, other_used)).sum(1)
    return differing

"""Audit samples that any machine draws alike: the order comes from a hash of seed and key, never from a random generator."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from decimal import Context, Decimal
from typing import Any

from pipelines.errors import WrongUseError

Row = Mapping[str, Any]
_BITS = 64
#: Decimal arithmetic is the same on every machine; the logarithm of a mathematical library is not.
_EXACTLY = Context(prec=34)


def draw(
    rows: Sequence[Row],
    count: int,
    seed: str,
    key: Callable[[Row], str],
    stratum: Callable[[Row], Hashable] | None = None,
    weight: Callable[[Row], float] | None = None,
) -> list[Row]:
    """`count` rows of a population (all of a smaller one), in the order of their keys.

    Simple: each row alike. Stratified: each stratum by its share of the population, at least one of each. Weighted: the chance of a row
    grows with its weight, without replacement (Efraimidis and Spirakis, 2006: the smallest of -ln(u) / weight are taken).

    Args:
        key: names a row and no other. stratum: what rows are grouped by. weight: a row of 0 or less is never drawn.
    Raises: WrongUseError when no item is asked for, fewer than there are strata, or nothing can be drawn.
    """
    if count < 1:
        raise WrongUseError(f"--n {count}: ask for at least one item")
    if len({key(row) for row in rows}) != len(rows):
        raise ValueError("the key does not name one row each")
    groups: dict[Hashable, list[tuple[tuple[Decimal, str], Row]]] = {}
    for row in rows:
        size = 1.0 if weight is None else weight(row)
        if size > 0:
            groups.setdefault(stratum(row) if stratum else None, []).append(((_rank(seed, key(row), size), key(row)), row))
    if not groups:
        raise WrongUseError("there is nothing to draw from: no verdict passes or fails" + (" with a weight above zero" if weight else ""))
    sizes = _allocated({name: len(group) for name, group in groups.items()}, count)
    taken = [row for name, size in sizes.items() for _, row in sorted(groups[name], key=lambda ranked: ranked[0])[:size]]
    return sorted(taken, key=key)


def _rank(seed: str, key: str, weight: float) -> Decimal:
    """Where a row stands in the draw; u, evenly spread over (0, 1], comes from the first 64 bits of sha256 over `seed|key`."""
    number = int.from_bytes(hashlib.sha256(f"{seed}|{key}".encode()).digest()[: _BITS // 8], "big") + 1
    u = _EXACTLY.divide(Decimal(number), Decimal(1 << _BITS))
    return _EXACTLY.divide(_EXACTLY.ln(u).copy_negate(), Decimal(repr(weight)))


def _allocated(sizes: Mapping[Hashable, int], count: int) -> dict[Hashable, int]:
    """How many of each stratum: by its share with the largest remainders rounded up, one at least."""
    if count < len(sizes):
        raise WrongUseError(f"--n {count}: there are {len(sizes)} strata; ask for at least as many items")
    total = sum(sizes.values())
    wanted = min(count, total)
    given = {name: max(1, wanted * size // total) for name, size in sizes.items()}
    rounded_down = (name for name, size in sizes.items() if wanted * size >= total)
    by_remainder = sorted(rounded_down, key=lambda name: (-(wanted * sizes[name] % total), str(name)))
    for name in by_remainder[: max(0, wanted - sum(given.values()))]:
        given[name] += 1
    while sum(given.values()) > wanted:
        given[max((name for name in given if given[name] > 1), key=lambda name: (given[name], str(name)))] -= 1
    return given

"""How likely chance alone makes what a suspicion test counted: SQL counts, this turns small rows of counts into p-values.

The only SciPy import. `scipy.special` is enough and loads in a tenth of the time of `scipy.stats`, against which a test holds every figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = "raw_monitoring__significance"
#: What is read for it, in an order that does not depend on the run.
TESTS_SQL = """
select entity_id, indicator_id, test, distribution, parameter_1, parameter_2, parameter_3, parameter_4
from int_monitoring__suspicion_tests
where distribution is not null
order by entity_id, indicator_id, test
"""
_KEYS = ("entity_id", "indicator_id", "test")


def significance_schemas() -> dict[str, pa.Schema]:
    """Columns of the table that `significance_table` makes."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in _KEYS]
    return {TABLE: pa.schema([*texts, ("p_value", pa.float64()), ("adjusted_p_value", pa.float64())])}


def significance_table(tests: list[dict[str, Any]]) -> pa.Table:
    """One row per test with a distribution: p-value, and the p-value adjusted for all of them.

    Args: tests: rows of TESTS_SQL. Parameters by distribution – binomial: count, trials, probability; chi_square: statistic, degrees of
        freedom; hypergeometric (Fisher's exact test, one-sided): count, all readings, high readings, gaps; normal: z, two-sided;
        f: variance ratio, both degrees of freedom.
    """
    import pyarrow as pa

    p_values = [p_value(row["distribution"], *(row[f"parameter_{number}"] for number in range(1, 5))) for row in tests]
    found = [
        {**{key: row[key] for key in _KEYS}, "p_value": p, "adjusted_p_value": q}
        for row, p, q in zip(tests, p_values, adjust(p_values), strict=True)
    ]
    return pa.Table.from_pylist(found, schema=significance_schemas()[TABLE])


def p_value(distribution: str, *parameters: float | None) -> float:
    """Chance of at least this much, between 0 and 1."""
    return min(max(float(_TAILS[distribution](*parameters)), 0.0), 1.0)


def adjust(p_values: list[float]) -> list[float]:
    """p-values of many tests at once: smallest rate of false discoveries at which each is still one (Benjamini and Hochberg, 1995)."""
    count = len(p_values)
    adjusted, least = [1.0] * count, 1.0
    for rank, place in enumerate(sorted(range(count), key=lambda number: p_values[number], reverse=True)):
        least = min(least, p_values[place] * count / (count - rank))
        adjusted[place] = least
    return adjusted


def _binomial(count: float, trials: float, probability: float, *_: float) -> Any:
    from scipy.special import bdtrc

    return bdtrc(count - 1, int(trials), probability) if count > 0 else 1.0


def _chi_square(statistic: float, degrees: float, *_: float) -> Any:
    from scipy.special import chdtrc

    return chdtrc(degrees, statistic)


def _hypergeometric(count: float, readings: float, high: float, gaps: float) -> Any:
    from scipy.special import logsumexp

    hits = range(int(max(count, high + gaps - readings)), int(min(high, gaps)) + 1)
    after_high = _log_choose(high, list(hits))
    after_others = _log_choose(readings - high, [gaps - number for number in hits])
    return math.exp(logsumexp(after_high + after_others) - _log_choose(readings, [gaps])[0])


def _log_choose(whole: float, parts: list[float]) -> Any:
    from scipy.special import gammaln

    return gammaln(whole + 1) - gammaln([part + 1 for part in parts]) - gammaln([whole - part + 1 for part in parts])


def _normal(z: float, *_: float) -> Any:
    from scipy.special import ndtr

    return 2 * ndtr(-abs(z))


def _f(ratio: float, degrees_above: float, degrees_below: float, *_: float) -> Any:
    from scipy.special import fdtrc

    return fdtrc(degrees_above, degrees_below, ratio)


_TAILS: dict[str, Callable[..., Any]] = {
    "binomial": _binomial,
    "chi_square": _chi_square,
    "hypergeometric": _hypergeometric,
    "normal": _normal,
    "f": _f,
}

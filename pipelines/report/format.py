"""Numbers as people read them. No locale: a thousand is `1,000`, a decimal point is a point, a minus is `−`, nothing known is `–`.

Tables for programs (CSV, JSON, XLSX) hold numbers and are not made by this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

#: Shown where nothing is known; templates add words for screen readers.
NULL = "–"
_MILLION = Decimal(1_000_000)
_BILLION = Decimal(1_000_000_000)
#: A hyphen that begins a number and ends nothing.
_HYPHEN = re.compile(r"(?<![\w.)/:-])-(?=\d)")


def decimal(value: Any) -> Decimal | None:
    """`value` as a Decimal by its shortest printed form; None for null, NaN and infinity."""
    if value is None or isinstance(value, bool):
        return None
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number if number.is_finite() else None


def rounded(value: Decimal, digits: int) -> Decimal:
    """Half-up rounding to `digits` decimals, never minus zero."""
    result = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return abs(result) if result == 0 else result


def minus(text: str) -> str:
    """`text` with the sign of minus before its numbers in place of a hyphen; hyphens in words, ids and dates stay."""
    return _HYPHEN.sub("−", text)


def number(value: Any, digits: int = 0) -> str:
    """`1234.5` → `1,235`."""
    exact = decimal(value)
    return NULL if exact is None else minus(f"{rounded(exact, digits):,f}")


def significant(value: Any, figures: int = 4) -> str:
    """A measured value with at most `figures` significant figures, without an exponent: `0.7223` `1,250` `48.3`."""
    exact = decimal(value)
    if exact is None:
        return NULL
    if exact == 0:
        return "0"
    text = minus(f"{rounded(exact, max(0, figures - 1 - exact.adjusted())):,f}")
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: Any, digits: int = 1) -> str:
    """A ratio as a share, `0.625` → `62.5 %`; rounding never makes 0 % or 100 % out of almost nothing or almost all."""
    exact = decimal(ratio)
    if exact is None:
        return NULL
    shown = rounded(exact * 100, digits)
    step = Decimal(1).scaleb(-digits)
    if exact < 1 and shown == 100:
        return f"over {100 - step} %"
    if exact > 0 and shown == 0:
        return f"under {step} %"
    return minus(f"{_without_trailing_zeros(shown)} %")


def signed_percent(ratio: Any) -> str:
    """Headroom: `+12 %` is room below the limit, `−35 %` is beyond it."""
    exact = decimal(ratio)
    if exact is None:
        return NULL
    return f"{_signed(rounded(exact * 100, 1))} %"


def signed_points(points: Any) -> str:
    """Percentage points with their sign: `+1.2`, `−0.4`, `0`."""
    exact = decimal(points)
    if exact is None:
        return NULL
    return _signed(rounded(exact, 1))


def shares(amounts: Sequence[Any], digits: int = 1) -> list[Decimal]:
    """Percentages of `amounts` in their sum, rounded so that they add up to exactly 100 (largest remainder).

    Args: amounts of zero or more, null counts as zero. Returns all zeros when the sum is zero.
    """
    exact = [decimal(a) or Decimal(0) for a in amounts]
    total = sum(exact, Decimal(0))
    if total <= 0:
        return [Decimal(0)] * len(exact)
    step = Decimal(1).scaleb(-digits)
    whole = [a * 100 / total for a in exact]
    floors = [w.quantize(step, rounding=ROUND_DOWN) for w in whole]
    missing = int((100 - sum(floors, Decimal(0))) / step)
    by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - whole[i], i))
    for i in by_remainder[:missing]:
        floors[i] += step
    return floors


def share(value: Decimal) -> str:
    """A share made by `shares` as text: `62.5 %`."""
    return f"{_without_trailing_zeros(value)} %"


def money(amount: Any) -> str:
    """A large amount in words' length: `1.25 billion`, `84.2 million`, `912,000`."""
    exact = decimal(amount)
    if exact is None:
        return NULL
    if abs(exact) >= _BILLION:
        return minus(f"{_without_trailing_zeros(rounded(exact / _BILLION, 2)):,f} billion")
    if abs(exact) >= _MILLION:
        return minus(f"{_without_trailing_zeros(rounded(exact / _MILLION, 1)):,f} million")
    return number(exact)


def day(value: Any) -> str:
    """ISO date."""
    if value is None:
        return NULL
    return value.date().isoformat() if isinstance(value, datetime) else value.isoformat() if isinstance(value, date) else str(value)


def _signed(value: Decimal) -> str:
    return minus(f"{_without_trailing_zeros(value):{'+' if value else ''},f}")


def _without_trailing_zeros(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def plural(count: int, thing: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{count} {thing}{'' if count == 1 else 's'}"

"""Numbers, money and dates on the pages, in both languages. The same roundings as `report.format`; an unknown value is a dash."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pipelines.report import format as plain
from pipelines.report.format import NULL, decimal, rounded
from pipelines.report.site.words import Text, t

_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_WAN = Decimal(10_000)
_YI = Decimal(100_000_000)

number = plain.number
significant = plain.significant
minus = plain.minus
signed_points = plain.signed_points


def whole(amount: Any) -> str:
    """An amount to sort by, without decimals; empty where it is not known."""
    exact = decimal(amount)
    return "" if exact is None else f"{rounded(exact, 0):f}"


def percent(ratio: Any, digits: int = 1) -> Text | str:
    """`0.625` → `62.5%`; rounding never makes 0 % or 100 % out of almost nothing or almost all."""
    exact = decimal(ratio)
    if exact is None:
        return NULL
    shown, step = rounded(exact * 100, digits), Decimal(1).scaleb(-digits)
    if exact < 1 and shown == 100:
        return t("over_percent", str(100 - step))
    if exact > 0 and shown == 0:
        return t("under_percent", str(step))
    return minus(f"{trimmed(shown):,f}%")


def signed_percent(ratio: Any) -> str:
    """Headroom: `+12%` is room below the limit, `−35%` is beyond it."""
    return plain.signed_percent(ratio).replace(" %", "%")


def money(amount: Any) -> Text | str:
    """`1.42 billion`, in Chinese `14.2 亿`; `84.2 million`, `8,420 万`."""
    exact = decimal(amount)
    if exact is None:
        return NULL
    english = plain.money(exact)
    return Text(english, _chinese_money(exact)) if abs(exact) >= _WAN else english


def day(value: Any) -> Text | str:
    """`30 Jun 2026`, in Chinese `2026年6月30日`."""
    if value is None:
        return NULL
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    found = value.date() if isinstance(value, datetime) else value
    english = f"{found.day} {_MONTHS[found.month - 1]} {found.year}"
    return Text(english, f"{found.year}年{found.month}月{found.day}日", day=found.isoformat())


def month(value: date) -> Text:
    """`Jun 2026`, in Chinese `2026年6月`."""
    return Text(f"{_MONTHS[value.month - 1]} {value.year}", f"{value.year}年{value.month}月")


def period_words(start: date | None, end: date | None) -> Text | str:
    """A period by its days; a whole month of the calendar by its name."""
    if start is None or end is None:
        return day(end or start)
    if start.day == 1 and (end + timedelta(days=1)).day == 1 and (start.year, start.month) == (end.year, end.month):
        return month(end)
    return t("period_of", day(start), day(end))


def trimmed(value: Decimal) -> Decimal:
    """Without zeros at the end of the decimals."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _chinese_money(exact: Decimal) -> str:
    if abs(exact) >= _YI:
        return minus(f"{trimmed(rounded(exact / _YI, 2)):,f} 亿")
    return minus(f"{trimmed(rounded(exact / _WAN, 1)):,f} 万")

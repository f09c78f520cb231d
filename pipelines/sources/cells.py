"""One cell as received → one value of a column, or a `CellError` that says what is wrong and what to write instead.

Nothing is guessed: a thousands separator, a percent sign or a day-first date is refused, because each has two readings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_DATE = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ]0?0:00(?::00(?:\.0+)?)?)?")
_COMPACT_DATE = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MOMENT = re.compile(r"(\d{4})([-/])(\d{1,2})\2(\d{1,2})(?:[T ](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?")
_CENT = Decimal("0.01")
_AMOUNT_BOUND = Decimal(10) ** 18
_BOOLEANS = {"yes": True, "true": True, "no": False, "false": False}
#: Currency names in daily use that are no ISO 4217 codes.
_CURRENCY_NICKNAMES = {"RMB": "CNY", "CNH": "CNY", "NTD": "TWD", "NIS": "ILS", "STG": "GBP", "UKP": "GBP", "EURO": "EUR"}
SPREADSHEET_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
#: Codes without a currency behind them, and user-assigned country codes in general use.
_NO_CURRENCY = {"XXX", "XTS"}
_EXTRA_COUNTRIES = {"XKX"}


class CellError(ValueError):
    """A cell that cannot be read as its column wants: `reason` and `what_to_do`, both for a person."""

    def __init__(self, reason: str, what_to_do: str) -> None:
        super().__init__(f"{reason}; {what_to_do}")
        self.reason = reason
        self.what_to_do = what_to_do


def is_blank(cell: object) -> bool:
    """True for nothing, and for text of white space only. The words "NA" and "N/A" are no blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_text(cell: object) -> str:
    """Text without outer blanks; a whole number of a workbook loses its `.0`, a date is written ISO."""
    if isinstance(cell, (list, dict)):
        raise CellError("holds a list, not one value", "send one value a cell")
    text = plain_text(cell)
    if text.startswith("#") and text.upper() in SPREADSHEET_ERRORS:
        raise CellError(f"'{text}' is the error of a formula", "correct the formula, or leave the cell empty where the value is unknown")
    return text


def plain_text(cell: object) -> str:
    """The cell as text, whatever it says."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)


def as_word(cell: object) -> str:
    """A word of a closed list as it is compared: lower case, blanks and hyphens as `_`."""
    return re.sub(r"[\s\-]+", "_", as_text(cell).lower())


def as_decimal(cell: object) -> Decimal:
    """A plain number, exactly as written; a number cell by its shortest decimal form."""
    if isinstance(cell, bool):
        raise CellError(f"'{as_text(cell)}' is not a number", "write the number, or leave the cell empty")
    if isinstance(cell, Decimal):
        number = cell
    elif isinstance(cell, (int, float)):
        number = Decimal(repr(cell))
    else:
        number = _decimal_of_text(as_text(cell))
    if not number.is_finite():
        raise CellError(f"'{cell}' is not a number", "leave the cell empty where the value is unknown")
    return number


def _decimal_of_text(text: str) -> Decimal:
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    raise CellError(f"'{text}' is not a plain number", _number_hint(text))


def _number_hint(text: str) -> str:
    bare = re.sub(r"[,\s'’_\u00a0\u202f]", "", text)
    if re.fullmatch(r"[+-]?\d{1,3}([,\s'’_\u00a0\u202f]\d{3})+(\.\d+)?", text):
        return f"thousands separators are not guessed: write {bare}"
    if re.fullmatch(r"[+-]?[\d.]*\d,\d+", text):
        return f"a comma has two readings: write {text.replace('.', '').replace(',', '.')} if it marks the decimals"
    if text.endswith("%"):
        return "write the number without the percent sign, in the unit of the column (a ratio of 50% is 0.5)"
    return "write digits with a point for the decimals, or leave the cell empty where the value is unknown"


def as_number(cell: object) -> float:
    """A finite number."""
    if type(cell) is float and math.isfinite(cell):
        return cell
    number = float(as_decimal(cell))
    if not math.isfinite(number):
        raise CellError(f"'{cell}' is too large for a number", "check the value")
    return number


def as_amount(cell: object) -> Decimal:
    """An amount of money with two decimals, half up."""
    number = as_decimal(cell)
    if abs(number) >= _AMOUNT_BOUND:
        raise CellError(f"'{cell}' is too large for an amount", "check the value; amounts have up to 18 digits before the point")
    return number.quantize(_CENT, ROUND_HALF_UP)


def as_whole_number(cell: object) -> int:
    """A whole number, such as a count or a year."""
    number = as_decimal(cell)
    if number != number.to_integral_value() or abs(number) >= _AMOUNT_BOUND:
        raise CellError(f"'{as_text(cell)}' is not a whole number", "write a whole number")
    return int(number)


def within(
    convert: Callable[[object], Any], low: float | None = None, high: float | None = None, hint: str = "check the value"
) -> Callable[[object], Any]:
    """`convert` that also refuses what lies below `low` or above `high`."""

    def converted(cell: object) -> Any:
        value = convert(cell)
        if low is not None and value < low:
            raise CellError(f"'{as_text(cell)}' is negative" if low == 0 else f"'{as_text(cell)}' is below {low:g}", hint)
        if high is not None and value > high:
            raise CellError(f"'{as_text(cell)}' is above {high:g}", hint)
        return value

    return converted


def as_positive_number(cell: object) -> float:
    """A number above zero."""
    number = as_number(cell)
    if number <= 0:
        raise CellError(f"'{as_text(cell)}' is not above zero", "check the value, or leave the row out")
    return number


def as_date(cell: object) -> date:
    """A day: a date cell, or text as `YYYY-MM-DD`, `YYYY/MM/DD` or `YYYYMMDD`."""
    if isinstance(cell, datetime):
        return _day_of_moment(cell)
    if isinstance(cell, date):
        return cell
    text = as_text(cell)
    match = _DATE.fullmatch(text)
    parts = (match[1], match[3], match[4]) if match else _compact_parts(text)
    try:
        return date(*(int(part) for part in parts))
    except (TypeError, ValueError):
        raise CellError(f"'{text}' is not a date", _date_hint(text)) from None


def _compact_parts(text: str) -> tuple[str, ...]:
    match = _COMPACT_DATE.fullmatch(text)
    return match.groups() if match else ()


def _day_of_moment(moment: datetime) -> date:
    if moment.time() != time(0):
        raise CellError(f"'{moment.isoformat(sep=' ')}' is a time of day, not a date", "write the day as YYYY-MM-DD")
    return moment.date()


def _date_hint(text: str) -> str:
    if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text):
        return "day and month can be mixed up: write the day as YYYY-MM-DD"
    if re.fullmatch(r"\d{4}", text):
        return f"a year alone is no date: write {text}-01-01 if the first day is meant"
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        return "this looks like a day number of a spreadsheet: format the cell as a date, or write YYYY-MM-DD"
    return "write an existing day as YYYY-MM-DD, or leave the cell empty where it is unknown"


def as_moment(cell: object) -> datetime:
    """A local time without offset: a date-time cell, or text as `YYYY-MM-DD HH:MM[:SS]`; a day alone is its first minute."""
    if isinstance(cell, datetime) and cell.tzinfo is None:
        return cell
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime.combine(cell, time(0))
    text = as_text(cell)
    match = _MOMENT.fullmatch(text)
    try:
        if match is None:
            raise ValueError
        year, _, month, day, hour, minute, second, fraction = match.groups(default="0")
        clock = time(int(hour), int(minute), int(second), int(fraction.ljust(6, "0")))
        return datetime.combine(date(int(year), int(month), int(day)), clock)
    except ValueError:
        raise CellError(f"'{text}' is not a date and time", MOMENT_HINT) from None


MOMENT_HINT = "write local time as YYYY-MM-DD HH:MM[:SS], without offset; for 24:00 write 00:00 of the next day"


def as_boolean(cell: object) -> bool:
    """`yes` or `true`, `no` or `false`, in any case; or a boolean cell."""
    if isinstance(cell, bool):
        return cell
    text = as_text(cell)
    if text.lower() not in _BOOLEANS:
        raise CellError(f"'{text}' is neither yes nor no", "write yes, no, true or false, or leave the cell empty where it is unknown")
    return _BOOLEANS[text.lower()]


@cache
def _currencies() -> frozenset[str]:
    import pycountry

    return frozenset(currency.alpha_3 for currency in pycountry.currencies) - _NO_CURRENCY


@cache
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_3 for country in pycountry.countries) | _EXTRA_COUNTRIES


def as_currency(cell: object) -> str:
    """An ISO 4217 code in force."""
    code = as_text(cell).upper()
    if code not in _currencies():
        meant = _CURRENCY_NICKNAMES.get(code)
        hint = f"use the ISO 4217 code, perhaps '{meant}'" if meant else "use the three letters of ISO 4217, as USD, EUR, CNY"
        raise CellError(f"'{as_text(cell)}' is not a currency code", hint)
    return code


def as_country(cell: object) -> str:
    """An ISO 3166-1 alpha-3 code (or XKX)."""
    code = as_text(cell).upper()
    if code not in _countries():
        meant = _country_named(as_text(cell))
        hint = f"use the ISO 3166-1 alpha-3 code, perhaps '{meant}'" if meant else "use the three letters of ISO 3166-1, as IDN, VNM"
        raise CellError(f"'{as_text(cell)}' is not a country code", hint)
    return code


@cache
def _country_named(name: str) -> str | None:
    import pycountry

    try:
        return str(pycountry.countries.lookup(name).alpha_3)
    except LookupError:
        return None

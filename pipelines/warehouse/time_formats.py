"""How a sent time is written → SQL that reads it as local time. Builds text, runs nothing."""

from __future__ import annotations

_DAY_END = r"\d{4}([-/])\d{1,2}[-/]\d{1,2}[T ]24:00(:00(\.0{1,6})?)?"
#: 24:00 in a declared form, where nothing but it can be meant.
_DAY_END_ANYWHERE = r"(^|.*[^0-9:.])24:00(:00)?($|[^0-9:.].*)"
_MOMENT = r"\d{4}([-/])\d{1,2}[-/]\d{1,2}([T ]([01]?\d|2[0-3]):\d\d(:\d\d(\.\d{1,6})?)?)?"
#: Parts of a declared `time_format` and what the database calls them.
_TOKENS = (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d"), ("hh", "%H"), ("mm", "%M"), ("ss", "%S"))


_TYPED = ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S")


def moment_from(cell: str, sql_type: str) -> str:
    """SQL of the local time in `cell`, null where it does not fit. A type with a zone goes through its text and is refused for its offset.

    Args: sql_type: Type of the cell.
    """
    if sql_type in _TYPED:
        return f"{cell}::timestamp"
    # The common form is told by a pattern that costs a tenth of the expression.
    common = f"{cell}::varchar like '____-__-__ __:__' and {cell}::varchar not like '% 24:%'"
    text = f"trim({cell}::varchar)"
    other = f"case when regexp_full_match({text}, '{_MOMENT}') then {_read(text, None)} end"
    return f"coalesce(case when {common} then try_cast({cell}::varchar as timestamp) end, {other})"


def measured_at_from(cell: str, sql_type: str, declared: str | None, is_midnight_at_day_end: bool) -> str:
    """The same for the time of a reading, which may write the end of a day as 24:00 of it.

    Args:
        declared: As `DD-MM-YYYY hh:mm`; None = ISO 8601.
        is_midnight_at_day_end: The file dates 00:00 by the day that it ends: 24:00 is then the 00:00 of its day, which the reader moves on.
    """
    if sql_type in _TYPED:
        return f"{cell}::timestamp"
    text = f"trim({cell}::varchar)"
    usual = _read(text, declared) if declared else moment_from(cell, sql_type)
    begun = _read(f"replace({text}, '24:00', '00:00')", declared)
    ended = begun if is_midnight_at_day_end else f"{begun} + interval 1 day"
    pattern = _DAY_END_ANYWHERE if declared else _DAY_END
    return f"coalesce({usual}, case when regexp_full_match({text}, '{pattern}') then {ended} end)"


def _read(text: str, declared: str | None) -> str:
    if declared:
        return f"try_strptime({text}, '{strptime_format(declared)}')"
    return f"try_cast(replace({text}, '/', '-') as timestamp)"


def strptime_format(declared: str) -> str:
    """`DD-MM-YYYY hh:mm` → `%d-%m-%Y %H:%M`; the landing has refused what is no such format."""
    for token, code in _TOKENS:
        declared = declared.replace(token, code, 1)
    return declared

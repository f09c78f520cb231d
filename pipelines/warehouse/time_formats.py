"""How a sent time is written → SQL that reads it as local time. Builds text, runs nothing."""

from __future__ import annotations

_MOMENT = r"\d{4}([-/])\d{1,2}[-/]\d{1,2}([T ]([01]?\d|2[0-3]):\d\d(:\d\d(\.\d{1,6})?)?)?"
#: Parts of a declared `time_format` and what the database calls them.
_TOKENS = (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d"), ("hh", "%H"), ("mm", "%M"), ("ss", "%S"))


def moment_from(cell: str, sql_type: str, declared: str | None) -> str:
    """SQL of the local time in `cell`, null where it does not fit. A type with a zone goes through its text and is refused for its offset.

    Args: sql_type: Type of the cell. declared: As `DD-MM-YYYY hh:mm`; None = ISO 8601.
    """
    if sql_type in ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"):
        return f"{cell}::timestamp"
    text = f"trim({cell}::varchar)"
    if declared:
        return f"try_strptime({text}, '{strptime_format(declared)}')"
    # The common form is told by a pattern that costs a tenth of the expression.
    common = f"{cell}::varchar like '____-__-__ __:__' and {cell}::varchar not like '% 24:%'"
    other = f"case when regexp_full_match({text}, '{_MOMENT}') then try_cast(replace({text}, '/', '-') as timestamp) end"
    return f"coalesce(case when {common} then try_cast({cell}::varchar as timestamp) end, {other})"


def strptime_format(declared: str) -> str:
    """`DD-MM-YYYY hh:mm` → `%d-%m-%Y %H:%M`; the landing has refused what is no such format."""
    for token, code in _TOKENS:
        declared = declared.replace(token, code, 1)
    return declared

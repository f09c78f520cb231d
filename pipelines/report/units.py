"""Unit and heading of a column, read from its name: column names end in their unit."""

from __future__ import annotations

from collections.abc import Collection

#: End of a column's name → its unit. The longest end that fits counts.
_UNITS = {
    "_usd": "USD",
    "_per_100m_usd": "percentage points per 100 million USD",
    "_tco2e_per_musd": "t CO2e per million USD",
    "_amount": "currency of the row",
    "fx_rate": "local currency per USD",
    "_ratio": "ratio (1 = 100 %)",
    "_points": "percentage points",
    "_pct": "%",
    "_bp": "basis points",
    "_t": "t",
    "_t_per_year": "t/year",
    "_kg_per_head": "kg per head and year",
    "_tco2e": "t CO2e",
    "_tco2e_per_year": "t CO2e/year",
    "_t_per_t": "t CO2e per t of product",
    "_years": "years",
    "years_before_maturity": "years",
    "_year": "calendar year",
    "_days": "days",
    "_count": "count",
    "_date": "ISO date",
    "_at": "ISO time, UTC",
    "_iso3": "ISO 3166-1 alpha-3",
    "_code": "code",
    "_rank": "1 = first",
    "score_low": "points 0-100",
    "score_high": "points 0-100",
    "hhi": "points 0-10,000",
    "size_value": "unit in size_unit",
    "days_to_cure_end": "days",
    "days_to_expiry": "days",
}
_ENDS = sorted(_UNITS, key=len, reverse=True)
#: Ends that already say in words what is counted: they stay in a heading and need no unit after it.
_SPOKEN = ("_count", "_date", "_year", "_rank", "_days", "_code", "years_before_maturity", "days_to_cure_end", "days_to_expiry")
#: Ends that are words as well as a unit.
_WORDS = ("fx_rate", "score_low", "score_high", "hhi", "size_value", "_at")
#: Numbers whose unit stands in the column `unit` of their row.
_VALUES = ("_value", "_quartile", "limit_without_overlay", "standard_deviation")
_AS_ROW = "as the column unit says"
_SHORT = {"id": "ID", "lei": "LEI", "pcaf": "PCAF", "hhi": "HHI", "sdg": "SDG", "fx": "FX", "o2": "O2", "no": "number", "ref": "reference"}
#: Names that do not read well by themselves.
_HEADINGS = {
    "assessed_rate_ratio": "Green share of assessed, %",
    "coverage_ratio": "Coverage, %",
    "lower_ratio": "Lowest possible green share, %",
    "upper_ratio": "Highest possible green share, %",
    "country_iso3": "Country, ISO 3166-1",
    "within_ratio": "Periods within the limit, %",
}


def unit_of(column: str, beside: Collection[str] = ()) -> str:
    """Unit of a column in words, empty where it has none. `beside`: names of the columns of its table."""
    end = _end(column)
    return _UNITS[end] if end else _AS_ROW if "unit" in beside and column.endswith(_VALUES) else ""


def heading_of(column: str, beside: Collection[str] = ()) -> str:
    """Heading of a column for people, its unit after a comma: `exposure_usd` → `Exposure, USD`, `headroom_ratio` → `Headroom, %`."""
    if column in _HEADINGS:
        return _HEADINGS[column]
    end = _end(column)
    kept = column if end in (*_SPOKEN, *_WORDS) else column.removesuffix(end)
    text = " ".join(_SHORT.get(word, word) for word in kept.strip("_").split("_"))
    unit = "" if end in _SPOKEN else "%" if end == "_ratio" else unit_of(column, beside)
    return text[:1].upper() + text[1:] + (f", {unit}" if unit else "")


def _end(column: str) -> str:
    """The end of the name that is a unit; what a yes or no ends in is none."""
    return "" if column.startswith(("is_", "has_", "can_", "needs_")) else next((end for end in _ENDS if column.endswith(end)), "")

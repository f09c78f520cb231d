"""What rule files are checked against while they are read: words, units, items, indicators, countries."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache

from pipelines.rulebook.vocabulary import Indicator, ReasonCode, ReturnItem, Unit, Vocabulary
from pipelines.settings import REFERENCE_FOLDER


@dataclass(frozen=True)
class Shelf:
    """The parts of a rulebook that stand before its rules."""

    vocabulary: Vocabulary
    units: dict[str, Unit]
    reason_codes: dict[str, ReasonCode]
    items: dict[str, ReturnItem]
    indicators: dict[str, Indicator]


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """ISO 3166-1 alpha-3 code → name."""
    import pycountry

    return {country.alpha_3: country.name for country in pycountry.countries}


@lru_cache(maxsize=1)
def two_letter_codes() -> dict[str, str]:
    """ISO 3166-1 alpha-2 code → alpha-3 code."""
    import pycountry

    return {country.alpha_2: country.alpha_3 for country in pycountry.countries}


@lru_cache(maxsize=1)
def regions_by_name() -> dict[str, str]:
    """Spelling in lower case → province `CHN-AH` or city `CHN-HA/luoyang`, from data/reference/place_names.csv."""
    with (REFERENCE_FOLDER / "place_names.csv").open(encoding="utf-8", newline="") as file:
        return {row["sent_name"].lower(): row["city_code"] or row["region_code"] for row in csv.DictReader(file)}


@lru_cache(maxsize=1)
def subdivisions() -> frozenset[str]:
    """Provinces and states as `CHN-AH`: alpha-3 country, hyphen, ISO 3166-2 part."""
    import pycountry

    alpha_3 = two_letter_codes()
    return frozenset(f"{alpha_3[item.country_code]}-{item.code.partition('-')[2]}" for item in pycountry.subdivisions)

"""The canonical formats of rates, countries, calendars, national statistics and labels. `formats.py` gathers all formats."""

from __future__ import annotations

from typing import Annotated, Literal

from pipelines.sources.columns import (
    AS_WORD,
    WORD,
    CountryCode,
    CurrencyCode,
    Date,
    Format,
    Quantity,
    Rate,
    Score,
    Text,
    Year,
    YesNo,
    optional,
    required,
)
from pipelines.sources.plant_formats import PlantSector

Measure = Annotated[Literal["capacity", "production", "consumption", "imports", "exports"], AS_WORD, WORD]
TonnesUnit = Annotated[Literal["t", "kt", "Mt"], WORD]
DataKind = Annotated[Literal["synthetic", "trial"], AS_WORD, WORD]
StatisticsTier = Annotated[Literal["reported", "estimated"], AS_WORD, WORD]
Frequency = Annotated[Literal["day", "month", "year"], AS_WORD, WORD]


class FxRate(Format):
    """One row per currency and day, month or year. USD itself needs no row."""

    currency_code: CurrencyCode = required("currency")
    rate_date: Date = required("day of the rate; for a month or year its last day")
    units_per_usd: Rate = required("how much of the currency one US dollar buys", unit="currency per USD")
    frequency: Frequency | None = optional("what the rate stands for: one day, or the mean of a month or year", empty="day")
    rate_source: Text | None = optional("who published it", empty="not reported")


class Country(Format):
    """One row per country, with facts that rules and scorecards need."""

    country_iso3: CountryCode = required("country")
    country_name: Text = required("English short name")
    country_iso2: Text | None = optional("two-letter code (NA is Namibia, not a blank)", empty="not reported")
    bri_joined_year: Year | None = optional("year of the Belt-and-Road memorandum", empty="none")
    water_stress_score: Score | None = optional("baseline water stress", empty="not reported", unit="score 0-5")
    air_quality_zone: Text | None = optional("air-quality zone of the whole country", empty="none")


class CalendarDay(Format):
    """One row per day on which a business calendar differs from Monday to Friday: a holiday, or a working day at a weekend."""

    calendar_code: Text = required("calendar, e.g. a country code")
    day_date: Date = required("day")
    is_business_day: YesNo = required("whether banks are open")
    day_name: Text | None = optional("name of the day", empty="none")


class CountryDemand(Format):
    """One row per country, sector, year and measure: what the country can make, makes, uses and trades."""

    country_iso3: CountryCode = required("country")
    sector: PlantSector = required("sector")
    year: Year = required("calendar year, or the fiscal year that ends in it")
    measure: Measure = required("what is measured")
    value: Quantity = required("amount of cement, crude steel or flat glass; capacity a year", unit="as in `unit`")
    unit: TonnesUnit = required("tonnes, thousand or million tonnes")
    source: Text = required("who published it, and where")
    evidence_tier: StatisticsTier | None = optional("whether the publisher reports or estimates it", empty="reported")


class DataLabel(Format):
    """One row per thing that a reader has to know of all that is received. Every page, the workbook and the JSON show it."""

    data_kind: DataKind = required(
        "synthetic: invented, about no real plant, company or loan; trial: sent to try the program, not to decide"
    )

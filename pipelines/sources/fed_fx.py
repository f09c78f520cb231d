"""Yearly exchange rates of the US Federal Reserve (`Date,Country,Exchange rate`): local currency per US dollar, euro too."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from pipelines.settings import REFERENCE_FOLDER
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet

_SOURCE = "US Federal Reserve, annual averages (H.10/G.5A), via datahub"
_COUNTRIES = "data/reference/fx_country_currencies.csv"


def read_rates(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """One rate per currency and year, dated on the year's last day. A currency that is not in the file has no rate, never 1."""
    rates: list[Row] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        rate = _rate(number, cells)
        if isinstance(rate, Reject):
            rejects.append(rate)
        else:
            rates.append(rate)
    return ReadResult({"raw_reference__fx_rates": rates}, rejects)


def _rate(number: int, cells: dict[str, Cell]) -> Row | Reject:
    name, year = text_of(cells["country"]), text_of(cells["date"])[:4]
    known = _currencies().get(name.lower())
    if known is None:
        return Reject(number, "Country", name, "no currency is known under this name", f"add the name to {_COUNTRIES}")
    if not year.isdigit():
        return Reject(number, "Date", text_of(cells["date"]), "not a date as yyyy-mm-dd", "send the first day of the year")
    if known["reason_left_out"] or int(year) < int(known["first_year"]):
        reason = known["reason_left_out"] or f"{known['currency_code']} counts from {known['first_year']} on"
        return Reject(number, "Country", name, reason, "nothing: the rate is not used", "out_of_scope")
    return {
        "currency_code": known["currency_code"],
        "rate_date": date(int(year), 12, 31),
        "units_per_usd": text_of(cells["exchange rate"]),
        "frequency": "year",
        "rate_source": _SOURCE,
        "source_row_number": number,
    }


@lru_cache(maxsize=1)
def _currencies() -> dict[str, dict[str, str]]:
    with (REFERENCE_FOLDER / "fx_country_currencies.csv").open(encoding="utf-8", newline="") as file:
        return {row["publisher_name"].lower(): row for row in csv.DictReader(file)}


READER = HeaderReader("fed_fx_annual", ("Date", "Country", "Exchange rate"), (), read_rates)

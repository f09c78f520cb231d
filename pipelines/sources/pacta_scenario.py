"""PACTA's scenario files: emission-intensity pathways and the countries of their regions, as `greencap align` takes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipelines.sources.country_names import country_iso3
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet

_SECTORS = ("cement", "steel")
_SCENARIO = ("scenario_source", "scenario", "sector", "region", "year", "emission_factor")
_REGIONS = ("region", "isos", "source")


def read_pathways(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """One row a scenario, sector, region and year; sectors that this project does not know are out of scope."""
    return _read(sheet, "raw_reference__scenario_pathways", _pathway)


def read_regions(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """One row a region and country; a code that is no country is out of scope."""
    return _read(sheet, "raw_reference__scenario_regions", _region)


def _read(sheet: Sheet, table: str, row_of: Callable[[int, dict[str, Cell]], Row | Reject]) -> ReadResult:
    rows: list[Row] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        row = row_of(number, cells)
        if isinstance(row, Reject):
            rejects.append(row)
        else:
            rows.append(row)
    return ReadResult({table: rows}, rejects)


def _pathway(number: int, cells: dict[str, Cell]) -> Row | Reject:
    sector = text_of(cells["sector"]).lower()
    if sector not in _SECTORS:
        return _out_of_scope(number, "sector", sector, "the sector is none of this project")
    return {
        "source_row_number": number,
        "scenario_source": text_of(cells["scenario_source"]),
        "scenario": text_of(cells["scenario"]),
        "sector": sector,
        "region": text_of(cells["region"]).lower(),
        "year": text_of(cells["year"]),
        "intensity_t_per_t": text_of(cells["emission_factor"]),
        "product": None,
        "reference": text_of(cells.get("emission_factor_unit")) or None,
    }


def _region(number: int, cells: dict[str, Cell]) -> Row | Reject:
    code = text_of(cells["isos"])
    country = country_iso3(code)
    if country is None:
        return _out_of_scope(number, "isos", code, "the code is no country")
    region, source = text_of(cells["region"]).lower(), text_of(cells["source"])
    return {"source_row_number": number, "scenario_source": source, "region": region, "country_iso3": country}


def _out_of_scope(number: int, column: str, value: str, reason: str) -> Reject:
    return Reject(number, column, value, reason, "nothing: the row is not used", "out_of_scope")


READERS = (
    HeaderReader("pacta_scenario", _SCENARIO, ("emission_factor_unit",), read_pathways),
    HeaderReader("pacta_regions", _REGIONS, (), read_regions),
)

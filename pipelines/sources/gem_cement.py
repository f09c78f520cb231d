"""Global Energy Monitor, Global Cement and Concrete Tracker: sheet "Plant Data", capacities in million tonnes a year."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.sources.country_names import country_iso3
from pipelines.sources.gem_cells import (
    capacity_note,
    capacity_tonnes,
    coordinates,
    known_text,
    plain_local_name,
    plant_status,
    start_date,
)
from pipelines.sources.gem_owners import OwnerRows
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet, header_key

_TONNES_PER_MILLION = 1_000_000
_CEMENT = "Cement Capacity (millions metric tonnes per annum)"
_CLINKER = "Clinker Capacity (millions metric tonnes per annum)"
_REQUIRED = (
    "GEM Plant ID",
    "GEM Asset name (English)",
    "Country/Area",
    _CEMENT,
    _CLINKER,
    "Operating status",
    "Start date",
    "Owner name (English)",
    "Owner Entity ID",
    "Parent",
    "Parent Entity ID",
    "Plant type",
    "Production type",
)
_OPTIONAL = (
    "Asset name (other language)",
    "Alternative asset name(s)",
    "Coordinates",
    "Municipality",
    "Subnational unit",
    "Majority Cement Type",
    "Cement Color",
)
_OWNER_COLUMNS = {"owner": "owner name (english)", "owner id": "owner entity id", "parent": "parent", "parent id": "parent entity id"}
_ROUTES = {"integrated": "integrated", "clinker only": "integrated", "grinding": "grinding"}
#: The tracker's "dry" is any dry kiln: it tells neither precalciner nor preheater nor long hollow kiln.
_KILNS = {"dry": "dry_unspecified", "wet": "wet", "semidry": "semi_dry"}


def read_plant_data(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Plants, process units, ownership and counterparties of the cement tracker.

    A plant with a kiln gets one `clinker_kiln` unit for all its kilns (the tracker counts no single kilns), a grinding
    plant one `cement_mill`; a plant of unknown type gets none. Clinker capacity above cement capacity is kept.
    """
    owners = OwnerRows("cement")
    plants: list[Row] = []
    units: list[Row] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        fault = _fault(number, cells)
        if fault is not None:
            rejects.append(fault)
            continue
        plant = _plant(number, cells)
        plants.append(plant | owners.add(number, str(plant["plant_id"]), cells, _OWNER_COLUMNS))
        units += _units(plant, cells)
    rows = {
        "raw_plants__plants": plants,
        "raw_plants__process_units": units,
        "raw_bank__ownership": owners.ownership,
        "raw_bank__counterparties": list(owners.counterparties.values()),
    }
    return ReadResult(rows, rejects + owners.rejects)


def _fault(number: int, cells: dict[str, Cell]) -> Reject | None:
    """Why the row gives no plant, if so."""
    if country_iso3(text_of(cells["country/area"])) is None:
        advice = "add the spelling to the aliases in data/reference/countries.csv"
        return Reject(number, "Country/Area", text_of(cells["country/area"]), "country is unknown", advice)
    for header in (_CEMENT, _CLINKER):
        cell = cells[header_key(header)]
        try:
            capacity_tonnes(cell, _TONNES_PER_MILLION)
        except ValueError:
            return Reject(number, header, text_of(cell), "capacity is not a number", "send a number, 'unknown', 'n/a' or '>0'")
    return None


def _plant(number: int, cells: dict[str, Cell]) -> Row:
    place = coordinates(cells.get("coordinates"))
    cement, clinker = cells[header_key(_CEMENT)], cells[header_key(_CLINKER)]
    return {
        "plant_id": text_of(cells["gem plant id"]),
        "plant_name": text_of(cells["gem asset name (english)"]),
        "plant_name_local": plain_local_name(cells.get("asset name (other language)")),
        "alternative_names": plain_local_name(cells.get("alternative asset name(s)")),
        "country_iso3": country_iso3(text_of(cells["country/area"])),
        "region_name": known_text(cells.get("subnational unit")),
        "city": known_text(cells.get("municipality")),
        "latitude": place and place[0],
        "longitude": place and place[1],
        "sector": "cement",
        "route": _ROUTES.get(text_of(cells["plant type"]).lower()),
        "status": plant_status(cells["operating status"]),
        "commissioning_date": start_date(cells["start date"]),
        "capacity_t_per_year": capacity_tonnes(cement, _TONNES_PER_MILLION),
        "product": _product(cells),
        "note": capacity_note({"cement capacity": cement, "clinker capacity": clinker}),
        "source_row_number": number,
    }


def _product(cells: dict[str, Cell]) -> str | None:
    """ "grey opc cement" from colour and majority type; what is unknown is left out."""
    words = [known_text(cells.get("cement color")), known_text(cells.get("majority cement type"))]
    known = [word.lower() for word in words if word]
    return " ".join([*known, "cement"]) if known else None


def _units(plant: Row, cells: dict[str, Cell]) -> list[Row]:
    if plant["route"] == "integrated":
        technology = _KILNS.get(text_of(cells["production type"]).lower(), "unknown")
        return [_unit(plant, "kilns", "clinker_kiln", technology, cells[header_key(_CLINKER)])]
    if plant["route"] == "grinding":
        return [_unit(plant, "mills", "cement_mill", None, cells[header_key(_CEMENT)])]
    return []


def _unit(plant: Row, name: str, process: str, technology: str | None, capacity: Cell) -> Row:
    return {
        "unit_id": f"{plant['plant_id']}/{name}",
        "plant_id": plant["plant_id"],
        "unit_name": f"{plant['plant_name']}, all {name}",
        "process": process,
        "technology": technology,
        "capacity_t_per_year": capacity_tonnes(capacity, _TONNES_PER_MILLION),
        "commissioning_date": plant["commissioning_date"],
        "status": plant["status"],
        "note": capacity_note({"capacity": capacity}),
        "source_row_number": plant["source_row_number"],
    }


READER = HeaderReader("gem_cement", _REQUIRED, _OPTIONAL, read_plant_data)

"""Global Energy Monitor, Global Iron and Steel Tracker: plants, capacities by status, yearly production (thousand tonnes)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from pipelines.sources.country_names import country_iso3
from pipelines.sources.gem_cells import (
    capacity_note,
    capacity_tonnes,
    coordinates,
    known_text,
    plant_status,
    start_date,
)
from pipelines.sources.gem_owners import OwnerRows
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet, header_key

_TONNES_PER_THOUSAND = 1_000
_PLANT_HEADERS = (
    "Plant ID",
    "Plant name (English)",
    "Owner",
    "Owner GEM ID",
    "Parent",
    "Parent GEM ID",
    "Country/Area",
    "Start date",
    "ISO 14001",
    "ISO 50001",
    "Main production equipment",
)
_PLANT_OPTIONAL = (
    "Plant name (other language)",
    "Other plant names (English)",
    "Other plant names (other language)",
    "Municipality",
    "Subnational unit (province/state)",
    "Coordinates",
    "Category steel product",
)
_OWNER_COLUMNS = {"owner": "owner", "owner id": "owner gem id", "parent": "parent", "parent id": "parent gem id"}
_CRUDE_STEEL = "Nominal crude steel capacity (ttpa)"
_PROCESSES = {
    "Nominal BF capacity (ttpa)": "blast_furnace",
    "Nominal DRI capacity (ttpa)": "dri_furnace",
    "Nominal BOF steel capacity (ttpa)": "bof_converter",
    "Nominal EAF steel capacity (ttpa)": "eaf",
    "Nominal OHF steel capacity (ttpa)": "open_hearth",
}
_CAPACITY_HEADERS = ("Plant ID", "Plant name (English)", "Status", "Start date", _CRUDE_STEEL, *_PROCESSES)
_PRODUCTION_HEADERS = ("Plant ID", "Plant name (English)", "Type of production")
#: What a plant is when its capacity rows differ: the most alive one.
_STATUS_ORDER = ("operating", "construction", "mothballed", "announced", "retired", "cancelled", "unknown")
_CERTIFICATES = {"iso 14001": "iso_14001", "iso 50001": "iso_50001"}


def read_plants(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Plants, ownership, counterparties and ISO certificates of the sheet "Plant data".

    Status and crude-steel capacity stand on the capacity sheet of the same file: the plant's status is its most alive
    one, its capacity that of the rows with this status. Without that sheet both stay unknown.
    """
    owners = OwnerRows("steel")
    states = _plant_states(book)
    plants: list[Row] = []
    evidence: list[Row] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        if country_iso3(text_of(cells["country/area"])) is None:
            advice = "add the spelling to the aliases in data/reference/countries.csv"
            rejects.append(Reject(number, "Country/Area", text_of(cells["country/area"]), "country is unknown", advice))
            continue
        plant = _plant(number, cells)
        state = states.get(str(plant["plant_id"]), {})
        plants.append(plant | state | owners.add(number, str(plant["plant_id"]), cells, _OWNER_COLUMNS))
        evidence += [_certificate(plant, item, cells[header]) for header, item in _CERTIFICATES.items()]
    rows = {
        "raw_plants__plants": plants,
        "raw_monitoring__management_evidence": evidence,
        "raw_bank__ownership": owners.ownership,
        "raw_bank__counterparties": list(owners.counterparties.values()),
    }
    return ReadResult(rows, rejects + owners.rejects)


def read_capacities(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Process units of the sheet "Plant capacities and status": one for each plant, status and process with a capacity.

    A plant has a row for each status (operating, announced …); `N/A` means that it has no such process, `>0` that it
    has one of unknown capacity. Totals and "other/unspecified" columns are no process and give no unit.
    """
    units: list[Row] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        for header, process in _PROCESSES.items():
            try:
                units += _unit(number, cells, process, cells[header_key(header)])
            except ValueError:
                value = text_of(cells[header_key(header)])
                rejects.append(Reject(number, header, value, "capacity is not a number", "send a number, 'unknown', 'N/A' or '>0'"))
    return ReadResult({"raw_plants__process_units": units}, rejects)


def read_production(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Yearly crude-steel production as reported; rows by route are parts of it and are passed over, not added."""
    years = _year_columns(sheet)
    returns: list[Row] = []
    rejects: list[Reject] = []
    skipped = 0
    for number, cells in numbered_cells(sheet):
        if not text_of(cells["type of production"]).lower().startswith("crude steel production"):
            skipped += 1
            continue
        for year, header in years.items():
            try:
                tonnes = capacity_tonnes(cells.get(header), _TONNES_PER_THOUSAND)
            except ValueError:
                value = text_of(cells.get(header))
                rejects.append(Reject(number, str(year), value, "production is not a number", "send a number, 'unknown', 'N/A' or '>0'"))
                continue
            returns += [_production(number, cells, year, tonnes)] if tonnes is not None else []
    return ReadResult({"raw_monitoring__periodic_returns": returns}, rejects, skipped)


def _plant(number: int, cells: dict[str, Cell]) -> Row:
    place = coordinates(cells.get("coordinates"))
    other_names = [known_text(cells.get(f"other plant names ({language})")) for language in ("english", "other language")]
    return {
        "plant_id": text_of(cells["plant id"]),
        "plant_name": text_of(cells["plant name (english)"]),
        "plant_name_local": known_text(cells.get("plant name (other language)")),
        "alternative_names": "; ".join(_names(other_names)) or None,
        "country_iso3": country_iso3(text_of(cells["country/area"])),
        "region_name": known_text(cells.get("subnational unit (province/state)")),
        "city": known_text(cells.get("municipality")),
        "latitude": place and place[0],
        "longitude": place and place[1],
        "sector": "steel",
        "route": _route(text_of(cells["main production equipment"])),
        "status": "unknown",
        "commissioning_date": start_date(cells["start date"]),
        "product": known_text(cells.get("category steel product")),
        "source_row_number": number,
    }


def _names(lists: Sequence[str | None]) -> list[str]:
    """Names of comma lists, without the tracker's remark that one belonged to a predecessor."""
    parts = [part.strip() for names in lists if names for part in names.split(",")]
    plain = [part.replace("(predecessor)", "").replace("predecessor)", ")").strip() for part in parts]
    return [part for part in plain if part and part not in {"Inc.", "Ltd.", "Ltd", "Inc", "Co."}]


def _route(equipment: str) -> str | None:
    """Route of the main equipment; None where blast furnace or DRI stand without the furnace that the route ends in."""
    units = {unit.strip() for unit in equipment.split(";")}
    if {"BF", "BOF"} <= units:
        return "bf_bof"
    if "EAF" in units and "BF" not in units:
        return "dri_eaf" if "DRI" in units else "eaf"
    return None


def _plant_states(book: Sequence[Sheet]) -> dict[str, Row]:
    """plant_id → status and crude-steel capacity, from the capacity sheets of the book."""
    rows: dict[str, list[tuple[str, Cell]]] = {}
    for sheet in book:
        if not CAPACITIES.missing(sheet.headers):
            for _, cells in numbered_cells(sheet):
                state = (plant_status(cells["status"]), cells[header_key(_CRUDE_STEEL)])
                rows.setdefault(text_of(cells["plant id"]), []).append(state)
    return {plant_id: _state(states) for plant_id, states in rows.items()}


def _state(states: Sequence[tuple[str, Cell]]) -> Row:
    status = min((status for status, _ in states), key=_STATUS_ORDER.index)
    cells = [cell for row_status, cell in states if row_status == status]
    known = [tonnes for tonnes in map(_tonnes_or_none, cells) if tonnes is not None]
    is_complete = len(known) == len(cells)
    notes = {f"crude steel, row {place}": cell for place, cell in enumerate(cells, 1)}
    return {"status": status, "capacity_t_per_year": sum(known) if is_complete else None, "note": capacity_note(notes)}


def _tonnes_or_none(cell: Cell) -> float | None:
    try:
        return capacity_tonnes(cell, _TONNES_PER_THOUSAND)
    except ValueError:
        return None


def _unit(number: int, cells: dict[str, Cell], process: str, capacity: Cell) -> list[Row]:
    """The unit of one capacity cell; none where the plant has no such process."""
    if text_of(capacity).lower() in {"", "n/a"}:
        return []
    sent_status = text_of(cells["status"]).lower()
    plant_id = text_of(cells["plant id"])
    return [
        {
            "unit_id": f"{plant_id}/{sent_status.replace(' ', '-')}/{process}",
            "plant_id": plant_id,
            "unit_name": f"{text_of(cells['plant name (english)'])}, {process.replace('_', ' ')}, {sent_status}",
            "process": process,
            "capacity_t_per_year": capacity_tonnes(capacity, _TONNES_PER_THOUSAND),
            "commissioning_date": start_date(cells["start date"]),
            "status": plant_status(cells["status"]),
            "note": capacity_note({"capacity": capacity}),
            "source_row_number": number,
        }
    ]


def _certificate(plant: Row, item: str, cell: Cell) -> Row:
    """Yes, no or unknown as the tracker says; a date or year is that of the certificate in force, whose end it does not tell."""
    certified = start_date(cell)
    word = text_of(cell).lower()
    status = "yes" if certified or word == "yes" else "no" if word in {"no", "n", "expired"} else "unknown"
    return {
        "plant_id": plant["plant_id"],
        "item": item,
        "status": status,
        "document_reference": f"Global Energy Monitor, Global Iron and Steel Tracker: '{text_of(cell) or 'blank'}'",
        "valid_from_date": certified,
        "source_row_number": plant["source_row_number"],
    }


def _year_columns(sheet: Sheet) -> dict[int, str]:
    """Year → header key of every header that is a year, as text or as a workbook's number."""
    return dict(_years(sheet))


def _years(sheet: Sheet) -> Iterator[tuple[int, str]]:
    for header in sheet.headers:
        text = header.removesuffix(".0")
        if text.isdigit() and 1900 <= int(text) <= 2100:
            yield int(text), header_key(header)


def _production(number: int, cells: dict[str, Cell], year: int, tonnes: float) -> Row:
    return {
        "plant_id": text_of(cells["plant id"]),
        "period_start_date": date(year, 1, 1),
        "period_end_date": date(year, 12, 31),
        "item": "production_crude_steel",
        "value": tonnes,
        "unit": "t",
        "evidence_tier": "reported",
        "note": "calendar year, or the plant's fiscal year that ends in the next one",
        "source_row_number": number,
    }


PLANTS = HeaderReader("gem_steel_plants", _PLANT_HEADERS, _PLANT_OPTIONAL, read_plants)
CAPACITIES = HeaderReader("gem_steel_capacities", _CAPACITY_HEADERS, (), read_capacities)
PRODUCTION = HeaderReader("gem_steel_production", _PRODUCTION_HEADERS, tuple(str(year) for year in range(2019, 2031)), read_production)
READERS = [PLANTS, CAPACITIES, PRODUCTION]

"""Hotmaps industrial sites of the EU (ETS and E-PRTR, 2014): plants of the three sectors and their verified CO2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipelines.sources.country_names import country_iso3
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet
from pipelines.sources.sector_words import plain_text

_REQUIRED = ("SiteID", "CompanyName", "SiteName", "City", "Country", "geom", "Subsector", "Emissions_ETS_2014", "Emissions_EPRTR_2014")
_OPTIONAL = ("Address", "CityCode", "DataSource", "Production", "Fuel_Demand", "Excess_Heat_Total")
_YEAR = 2014
_SECTORS = {"cement": "cement", "iron and steel": "steel", "glass": "flat_glass"}
#: Labels that do not mean what they say: all points under "Liechtenstein" lie in Croatia, all under "Croatia" in Iceland
#: (the country names stand one place off); "Netherland" is a spelling.
_COUNTRY_LABELS = {"liechtenstein": "HRV", "croatia": "ISL", "netherland": "NLD"}
#: The subsector "Cement" holds lime and dolomite works, "Glass" mostly bottles and wool: names decide.
_LIME = re.compile(
    r"\b(?:lime|limes|chaux|kalk\w*|calce|calcinor|wapn\w*|dolomi\w*|lhoist|carmeuse|nordkalk|ognyanovo|kaltsit|vapno|mesz)\b"
    r"|\w+kalk\b"
)
_CEMENT_TOO = re.compile(r"\bzement|\bcement (?:&|and) lime\b")
_CEMENT = re.compile(r"\b(?:cement|ciment|zement|cemento)")
_OTHER_GLASS = re.compile(r"\b(?:isover|vicasa|verallia|oberland|emballage|packaging)\b")
_FLAT_GLASS = re.compile(
    r"\b(?:float|flat|flatglass|flachglas|pilkington|guardian|glaverbel|euroglas|sangalli)\b|\bsaint[- ]gobain (?:glass|cristaleria)\b"
    r"|\bagc (?:glass|flat|flatglass)\b|\bvidrio plano\b|\bverre plat\b|\bf glass\b"
)


def read_sites(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Plants and their direct CO2 of 2014.

    A site listed again (same name, country, subsector and place) is counted once, with its verified ETS figure first.
    `Production` and `Fuel_Demand` are calculated back from the emissions with a few intensities a country: they are no
    measurement and are not read.
    """
    rejects: list[Reject] = []
    sites: dict[tuple[str, ...], list[tuple[int, dict[str, Cell]]]] = {}
    for number, cells in numbered_cells(sheet):
        reject = _reject(number, cells)
        if reject is not None:
            rejects.append(reject)
        else:
            sites.setdefault(_identity(cells), []).append((number, cells))
    plants: list[Row] = []
    returns: list[Row] = []
    for listed in sites.values():
        (number, cells), *others = sorted(listed, key=_worth)
        plants.append(_plant(number, cells))
        returns += _emissions(number, cells)
        rejects += [_repeat(other, text_of(cells["siteid"])) for other in others]
    return ReadResult({"raw_plants__plants": plants, "raw_monitoring__periodic_returns": returns}, rejects)


def point(cell: Cell) -> tuple[float, float] | None:
    """Latitude and longitude of `SRID=4326;POINT(longitude latitude)`; None where there is no point."""
    match = re.search(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)", text_of(cell), re.I)
    return (float(match[2]), float(match[1])) if match else None


def _reject(number: int, cells: dict[str, Cell]) -> Reject | None:
    site, company = text_of(cells["sitename"]), text_of(cells["companyname"])
    name = f"{site} | {company}"
    refusal = _refusal(plain_text(site), plain_text(company), text_of(cells["subsector"]).lower())
    if refusal:
        return Reject(number, "Subsector", name, refusal, "nothing: not one of the three sectors", "out_of_scope")
    if _country(cells) is None:
        advice = "add the spelling to the aliases in data/reference/countries.csv"
        return Reject(number, "Country", text_of(cells["country"]), "country is unknown", advice)
    return None


def _refusal(site: str, company: str, subsector: str) -> str | None:
    sector = _SECTORS.get(subsector)
    if sector is None:
        return f"subsector '{subsector}'"
    if sector == "cement" and _is_lime(site, company):
        return "lime or dolomite works, not cement"
    if sector == "flat_glass" and not _is_flat_glass(f"{site} | {company}"):
        return "glass of a kind that is not told, mostly bottles, wool and frits"
    return None


def _is_lime(site: str, company: str) -> bool:
    """The site's own name goes before its company's: a cement company has lime works too."""
    if _CEMENT_TOO.search(site):
        return False
    return bool(_LIME.search(site) or (_LIME.search(company) and not _CEMENT.search(f"{site} | {company}")))


def _is_flat_glass(names: str) -> bool:
    return bool(_FLAT_GLASS.search(names)) and not _OTHER_GLASS.search(names)


def _country(cells: dict[str, Cell]) -> str | None:
    label = text_of(cells["country"])
    return _COUNTRY_LABELS.get(label.lower()) or country_iso3(label)


def _identity(cells: dict[str, Cell]) -> tuple[str, ...]:
    """What makes two rows one site: name, country, subsector and point, or address where there is no point."""
    place = text_of(cells["geom"]) or f"{text_of(cells['city'])} {text_of(cells.get('address'))}"
    return plain_text(text_of(cells["sitename"])), text_of(cells["country"]), text_of(cells["subsector"]), place.casefold()


def _worth(listed: tuple[int, dict[str, Cell]]) -> tuple[bool, bool, int]:
    """Sort key: with an ETS figure first, then with an E-PRTR figure, then in the order of the file."""
    number, cells = listed
    return not text_of(cells["emissions_ets_2014"]), not text_of(cells["emissions_eprtr_2014"]), number


def _repeat(listed: tuple[int, dict[str, Cell]], kept_id: str) -> Reject:
    number, cells = listed
    value, reason = text_of(cells["sitename"]), f"same site as SiteID {kept_id}"
    return Reject(number, "SiteName", value, reason, "nothing: counted once", "duplicate")


def _plant(number: int, cells: dict[str, Cell]) -> Row:
    place = point(cells["geom"])
    return {
        "plant_id": f"hotmaps:{text_of(cells['siteid'])}",
        "plant_name": text_of(cells["sitename"]),
        "country_iso3": _country(cells),
        "city": text_of(cells["city"]) or None,
        "latitude": place and place[0],
        "longitude": place and place[1],
        "sector": _SECTORS[text_of(cells["subsector"]).lower()],
        "owner_name": text_of(cells["companyname"]) or None,
        "note": f"as in {_YEAR}; the site's production is calculated back by the publisher and not read",
        "source_row_number": number,
    }


def _emissions(number: int, cells: dict[str, Cell]) -> list[Row]:
    """The verified ETS figure, or where there is none the E-PRTR one."""
    verified, released = text_of(cells["emissions_ets_2014"]), text_of(cells["emissions_eprtr_2014"])
    if not verified and not released:
        return []
    note = "verified under the EU emissions trading system" if verified else "as reported to E-PRTR, rounded, above its threshold only"
    return [
        {
            "plant_id": f"hotmaps:{text_of(cells['siteid'])}",
            "period_start_date": date(_YEAR, 1, 1),
            "period_end_date": date(_YEAR, 12, 31),
            "item": "co2_scope1",
            "value": verified or released,
            "unit": "t CO2",
            "evidence_tier": "reported",
            "note": note,
            "source_row_number": number,
        }
    ]


READER = HeaderReader("hotmaps_sites", _REQUIRED, _OPTIONAL, read_sites)

"""`applies_to` → scopes: which plants, units and stacks a rule is about."""

from __future__ import annotations

from pipelines.rulebook.fields import Section, plain
from pipelines.rulebook.keys import COMMISSIONED, PLANT_AGES, SCOPE, SIZE
from pipelines.rulebook.limits import Scope, Size
from pipelines.rulebook.load_units import read_unit
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.shelf import Shelf, countries, regions_by_name, two_letter_codes

#: What a process unit's size can be: diameter, area, volume, mass, daily and yearly capacity.
SIZE_QUANTITIES = ("length", "area", "volume", "mass", "mass_per_day", "mass_per_year")


def load_scopes(rule: Section, shelf: Shelf) -> tuple[Scope, ...]:
    """One scope for each alternative of `applies_to`."""
    return tuple(_scope(part, shelf) for part in rule.sections("applies_to", SCOPE))


def _scope(part: Section, shelf: Shelf) -> Scope:
    words = shelf.vocabulary.words
    sectors = part.words("sector", words("sectors"), "sector")
    commissioned = part.section("commissioned", COMMISSIONED)
    start, before = (commissioned.day("from"), commissioned.day("before")) if commissioned else (None, None)
    if commissioned and start and before and start >= before:
        commissioned.wrong("before", f"before {before} is not later than from {start}", "exchange the two dates")
    return Scope(
        sector=sectors,
        process=_of_sector(part, "process", "processes", sectors, shelf),
        technology=_of_sector(part, "technology", "technologies", sectors, shelf),
        route=_of_sector(part, "route", "routes", sectors, shelf),
        country=read_countries(part, "country"),
        region=read_regions(part, "region", "country"),
        region_class=part.words("region_class", words("region_classes"), "region class"),
        fuel=part.words("fuel", words("fuels"), "fuel"),
        commissioned_from=start,
        commissioned_before=before,
        size=_size(part, shelf),
        plants=part.word("plants", PLANT_AGES, "plants"),
    )


def _of_sector(part: Section, key: str, list_name: str, sectors: tuple[str, ...], shelf: Shelf) -> tuple[str, ...]:
    """Words of a list by sector, held against the scope's own sectors."""
    found = part.words(key, shelf.vocabulary.words(list_name), key)
    sectors_of = shelf.vocabulary.sectors_of.get(list_name, {})
    for word in found:
        if sectors and not set(sectors) & set(sectors_of.get(word, ())):
            fitting = [other for other, where in sectors_of.items() if set(sectors) & set(where)]
            what = f"{key} {word!r} belongs to {', '.join(sectors_of.get(word, ()))}, not to {', '.join(sectors)}"
            part.wrong(key, what, near_miss(word, fitting, one_of(fitting)))
    return found


def read_countries(part: Section, key: str) -> tuple[str, ...]:
    """ISO3 codes; an unknown one is noted with the code of the country whose name or code is nearest."""
    found = []
    for word, line in part.texts_with_lines(key):
        if word in countries():
            found.append(word)
            continue
        part.add(line, f"country {word!r} is not an ISO 3166 alpha-3 code", _country_advice(word))
    return tuple(found)


def _country_advice(word: str) -> str:
    """The code of the country that a two-letter code or a name means."""
    names = {name: code for code, name in countries().items()}
    codes = names | two_letter_codes()
    code = codes.get(word.upper()) or codes.get(word)
    if code is None:
        close = near_miss(word, [*names, *countries()], "").removeprefix("perhaps ").strip("'\"")
        code = codes.get(close, close)
    return f"perhaps {code!r} ({countries()[code]})" if code in countries() else "write three capital letters such as IDN"


def read_regions(part: Section, key: str, country_key: str) -> tuple[str, ...]:
    """Provinces (`CHN-AH`) and cities (`CHN-HA/luoyang`) that received names can lead to; each in a country named beside it, if any is."""
    if key not in part:
        return ()
    names, named = regions_by_name(), part.texts(country_key)
    known = set(names.values())
    found = []
    for region, line in part.texts_with_lines(key):
        if region not in known:
            meant = names.get(region.lower())
            unlisted = "write such as CHN-AH, or list it in data/reference/place_names.csv"
            advice = f"perhaps {meant!r}" if meant else near_miss(region, sorted(known), unlisted)
            part.add(line, f"region {region!r} is unknown", advice)
            continue
        found.append(region)
        if named and region.partition("-")[0] not in named:
            part.add(line, f"region {region} is not in {', '.join(named)}", f"correct it, or {country_key}")
    return tuple(found)


def _size(part: Section, shelf: Shelf) -> Size | None:
    size = part.section("size", SIZE)
    if size is None:
        return None
    unit = read_unit(size, "unit", shelf.units)
    start, end = size.number("from", least=0), size.number("to", least=0)
    if unit and unit.quantity not in SIZE_QUANTITIES:
        size.wrong("unit", f"{unit.name!r} is no size of a unit (it measures {unit.quantity})", "use m, m2, m3, t, t/d or t/a")
    if "from" not in size and "to" not in size:
        size.add(size.at, "size has neither from nor to", "add one of the two edges")
    if start is not None and end is not None and start >= end:
        size.wrong("to", f"size to {plain(end)} is not above from {plain(start)}", "exchange the two edges")
    included = (size.boolean("from_included", True), size.boolean("to_included", False))
    for edge, key in (("from", "from_included"), ("to", "to_included")):
        if key in size and edge not in size:
            size.wrong(key, f"{key} stands without {edge}", f"add {edge} or remove {key}")
    return Size(unit, start, included[0], end, included[1]) if unit else None

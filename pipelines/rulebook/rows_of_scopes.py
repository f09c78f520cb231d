"""Rules → rows of `ref_rules__scopes`: which plants and units a rule is about; and the countries in which an instrument is law."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import product

from pipelines.rulebook.cells import Row, number
from pipelines.rulebook.limits import Scope
from pipelines.rulebook.model import LawRule, ProhibitionRule, Rulebook


def scope_rows(rulebook: Rulebook) -> list[Row]:
    """Alternatives of each law rule; several words in one alternative become several rows.

    A rule of host law is about plants in the countries of its instrument, and any rule in the regions of its instrument, unless it
    names them itself. A class of restricted
    equipment is about units commissioned from the first day in force on, unless it says otherwise; so are `plants: new`, and units
    commissioned before that day `plants: existing`.
    """
    rows: list[Row] = []
    for rule in rulebook.rules.values():
        if isinstance(rule, LawRule):
            rows += [{"rule_id": rule.rule_id, "scope_no": no} | row for no, row in enumerate(_scope_columns(rule), start=1)]
    return rows


def _scope_columns(rule: LawRule) -> Iterator[Row]:
    host_countries = rule.instrument.countries if rule.instrument.layer == "host_law" else ()
    for scope in rule.scopes:
        regions = scope.region or rule.instrument.regions
        fixed = _fixed_columns(rule, scope)
        words = {
            "sector": scope.sector,
            "process": scope.process,
            "technology": scope.technology,
            "route": scope.route,
            "country_iso3": () if regions else scope.country or host_countries,
            "region": regions,
            "region_class": scope.region_class,
            "fuel": scope.fuel,
        }
        for combination in product(*((value or (None,)) for value in words.values())):
            yield _with_place(dict(zip(words, combination, strict=True))) | fixed


def _with_place(row: Row) -> Row:
    """`CHN-HA/luoyang` is Luoyang in the province CHN-HA in China; a rule without a region may have a country."""
    region = row.pop("region")
    if region is None:
        return row
    province = region.partition("/")[0]
    return row | {"country_iso3": region.partition("-")[0], "region_code": province, "city_code": region if region != province else None}


def _fixed_columns(rule: LawRule, scope: Scope) -> Row:
    size = scope.size
    unit_factor = size.unit.factor if size else Fraction(1)
    return {
        "commissioned_from_date": scope.commissioned_from or (_first_day(rule) if scope.plants == "new" or _bars_new_build(rule) else None),
        "commissioned_before_date": scope.commissioned_before or (_first_day(rule) if scope.plants == "existing" else None),
        "size_from": number(size.start * unit_factor if size and size.start is not None else None),
        "size_from_inclusive": size.start_included if size and size.start is not None else None,
        "size_to": number(size.end * unit_factor if size and size.end is not None else None),
        "size_to_inclusive": size.end_included if size and size.end is not None else None,
        "size_unit": size.unit.canonical if size else None,
        "is_new_only": scope.plants == "new",
        "is_existing_only": scope.plants == "existing",
    }


def _bars_new_build(rule: LawRule) -> bool:
    return isinstance(rule, ProhibitionRule) and rule.equipment_class == "restricted"


def _first_day(rule: LawRule) -> date | None:
    return rule.entries[0].valid_from if rule.entries else None


def instrument_country_rows(rulebook: Rulebook) -> list[Row]:
    """Countries in which an instrument is law."""
    return [
        {"instrument_id": instrument.instrument_id, "country_iso3": country}
        for instrument in rulebook.instruments.values()
        for country in sorted(instrument.countries)
    ]

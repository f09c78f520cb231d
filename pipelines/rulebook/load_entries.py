"""Dated entries of a rule: from which day, which value or tiers (number or formula), in which unit, stated where."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

from pipelines.rulebook.expression import ExpressionError, parse_expression
from pipelines.rulebook.fields import Section, plain
from pipelines.rulebook.keys import ENTRY, IN_FORCE, REFERENCE, TIER_VALUES, TIERS, Keys
from pipelines.rulebook.limits import DatedLimit, Expression, LimitValue, Reference
from pipelines.rulebook.load_units import VOLUME_CONCENTRATION, factor_to, read_unit
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.shelf import Shelf
from pipelines.rulebook.vocabulary import Indicator, Unit
from pipelines.rulebook.yaml_lines import Scalar

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1950, 2100
#: Quantities that cannot be below zero (an energy balance can: recovery is negative).
_NEVER_NEGATIVE = ("concentration", "share")


@dataclass(frozen=True)
class LimitBasis:
    """What the entries of a limit are read against."""

    shelf: Shelf
    indicator: Indicator | None
    operator: str


def load_limit_entries(rule: Section, basis: LimitBasis) -> tuple[DatedLimit, ...]:
    """The dated values under the operator word."""
    return _load(rule, basis.operator, ENTRY, basis)


def load_in_force(rule: Section) -> tuple[DatedLimit, ...]:
    """The dated references of a prohibition or requirement."""
    return _load(rule, "in_force", IN_FORCE, None)


def _load(rule: Section, key: str, keys: Keys, basis: LimitBasis | None) -> tuple[DatedLimit, ...]:
    part = rule.section(key, None)
    if part is None:
        return ()
    if not part.fields:
        part.add(part.at, f"{key} has no dated entry", "write `2024-03-01:` with the value in force from that day")
    entries: list[tuple[int, DatedLimit | date]] = []
    for text in part:
        day = _day(part, text)
        section = part.section(text, keys)
        assert section is not None
        entry = _entry(section, day or date.max, basis)
        if day:
            entries.append((part.line(text), entry))
    return _chain(part, entries)


def _day(part: Section, text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        part.wrong(text, f"{text!r} is not a date", "write the day it came into force as 2024-03-01")
    elif not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        part.wrong(text, f"{text} is no likely date of a rule", f"write a year from {_FIRST_YEAR} to {_LAST_YEAR}")
    return day


def _entry(part: Section, day: date, basis: LimitBasis | None) -> DatedLimit | date:
    """An entry, or its day when the entry repeals the rule."""
    reference = _reference(part)
    if part.boolean("repealed", False):
        for key in part:
            if key not in ("repealed", "reference"):
                part.wrong(key, f"a repealed entry has no {key}", "remove it, or remove repealed")
        return day
    if basis is None:
        return DatedLimit(day, None, {None: None}, None, reference)
    unit = _unit(part, basis)
    existing = part.day("existing_plants_from")
    if existing and existing < day:
        what = f"existing plants are bound from {existing}, before the entry's own day {day}"
        part.wrong("existing_plants_from", what, "correct the date")
    return DatedLimit(day, None, _values(part, basis, unit), unit, reference, existing)


def _reference(part: Section) -> Reference:
    section = part.section("reference", REFERENCE)
    if section is None:
        return Reference("")
    href = section.text("href")
    if href and not href.startswith(("https://", "http://")):
        section.wrong("href", f"href {href!r} is not a link", "write https://…")
    return Reference(section.text("clause") or "", href)


def _unit(part: Section, basis: LimitBasis) -> Unit | None:
    if "unit" not in part:
        part.add(part.at, "the value has no unit", "add unit: as printed in the standard")
        return None
    unit = read_unit(part, "unit", basis.shelf.units)
    wanted = basis.indicator.unit if basis.indicator else None
    if unit and wanted and basis.indicator and factor_to(unit, wanted, basis.indicator.molar_mass_g_per_mol) is None:
        what = f"unit {unit.name!r} measures {unit.quantity}, but {basis.indicator.indicator_id} is in {wanted.name!r} ({wanted.quantity})"
        part.wrong("unit", what, _fitting_unit(unit, wanted, basis))
        return None
    return unit


def _fitting_unit(unit: Unit, wanted: Unit, basis: LimitBasis) -> str:
    if unit.quantity == VOLUME_CONCENTRATION:
        return "add molar_mass_g_per_mol to the indicator or convert the value"
    fitting = [other.name for other in basis.shelf.units.values() if other.quantity == wanted.quantity]
    return near_miss(unit.name, fitting, f"use {wanted.name!r}, or another indicator")


def _values(part: Section, basis: LimitBasis, unit: Unit | None) -> dict[str | None, LimitValue]:
    if ("value" in part) == ("tiers" in part):
        part.add(part.at, "the entry has both value and tiers" if "value" in part else "the entry has no value", "write value: or tiers:")
        return {}
    if "value" in part:
        values: dict[str | None, LimitValue] = {None: _value(part, "value", part, unit)}
    else:
        values = _tiers(part, basis, unit)
    part.words("inputs", basis.shelf.vocabulary.words("expression_inputs"), "input")
    if "inputs" in part and all(isinstance(value, Fraction) for value in values.values()):
        part.wrong("inputs", "inputs stand without a formula", 'write the value as a formula in quotes: "117 + …", or remove inputs')
    return values


def _tiers(part: Section, basis: LimitBasis, unit: Unit | None) -> dict[str | None, LimitValue]:
    tiers = part.section("tiers", TIER_VALUES)
    assert tiers is not None
    values: dict[str | None, LimitValue] = {tier: _tier(tiers, tier, part, unit) for tier in TIERS if tier in tiers}
    if not any(value is not None for value in values.values()):
        tiers.add(tiers.at, "no tier has a value", "write at least one of I, II, III")
    lower_is_stricter = basis.operator in ("below", "at_most")
    numbers = [(tier, value) for tier, value in values.items() if isinstance(value, Fraction)]
    for (better, first), (worse, second) in pairwise(numbers):
        if (first > second) if lower_is_stricter else (first < second):
            what = f"tier {better} ({plain(first)}) is weaker than tier {worse} ({plain(second)})"
            tiers.wrong(better or "", what, "I is advanced, II new, III existing: exchange them")
    return values


def _tier(tiers: Section, tier: str, part: Section, unit: Unit | None) -> LimitValue:
    node = tiers.node(tier)
    if isinstance(node, Scalar) and node.value is None:
        return None
    return _value(tiers, tier, part, unit)


def _value(at: Section, key: str, part: Section, unit: Unit | None) -> LimitValue:
    """A number, or a formula when the entry lists its inputs."""
    node = at.node(key)
    if "inputs" in part and isinstance(node, Scalar) and isinstance(node.value, str):
        return _expression(at, key, node.value, part)
    if isinstance(node, Scalar) and isinstance(node.value, str) and set(node.value) & set("+*/("):
        at.wrong(key, f"{key} {node.value!r} is a formula without inputs", "add inputs: [the names it uses]")
        return None
    value = at.number(key)
    if value is not None and value < 0 and unit and unit.quantity.endswith(_NEVER_NEGATIVE):
        at.wrong(key, f"{key} {plain(value)} is negative, a {unit.quantity.replace('_', ' ')} cannot be", "correct the sign")
    return value


def _expression(at: Section, key: str, text: str, part: Section) -> Expression | None:
    inputs = part.texts("inputs")
    try:
        return Expression(parse_expression(text, inputs), inputs)
    except ExpressionError as error:
        at.wrong(key, error.what, error.what_to_do)
        return None


def _chain(part: Section, entries: list[tuple[int, DatedLimit | date]]) -> tuple[DatedLimit, ...]:
    """Each entry ends where the next begins; the order of the file is the order of time."""
    chained: list[DatedLimit] = []
    previous: DatedLimit | date | None = None
    for line, entry in entries:
        day = entry if isinstance(entry, date) else entry.valid_from
        before = previous if isinstance(previous, date) or previous is None else previous.valid_from
        if before and day <= before:
            part.add(line, f"{day} stands after {before}", "write the entries in order of time")
        if isinstance(entry, date) and not isinstance(previous, DatedLimit):
            part.add(line, f"nothing is in force that {day} could repeal", "remove the entry")
        if isinstance(previous, DatedLimit) and day > previous.valid_from:
            chained[-1] = _ended(part, line, previous, day)
        if isinstance(entry, DatedLimit):
            chained.append(entry)
        previous = entry
    return tuple(chained)


def _ended(part: Section, line: int, entry: DatedLimit, day: date) -> DatedLimit:
    if entry.existing_plants_from and entry.existing_plants_from >= day:
        what = f"the entry of {entry.valid_from} binds existing plants from {entry.existing_plants_from}, but ends on {day}"
        part.add(line, what, "correct existing_plants_from or the date of this entry")
    return replace(entry, valid_to=day)

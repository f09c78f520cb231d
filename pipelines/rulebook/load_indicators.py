"""`rules/return_items.yaml` and `rules/indicators/<family>.yaml` → what is measured, by whom, in which unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import (
    DIRECTIONS,
    INDICATOR,
    INDICATOR_FILE,
    LEVELS,
    MEASURED_BY,
    MEDIA,
    RETURN_ITEM,
    RETURN_ITEMS_FILE,
    TERM,
    TERMS,
)
from pipelines.rulebook.load_units import MASS_CONCENTRATION, read_unit
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import Factor
from pipelines.rulebook.vocabulary import Indicator, ReturnItem, Term, Unit, Vocabulary

_ID = re.compile(r"[a-z][a-z0-9_]*")
_SDG = re.compile(r"(1[0-7]|[1-9])\.([0-9]{1,2}|[a-d])")


def load_return_items(file: RuleFile, units: dict[str, Unit]) -> dict[str, ReturnItem]:
    """Item of the periodic returns → its unit."""
    top = file.section(RETURN_ITEMS_FILE)
    listed = top.section("items", None)
    found: dict[str, ReturnItem] = {}
    for item in listed or ():
        assert listed is not None
        part = listed.section(item, RETURN_ITEM)
        assert part is not None
        unit = read_unit(part, "unit", units)
        if unit:
            found[item] = ReturnItem(item, part.text("title") or item, unit)
    return found


@dataclass(frozen=True)
class IndicatorLists:
    """What indicator files are checked against."""

    vocabulary: Vocabulary
    units: dict[str, Unit]
    items: dict[str, ReturnItem]


def load_indicators(files: list[RuleFile], lists: IndicatorLists) -> dict[str, Indicator]:
    """Indicators of all families by id; ids and sent names are unique over all families."""
    found: dict[str, Indicator] = {}
    owner_of_name: dict[str, str] = {}
    for file in files:
        for part, indicator in _indicators_of(file, lists):
            if indicator.indicator_id in found:
                part.add(part.at, f"indicator {indicator.indicator_id!r} is defined twice", "keep one")
            found[indicator.indicator_id] = indicator
            for name in (indicator.indicator_id, *indicator.names):
                other = owner_of_name.setdefault(name.lower(), indicator.indicator_id)
                if other != indicator.indicator_id:
                    part.wrong("names", f"name {name!r} already stands for {other}", "keep it with one indicator")
    return found


def _indicators_of(file: RuleFile, lists: IndicatorLists) -> list[tuple[Section, Indicator]]:
    top = file.section(INDICATOR_FILE)
    family = top.word("family", lists.vocabulary.words("families"), "family") or file.stem
    if family != file.stem:
        top.wrong("family", f"family {family!r} stands in the file {file.stem}.yaml", f"rename the file to {family}.yaml")
    sdg = sdg_targets(top)
    listed = top.section("indicators", None)
    found = []
    for name in listed or ():
        assert listed is not None
        part = listed.section(name, INDICATOR)
        assert part is not None
        found.append((part, _indicator(name, family, sdg, part, lists)))
    return found


def _indicator(name: str, family: str, sdg: tuple[str, ...], part: Section, lists: IndicatorLists) -> Indicator:
    if not _ID.fullmatch(name):
        part.add(part.at, f"indicator id {name!r} is not lower_case_words", "write letters, digits and _")
    measured_by = part.word("measured_by", MEASURED_BY, "measured_by") or "returns"
    unit = read_unit(part, "unit", lists.units)
    _check_unit(part, measured_by, unit)
    return Indicator(
        indicator_id=name,
        title=part.text("title") or name,
        family=family,
        measured_by=measured_by,
        level=part.word("level", LEVELS, "level") or "plant",
        direction=part.word("direction", DIRECTIONS, "direction") or "max",
        unit=unit,
        sdg_targets=sdg_targets(part) or sdg,
        molar_mass_g_per_mol=_molar_mass(part, unit),
        plausible_max=part.number("plausible_max", least=0),
        is_ambient=_is_ambient(part, measured_by),
        names=part.texts("names"),
        terms=_terms(part, measured_by, lists.items),
    )


def _check_unit(part: Section, measured_by: str, unit: Unit | None) -> None:
    measured = measured_by in ("stack", "returns")
    if measured and "unit" not in part:
        part.add(part.at, "an indicator measured by stack or returns needs a unit", "add unit: from rules/units.yaml")
    if not measured and unit:
        part.wrong("unit", f"an indicator measured by {measured_by} has no unit", "remove it")


def _molar_mass(part: Section, unit: Unit | None) -> Fraction | None:
    mass = part.number("molar_mass_g_per_mol", least=1, most=1000)
    if mass is not None and unit and unit.quantity != MASS_CONCENTRATION:
        part.wrong("molar_mass_g_per_mol", "a molar mass is for the concentration of a gas", "remove it or correct the unit")
    return mass


def _is_ambient(part: Section, measured_by: str) -> bool:
    if "medium" not in part:
        return False
    if measured_by != "stack":
        part.wrong("medium", f"an indicator measured by {measured_by} has no medium", "remove it")
    return part.word("medium", MEDIA, "medium") == "ambient_air"


def _terms(part: Section, measured_by: str, items: dict[str, ReturnItem]) -> tuple[Term, ...]:
    if "terms" not in part:
        if measured_by == "returns":
            part.add(part.at, "an indicator measured by returns needs terms", "add terms: {numerator: …, denominator: …}")
        return ()
    if measured_by != "returns":
        part.wrong("terms", f"an indicator measured by {measured_by} has no terms", "remove them")
    terms = part.section("terms", TERMS)
    assert terms is not None
    return tuple(_term(role, section, items) for role in ("numerator", "denominator") for section in terms.sections(role, TERM))


def _term(role: str, part: Section, items: dict[str, ReturnItem]) -> Term:
    item = part.text("item") or ""
    if item and item not in items:
        advice = near_miss(item, items, "add it to rules/indicators/return_items.yaml")
        part.mistakes.add_unknown("items", part.path, part.line("item"), f"item {item!r} is unknown", advice)
    factor = part.number("factor")
    factor = Fraction(1) if factor is None else factor
    source = part.text("source")
    if abs(factor) != 1 and not source:
        part.wrong("factor", "a factor needs its source", "add source: where the factor was read")
    return Term(
        role, item, factor, source, part.text("dated_factor"), part.path, part.line("dated_factor") if "dated_factor" in part else 1
    )


def check_dated_factors(indicators: dict[str, Indicator], factors: dict[str, Factor], mistakes: Mistakes) -> None:
    """Note terms whose `dated_factor` is no number of rules/factors."""
    numbers = [factor_id for factor_id, factor in factors.items() if factor.value is not None]
    for term in (term for indicator in indicators.values() for term in indicator.terms):
        if term.dated_factor and term.dated_factor not in numbers:
            advice = near_miss(term.dated_factor, numbers, "add the entry with its value to rules/factors")
            mistakes.add_unknown("factors", term.path, term.line, f"dated_factor {term.dated_factor!r} is unknown", advice)


def sdg_targets(part: Section) -> tuple[str, ...]:
    """Targets of the Sustainable Development Goals, such as "3.9"."""
    found = []
    for text, line in part.texts_with_lines("sdg_targets"):
        if _SDG.fullmatch(text):
            found.append(text)
        else:
            part.add(line, f"{text!r} is not an SDG target", 'write it as "3.9"')
    return tuple(found)

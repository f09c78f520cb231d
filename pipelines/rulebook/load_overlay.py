"""Overlay files → overlays: a factor or replacement of limits under a site condition, with its written justification."""

from __future__ import annotations

from fractions import Fraction

from pipelines.rulebook.expression import ExpressionError, parse_expression
from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import EVIDENCE, OVERLAY, OVERLAY_FROM, OVERLAY_WHERE, TIERS
from pipelines.rulebook.limits import Expression
from pipelines.rulebook.load_rules import rule_fields
from pipelines.rulebook.load_scope import read_regions
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import LimitRule, OverlayRule, Rule, SiteCondition
from pipelines.rulebook.shelf import Shelf, countries
from pipelines.rulebook.yaml_lines import Scalar


def load_overlay(file: RuleFile, shelf: Shelf) -> OverlayRule:
    """An overlay with its condition; whether its rules exist is checked by `check_overlay`."""
    part = file.section(OVERLAY)
    evidence = part.word("evidence", EVIDENCE, "evidence") or "unverified"
    if evidence != "unverified" and "sources" not in part:
        part.wrong("evidence", f"evidence {evidence} without sources", "add sources: where the figure was read, or write unverified")
    first, last = part.day("in_force_from"), part.day("in_force_to")
    if first and last and last < first:
        part.wrong("in_force_to", f"in_force_to {last} is before in_force_from {first}", "exchange them")
    if ("factor" in part) == ("replacement" in part):
        part.add(part.at, "an overlay has either a factor or a replacement", "write one of factor: and replacement:")
    if "replacement" in part and "unit" not in part:
        part.wrong("replacement", "the replacement has no unit", "add unit: the canonical unit of the indicator")
    return OverlayRule(
        **rule_fields(part, file, "overlay") | {"line": part.line("rules")},
        rules=part.texts("rules"),
        tiers=part.words("tiers", TIERS, "tier"),
        where=_condition(part, shelf),
        factor=_factor(part, shelf),
        replacement=part.number("replacement") if "replacement" in part else None,
        unit=part.text("unit"),
        justification=part.text("justification") or "",
        evidence=evidence,
        valid_from=first,
        last_day=last,
    )


def _condition(part: Section, shelf: Shelf) -> SiteCondition:
    where = part.section("where", OVERLAY_WHERE)
    if where is None:
        return SiteCondition()
    if not list(where):
        where.add(where.at, "where has no condition", "name a country, region, fuel, raw material, zone, altitude or water stress")
    words = shelf.vocabulary.words
    return SiteCondition(
        country=where.words("country", countries(), "country"),
        region=read_regions(where, "region", "country"),
        region_class=where.words("region_class", words("region_classes"), "region class"),
        fuel=where.words("fuel", words("fuels"), "fuel"),
        raw_material=where.texts("raw_material"),
        air_quality_zone=where.texts("air_quality_zone"),
        altitude_above_m=_edge(where, "altitude_m", "above"),
        water_stress_from=_edge(where, "water_stress", "at_least"),
    )


def _edge(where: Section, key: str, word: str) -> Fraction | None:
    section = where.section(key, OVERLAY_FROM[key]) if key in where else None
    return section.number(word, least=0) if section else None


def _factor(part: Section, shelf: Shelf) -> Fraction | Expression | None:
    """A number, or a formula when the overlay lists its inputs."""
    inputs = part.words("inputs", shelf.vocabulary.words("expression_inputs"), "input")
    if "factor" not in part:
        return None
    node = part.node("factor")
    if not inputs and isinstance(node, Scalar) and isinstance(node.value, str):
        part.wrong("factor", f"factor {node.value!r} is a formula without inputs", "add inputs: [the names it uses], or write a number")
        return None
    if not inputs or not isinstance(node, Scalar) or not isinstance(node.value, str):
        return part.number("factor", least=0)
    try:
        return Expression(parse_expression(node.value, inputs), inputs)
    except ExpressionError as error:
        part.wrong("factor", error.what, error.what_to_do)
        return None


def check_overlay(overlay: OverlayRule, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """Whether every rule it names is a limit, in the unit that the replacement has."""
    limits = {name: rule for name, rule in rules.items() if isinstance(rule, LimitRule)}
    for name in overlay.rules:
        if name not in limits:
            what = f"rules names {name!r}, which is no limit rule"
            mistakes.add_unknown(name, overlay.path, overlay.line, what, near_miss(name, list(limits), "add that rule"))
            continue
        indicator = limits[name].indicator
        if overlay.unit and indicator and indicator.unit and indicator.unit.name != overlay.unit:
            what = f"the replacement is in {overlay.unit!r}, but {name} is judged in {indicator.unit.name!r}"
            mistakes.add(overlay.path, overlay.line, what, f"convert it to {indicator.unit.name!r}")

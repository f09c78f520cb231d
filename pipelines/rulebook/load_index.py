"""Index files → groups, weights and levels. Whether the rules they name exist is checked when all rules are read (`check_rulebook.py`)."""

from __future__ import annotations

from fractions import Fraction

from pipelines.rulebook.fields import Section, plain
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import INDEX, INDEX_GROUP, INDEX_INDICATOR, INDEX_LEVELS, INDEX_SCOPE, TIERS, WEIGHT_SOURCES
from pipelines.rulebook.load_rules import rule_fields
from pipelines.rulebook.model import IndexGroup, IndexIndicator, IndexLevel, IndexRule
from pipelines.rulebook.shelf import Shelf


def load_index(file: RuleFile, shelf: Shelf) -> IndexRule:
    """The index of one sector and its routes."""
    part = file.section(INDEX)
    scope = part.section("applies_to", INDEX_SCOPE)
    sector, routes = _scope(scope, shelf) if scope else ("", ())
    groups = part.section("groups", None)
    read = tuple(_group(name, groups) for name in groups) if groups else ()
    _check_sum(part, "groups", [group.weight for group in read])
    return IndexRule(**rule_fields(part, file, "index"), sector=sector, routes=routes, groups=read)


def _scope(scope: Section, shelf: Shelf) -> tuple[str, tuple[str, ...]]:
    sector = scope.word("sector", shelf.vocabulary.words("sectors"), "sector") or ""
    routes = scope.words("route", shelf.vocabulary.words("routes"), "route")
    for route in routes:
        if sector and sector not in shelf.vocabulary.sectors_of.get("routes", {}).get(route, ()):
            scope.wrong("route", f"route {route!r} does not belong to {sector}", "write a route of that sector")
    return sector, routes


def _group(name: str, groups: Section) -> IndexGroup:
    part = groups.section(name, INDEX_GROUP)
    assert part is not None
    indicators = part.section("indicators", None)
    read = tuple(_indicator(key, indicators) for key in indicators) if indicators else ()
    _check_sum(part, "indicators", [indicator.weight for indicator in read])
    _check_titles(part, read)
    weight_from = part.word("weight_from", WEIGHT_SOURCES, "weight_from") or ""
    return IndexGroup(
        group_id=name,
        title=part.text("title") or name.replace("_", " "),
        weight=_weight(part),
        weight_from=weight_from,
        reason=_reason(part, "weight_from", weight_from),
        indicators=read,
        line=part.at,
    )


def _indicator(name: str, indicators: Section) -> IndexIndicator:
    part = indicators.section(name, INDEX_INDICATOR)
    assert part is not None
    levels = part.section("levels", INDEX_LEVELS)
    levels_from = part.word("levels_from", WEIGHT_SOURCES, "levels_from") or ""
    return IndexIndicator(
        indicator_id=name,
        title=part.text("title"),
        weight=_weight(part),
        is_limiting=part.boolean("limiting", False),
        levels=_levels(levels) if levels else (),
        levels_from=levels_from,
        reason=_reason(part, "levels_from", levels_from),
        line=part.at,
    )


def _levels(levels: Section) -> tuple[IndexLevel, ...]:
    found = []
    for level in TIERS:
        for text, line in levels.texts_with_lines(level):
            rule_id, hash_sign, tier = text.partition("#")
            if hash_sign and tier not in TIERS:
                levels.add(line, f"{text!r} names no tier I, II or III", f"write {rule_id}#{level}")
            found.append(IndexLevel(level, rule_id, tier or None, line))
    if not levels.fields:
        levels.add(levels.at, "levels names no level", "write at least one of I, II, III with the rule that meets it")
    return tuple(found)


def _weight(part: Section) -> Fraction:
    weight = part.number("weight", least=0, most=1)
    if weight == 0:
        part.wrong("weight", "weight 0 counts for nothing", "remove the entry or give it a weight")
    return weight or Fraction(0)


def _reason(part: Section, key: str, source: str) -> str | None:
    if source == "project_choice" and "reason" not in part:
        part.wrong(key, f"{key}: project_choice without a reason", "add reason: why this was chosen")
    return part.text("reason")


def _check_titles(part: Section, indicators: tuple[IndexIndicator, ...]) -> None:
    """Two indicators of one title could not be told apart in the scorecard."""
    seen: set[str] = set()
    for indicator in indicators:
        title = indicator.title or indicator.name
        if title in seen:
            part.add(indicator.line, f"title {title!r} stands twice in the group", "give each indicator its own title")
        seen.add(title)


def _check_sum(part: Section, key: str, weights: list[Fraction]) -> None:
    """Weights are exact fractions, so one is exactly one."""
    if not weights:
        if key in part:
            part.wrong(key, f"{key} is empty", "write at least one")
    elif sum(weights) != 1:
        part.wrong(key, f"the weights of {key} add up to {plain(sum(weights, Fraction(0)))}, not to 1", "correct the weights")

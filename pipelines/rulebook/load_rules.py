"""Limit, prohibition and requirement files → rules, and `_instrument.yaml` → the instrument they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import (
    AVERAGING,
    EQUIPMENT_CLASSES,
    EVIDENCE,
    GAS_BASES,
    INSTRUMENT,
    LIMIT,
    OPERATORS,
    PASS_TESTS,
    PROHIBITION,
    REFERENCE_STATE,
    REQUIREMENT,
    RETURNS_AVERAGING,
    SEVERITIES,
    SHARE_PERIODS,
    STATUSES,
    TEMPERATURES_K,
)
from pipelines.rulebook.load_entries import LimitBasis, load_in_force, load_limit_entries
from pipelines.rulebook.load_indicators import sdg_targets
from pipelines.rulebook.load_scope import load_scopes, read_countries
from pipelines.rulebook.load_units import MASS_CONCENTRATION
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import Indicator, Instrument, LimitRule, ProhibitionRule, RequirementRule
from pipelines.rulebook.shelf import Shelf, countries, subdivisions

_FACT = re.compile(r"F[0-9]{4}")


def load_instrument(file: RuleFile, instrument_id: str, shelf: Shelf) -> Instrument:
    """The instrument of a folder."""
    part = file.section(INSTRUMENT)
    layer = part.word("layer", shelf.vocabulary.words("layers"), "layer") or ""
    if layer == "host_law" and "countries" not in part:
        part.wrong("layer", "host_law without countries binds nobody", "add countries: with the ISO3 codes in which it is law")
    return Instrument(
        instrument_id=instrument_id,
        title=part.text("title") or "",
        jurisdiction=_jurisdiction(part, shelf),
        layer=layer,
        path=file.path,
        countries=read_countries(part, "countries"),
        href=part.text("href"),
        facts=fact_ids(part),
        note=part.text("note"),
    )


def _jurisdiction(part: Section, shelf: Shelf) -> str:
    text = part.text("jurisdiction") or ""
    words = shelf.vocabulary.words("jurisdictions")
    if text and text not in words and text not in countries() and text not in subdivisions():
        known = [*words, *countries(), *(subdivisions() if "-" in text else ())]
        advice = near_miss(text, known, f"write an ISO3 country, a province as CHN-AH, or one of {', '.join(words)}")
        part.wrong("jurisdiction", f"jurisdiction {text!r} is unknown", advice)
    return text


def rule_fields(part: Section, file: RuleFile, kind: str) -> dict[str, Any]:
    """What every rule carries, as arguments of its dataclass."""
    owner, approver = part.text("owner"), part.text("approver")
    if owner and owner == approver:
        part.wrong("approver", "approver and owner are the same person", "name another approver")
    return {
        "rule_id": file.stem,
        "kind": kind,
        "path": file.path,
        "line": part.at,
        "sha256": file.sha256,
        "title": part.text("title") or "",
        "owner": owner or "",
        "status": part.word("status", STATUSES, "status", "active"),
        "approver": approver,
        "severity": part.word("severity", SEVERITIES, "severity") if "severity" in part else None,
        "note": part.text("note"),
        "sources": part.texts("sources"),
        "facts": fact_ids(part),
        "sdg_targets": sdg_targets(part),
    }


def fact_ids(part: Section) -> tuple[str, ...]:
    """Ids of the facts that a rule, instrument or factor was written from, such as F0003."""
    found = part.texts_with_lines("facts")
    for text, line in found:
        if not _FACT.fullmatch(text):
            part.add(line, f"{text!r} is no fact id", "write F and four digits, such as F0003")
    return tuple(text for text, _ in found)


def _law_fields(part: Section, file: RuleFile, kind: str, instrument: Instrument, shelf: Shelf) -> dict[str, Any]:
    evidence = part.word("evidence", EVIDENCE, "evidence") or "unverified"
    if evidence != "unverified" and "sources" not in part:
        part.wrong("evidence", f"evidence {evidence} without sources", "add sources: where the figure was read, or write unverified")
    return {
        **rule_fields(part, file, kind),
        "instrument": instrument,
        "scopes": load_scopes(part, shelf),
        "evidence": evidence,
        "evidence_note": part.text("evidence_note"),
    }


def load_limit(file: RuleFile, instrument: Instrument, shelf: Shelf) -> LimitRule:
    """A limit rule."""
    part = file.section(LIMIT)
    indicator = read_indicator(part, "indicator", shelf, ("stack", "returns"))
    operator = _operator(part, indicator)
    entries = load_limit_entries(part, LimitBasis(shelf, indicator, operator))
    state = _reference_state(part, indicator)
    return LimitRule(
        **_law_fields(part, file, "limit", instrument, shelf),
        indicator=indicator,
        operator=operator,
        entries=entries,
        averaging=_averaging(part, indicator),
        **_pass_test(part),
        max_multiple=part.number("max_multiple", least=1),
        min_capture=part.number("min_capture", least=0, most=1),
        excluded_states=part.words("exclude", shelf.vocabulary.words("operating_states"), "operating state"),
        oxygen_pct=state.oxygen_pct,
        gas_basis=state.gas,
        temperature_k=state.temperature_k,
        or_meets=part.texts("or_meets"),
    )


def read_indicator(part: Section, key: str, shelf: Shelf, measured_by: tuple[str, ...]) -> Indicator | None:
    """The indicator that a key names, measured in one of the ways given."""
    text = part.text(key)
    if text is None:
        return None
    fitting = [name for name, indicator in shelf.indicators.items() if indicator.measured_by in measured_by]
    if text not in shelf.indicators:
        advice = near_miss(text, fitting, "add it to rules/indicators/")
        part.mistakes.add_unknown("indicators", part.path, part.line(key), f"{key} {text!r} is unknown", advice)
        return None
    indicator = shelf.indicators[text]
    if indicator.measured_by not in measured_by:
        what = f"{key} {text!r} is measured by {indicator.measured_by}, not by {' or '.join(measured_by)}"
        part.wrong(key, what, near_miss(text, fitting, one_of(fitting)))
        return None
    return indicator


def _operator(part: Section, indicator: Indicator | None) -> str:
    found = [word for word in OPERATORS if word in part]
    if len(found) != 1:
        line = part.line(found[1]) if found else part.at
        what = f"two operators: {' and '.join(found)}" if found else "no operator: nothing says how the value is compared"
        part.add(line, what, f"write exactly one of {', '.join(OPERATORS)}")
    operator = found[0] if found else "at_most"
    if found and indicator and (indicator.direction == "max") != (operator in ("below", "at_most")):
        what = f"{operator} does not fit {indicator.indicator_id}, of which {'less' if indicator.direction == 'max' else 'more'} is better"
        part.wrong(operator, what, f"write {'at_most or below' if indicator.direction == 'max' else 'at_least or above'}")
    return operator


def _averaging(part: Section, indicator: Indicator | None) -> str:
    averaging = part.word("averaging", AVERAGING, "averaging") or "hour"
    returned = indicator is not None and indicator.measured_by == "returns"
    if "averaging" in part and returned and averaging not in RETURNS_AVERAGING:
        part.wrong("averaging", f"averaging {averaging}, but the indicator comes from periodic returns", one_of(RETURNS_AVERAGING))
    return averaging


def _pass_test(part: Section) -> dict[str, Any]:
    test = part.word("pass_test", PASS_TESTS, "pass test", "every_period")
    share = part.number("share", least=0, most=1)
    over = part.word("period_share_over", SHARE_PERIODS, "period")
    for key in ("share", "period_share_over"):
        if test == "share_of_periods" and key not in part:
            part.wrong("pass_test", f"share_of_periods needs {key}", "add share: 0.95 and period_share_over: month or year")
        if test == "every_period" and key in part:
            part.wrong(key, f"{key} stands without a share test", "add pass_test: share_of_periods, or remove it")
    return {"pass_test": test, "pass_share": share, "pass_share_over": over}


@dataclass(frozen=True)
class _State:
    oxygen_pct: Fraction | None = None
    gas: str | None = None
    temperature_k: Fraction | None = None


def _reference_state(part: Section, indicator: Indicator | None) -> _State:
    concentration = indicator is not None and indicator.measured_by == "stack"
    if "reference_state" not in part:
        if concentration and indicator and indicator.unit and indicator.unit.quantity == MASS_CONCENTRATION:
            advice = "add reference_state: {gas: dry, temperature_k: 273.15}"
            part.add(part.at, "a concentration in stack gas has no reference state", advice)
        return _State()
    if indicator and not concentration:
        part.wrong("reference_state", f"{indicator.indicator_id} is not measured in a stack", "remove reference_state")
    state = part.section("reference_state", REFERENCE_STATE)
    assert state is not None
    temperature = state.number("temperature_k")
    if temperature is not None and temperature not in {Fraction(known) for known in TEMPERATURES_K}:
        state.wrong("temperature_k", "that is no reference temperature in kelvin", one_of(TEMPERATURES_K))
    oxygen = state.number("oxygen_pct", least=0, most=20)
    return _State(oxygen, state.word("gas", GAS_BASES, "gas"), temperature)


def load_prohibition(file: RuleFile, instrument: Instrument, shelf: Shelf) -> ProhibitionRule:
    """A prohibition rule: a class of the equipment catalogue."""
    part = file.section(PROHIBITION)
    rule = ProhibitionRule(
        **_law_fields(part, file, "prohibition", instrument, shelf),
        indicator=read_indicator(part, "indicator", shelf, ("equipment",)),
        entries=load_in_force(part),
        equipment_class=part.word("class", EQUIPMENT_CLASSES, "class") or "eliminated",
    )
    if rule.scopes and not all(scope.process for scope in rule.scopes):
        part.wrong("applies_to", "a prohibition names no process", "add process: to every alternative")
    return rule


def load_requirement(file: RuleFile, instrument: Instrument, shelf: Shelf) -> RequirementRule:
    """A requirement rule: an item of the management evidence."""
    part = file.section(REQUIREMENT)
    return RequirementRule(
        **_law_fields(part, file, "requirement", instrument, shelf),
        indicator=read_indicator(part, "requires", shelf, ("evidence",)),
        entries=load_in_force(part),
        requires=part.text("requires") or "",
    )

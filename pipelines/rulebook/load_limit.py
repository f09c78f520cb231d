"""Limit files → limit rules: operator, averaging, pass test, reference state. Scope and dated values are read next door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import (
    AVERAGING,
    GAS_BASES,
    LIMIT,
    OPERATORS,
    PASS_TESTS,
    REFERENCE_STATE,
    RETURNS_AVERAGING,
    SHARE_PERIODS,
    TEMPERATURES_K,
)
from pipelines.rulebook.load_entries import LimitBasis, load_limit_entries
from pipelines.rulebook.load_rules import law_fields, read_indicator
from pipelines.rulebook.load_tests import load_test_fields
from pipelines.rulebook.load_units import MASS_CONCENTRATION
from pipelines.rulebook.mistakes import one_of
from pipelines.rulebook.model import FurtherTest, Instrument, LimitRule
from pipelines.rulebook.shelf import Shelf
from pipelines.rulebook.vocabulary import Indicator


def load_limit(file: RuleFile, instrument: Instrument, shelf: Shelf) -> LimitRule:
    """A limit rule."""
    part = file.section(LIMIT)
    indicator = read_indicator(part, "indicator", shelf, ("stack", "returns"))
    operator = _operator(part, indicator)
    entries = load_limit_entries(part, LimitBasis(shelf, indicator, operator))
    state = _reference_state(part, indicator)
    averaging, passes, tests = _averaging(part, indicator), _pass_test(part), load_test_fields(part, indicator)
    _refuse_mixed_periods(part, averaging, passes["pass_share_over"], tests["further_tests"])
    return LimitRule(
        **law_fields(part, file, "limit", instrument, shelf),
        indicator=indicator,
        operator=operator,
        entries=entries,
        averaging=averaging,
        **passes,
        **tests,
        max_multiple=part.number("max_multiple", least=1),
        min_capture=part.number("min_capture", least=0, most=1),
        excluded_states=part.words("exclude", shelf.vocabulary.words("operating_states"), "operating state"),
        oxygen_pct=state.oxygen_pct,
        gas_basis=state.gas,
        temperature_k=state.temperature_k,
        or_meets=part.texts("or_meets"),
    )


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


def _refuse_mixed_periods(part: Section, averaging: str, share_over: str | None, further: Sequence[FurtherTest]) -> None:
    """A limit is judged by months or by the year: of a year judged as one there is no mean of each month."""
    averagings = {averaging, *(test.averaging for test in further)}
    if "month" in averagings and ("year" in averagings or "year" in {share_over, *(test.share_over for test in further)}):
        what = "a mean of the month stands beside a test over the year: a limit is judged by the one or by the other"
        part.wrong("further_tests" if further else "averaging", what, "write two rules, one for the months and one for the year")


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
    return _State(oxygen, _gas(state, indicator), temperature)


def _gas(state: Section, indicator: Indicator | None) -> str | None:
    gas = state.word("gas", GAS_BASES, "gas")
    if indicator and gas == "wet" and not indicator.is_ambient:
        advice = "state the limit for dry gas: dry, with what the text says of moisture in the note"
        state.wrong("gas", "readings of stack gas are compared as dry gas", advice)
    if indicator and indicator.is_ambient and (gas == "dry" or "oxygen_pct" in state):
        advice = "write reference_state: {gas: wet, temperature_k: 273.15}"
        state.wrong("gas", f"{indicator.indicator_id} is of ambient air, which is compared as it was sampled", advice)
    return gas

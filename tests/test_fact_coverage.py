"""Where each entry of the project's fact table went: a rule, an instrument or a factor. Reads ../shared beside the checkout."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import Factor, LawRule, LimitRule, Rulebook

ROOT = Path(__file__).parents[1]
FACTS = ROOT.parent / "shared" / "domain" / "standards_facts.yaml"
EVIDENCE = {"read": "secondary", "partly": "unverified", "unverified": "unverified"}


@pytest.fixture(scope="module")
def facts() -> dict[str, dict[str, Any]]:
    if not FACTS.is_file():
        pytest.skip("the fact table is not beside this checkout (../shared/domain/standards_facts.yaml)")
    import yaml

    return {fact["id"]: fact for fact in yaml.load(FACTS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(ROOT / "rules")


def places(rulebook: Rulebook) -> dict[str, list[str]]:
    """Fact id → ids of the rules, instruments and factors that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, rule in rulebook.rules.items():
        _note(found, name, rule.facts)
    for name, instrument in rulebook.instruments.items():
        _note(found, name, instrument.facts)
    for name, factor in rulebook.factors.items():
        _note(found, name, factor.facts)
    return found


def _note(found: dict[str, list[str]], name: str, facts: tuple[str, ...]) -> None:
    for fact in facts:
        found[fact].append(name)


def test_every_fact_went_into_a_rule_an_instrument_or_a_factor(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    found = places(rulebook)
    missing = [f"{fact} {facts[fact]['instrument']}: {facts[fact]['indicator']}" for fact in facts if not found.get(fact)]
    assert not missing, "\n".join(missing)


def test_no_rule_names_a_fact_that_does_not_exist(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    assert not sorted(set(places(rulebook)) - set(facts))


def test_a_rule_is_never_better_evidenced_than_its_weakest_fact(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    wrong = []
    for name, rule in _cited(rulebook).items():
        if _read_elsewhere(rule, facts):
            continue
        weakest = "unverified" if any(EVIDENCE[facts[fact]["evidence"]] == "unverified" for fact in rule.facts) else "secondary"
        if rule.evidence != weakest:
            wrong.append(f"{name}: {rule.evidence}, its facts are {weakest}")
    assert not wrong, "\n".join(wrong)


def test_a_fact_of_low_confidence_is_a_draft(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    wrong = [
        name
        for name, rule in _cited(rulebook).items()
        if rule.status != "draft" and any(facts[f]["confidence"] == "low" for f in rule.facts)
    ]
    assert not wrong


def test_no_limit_holds_a_number_that_its_facts_do_not_hold(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    wrong = []
    for rule in rulebook.rules.values():
        if isinstance(rule, LimitRule) and rule.facts:
            known = {number for fact in rule.facts for number in _numbers(facts[fact])}
            strange = sorted(float(number) for entry in rule.entries for number in _values(entry) if number not in known)
            wrong += [f"{rule.rule_id}: {strange}"] if strange else []
    assert not wrong, "\n".join(wrong)


def test_the_reference_oxygen_of_a_limit_is_that_of_its_facts(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    wrong = []
    for rule in rulebook.rules.values():
        if isinstance(rule, LimitRule) and rule.oxygen_pct is not None:
            known = {facts[fact]["ref_o2_pct"] for fact in rule.facts} - {None}
            if known and rule.oxygen_pct not in {Fraction(str(oxygen)) for oxygen in known}:
                wrong.append(rule.rule_id)
    assert not wrong


def _cited(rulebook: Rulebook) -> dict[str, LawRule | Factor]:
    entries = {**rulebook.rules, **rulebook.factors}
    return {name: entry for name, entry in entries.items() if isinstance(entry, LawRule | Factor) and entry.facts}


def _read_elsewhere(rule: LawRule | Factor, facts: dict[str, dict[str, Any]]) -> bool:
    """Whether a figure was read in a page that the fact table does not know; such a rule may be better evidenced than its facts."""
    known = " ".join(str(facts[fact].get("source")) for fact in rule.facts)
    pages = [source.partition(" ")[0] for source in rule.sources if source.startswith("https://")]
    return rule.evidence == "secondary" and any(page not in known for page in pages)


def test_a_limit_without_a_fact_names_the_page_it_was_read_in(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    own = [rule for rule in rulebook.rules.values() if isinstance(rule, LimitRule) and not rule.facts]
    assert own
    assert [rule.rule_id for rule in own if not any(source.startswith("https://") for source in rule.sources)] == []


def _values(entry: DatedLimit) -> list[Fraction]:
    return [value for value in entry.values.values() if isinstance(value, Fraction)]


def _numbers(fact: dict[str, Any]) -> set[Fraction]:
    """Every number of a fact: its value and its tiers."""
    values = [fact.get("value"), *(fact.get("tiers") or {}).values()]
    return {Fraction(str(value)) for value in values if isinstance(value, int | float)}


#: How the fact table words the averaging of stack limits → averages and share that a rule must ask for.
WORDINGS = {
    "1-hour mean": ("hour", None),
    "1-hour mean (CEMS) or manual-sampling mean": ("hour", None),
    "1-hour, highest boundary point": ("hour", None),
    "1-hour, downwind minus upwind": ("hour", None),
    "hourly mean, at least 95% of valid hours per month": ("hour", ("0.95", "month")),
    "hourly mean, 95% of hours": ("hour", ("0.95", "month")),
    "annual operation at 95% of hours; daily average where continuous": ("day", ("0.95", "year")),
    "daily mean": ("day", None),
    "daily average": ("day", None),
    "daily average or spot": ("day", None),
    "daily mean or sampling mean": ("day", None),
    "daily average or spot mean (>= 30 min)": ("day", None),
    "continuous: daily average; discontinuous: mean of three spot samples >= 30 min (two regenerator reversals)": ("day", None),
}


def _judged_by_readings(rulebook: Rulebook) -> list[LimitRule]:
    found = [rule for rule in rulebook.rules.values() if isinstance(rule, LimitRule) and rule.facts and rule.averaging != "spot"]
    return [rule for rule in found if rule.indicator.measured_by == "stack"]


def test_a_stack_limit_is_averaged_and_counted_as_its_facts_say(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    wrong, checked = [], 0
    for rule in _judged_by_readings(rulebook):
        for wording in {facts[fact].get("averaging") for fact in rule.facts} - {None}:
            averaging, share = WORDINGS[wording]
            counted = (str(float(rule.pass_share)), rule.pass_share_over) if rule.pass_share is not None else None
            checked += 1
            if (rule.averaging, counted) != (averaging, share):
                wrong.append(f"{rule.rule_id}: {rule.averaging} {counted}, the fact says {wording}")
    assert checked > 100
    assert not wrong, "\n".join(wrong)


def test_an_averaging_time_that_no_fact_states_is_called_a_choice(facts: dict[str, dict[str, Any]], rulebook: Rulebook) -> None:
    silent = [rule for rule in _judged_by_readings(rulebook) if not any(facts[fact].get("averaging") for fact in rule.facts)]
    assert silent
    notes = {rule.rule_id: f"{rule.note} {rule.instrument.note}".lower() for rule in silent}
    assert [name for name, note in notes.items() if "averaging" not in note] == []

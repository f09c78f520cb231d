"""Rules in words: what a page says is what the file says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import LawRule, LimitRule, QualityRule
from pipelines.rulebook.rule_words import RuleWords, law_words, quality_words
from tests.unit.rulebook.rule_folder import LIMIT, limit_folder

ROOT = Path(__file__).parents[3]


def load(folder: Path, text: str) -> LimitRule:
    rule = load_rulebook(limit_folder(folder, text)).rules["xx_law__kiln_nox"]
    assert isinstance(rule, LimitRule)
    return rule


def words(folder: Path, text: str) -> RuleWords:
    return law_words(load(folder, text))


@pytest.mark.parametrize(("operator", "said"), [("below", "below"), ("at_most", "at most"), ("at_least", "at least"), ("above", "above")])
def test_strictness_is_in_the_word(tmp_path: Path, operator: str, said: str) -> None:
    rule = replace(load(tmp_path, LIMIT), operator=operator)
    assert law_words(rule).expects == (f"{said} 400 mg/Nm3, from 2014-03-01",)


def test_each_dated_value_says_from_when_until_when_and_for_existing_plants(tmp_path: Path) -> None:
    later = "  2020-01-01:\n    tiers: {I: 50, II: null, III: 100.5}\n    unit: mg/Nm3\n    reference: {clause: Table 2}\nsources"
    text = LIMIT.replace("unit: mg/Nm3", "unit: mg/Nm3\n    existing_plants_from: 2015-07-01").replace("sources", later)
    found = words(tmp_path, text)
    assert found.expects == (
        "at most 400 mg/Nm3, from 2014-03-01 (existing plants from 2015-07-01) until 2019-12-31",
        "at most I: 50 · II: – · III: 100.5 mg/Nm3, from 2020-01-01",
    )
    assert [clause.text for clause in found.clauses] == ["Table 1", "Table 2"]


def test_how_it_is_judged_and_for_what_is_told(tmp_path: Path) -> None:
    scope = (
        "{sector: cement, process: clinker_kiln, country: [IDN, VNM], commissioned: {from: 2014-03-01, before: 2030-01-01}, "
        "size: {from: 50, to: 70, unit: t/d}}"
    )
    method = "pass_test: share_of_periods\nshare: 0.95\nperiod_share_over: year\nmax_multiple: 2\nmin_capture: 0.75\n"
    method += "exclude: [startup, shutdown]\n"
    text = LIMIT.replace("{sector: cement, process: clinker_kiln}", scope).replace("averaging: hour\n", "averaging: hour\n" + method)
    details = dict(words(tmp_path, text).details)
    assert details["Judged by"] == (
        "hourly means; 95 % of the periods of a year; none above 2 × the limit; at least 75 % of the data expected; "
        "left out: startup, shutdown"
    )
    assert details["Applies to"] == (
        "cement, clinker_kiln, in IDN / VNM, commissioned from 2014-03-01 before 2030-01-01, size at least 50 and below 70 t/d"
    )


def test_every_shipped_rule_can_be_told() -> None:
    for rule in load_rulebook(ROOT / "rules").rules.values():
        if isinstance(rule, LawRule):
            found = law_words(rule)
            assert found.expects, rule.path
            assert found.clauses, rule.path
        elif isinstance(rule, QualityRule):
            assert quality_words(rule).expects[0], rule.path

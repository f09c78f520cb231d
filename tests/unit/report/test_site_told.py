"""Sentences that tables of a run tell have Chinese words on the pages, with the run's own figures in them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from pipelines.report.site.measures import measure_words
from pipelines.report.site.names import Names
from pipelines.report.site.words import WORDS, Text, told
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import RULES_FOLDER, SQL_FOLDER
from tests.sql_cases import models, run_case

_MART = (SQL_FOLDER / "marts" / "mart_plants__suspicions.sql").read_text(encoding="utf-8")
_CHECKS = (SQL_FOLDER / "marts" / "mart_plants__return_checks.sql").read_text(encoding="utf-8")
_MEASURE: dict[str, Any] = {
    "action_kind": "bring_to_limit",
    "subject_kind": "indicator",
    "subject_id": "pm_concentration",
    "indicator_title": "Particulate matter in stack gas",
    "process": None,
    "unit_name": None,
    "entity_id": "stack:S1",
    "measured_value": 31.25,
    "operator": "at_most",
    "limit_value": 20.0,
    "unit": "mg/Nm3",
    "other_count": 0,
}


def test_every_suspicion_that_the_mart_words_has_a_chinese_form_with_the_same_figures() -> None:
    tests = re.findall(r"when '(\w+)' then", _MART)
    assert len(tests) >= 13
    row = {"entity_id": "stack:S", "plant_id": "P", "threshold": 1, "is_beyond": True, "n": 240, "example_date": "2026-02-03"}
    row |= {"other_date": "2026-03-05", "parameter_1": 17, "parameter_2": 19, "parameter_4": 23}
    flags = [row | {"indicator_id": f"{test}{size}", "test": test, "statistic": size} for test in tests for size in (1, 13, None)]
    flags = [flag for flag in flags if flag["statistic"] is not None or flag["test"] == "gaps_after_highs"]
    given = {
        "ref_run__settings": [{"as_of_date": "2026-06-30", "window_start_date": "2025-07-01", "window_end_date": "2026-06-30"}],
        "int_monitoring__suspicion_tests": flags,
    }
    rows = run_case(models()["mart_plants__suspicions"], {"given": given})
    assert len(rows) == len(flags)
    for found in rows:
        words = told("suspicion", found["words"])
        assert isinstance(words, Text), found["words"]
        assert sorted(re.findall(r"[\d.,-]*\d", words.zh)) == sorted(re.findall(r"[\d.,-]*\d", words.en)), words
        assert isinstance(Names.of("flag", found["test"]), Text)


def test_what_two_accounts_of_a_return_compare_has_chinese_words() -> None:
    texts = [text.replace("''", "'") for text in re.findall(r"when '\w+' then '((?:[^']|'')+)'\n", _CHECKS)]
    sentences = [text for text in texts if " " in text]
    assert len(sentences) >= 8
    assert [text for text in sentences if not isinstance(told("check", text), Text)] == []


def test_every_process_of_the_vocabulary_has_a_chinese_word() -> None:
    processes = set(load_rulebook(RULES_FOLDER).vocabulary.sectors_of["processes"])
    assert {key.removeprefix("process.") for key in WORDS if key.startswith("process.")} == processes


def test_a_sentence_of_no_words_of_ours_stays_as_it_is() -> None:
    assert told("suspicion", "Something else.") == "Something else."


def test_a_measure_says_from_what_to_what_in_both_languages() -> None:
    said = measure_words(_MEASURE)
    assert (said.kind.en, said.kind.zh) == ("bring to the limit", "达到限值")
    assert isinstance(said.subject, Text)
    assert (said.subject.en, said.subject.zh) == ("Particulate matter in stack gas", "烟气中颗粒物")
    assert said.figures == "31.25 → ≤ 20 mg/Nm3, S1"
    assert measure_words(_MEASURE | {"other_count": 2, "entity_id": "plant:P"}).figures == "31.25 → ≤ 20 mg/Nm3, +2"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"action_kind": "supply_figure", "measured_value": None}, "supply: Particulate matter in stack gas: – → ≤ 20 mg/Nm3, S1"),
        (
            {"action_kind": "await_check", "limit_value": None, "check_end_date": date(2027, 3, 31)},
            "passes again, checked with the data to 31 Mar 2027: Particulate matter in stack gas: ",
        ),
        ({"action_kind": "provide_evidence", "limit_value": None}, "put in place: Particulate matter in stack gas: "),
        ({"action_kind": "replace_equipment", "subject_kind": "equipment", "limit_value": None}, "replace: clinker kiln (Kiln 1): "),
    ],
)
def test_a_measure_without_a_value_invents_none(change: dict[str, Any], words: str) -> None:
    said = measure_words(_MEASURE | {"process": "clinker_kiln", "unit_name": "Kiln 1"} | change)
    assert f"{said.kind}: {said.subject}: {said.figures}" == words

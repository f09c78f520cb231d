"""Great Expectations in its own process answers as it does in this one, and its errors come back."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines import settings
from pipelines.rulebook.documenter import documenter
from pipelines.rulebook.expectations import judge_compliance, judge_quality
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import QualityRule


@pytest.fixture(scope="module")
def rules() -> list[QualityRule]:
    rulebook = load_rulebook(settings.RULES_FOLDER)
    return [rule for rule in rulebook.rules.values() if isinstance(rule, QualityRule) and rule.status == "active"]


def test_the_answer_is_that_of_this_process(rules: list[QualityRule]) -> None:
    rows = [
        {"rule_id": rule.rule_id, "checked_count": 5, "failed_count": number % 2, "samples": "row 2"} for number, rule in enumerate(rules)
    ]
    assert documenter().judge_quality(rules, rows) == judge_quality(rules, rows)


def test_an_error_over_there_is_raised_here_and_the_next_question_is_answered(rules: list[QualityRule], tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        documenter()._ask("no_such_call")
    assert documenter().judge_quality(rules, [])[0].state == "error"


def test_a_process_that_was_killed_is_told_and_replaced(rules: list[QualityRule]) -> None:
    gone = documenter()
    os.kill(gone._process.pid or 0, signal.SIGKILL)
    with pytest.raises((EOFError, BrokenPipeError, ConnectionResetError)):
        gone.judge_quality(rules, [])
    assert documenter() is not gone
    assert documenter().judge_quality(rules, [])[0].state == "error"


def test_what_is_documented_meanwhile_is_what_this_process_says_and_other_questions_wait_their_turn(rules: list[QualityRule]) -> None:
    rulebook = load_rulebook(settings.RULES_FOLDER)
    meanwhile = documenter().judging_compliance(rulebook, [], [])
    assert documenter().judge_quality(rules, []) == judge_quality(rules, [])
    assert meanwhile.result() == {
        name: [replace(check, evidence=None) for check in checks] for name, checks in judge_compliance(rulebook, [], []).items()
    }

"""What Great Expectations makes of measured rows: an exception, an empty frame or a wrong result is never taken for a pass or a failure,
and its results are those of the verdicts in SQL."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection

from pipelines.rulebook import expectations
from pipelines.rulebook.check_result import CheckResult
from pipelines.rulebook.compliance_sql import COUNT_COLUMNS, FAILING_SQL, RESULTS_SQL, STATE_COUNTS
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import QualityRule, Rulebook
from pipelines.warehouse.database import connect, read_rows
from tests.unit.rulebook.rule_folder import LIMIT, limit_folder

ROOT = Path(__file__).parents[3]
KILN, DRAFT = "xx_law__kiln_nox", "xx_law__draft"
QUALITY = """\
title: Loans have an id
kind: quality
table: raw_bank__loans
check: not_null
columns: [loan_id]
severity: error
message: the id is missing
what_to_do: ask the bank
owner: owner@example.org
"""


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """A limit, a draft and a quality rule."""
    draft = LIMIT.replace("2014-03-01", "2030-01-01") + "status: draft\n"
    rules = limit_folder(tmp_path_factory.mktemp("rulebook"), **{DRAFT: draft})
    (rules / "quality").mkdir()
    (rules / "quality/loans__id.yaml").write_text(QUALITY, encoding="utf-8")
    return load_rulebook(rules)


@pytest.fixture
def quality_rule(rulebook: Rulebook) -> QualityRule:
    rule = rulebook.rules["loans__id"]
    assert isinstance(rule, QualityRule)
    return rule


def profile(**cells: Any) -> dict[str, Any]:
    return {"rule_id": "loans__id", "checked_count": 10, "failed_count": 0, "samples": None, "error": None} | cells


def result_row(rule_id: str = KILN, **counts: Any) -> dict[str, Any]:
    """A row of RESULTS_SQL; assessed is pass and fail together unless the test says otherwise."""
    assessed = (counts.get("pass_count") or 0) + (counts.get("fail_count") or 0)
    return {"rule_id": rule_id, **dict.fromkeys(COUNT_COLUMNS, 0), "worst_headroom_ratio": None, "assessed_count": assessed} | counts


def failing_row(rule_id: str = KILN, **cells: Any) -> dict[str, Any]:
    return {"rule_id": rule_id, "entity_id": "stack:S1", "period_end_date": "2025-01-31", "reason_code": "LIMIT_EXCEEDED"} | cells


def judged(rulebook: Rulebook, results: list[dict[str, Any]], failing: list[dict[str, Any]] | None = None) -> CheckResult:
    """The result of the kiln rule."""
    (found,) = [check for check in expectations.judge_compliance(rulebook, results, failing or [])["xx_law"] if check.rule_id == KILN]
    return found


# ---- canaries --------------------------------------------------------------------------------------------------------


def neither(check: CheckResult) -> bool:
    return check.state == "error" and check.success is None and bool(check.exception)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "the run gave 0 rows of results where one is due"),
        ([{}], "the run gave no result for rule loans__id"),
        ([{"loans__id": None}], "the run gave no result for rule loans__id"),
        ([{"loans__id": {}}], "the run gave no checked_count for rule loans__id"),
        ([{"loans__id": {"checked_count": None, "failed_count": None}}], "checked_count of rule loans__id is empty, not a count"),
        ([{"loans__id": {"checked_count": 10, "failed_count": float("nan")}}], "failed_count of rule loans__id is nan, not a count"),
        ([{"loans__id": {"checked_count": 10, "failed_count": -1}}], "failed_count of rule loans__id is -1, not a count"),
        ([{"loans__id": {"checked_count": 10, "failed_count": True}}], "failed_count of rule loans__id is True, not a count"),
        ([{"loans__id": {"checked_count": 10, "failed_count": 0}}] * 2, "the run gave 2 rows of results where one is due"),
    ],
)
def test_nothing_to_read_is_an_error_and_neither_a_pass_nor_a_failure(
    quality_rule: QualityRule, rows: list[dict[str, Any]], said: str
) -> None:
    check = expectations.validate(expectations.quality_suite([quality_rule]), rows)["loans__id"]
    assert neither(check)
    assert check.exception == said


def test_an_exception_inside_an_expectation_is_an_error_of_that_rule_only(
    monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook, quality_rule: QualityRule
) -> None:
    from pipelines.rulebook.expectation_kinds import ExpectQualityRuleToHold

    judge = ExpectQualityRuleToHold._judge

    def sometimes_raise(self: Any, wide_row: Any) -> Any:
        if self.rule_id == "broken":
            raise ZeroDivisionError("planted")
        return judge(self, wide_row)

    monkeypatch.setattr(ExpectQualityRuleToHold, "_judge", sometimes_raise)
    suite = expectations.quality_suite([quality_rule])
    suite.expectations.append(ExpectQualityRuleToHold(rule_id="broken", meta=suite.expectations[0].meta))
    row = expectations.quality_row([profile()])
    found = expectations.validate(suite, [row | {"broken": row["loans__id"]}])
    assert found["loans__id"].state == "pass"
    assert neither(found["broken"])
    assert found["broken"].exception == "planted"


def test_an_exception_outside_every_expectation_is_an_error_of_every_rule(
    monkeypatch: pytest.MonkeyPatch, rulebook: Rulebook, quality_rule: QualityRule
) -> None:
    def raise_always(rows: Any) -> Any:
        raise MemoryError("planted")

    monkeypatch.setattr(expectations, "_validator", raise_always)
    (check,) = expectations.judge_quality([quality_rule], [profile()])
    assert neither(check)
    assert check.is_blocking
    assert neither(judged(rulebook, [result_row(pass_count=1)]))


@pytest.mark.parametrize("said", [{"success": True, "result": {"state": "fail"}}, {"success": False, "result": {"state": "pass"}}])
@pytest.mark.parametrize("strip", [False, True])
def test_a_result_that_contradicts_itself_or_says_nothing_is_an_error(
    monkeypatch: pytest.MonkeyPatch, quality_rule: QualityRule, said: dict[str, Any], strip: bool
) -> None:
    from pipelines.rulebook.expectation_kinds import ExpectQualityRuleToHold

    wrong = {"success": said["success"], "result": {}} if strip else said
    monkeypatch.setattr(ExpectQualityRuleToHold, "_validate", lambda *_, **__: dict(wrong))
    (check,) = expectations.judge_quality([quality_rule], [profile()])
    assert neither(check)


def test_a_result_that_great_expectations_does_not_give_back_is_an_error(
    monkeypatch: pytest.MonkeyPatch, quality_rule: QualityRule
) -> None:
    monkeypatch.setattr(expectations, "_run", lambda suite, validator: [])
    (check,) = expectations.judge_quality([quality_rule], [profile()])
    assert neither(check)


@pytest.mark.parametrize(
    ("row", "failing", "said"),
    [
        (result_row(pass_count=3, assessed_count=4), [], "4 assessed verdicts are not 3 PASS and 0 FAIL together"),
        (result_row(fail_count=2), [failing_row()], "2 verdicts FAIL were counted, but 1 were listed"),
        (result_row(pass_count=2), [failing_row()], "0 verdicts FAIL were counted, but 1 were listed"),
        (result_row(pass_count=None), [], f"pass_count of rule {KILN} is empty, not a count"),
        (result_row("another__rule", pass_count=3), [], f"the run gave no result for rule {KILN}"),
    ],
)
def test_counts_that_do_not_agree_are_an_error(rulebook: Rulebook, row: dict[str, Any], failing: list[dict[str, Any]], said: str) -> None:
    check = judged(rulebook, [row], failing)
    assert neither(check)
    assert check.exception == said
    assert "could not be evaluated" in check.message


def test_a_rule_that_could_not_be_measured_is_an_error_that_blocks(quality_rule: QualityRule) -> None:
    (check,) = expectations.judge_quality([quality_rule], [profile(checked_count=None, failed_count=None, error="no such column")])
    assert neither(check)
    assert check.is_blocking
    assert check.message.startswith("rules/quality/loans__id.yaml:1: could not be evaluated: ")
    assert "no such column" in check.message


# ---- results ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "state", "blocks"),
    [
        ({}, "pass", False),
        ({"failed_count": 1, "samples": "a.csv row 3: loan_id (empty)"}, "fail", True),
        ({"checked_count": 0}, "not_assessed", False),
    ],
)
def test_good_data_passes_bad_data_blocks_and_no_data_is_neither(
    quality_rule: QualityRule, cells: dict[str, Any], state: str, blocks: bool
) -> None:
    (check,) = expectations.judge_quality([quality_rule], [profile(**cells)])
    assert (check.state, check.is_blocking) == (state, blocks)


def test_a_failure_says_what_is_wrong_what_to_do_and_where_first(quality_rule: QualityRule) -> None:
    (check,) = expectations.judge_quality([quality_rule], [profile(failed_count=2, samples="a.csv row 3: x\na.csv row 9: y")])
    assert check.message == "the id is missing (2 of 10 in raw_bank__loans); ask the bank. First: a.csv row 3: x"
    assert check.failing == ("a.csv row 3: x", "a.csv row 9: y")


@pytest.mark.parametrize(
    ("counts", "state", "success", "partly"),
    [
        ({"pass_count": 3}, "pass", True, False),
        ({"pass_count": 3, "not_applicable_count": 4}, "pass", True, False),
        ({"pass_count": 3, "no_data_count": 1}, "pass", True, True),
        ({"pass_count": 3, "error_count": 1}, "pass", True, True),
        ({"pass_count": 3, "indeterminate_count": 1}, "pass", True, True),
        ({"pass_count": 3, "fail_count": 1}, "fail", False, False),
        ({"no_data_count": 7, "error_count": 2, "indeterminate_count": 1}, "not_assessed", None, False),
        ({"not_applicable_count": 7}, "not_assessed", None, False),
        ({}, "not_assessed", None, False),
    ],
)
def test_a_rule_nobody_could_assess_is_neither_met_nor_failed(
    rulebook: Rulebook, counts: dict[str, int], state: str, success: bool | None, partly: bool
) -> None:
    check = judged(rulebook, [result_row(**counts)], [failing_row()] * counts.get("fail_count", 0))
    assert (check.state, check.success, check.is_partly, check.exception) == (state, success, partly, None)
    assert check.counts == dict.fromkeys(STATE_COUNTS, 0) | counts
    assert check.evidence.success is success


def test_a_draft_is_never_judged_whatever_the_counts_say(rulebook: Rulebook) -> None:
    results = expectations.judge_compliance(rulebook, [result_row(), result_row(DRAFT, fail_count=2)], [failing_row(DRAFT)] * 2)
    (draft,) = [check for check in results["xx_law"] if check.rule_id == DRAFT]
    assert (draft.state, draft.message) == ("not_assessed", "NOx from cement kilns: shown, never judged")


def test_the_first_twenty_failing_keys_are_kept_and_all_are_counted(rulebook: Rulebook) -> None:
    rows = [
        failing_row(entity_id=f"stack:S{number}", measured_value=500.0, limit_value=400.0, unit="mg/Nm3", operator="at_most")
        for number in range(25)
    ]
    check = judged(rulebook, [result_row(fail_count=25)], rows)
    assert len(check.failing) == 20
    assert check.failing[0] == "stack:S0 to 2025-01-31: 500 mg/Nm3 (at most 400)"
    assert check.evidence.result["unexpected_count"] == 25


# ---- the same as the verdicts in SQL ---------------------------------------------------------------------------------

STATES = ("PASS", "FAIL", "INDETERMINATE", "NO_DATA", "NOT_APPLICABLE", "ERROR")


@pytest.fixture
def con() -> Iterator[DuckDBPyConnection]:
    """The shipped mart over three rules with as many verdicts of each state as the text says."""
    rules = {KILN: "112346", "xx_law__b": "", DRAFT: ""}
    with connect(":memory:") as con:
        con.execute(
            "create table ref_rules__rules as select unnest(?::varchar[]) as rule_id, 'law' as instrument_id, 'Law' as instrument_title,"
            " 'T' as title, 'limit' as kind, 'active' as status, 'home_law' as layer, 'air' as family, 'secondary' as evidence,"
            " 'error' as severity",
            [list(rules)],
        )
        con.execute(
            "create table int_plants__verdicts as select unnest(?::varchar[]) as rule_id, unnest(?::varchar[]) as state,"
            " 'v1' as rule_version, null::varchar as tier, 'stack:S1' as entity_id, 'P1' as plant_id,"
            " date '2025-01-01' as period_start_date, date '2025-01-31' as period_end_date, 500.0::double as measured_value,"
            " 'at_most' as operator, 400.0::double as limit_value,"
            " 'mg/Nm3' as unit, -0.25::double as headroom_ratio, 'LIMIT_EXCEEDED' as reason_code, 'f' as source_file_id,"
            " 2::bigint as source_row_number, 't' as threshold_id",
            [[KILN] * 6, [STATES[int(number) - 1] for number in rules[KILN]]],
        )
        model = (ROOT / "dbt_like_sql/marts/mart_rules__results.sql").read_text(encoding="utf-8")
        con.execute(f"create table mart_rules__results as {model}")
        yield con


def test_great_expectations_and_sql_count_the_same_verdicts(rulebook: Rulebook, con: DuckDBPyConnection) -> None:
    check = judged(rulebook, read_rows(con, RESULTS_SQL), read_rows(con, FAILING_SQL))
    in_sql = {row["state"]: row["n"] for row in read_rows(con, "select state, count(*) as n from int_plants__verdicts group by state")}
    assert {name.removesuffix("_count").upper(): count for name, count in check.counts.items()} == {
        state: in_sql.get(state, 0) for state in STATES
    }
    assert check.state == "fail"
    assert check.evidence.result["worst_headroom_ratio"] == -0.25


@pytest.mark.parametrize("lost", ["delete from int_plants__verdicts where state = 'FAIL'", "delete from mart_rules__results"])
def test_a_count_that_is_lost_between_sql_and_great_expectations_is_an_error(
    rulebook: Rulebook, con: DuckDBPyConnection, lost: str
) -> None:
    con.execute(lost)
    assert neither(judged(rulebook, read_rows(con, RESULTS_SQL), read_rows(con, FAILING_SQL)))


# ---- cost ------------------------------------------------------------------------------------------------------------


def test_great_expectations_is_imported_only_when_something_is_judged() -> None:
    script = (
        "import sys, pipelines.rulebook.expectations; print([n for n in ('great_expectations', 'pandas', 'jinja2') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_whoever_needs_great_expectations_waits_for_the_import_under_way() -> None:
    script = (
        "import sys\nfrom pipelines.rulebook import expectations\nthread = expectations.preload()\n"
        "assert 'great_expectations.expectations.expectation' not in sys.modules\n"
        "suite = expectations.quality_suite([])\nprint(expectations.validate(suite, [{}]), 'great_expectations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert done.stdout.strip() == "{} True", done.stderr


def test_a_run_that_ends_while_the_import_is_under_way_ends_at_once() -> None:
    script = "from pipelines.rulebook import expectations\nexpectations.preload()\nraise SystemExit(4)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (4, "")


def test_judging_calls_nobody(monkeypatch: pytest.MonkeyPatch, quality_rule: QualityRule) -> None:
    called: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: called.append(address))
    expectations.judge_quality([quality_rule], [profile()])
    assert called == []

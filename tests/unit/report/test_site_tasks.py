"""What must be done for a borrower and by when: in the order of the days, each with its page and its figures."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

from pipelines.report.background import Background
from pipelines.report.site.tasks import Tasks

_LOAN = {"portfolio_id": "B", "loan_id": "L1"}
_COVENANT = _LOAN | {
    "plant_id": "P",
    "metric": "co2_per_t_clinker",
    "metric_title": "Direct CO2 per tonne of grey clinker",
    "value_start_date": date(2025, 7, 1),
    "value_date": date(2026, 6, 30),
    "value_source": "returns",
    "evidence_tier": "reported",
    "reason_code": None,
    "operator": "at_most",
    "level_value": 0.75,
    "unit": "t/t",
    "actual_value": 0.8,
    "outcome": "BREACH",
    "next_test_date": date(2027, 6, 30),
    "cure_end_date": date(2026, 12, 10),
    "cure_state": "IN_CURE",
    "cure_day": 13,
    "cure_days": 30,
}
_FINDING = {
    "finding_id": "F-1",
    "plant_id": "P",
    "entity_id": "stack:S",
    "indicator_id": "co",
    "operator": "at_most",
    "state": "OPEN",
    "standing": "binding",
    "due_date": None,
    "cure_end_date": date(2026, 9, 28),
    "title": "Carbon monoxide",
    "rule_id": "r",
    "worst_value": 90.0,
    "worst_limit_value": 60.0,
    "worst_start_date": date(2026, 5, 1),
    "worst_end_date": date(2026, 5, 31),
    "last_fail_start_date": date(2026, 6, 1),
    "last_fail_date": date(2026, 6, 30),
    "is_waiting": False,
    "check_end_date": None,
    "unit": "mg/Nm3",
}
_WAIVER = {"plant_id": "P", "waiver_id": "W1", "expiry_date": date(2026, 10, 1), "reason": "kiln stop"}
_END = _LOAN | {
    "plant_id": "P",
    "unit_id": "P-K1",
    "reason": "eliminated",
    "end_date": date(2011, 12, 31),
    "maturity_date": date(2027, 12, 1),
}


def _tasks(**marts: list[dict[str, Any]]) -> Tasks:
    return Tasks(_scorecard(**marts))


def _scorecard(background: Background | None = None, plant_class: str = "not_green", **marts: list[dict[str, Any]]) -> Any:
    names = {
        "covenants": "mart_portfolio__covenants",
        "ends": "mart_portfolio__stranded_equipment",
        "findings": "mart_findings__register",
        "waivers": "mart_findings__waivers",
        "silent": "mart_monitoring__silent_feeds",
    }
    rows = {names[key]: value for key, value in marts.items()}
    plant = {"plant_id": "P", "plant_name": "Kiln Hill", "plant_class": plant_class}
    words = {"country_names": {}, "reason_words": {"VALUE_TOO_OLD": "The value is too old."}, "reason_actions": {}, "input_words": {}}
    tables = {"extra": lambda name: rows.get(name, []), "rows": lambda mart: [plant], "background": background or Background()}
    return SimpleNamespace(**tables, **words)


def test_tasks_stand_in_the_order_of_their_days() -> None:
    found = _tasks(covenants=[_COVENANT], findings=[_FINDING], waivers=[_WAIVER], ends=[_END]).of([_LOAN], ["P"])
    assert [task.due for task in found] == [date(2011, 12, 31), date(2026, 9, 28), date(2026, 10, 1), date(2026, 12, 10)]
    assert {task.address for task in found} == {"plants/P.html"}
    assert {task.name for task in found} == {"Kiln Hill"}


def test_a_covenant_in_cure_is_due_at_the_end_of_its_cure_and_says_which_day_it_is() -> None:
    (task,) = _tasks(covenants=[_COVENANT]).of([_LOAN], [])
    assert (task.due, str(task.kind), str(task.note)) == (date(2026, 12, 10), "Cure of a covenant breach", "day 13 of 30")
    period = "1 Jul 2025 – 30 Jun 2026"
    assert str(task.what) == f"Loan L1: Direct CO2 per tonne of grey clinker ≤ 0.75 t/t; reported 0.8 ({period})"


def test_a_cure_that_is_over_says_how_many_days_were_allowed() -> None:
    (task,) = _tasks(covenants=[_COVENANT | {"cure_day": 51}]).of([_LOAN], [])
    assert str(task.note) == "day 51, 30 were allowed"


def test_a_stack_that_stopped_sending_is_a_task_without_a_day_and_leads_to_its_alert() -> None:
    silent = {"plant_id": "P", "stack_id": "P-S1", "last_date": date(2026, 5, 20), "silent_day_count": 41, "indicator_id": "nox"}
    silent |= {"indicator_title": "NOx", "exposure_usd": 1.0}
    (task,) = _tasks(silent=[silent]).of([], ["P"])
    assert (task.due, str(task.kind), str(task.what)) == (None, "Readings stopped: ask for them", "Stack P-S1 stopped sending")
    assert str(task.note) == "Last reading 20 May 2026, 41 days in service without one."
    assert task.proofs[0][0] == "plants/P.html#silent"


def test_a_covenant_without_cure_is_due_at_its_next_test_also_when_nothing_was_reported() -> None:
    open_row = _COVENANT | {"cure_state": "NONE", "outcome": "UNKNOWN", "actual_value": None, "cure_day": None}
    (task,) = _tasks(covenants=[open_row]).of([_LOAN], [])
    assert (task.due, str(task.kind)) == (date(2027, 6, 30), "Covenant not decided: next test")
    assert str(task.what).endswith("; no value")


def test_a_covenant_on_a_rule_goes_by_the_rules_title_and_its_value_is_said_to_be_measured() -> None:
    nox = {"metric": "cn_gb_4915_2013__kiln_nox", "metric_title": "NOx from cement kilns", "value_source": "verdict"}
    nox |= {"evidence_tier": "measured", "value_start_date": date(2026, 6, 1), "level_value": 400, "actual_value": 412, "unit": "mg/Nm3"}
    (task,) = _tasks(covenants=[_COVENANT | nox]).of([_LOAN], [])
    assert str(task.what) == "Loan L1: NOx from cement kilns ≤ 400 mg/Nm3; measured 412 (Jun 2026)"


def test_a_figure_of_the_certificate_is_said_to_be_that_and_a_value_that_proves_nothing_says_why() -> None:
    stated = {"metric": "leverage", "metric_title": None, "value_source": "certificate", "evidence_tier": None, "unit": "ratio"}
    old = _COVENANT | stated | {"outcome": "UNKNOWN", "reason_code": "VALUE_TOO_OLD", "cure_state": "NONE"}
    (task,) = _tasks(covenants=[old]).of([_LOAN], [])
    assert "leverage ≤ 0.75 ratio; stated in the certificate 0.8 (" in str(task.what)
    assert str(task.note) == "The value is too old"


def test_findings_that_only_compare_or_are_closed_are_no_task_and_a_task_of_two_loans_stands_once() -> None:
    rows = [_FINDING, _FINDING | {"standing": "comparison", "cure_end_date": None}, _FINDING | {"state": "CLOSED"}]
    found = _tasks(findings=rows).of([_LOAN, {"portfolio_id": "B", "loan_id": "L2"}], ["P", "P"])
    assert [(str(task.kind), str(task.note)) for task in found] == [("Finding to cure", "worst 90, limit ≤ 60 mg/Nm3 (May 2026)")]


def test_a_finding_that_passes_again_is_due_for_its_check_and_no_sooner() -> None:
    waiting = _FINDING | {"state": "PENDING_CHECK", "is_waiting": True, "check_end_date": date(2027, 6, 30), "due_date": date(2026, 7, 31)}
    (task,) = _tasks(findings=[waiting]).of([], ["P"])
    assert (task.due, str(task.kind)) == (date(2027, 6, 30), "Mended: check of the whole window")
    assert str(task.note) == "last failed in Jun 2026, passes since; nothing is due before"


def test_another_borrowers_loans_bring_no_task() -> None:
    assert _tasks(covenants=[_COVENANT], ends=[_END]).of([{"portfolio_id": "B", "loan_id": "other"}], []) == []


def test_a_finding_leads_to_its_entry_its_sum_and_the_command_that_proves_it() -> None:
    (task,) = _tasks(findings=[_FINDING]).of([], ["P"])
    assert [address for address, _ in task.proofs] == ["findings.html#q=F-1", "indicators/stack-S.co.html"]
    assert task.finding_id == "F-1"


_OPEN = {f"meets_{level}": None for level in ("i", "ii", "iii", "i_all", "ii_all", "iii_all")} | {"points": 12.5, "has_unverified": False}
_INDEX = Background(
    index_scores={"P": {"plant_id": "P"}},
    indicators={
        "P": [
            _OPEN | {"indicator_title": "Direct CO2 per tonne of grey clinker"},
            _OPEN | {"indicator_title": "no wet kiln", "points": 3.0},
        ]
    },
)


def _asked(corrected_until: date | None, covenants: list[dict[str, Any]]) -> list[tuple[date | None, str, str]]:
    scorecard = _scorecard(_INDEX, "unknown", covenants=covenants)
    found = Tasks(scorecard, corrected_until).of([_LOAN], ["P"])
    return [(task.due, str(task.what), f"{task.note}; {task.why}") for task in found if str(task.kind) == "Ask for data"]


def test_data_to_ask_for_are_due_when_a_covenant_tests_them_else_when_corrections_end() -> None:
    end, later = date(2026, 7, 10), _COVENANT | {"next_test_date": date(2026, 12, 31)}
    co2, kiln = "Direct CO2 per tonne of grey clinker", "no wet kiln"
    corrected = "until then it changes a provisional result, later it restates an issued one"
    assert _asked(end, []) == [(end, co2, f"12.5 points of the index; {corrected}"), (end, kiln, f"3 points of the index; {corrected}")]
    assert _asked(end, [_COVENANT | {"next_test_date": date(2026, 7, 1)}])[0] == (
        date(2026, 7, 1),
        co2,
        "12.5 points of the index; a covenant tests it then",
    )
    assert [due for due, _, _ in _asked(end, [later])] == [end, end], "the earlier day counts"
    assert [due for due, _, _ in _asked(None, [later])] == [date(2026, 12, 31), None]
    assert _asked(None, [later | {"plant_id": "Q"}])[0][0] is None, "a covenant on another plant"


def test_data_without_a_day_say_why_there_is_none() -> None:
    assert [(due, note.partition("; ")[2]) for due, _, note in _asked(None, [])] == [
        (None, "no covenant tests it and no policy says how long corrections are taken"),
        (None, "no covenant tests it and no policy says how long corrections are taken"),
    ]

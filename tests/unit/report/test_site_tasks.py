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
    names = {
        "covenants": "mart_portfolio__covenants",
        "ends": "mart_portfolio__stranded_equipment",
        "findings": "mart_findings__register",
        "waivers": "mart_findings__waivers",
    }
    rows = {names[key]: value for key, value in marts.items()}
    plant = {"plant_id": "P", "plant_name": "Kiln Hill", "plant_class": "not_green"}
    scorecard: Any = SimpleNamespace(extra=lambda name: rows.get(name, []), rows=lambda mart: [plant], background=Background())
    return Tasks(scorecard)


def test_tasks_stand_in_the_order_of_their_days() -> None:
    found = _tasks(covenants=[_COVENANT], findings=[_FINDING], waivers=[_WAIVER], ends=[_END]).of([_LOAN], ["P"])
    assert [task.due for task in found] == [date(2011, 12, 31), date(2026, 9, 28), date(2026, 10, 1), date(2026, 12, 10)]
    assert {task.address for task in found} == {"plants/P.html"}
    assert {task.name for task in found} == {"Kiln Hill"}


def test_a_covenant_in_cure_is_due_at_the_end_of_its_cure_and_says_which_day_it_is() -> None:
    (task,) = _tasks(covenants=[_COVENANT]).of([_LOAN], [])
    assert (task.due, str(task.kind), str(task.note)) == (date(2026, 12, 10), "Cure of a covenant breach", "day 13 of 30")
    assert str(task.what) == "Loan L1: co2 per t clinker ≤ 0.75 t/t, reported 0.8"


def test_a_covenant_without_cure_is_due_at_its_next_test_also_when_nothing_was_reported() -> None:
    open_row = _COVENANT | {"cure_state": "NONE", "outcome": "UNKNOWN", "actual_value": None, "cure_day": None}
    (task,) = _tasks(covenants=[open_row]).of([_LOAN], [])
    assert (task.due, str(task.kind)) == (date(2027, 6, 30), "Covenant without a value: next test")
    assert str(task.what).endswith("nothing reported")


def test_findings_that_only_compare_or_are_closed_are_no_task_and_a_task_of_two_loans_stands_once() -> None:
    rows = [_FINDING, _FINDING | {"standing": "comparison", "cure_end_date": None}, _FINDING | {"state": "CLOSED"}]
    found = _tasks(findings=rows).of([_LOAN, {"portfolio_id": "B", "loan_id": "L2"}], ["P", "P"])
    assert [(str(task.kind), task.note) for task in found] == [("Finding to cure", "90 / 60 mg/Nm3")]


def test_another_borrowers_loans_bring_no_task() -> None:
    assert _tasks(covenants=[_COVENANT], ends=[_END]).of([{"portfolio_id": "B", "loan_id": "other"}], []) == []


def test_a_finding_leads_to_its_entry_its_sum_and_the_command_that_proves_it() -> None:
    (task,) = _tasks(findings=[_FINDING]).of([], ["P"])
    assert [address for address, _ in task.proofs] == ["findings.html#q=F-1", "indicators/stack-S.co.html"]
    assert task.finding_id == "F-1"

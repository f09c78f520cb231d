"""Pairs that a person has looked at: replayed, refused, and open again when names or the register change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.matching.candidates import match_loans
from pipelines.matching.decisions import fingerprint
from pipelines.matching.match_rows import Matches

LOAN = {
    "portfolio_id": "p",
    "loan_id": "1",
    "sector": "cement",
    "country_iso3": "LAO",
    "counterparty_name": "Alpha Bank",
    "project_name": "Vang Vieng works",
}
PLANT = {"plant_id": "A", "plant_name": "Vang Vieng Cement Plant", "sector": "cement", "country_iso3": "LAO", "status": "operating"}
FAR = {"plant_id": "B", "plant_name": "Thakhek Cement Plant", "sector": "cement", "country_iso3": "LAO", "status": "operating"}


def decided(decision: str, plant: dict[str, Any] = PLANT, loan: dict[str, Any] = LOAN, **change: Any) -> dict[str, Any]:
    row = {"portfolio_id": "*", "loan_id": "1", "plant_id": plant["plant_id"], "decision": decision, "decided_by": "desk"}
    return row | {"decided_on": date(2025, 6, 30), "reason": "seen", "fingerprint": fingerprint(loan, plant)} | change


def match(*decisions: dict[str, Any], loan: dict[str, Any] = LOAN, plants: tuple[dict[str, Any], ...] = (PLANT, FAR)) -> Matches:
    return match_loans([loan], plants, decisions=decisions)


def states(matches: Matches) -> list[tuple[str, str, bool, str | None]]:
    return [(row["plant_id"], row["match_method"], row["is_match"], row.get("decision_state")) for row in matches.links]


def test_without_a_decision_the_name_decides_and_every_pair_has_a_fingerprint() -> None:
    found = match()
    assert states(found) == [("A", "name", True, None)]
    assert found.links[0]["fingerprint"] == fingerprint(LOAN, PLANT)


def test_an_accepted_plant_is_the_match_whatever_its_name() -> None:
    found = match(decided("accepted", FAR))
    assert states(found) == [("B", "decision", True, "accepted")]
    assert found.links[0]["match_reason"] == "accepted by desk on 2025-06-30: seen"
    assert found.unmatched == []


def test_a_rejected_plant_is_never_proposed_again() -> None:
    found = match(decided("rejected"))
    assert states(found) == [("A", "decision", False, "rejected")]
    assert found.unmatched[0]["reason_code"] == "REJECTED"
    assert "rejected by desk" in found.unmatched[0]["reason"]


def test_a_rejected_plant_is_not_reached_through_its_owner_either() -> None:
    loan, plant = LOAN | {"counterparty_id": "E1"}, PLANT | {"owner_id": "E1"}
    assert states(match(loan=loan, plants=(plant,))) == [("A", "owner", True, None)]
    assert [row for row in match(decided("rejected"), loan=loan, plants=(plant,)).links if row["is_match"]] == []


@pytest.mark.parametrize(
    ("loan", "plant", "words"),
    [
        ({"project_name": "Vang Vieng Cement"}, {}, "the loan's names changed"),
        ({}, {"owner_name": "New Owner"}, "the register's entry changed"),
        ({"country_iso3": "LAO", "counterparty_name": "X"}, {"city": "Y"}, "the loan's names and the register's entry changed"),
    ],
)
def test_a_changed_name_or_register_opens_a_decision_again(loan: dict[str, Any], plant: dict[str, Any], words: str) -> None:
    accepted = match(decided("accepted", FAR), loan=LOAN | loan, plants=(PLANT | {"plant_name": "Zulu"}, FAR | plant))
    assert accepted.unmatched[0]["reason_code"] == "REOPENED"
    assert words in accepted.unmatched[0]["reason"]
    assert [(row["plant_id"], row["is_match"]) for row in accepted.links if row.get("decision_state") == "reopened"] == [("B", False)]
    rejected = match(decided("rejected"), loan=LOAN | loan, plants=(PLANT | plant, FAR))
    assert [row for row in rejected.links if row["is_match"]] == []
    assert [(row["plant_id"], row["decision_state"]) for row in rejected.links] == [("A", "reopened")]
    assert words in rejected.links[0]["match_reason"]


def test_two_decisions_of_one_day_that_differ_decide_nothing() -> None:
    found = match(decided("contradictory"))
    assert [row for row in found.links if row["is_match"]] == []
    assert found.unmatched[0]["reason_code"] == "REOPENED"


def test_a_decision_for_one_portfolio_goes_before_one_for_all() -> None:
    found = match(decided("rejected"), decided("accepted", portfolio_id="p"))
    assert states(found) == [("A", "decision", True, "accepted")]


def test_a_decision_on_an_unknown_plant_changes_nothing() -> None:
    assert match(decided("accepted", plant_id="ZZ")) == match()


@given(st.permutations(range(4)))
def test_the_order_of_loans_and_decisions_changes_nothing(order: list[int]) -> None:
    loans = [
        LOAN | {"loan_id": str(number), "project_name": name}
        for number, name in enumerate(("Vang Vieng", "Thakhek", "Thakhek works", "Nothing"))
    ]
    decisions = [decided("rejected", FAR, loans[1], loan_id="1"), decided("accepted", FAR, loans[3], loan_id="3")]
    expected = match_loans(loans, [PLANT, FAR], decisions=decisions)
    assert match_loans([loans[place] for place in order], [FAR, PLANT], decisions=decisions[::-1]) == expected

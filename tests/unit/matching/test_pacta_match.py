"""A loan book in PACTA's columns against companies: candidates, priorities, coverage."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import WrongUseError
from pipelines.matching.pacta_coverage import coverage_rows
from pipelines.matching.pacta_match import Scoring, levels_of, match_loanbook, prioritize_matches

CODES = {("NACE", "C23.51"): ("cement", "FALSE"), ("NACE", "C24.10"): ("steel", "FALSE"), ("NACE", "C23.6"): ("cement", "TRUE")}
COMPANIES = [("Alpha Cement AG", "cement"), ("Alpha Cemant AG", "cement"), ("Alpha Cement AG", "steel"), ("Beta Group", "steel")]


def loan(
    loan_id: str = "L1", name: str | None = "Alpha Cement AG", parent: str | None = None, code: str = "C23.51"
) -> dict[str, str | None]:
    return {
        "id_loan": loan_id,
        "id_direct_loantaker": "C" + loan_id,
        "name_direct_loantaker": name,
        "id_ultimate_parent": "U" + loan_id,
        "name_ultimate_parent": parent,
        "loan_size_outstanding": "10",
        "sector_classification_system": "NACE",
        "sector_classification_direct_loantaker": code,
    }


def seen(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["id_loan"], row["level"], row["name_abcd"], row["sector_abcd"], round(float(row["score"]), 4)) for row in rows]


def test_a_name_that_is_equal_hides_the_near_ones_and_the_other_sector() -> None:
    assert seen(match_loanbook([loan()], COMPANIES, CODES)) == [("L1", "direct_loantaker", "Alpha Cement AG", "cement", 1.0)]


def test_without_an_equal_name_all_near_ones_are_candidates() -> None:
    rows = match_loanbook([loan(name="Alpha Cemint AG")], COMPANIES, CODES)
    assert {row["name_abcd"] for row in rows} == {"Alpha Cement AG", "Alpha Cemant AG"}
    assert all(0.8 <= float(row["score"] or 0) < 1 for row in rows)


def test_across_sectors_a_company_may_be_of_another_one() -> None:
    rows = match_loanbook([loan()], COMPANIES, CODES, Scoring(is_by_sector=False))
    assert {(row["sector"], row["sector_abcd"]) for row in rows} == {("cement", "cement"), ("cement", "steel")}


@pytest.mark.parametrize("change", [{"code": "99"}, {"name": None}])
def test_a_loan_without_sector_or_name_has_no_candidate(change: dict[str, Any]) -> None:
    assert match_loanbook([loan(**change)], COMPANIES, CODES) == []


def test_levels_are_the_pairs_of_id_and_name_from_borrower_to_ultimate_parent() -> None:
    columns = ["id_ultimate_parent", "name_ultimate_parent", "name_intermediate_parent_2", "id_intermediate_parent_2", "name_x", "id_x"]
    row = dict.fromkeys([*columns, "id_direct_loantaker", "name_direct_loantaker", "name_intermediate_parent_1"])
    assert levels_of([row]) == ["direct_loantaker", "intermediate_parent_2", "ultimate_parent"]


def test_a_name_set_by_hand_is_matched_in_its_own_sector_and_says_so() -> None:
    hand = [{"level": "direct_loantaker", "id_2dii": "DL1", "name": "Beta Group", "sector": "steel", "source": "manual"}]
    rows = match_loanbook([loan()], COMPANIES, CODES, overwrite=hand)
    assert [(row["name"], row["name_abcd"], row["sector"], row["source"]) for row in rows] == [
        ("Beta Group", "Beta Group", "steel", "manual")
    ]


def test_the_direct_borrower_goes_before_the_ultimate_parent() -> None:
    rows = match_loanbook([loan(parent="Alpha Cemant AG")], COMPANIES, CODES)
    assert [row["level"] for row in prioritize_matches(rows)] == ["direct_loantaker"]
    assert [row["level"] for row in prioritize_matches(rows, lambda levels: levels[::-1])] == ["ultimate_parent"]


def test_a_candidate_below_one_is_never_taken() -> None:
    assert prioritize_matches(match_loanbook([loan(name="Alpha Cemint AG")], COMPANIES, CODES)) == []


def test_two_companies_with_score_one_for_one_loan_and_level_are_refused() -> None:
    rows = match_loanbook([loan()], [*COMPANIES, ("alpha cement ag", "cement")], CODES)
    with pytest.raises(WrongUseError, match="loan L1, direct_loantaker: 'Alpha Cement AG' and 'alpha cement ag'"):
        prioritize_matches(rows)


@given(st.permutations(["L1", "L2", "L3", "L4"]))
def test_the_order_of_loans_changes_no_match(order: list[str]) -> None:
    book = {
        "L1": loan("L1"),
        "L2": loan("L2", "Alpha Cemint AG"),
        "L3": loan("L3", "Beta Groop", code="C24.10"),
        "L4": loan("L4", "Other", parent="Alpha Cement AG"),
    }
    expected = match_loanbook(list(book.values()), COMPANIES, CODES)
    found = match_loanbook([book[loan_id] for loan_id in order], COMPANIES, CODES)
    key = lambda row: (row["id_loan"], row["level"], row["name_abcd"])  # noqa: E731
    assert sorted(found, key=key) == sorted(expected, key=key)


def test_splitting_a_loan_changes_neither_matched_money_nor_companies() -> None:
    one = [loan("L1") | {"loan_size_outstanding": "30.5"}]
    two = [loan("L1") | {"loan_size_outstanding": "10.25"}, loan("L1b") | {"loan_size_outstanding": "20.25"}]
    first, second = (coverage_rows(book, prioritize_matches(match_loanbook(book, COMPANIES, CODES)), CODES) for book in (one, two))
    without_count = [{name: value for name, value in row.items() if name != "loans"} for row in (*first, *second)]
    assert without_count[0] == without_count[1]
    assert without_count[0]["matched"] == "Matched"


def test_an_unmatched_borderline_loan_is_not_in_scope_and_one_without_sector_stands_last() -> None:
    book = [loan("L1", "Nobody", code="99"), loan("L2", "Nobody", code="C23.6"), loan("L3", "Nobody")]
    rows = coverage_rows(book, [], CODES)
    assert [(row["sector"], row["matched"], row["loans"]) for row in rows] == [
        ("cement", "Not Matched", 1),
        ("not in scope", "Not Matched", 1),
        (None, "Not Matched", 1),
    ]

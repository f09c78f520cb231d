"""Loans meet plants: stated, owned, named; and never by a guess."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.matching.candidates import match_loans, match_tables
from pipelines.matching.match_rows import Matches, match_schemas
from pipelines.matching.names import numbers_of, telling_words, whole_name, words_of

LOAN = {
    "portfolio_id": "p",
    "loan_id": "1",
    "reporting_date": "2021-12-31",
    "sector": "cement",
    "country_iso3": "LAO",
    "counterparty_name": "Some Bank",
    "project_name": "Battambang Conch Cement Plant Project",
    "origination_date": "2017-01-01",
}
PLANT = {
    "plant_id": "A",
    "plant_name": "Battambang Conch Cement Plant",
    "sector": "cement",
    "country_iso3": "LAO",
    "status": "operating",
    "commissioning_date": "2018-12-31",
}


def match(loan: dict[str, Any], *plants: dict[str, Any], **more: Any) -> Matches:
    return match_loans([LOAN | loan], [PLANT | plant for plant in plants or [{}]], **more)


def matched(matches: Matches) -> list[str]:
    return [row["plant_id"] for row in matches.links if row["is_match"]]


def code(matches: Matches) -> str:
    assert len(matches.unmatched) == 1
    assert matches.unmatched[0]["reason"]
    return matches.unmatched[0]["reason_code"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Côte-d'Or S.A. Ciments", ("cote", "dor", "sa", "cement")),
        ("Krakatau Steel’s Blast Furnace", ("krakatau", "steel", "blast", "furnace")),
        ("Yên Bình", ("yen", "binh")),
        ("Kyzyl-Kiya", ("kyzyl", "kiya")),
        (None, ()),
    ],
)
def test_names_are_compared_without_accents_signs_and_possessives(name: str | None, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


def test_legal_forms_projects_and_works_are_no_part_of_a_name() -> None:
    assert whole_name("Qeshm Cement Factory Construction Project") == whole_name("Qeshm Cement Co. Ltd") == {"qeshm", "cement"}


def test_product_country_and_number_tell_no_works_from_another() -> None:
    assert telling_words("Lane Xang Lao Cement Factory No. 2", "LAO") == {"lane", "xang"}
    assert telling_words("Phase 1 of Cement Plant Construction Project", "IDN") == frozenset()


@pytest.mark.parametrize(
    ("name", "numbers"), [("Cement Plant No. 2", {2}), ("Vang Vieng III", {3}), ("I love cement", set()), ("Plant 2014", set())]
)
def test_numbers_of_lines_are_read_in_both_scripts(name: str, numbers: set[int]) -> None:
    assert numbers_of(name) == numbers


def test_a_stated_link_goes_before_every_name_and_owner() -> None:
    links = [{"portfolio_id": "*", "loan_id": "1", "plant_id": "B", "decided_by": "desk"}]
    found = match({"counterparty_id": "E1"}, {"owner_id": "E1"}, {"plant_id": "B", "plant_name": "Other"}, links=links)
    assert [(row["plant_id"], row["match_method"], row["match_score"]) for row in found.links] == [("B", "link", 1.0)]
    assert found.unmatched == []


def test_an_owner_leads_to_plants_through_other_companies_and_a_circle_ends() -> None:
    ownership = [{"owner_id": "E1", "owned_id": "E2"}, {"owner_id": "E2", "owned_id": "B"}, {"owner_id": "E2", "owned_id": "E1"}]
    found = match({"counterparty_id": "E1"}, {}, {"plant_id": "B", "plant_name": "Other"}, ownership=ownership)
    assert [(row["plant_id"], row["match_method"]) for row in found.links] == [("B", "owner")]
    assert "E1 → E2 → B" in found.links[0]["match_reason"]


@pytest.mark.parametrize(
    "holding",
    [{"valid_to_date": "2019-12-31"}, {"valid_from_date": "2023-01-01"}],
)
def test_a_holding_that_ended_or_has_not_begun_leads_nowhere(holding: dict[str, str]) -> None:
    found = match({"counterparty_id": "E1", "project_name": None}, ownership=[{"owner_id": "E1", "owned_id": "A", **holding}])
    assert matched(found) == []


def test_equal_names_match_and_shared_words_score_lower() -> None:
    equal, shared = match({}), match({}, {"plant_name": "Rotanak Mondol Battambang Conch Cement Plant"})
    assert (matched(equal), matched(shared)) == (["A"], ["A"])
    assert equal.links[0]["match_score"] == 1.0
    assert 0.85 <= shared.links[0]["match_score"] < 0.96


@pytest.mark.parametrize("change", [{"country_iso3": "KHM"}, {"sector": "steel"}])
def test_a_plant_of_another_country_or_sector_is_never_taken(change: dict[str, str]) -> None:
    found = match({}, change)
    assert found.links == []
    assert code(found) == "NO_PLANT_IN_COUNTRY"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"sector": "other"}, "NO_SECTOR"),
        ({"sector": None}, "NO_SECTOR"),
        ({"country_iso3": None}, "NO_COUNTRY"),
        ({"project_name": "Bajil"}, "BELOW_CUT_OFF"),
    ],
)
def test_a_loan_without_a_plant_has_one_reason(change: dict[str, Any], expected: str) -> None:
    found = match(change)
    assert matched(found) == []
    assert code(found) == expected


def test_the_only_plant_of_a_country_is_not_taken_for_want_of_another() -> None:
    found = match({"project_name": "Cement Plant Construction Project", "counterparty_name": "Cement Plant Construction Project"})
    assert matched(found) == []
    assert "tell no works" in found.unmatched[0]["reason"]


def test_two_plants_that_fit_equally_well_are_candidates_and_no_match() -> None:
    found = match({}, {}, {"plant_id": "B", "alternative_names": "X; Battambang Conch Cement Factory", "plant_name": "Mekoda Cement Plant"})
    assert matched(found) == []
    assert code(found) == "AMBIGUOUS"
    assert [row["plant_id"] for row in found.links] == ["A", "B"]


def test_phases_of_one_plant_are_matched_together() -> None:
    phases = {"plant_name": "Battambang Conch I Cement Plant"}, {"plant_id": "B", "plant_name": "Battambang Conch II Cement Plant"}
    assert matched(match({}, *phases)) == ["A", "B"]


def test_a_borrower_without_a_project_reaches_all_plants_of_the_owner_of_his_name() -> None:
    plants = (
        {"plant_name": "Carandaí", "owner_name": "Cimento Tupi SA"},
        {"plant_id": "B", "plant_name": "Mogi", "owner_name": "Cimento Tupi S.A."},
    )
    loan = {"counterparty_name": "Cimento Tupi S.A", "project_name": None}
    assert matched(match(loan, *plants)) == ["A", "B"]
    assert matched(match(loan | {"project_name": "Cimento Tupi Cement Expansion in Barroso"}, *plants)) == []


def test_the_plants_own_name_stands_above_its_parents() -> None:
    plants = (
        {"plant_name": "Belarusian Cement Plant"},
        {"plant_id": "B", "plant_name": "Krichev", "parent_name": "Belarusian Cement Company"},
    )
    assert matched(match({"project_name": "Belarusian Cement Plant Construction Project"}, *plants)) == ["A"]


def test_spellings_of_a_long_word_are_one_name() -> None:
    found = match({"project_name": "Krichevtsementnoshifer Cement Plant"}, {"plant_name": "Krichevcementnoshifer Cement Plant"})
    assert matched(found) == ["A"]
    assert found.links[0]["match_score"] < 1


def test_a_region_alone_is_too_little() -> None:
    found = match({"project_name": "Thanh Hoa Cement Plant"}, {"plant_name": "Nghi Son Cement Plant", "region_name": "Thanh Hoa"})
    assert matched(found) == []
    assert code(found) == "BELOW_CUT_OFF"
    assert found.unmatched[0]["best_candidate"]


def test_another_number_contradicts_a_name_and_the_same_number_decides() -> None:
    loan = {"project_name": "Vang Vieng Cement Plant No. 2"}
    third = {"plant_name": "Lao Vang Vieng III Cement Plant"}
    assert code(match(loan, third)) == "CONTRADICTED"
    assert matched(match(loan, third, {"plant_id": "B", "plant_name": "Lao Vang Vieng II Cement Plant"})) == ["B"]


def test_a_closed_plant_is_a_candidate_and_gives_way_to_an_open_one() -> None:
    closed = {"status": "retired"}
    assert code(match({}, closed)) == "CONTRADICTED"
    assert matched(match({}, closed, {"plant_id": "B"})) == ["B"]


@pytest.mark.parametrize(("started", "plants"), [("1960-12-31", []), ("2016-12-31", ["A"]), ("2018-12-31", ["A"]), (None, ["A"])])
def test_a_loan_that_builds_a_works_does_not_finance_one_that_ran_long_before(started: str | None, plants: list[str]) -> None:
    found = match(
        {"project_name": "Slantsy Cement Plant Construction Project"},
        {"plant_name": "Tsesla", "city": "Slantsy", "commissioning_date": started},
    )
    assert matched(found) == plants


def test_an_old_works_of_equal_name_may_get_a_new_line() -> None:
    assert matched(match({"project_name": "Battambang Conch Cement Plant Construction Project"}, {"commissioning_date": "1933-12-31"})) == [
        "A"
    ]


def test_the_cut_off_is_the_callers() -> None:
    assert code(match({}, {"plant_name": "Battambang Conch West Cement Plant", "status": "operating"}, cut_off=0.99)) == "BELOW_CUT_OFF"


def test_only_the_latest_report_of_a_loan_is_matched_and_the_order_is_fixed() -> None:
    old = LOAN | {"reporting_date": "2020-12-31", "project_name": "Something else"}
    loans = [LOAN | {"loan_id": "2"}, LOAN, old]
    first, second = match_loans(loans, [PLANT]), match_loans(loans[::-1], [PLANT])
    assert first == second
    assert [row["loan_id"] for row in first.links] == ["1", "2"]


def test_the_tables_have_their_columns_even_without_rows() -> None:
    tables = match_tables([], [], [], [], {"cut_off": "0.9"})
    assert {name: table.schema for name, table in tables.items()} == match_schemas()
    assert match_tables([LOAN], [PLANT], [], [], {})["raw_matching__links"].num_rows == 1

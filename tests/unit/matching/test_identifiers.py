"""A borrower with another id than the plant's owner is the same company when LEI or register number are equal."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.matching.candidates import match_loans

LEI = "5493001KJTIIGC8Y1R12"
LOAN = {"portfolio_id": "p", "loan_id": "1", "sector": "cement", "country_iso3": "LAO", "counterparty_id": "C1", "counterparty_name": "A"}
PLANT = {"plant_id": "P1", "plant_name": "Far Works", "sector": "cement", "country_iso3": "KHM", "owner_id": "E100"}


def methods(own: dict[str, Any], owner: dict[str, Any], loan: dict[str, Any] | None = None) -> list[tuple[str, str]]:
    companies = [{"counterparty_id": "C1"} | own, {"counterparty_id": "E100"} | owner]
    found = match_loans([LOAN | (loan or {})], [PLANT], counterparties=companies)
    return [(row["plant_id"], row["match_method"]) for row in found.links if row["is_match"]]


@pytest.mark.parametrize(
    ("own", "owner", "loan", "method"),
    [
        ({"lei": LEI}, {"lei": LEI.lower()}, {}, "lei"),
        ({}, {"lei": LEI}, {"lei": LEI}, "lei"),
        ({"national_id": "91-3205 A", "country_iso3": "CHN"}, {"national_id": "913205a", "country_iso3": "CHN"}, {}, "national_id"),
    ],
)
def test_an_equal_identifier_leads_to_the_owners_plants(
    own: dict[str, str], owner: dict[str, str], loan: dict[str, str], method: str
) -> None:
    assert methods(own, owner, loan) == [("P1", method)]


@pytest.mark.parametrize(
    ("own", "owner"),
    [
        ({"national_id": "913205", "country_iso3": "CHN"}, {"national_id": "913205", "country_iso3": "LAO"}),
        ({"national_id": "913205"}, {"national_id": "913205"}),
        ({"lei": "123"}, {"lei": "123"}),
        ({"lei": ""}, {"lei": ""}),
        ({"national_id": "N/A", "country_iso3": "CHN"}, {"national_id": "N/A", "country_iso3": "CHN"}),
        ({"national_id": "unknown", "country_iso3": "CHN"}, {"national_id": "unknown", "country_iso3": "CHN"}),
        ({"national_id": "000000", "country_iso3": "CHN"}, {"national_id": "000000", "country_iso3": "CHN"}),
        ({"lei": LEI}, {"lei": LEI[:-1] + "3"}),
    ],
)
def test_a_number_of_another_country_or_a_broken_one_is_no_identity(own: dict[str, str], owner: dict[str, str]) -> None:
    assert methods(own, owner) == []


def test_the_borrowers_own_id_goes_before_an_equal_identifier() -> None:
    plants = [PLANT, PLANT | {"plant_id": "P2", "owner_id": "C1"}]
    companies = [{"counterparty_id": "C1", "lei": LEI}, {"counterparty_id": "E100", "lei": LEI}]
    found = match_loans([LOAN], plants, counterparties=companies)
    assert [(row["plant_id"], row["match_method"]) for row in found.links] == [("P2", "owner")]


def test_the_reason_names_the_identifier() -> None:
    found = match_loans([LOAN], [PLANT], counterparties=[{"counterparty_id": "C1", "lei": LEI}, {"counterparty_id": "E100", "lei": LEI}])
    assert found.links[0]["match_reason"] == f"same LEI {LEI} as E100; owned: E100 → P1"

"""Where a loan names a place, it speaks for or against a plant, and alone is never a match."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.matching.candidates import match_loans
from pipelines.matching.match_rows import Matches
from pipelines.matching.places import distance_km

LOAN = {
    "portfolio_id": "p",
    "loan_id": "1",
    "sector": "cement",
    "country_iso3": "MAR",
    "counterparty_name": "Bank",
    "project_name": "Settat works",
}
ONE = {
    "plant_id": "A",
    "plant_name": "Lafarge Settat Cement Plant",
    "sector": "cement",
    "country_iso3": "MAR",
    "latitude": 33.0,
    "longitude": -7.6,
}
TWO = ONE | {"plant_id": "B", "plant_name": "Holcim Settat Cement Plant", "latitude": 34.0}


def match(*plants: dict[str, Any], **loan: Any) -> Matches:
    return match_loans([LOAN | loan], plants)


def test_distance_is_that_of_the_great_circle() -> None:
    assert distance_km({"latitude": 0, "longitude": 0}, {"latitude": 0, "longitude": 90}) == pytest.approx(10007.5, abs=1)
    assert distance_km({"latitude": 0, "longitude": 0}, {"latitude": None, "longitude": 90}) is None


def test_of_two_plants_that_fit_equally_the_one_at_the_place_is_meant() -> None:
    assert match(ONE, TWO).unmatched[0]["reason_code"] == "AMBIGUOUS"
    found = match(ONE, TWO, latitude=33.01, longitude=-7.6)
    assert [(row["plant_id"], row["is_match"]) for row in found.links] == [("A", True)]
    assert "1 km from the place of the project" in found.links[0]["match_reason"]


def test_a_plant_far_from_the_place_is_contradicted() -> None:
    found = match(TWO, latitude=33.0, longitude=-7.6)
    assert found.unmatched[0]["reason_code"] == "CONTRADICTED"
    assert "111 km" in found.unmatched[0]["reason"]


def test_a_place_alone_makes_a_candidate_and_no_match() -> None:
    found = match(ONE, project_name="Nothing Known", latitude=33.0, longitude=-7.6)
    assert [(row["plant_id"], row["is_match"], row["match_score"]) for row in found.links] == [("A", False, 0.6)]
    assert found.unmatched[0]["reason_code"] == "BELOW_CUT_OFF"
    assert "0 km from the place" in found.unmatched[0]["best_candidate"]

"""The cement tracker: million tonnes, kinds of unknown, kilns and mills."""

from __future__ import annotations

import pytest

from pipelines.sources.gem_cement import READER
from tests.unit.sources.sheets import only, read, sheet

CEMENT = "Cement Capacity (millions metric tonnes per annum)"
CLINKER = "Clinker Capacity (millions metric tonnes per annum)"
PLANT = {
    "GEM Plant ID": "P1",
    "GEM Asset name (English)": "Windhoek Cement Plant",
    "Country/Area": "Namibia",
    CEMENT: 0.15,
    CLINKER: 0.365,
    "Operating status": "operating",
    "Start date": "1959",
    "Owner name (English)": "Ohorongo Cement Pty Ltd [100.0%]",
    "Owner Entity ID": "E1 [100.0%]",
    "Parent": "Schwenk Zement KG [69.8%]; Development Bank [30.2%]",
    "Parent Entity ID": "E2 [69.8%]; E3 [30.2%]",
    "Plant type": "integrated",
    "Production type": "wet",
    "Coordinates": "-22.5, 17.1",
}


def test_the_sheet_is_known_by_its_headers_and_the_notes_of_the_workbook_are_not() -> None:
    assert READER.missing([*READER.required]) == []
    assert READER.missing(["Metadata", "Description"]) == list(READER.required)
    assert READER.missing([header for header in READER.required if header != "Plant type"]) == ["Plant type"]


def test_a_plant_keeps_clinker_above_cement_and_its_country_even_when_that_is_namibia() -> None:
    result = read(READER, PLANT)
    plant, unit = only(result.rows["raw_plants__plants"]), only(result.rows["raw_plants__process_units"])
    assert (plant["country_iso3"], plant["capacity_t_per_year"], plant["route"], plant["source_row_number"]) == (
        "NAM",
        150_000.0,
        "integrated",
        2,
    )
    assert (unit["process"], unit["technology"], unit["capacity_t_per_year"], unit["plant_id"]) == ("clinker_kiln", "wet", 365_000.0, "P1")
    assert result.rejects == []


@pytest.mark.parametrize(
    ("kind", "production", "process", "technology"),
    [
        ("integrated", "dry", "clinker_kiln", "dry_unspecified"),
        ("clinker only", "semidry", "clinker_kiln", "semi_dry"),
        ("integrated", "mixed", "clinker_kiln", "unknown"),
        ("integrated", "unknown", "clinker_kiln", "unknown"),
        ("grinding", "n/a", "cement_mill", None),
    ],
)
def test_a_dry_kiln_is_not_taken_for_a_modern_one(kind: str, production: str, process: str, technology: str | None) -> None:
    unit = only(read(READER, PLANT | {"Plant type": kind, "Production type": production}).rows["raw_plants__process_units"])
    assert (unit["process"], unit["technology"]) == (process, technology)


def test_a_plant_of_unknown_type_has_no_units() -> None:
    result = read(READER, PLANT | {"Plant type": "unknown", "Production type": "unknown"})
    assert result.rows["raw_plants__process_units"] == []
    assert only(result.rows["raw_plants__plants"])["route"] is None


def test_owners_become_holdings_and_companies_once() -> None:
    result = read(READER, PLANT, PLANT | {"GEM Plant ID": "P2", "GEM Asset name (English)": "Otavi Cement Plant"})
    assert [(row["owner_id"], row["owned_id"], row["share_ratio"]) for row in result.rows["raw_bank__ownership"]] == [
        ("E1", "P1", 1.0),
        ("E1", "P2", 1.0),
    ]
    assert sorted(row["counterparty_id"] for row in result.rows["raw_bank__counterparties"]) == ["E1", "E2", "E3"]
    assert result.rows["raw_plants__plants"][0]["parent_name"] == "Schwenk Zement KG"


def test_shares_above_the_whole_are_refused_and_the_plant_is_kept() -> None:
    result = read(READER, PLANT | {"Owner name (English)": "A [80%]; B [80%]", "Owner Entity ID": "E1 [80%]; E2 [80%]"})
    assert only(result.rows["raw_plants__plants"])["owner_id"] is None
    assert result.rows["raw_bank__ownership"] == []
    assert (result.rejects[0].row_number, result.rejects[0].kind) == (2, "unreadable")
    assert "160.0%" in result.rejects[0].reason


@pytest.mark.parametrize(("change", "column"), [({"Country/Area": "Atlantis"}, "Country/Area"), ({CLINKER: "lots"}, CLINKER)])
def test_a_row_that_cannot_be_read_says_where_and_what_to_do(change: dict[str, str], column: str) -> None:
    result = read(READER, PLANT | change)
    assert result.rows["raw_plants__plants"] == []
    assert (result.rejects[0].column_name, result.rejects[0].row_number) == (column, 2)
    assert result.rejects[0].what_to_do


def test_produces_but_capacity_unknown_is_null_with_a_note_unlike_plain_unknown() -> None:
    bounded = only(read(READER, PLANT | {CEMENT: ">0"}).rows["raw_plants__plants"])
    unknown = only(read(READER, PLANT | {CEMENT: "unknown"}).rows["raw_plants__plants"])
    assert bounded["capacity_t_per_year"] is None
    assert unknown["capacity_t_per_year"] is None
    assert bounded["note"]
    assert unknown["note"] is None


def test_headers_are_compared_without_case_and_blanks() -> None:
    assert READER.missing([f"  {header.upper()} " for header in READER.required]) == []
    assert READER.read(sheet([*READER.required]), []).rows["raw_plants__plants"] == []

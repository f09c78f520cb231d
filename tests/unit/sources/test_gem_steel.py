"""The steel tracker: three sheets of one workbook, a plant in several rows of the capacity sheet."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.sources.gem_steel import CAPACITIES, PLANTS, PRODUCTION
from tests.unit.sources.sheets import only, public_sheet, read, sheet

PLANT = {
    "Plant ID": "P1",
    "Plant name (English)": "Jijel steel plant",
    "Owner": "Algerian Qatari Steel",
    "Owner GEM ID": "E1",
    "Parent": "Industries Qatar QPSC [49.0%]; unknown [5.0%]; Sider SpA",
    "Parent GEM ID": "E2 [49.0%]; E100000132388 [5.0%]; E3",
    "Country/Area": "Algeria",
    "Start date": 2017.0,
    "ISO 14001": "Yes",
    "ISO 50001": "unknown",
    "Main production equipment": "EAF; DRI",
}
OPERATING = {
    "Plant ID": "P1",
    "Plant name (English)": "Jijel steel plant",
    "Status": "operating",
    "Start date": 2017.0,
    "Nominal crude steel capacity (ttpa)": 2200.0,
    "Nominal EAF steel capacity (ttpa)": 2200.0,
    "Nominal DRI capacity (ttpa)": ">0",
    "Nominal BOF steel capacity (ttpa)": "N/A",
    "Nominal BF capacity (ttpa)": "N/A",
    "Nominal OHF steel capacity (ttpa)": "N/A",
}
ANNOUNCED = OPERATING | {
    "Status": "announced",
    "Start date": 2026.0,
    "Nominal crude steel capacity (ttpa)": 1800.0,
    "Nominal DRI capacity (ttpa)": 2500.0,
}


def test_each_sheet_is_known_by_one_reader_only() -> None:
    for mine in (PLANTS, CAPACITIES, PRODUCTION):
        given = public_sheet(mine)
        able = [reader.reader_id for reader in (PLANTS, CAPACITIES) if not reader.missing(given.headers)]
        assert able == ([mine.reader_id] if mine is not PRODUCTION else [])


def test_announced_capacity_never_adds_to_what_operates() -> None:
    plants, capacities = public_sheet(PLANTS, PLANT), public_sheet(CAPACITIES, ANNOUNCED, OPERATING)
    plant = only(PLANTS.read(plants, [plants, capacities]).rows["raw_plants__plants"])
    assert (plant["status"], plant["capacity_t_per_year"], plant["route"]) == ("operating", 2_200_000.0, "dri_eaf")


def test_two_operating_rows_of_a_plant_add_up_and_one_unknown_makes_the_sum_unknown() -> None:
    retiring = OPERATING | {"Status": "operating pre-retirement", "Nominal crude steel capacity (ttpa)": 300.0}
    plants = public_sheet(PLANTS, PLANT)
    sums = [
        only(PLANTS.read(plants, [plants, public_sheet(CAPACITIES, OPERATING, other)]).rows["raw_plants__plants"])["capacity_t_per_year"]
        for other in (retiring, retiring | {"Nominal crude steel capacity (ttpa)": ">0"})
    ]
    assert sums == [2_500_000.0, None]


def test_without_the_capacity_sheet_the_status_is_unknown() -> None:
    plant = only(read(PLANTS, PLANT).rows["raw_plants__plants"])
    assert (plant["status"], plant.get("capacity_t_per_year")) == ("unknown", None)


def test_a_unit_for_each_status_and_process_with_stable_ids() -> None:
    units = read(CAPACITIES, OPERATING, ANNOUNCED).rows["raw_plants__process_units"]
    assert {unit["unit_id"]: unit["capacity_t_per_year"] for unit in units} == {
        "P1/operating/dri_furnace": None,
        "P1/operating/eaf": 2_200_000.0,
        "P1/announced/dri_furnace": 2_500_000.0,
        "P1/announced/eaf": 2_200_000.0,
    }
    assert units[0]["note"]
    assert units[0]["status"] == "operating"


@pytest.mark.parametrize(
    ("equipment", "route"),
    [
        ("BF; BOF", "bf_bof"),
        ("BF; BOF; EAF; DRI", "bf_bof"),
        ("EAF", "eaf"),
        ("EAF; DRI", "dri_eaf"),
        ("BF; EAF", None),
        ("DRI", None),
        ("Steel other/unspecified", None),
    ],
)
def test_a_route_needs_the_furnace_it_ends_in(equipment: str, route: str | None) -> None:
    assert only(read(PLANTS, PLANT | {"Main production equipment": equipment}).rows["raw_plants__plants"])["route"] == route


@pytest.mark.parametrize(
    ("cell", "status", "since"),
    [
        ("Yes", "yes", None),
        (date(2024, 8, 6), "yes", date(2024, 8, 6)),
        (2023.0, "yes", date(2023, 12, 31)),
        ("No", "no", None),
        ("N", "no", None),
        ("Expired", "no", None),
        ("unknown", "unknown", None),
        ("", "unknown", None),
    ],
)
def test_a_certificate_is_yes_no_or_unknown_and_its_end_stays_open(cell: object, status: str, since: date | None) -> None:
    evidence = {row["item"]: row for row in read(PLANTS, PLANT | {"ISO 14001": cell}).rows["raw_monitoring__management_evidence"]}
    assert (evidence["iso_14001"]["status"], evidence["iso_14001"]["valid_from_date"]) == (status, since)
    assert evidence["iso_50001"]["status"] == "unknown"
    assert "valid_to_date" not in evidence["iso_14001"]


def test_production_counts_crude_steel_once_and_only_years_that_have_a_number() -> None:
    given = sheet(
        ["Plant ID", "Plant name (English)", "Type of production", "2019.0", "2020", "Remark"],
        {"Plant ID": "P1", "Type of production": "Crude steel production (ttpa)", "2019.0": 1500.0, "2020": "unknown"},
        {"Plant ID": "P1", "Type of production": "EAF steel production (ttpa)", "2019.0": 1500.0, "2020": 3.0},
        {"Plant ID": "P2", "Type of production": "Crude steel production (ttpa)", "2019.0": "N/A", "2020": ">0"},
    )
    result = PRODUCTION.read(given, [given])
    year = only(result.rows["raw_monitoring__periodic_returns"])
    assert (year["plant_id"], year["period_end_date"], year["value"], year["unit"], year["evidence_tier"]) == (
        "P1",
        date(2019, 12, 31),
        1_500_000.0,
        "t",
        "reported",
    )
    assert result.skipped_count == 1

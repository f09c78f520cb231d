"""Plants that return nothing: what stands in for their emissions and energy, with which source and score, and what it may never do."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import REFERENCE_FOLDER, RULES_FOLDER
from tests.sql_cases import models
from tests.sql_chain import build_chain

ESTIMATES = ("int_plants__emission_factors", "int_plants__emission_ways", "int_plants__emissions", "int_plants__energy_factors",
             "mart_plants__energy_estimates")  # fmt: skip
#: A year of 365 days, so that a capacity of a million tonnes at the policy's utilisation is a round number.
FIRST, LAST = date(2025, 7, 1), date(2026, 6, 30)
PLANTS = {
    "FLOAT": ("flat_glass", "float"),
    "ROLLED": ("flat_glass", "other"),
    "BLAST": ("steel", "bf_bof"),
    "SCRAP": ("steel", "eaf"),
    "UNTOLD": ("steel", None),
}


@pytest.fixture(scope="module")
def estimated() -> dict[str, dict[tuple[str, str], dict[str, Any]]]:
    """Rows of emissions by plant and scope, and of energy by plant and item: capacity of a million tonnes a year, nothing returned."""
    rules = {name: table.to_pylist() for name, table in rulebook_tables(load_rulebook(RULES_FOLDER)).items()}
    references = {
        table: reference_table(Path(REFERENCE_FOLDER) / REFERENCE_FILES[table], run_schemas()[table]).to_pylist()
        for table in ("ref_cement__gnr", "ref_cement__gnr_regions", "ref_energy__grid_intensity")
    }
    plants = [
        {"plant_id": name, "sector": sector, "route": route, "country_iso3": "VNM", "status": "operating", "capacity_t_per_year": 1e6}
        for name, (sector, route) in PLANTS.items()
    ]
    given = {
        "ref_run__settings": [{"as_of_date": LAST, "window_start_date": FIRST, "window_end_date": LAST}],
        "int_run__periods": _months(),
        "stg_plants__plants": plants,
        "int_plants__entities": [row | {"entity_id": f"plant:{row['plant_id']}", "entity_type": "plant"} for row in plants],
        "ref_rules__factors": rules["ref_rules__factors"],
        "ref_rules__policy": [row for row in rules["ref_rules__policy"] if row["policy_id"] == "returns"],
        "ref_rules__return_items": rules["ref_rules__return_items"],
        "int_returns__item_periods": [],
        "int_returns__items": [],
        **references,
    }
    found = build_chain(given, ["int_plants__emissions", "mart_plants__energy_estimates"])
    return {
        "emissions": {(row["plant_id"], row["scope"]): row for row in found["int_plants__emissions"]},
        "energy": {(row["plant_id"], row["item"]): row for row in found["mart_plants__energy_estimates"]},
    }


def _months() -> list[dict[str, Any]]:
    found, first = [], FIRST
    while first < LAST:
        after = (first + timedelta(days=31)).replace(day=1)
        found.append({"period_kind": "month", "period_start_date": first, "period_end_date": after - timedelta(days=1),
                      "day_count": (after - first).days, "is_over": True})  # fmt: skip
        first = after
    return found


@pytest.mark.parametrize(("plant", "t_per_t"), [("FLOAT", 0.453), ("BLAST", 1.46), ("SCRAP", 0.08)])
def test_direct_emissions_of_a_silent_plant_are_its_capacity_times_the_figure_of_its_route(
    estimated: dict[str, Any], plant: str, t_per_t: float
) -> None:
    row = estimated["emissions"][plant, "1"]
    assert row["emissions_tco2e"] == pytest.approx(row["production_t"] * t_per_t)
    assert row["intensity_t_per_t"] == pytest.approx(t_per_t)
    assert (row["way"], row["evidence_tier"], row["pcaf_option"], row["pcaf_score"]) == ("capacity", "estimated", "3b", 5)
    assert f"{t_per_t} t CO2/t" in row["factor_source"]


@pytest.mark.parametrize("plant", ["BLAST", "UNTOLD"])
def test_energy_of_a_silent_steel_works_is_the_average_of_all_routes(estimated: dict[str, Any], plant: str) -> None:
    row = estimated["energy"][plant, "energy_total"]
    assert row["amount"] == pytest.approx(row["production_t"] * 21.27 / 1000)
    assert (row["evidence_tier"], row["pcaf_score"], row["amount_unit"]) == ("estimated", 5, "TJ")
    assert "average of all routes: 21.27 GJ/t crude steel" in row["factor_source"]


def test_what_no_source_gives_is_not_made_up(estimated: dict[str, Any]) -> None:
    gaps = {key: row["gap_code"] for key, row in estimated["emissions"].items() if row["emissions_tco2e"] is None}
    assert gaps == {
        ("ROLLED", "1"): "NO_FACTOR",
        ("UNTOLD", "1"): "ROUTE_UNKNOWN",
        **{(plant, "2"): "NO_FACTOR" for plant in PLANTS},
    }
    silent = {key for key, row in estimated["energy"].items() if row["gap_code"] == "NO_FACTOR" and row["amount"] is None}
    apart = {(plant, item) for plant in PLANTS for item in ("fuel_energy", "electricity_used", "water_withdrawal")}
    assert silent == apart | {("SCRAP", "energy_total")}, "an arc furnace needs far less than the average of all routes"


def test_no_verdict_class_or_index_reads_an_estimate() -> None:
    known, read, todo = models(), set(), ["int_plants__verdicts", "int_plants__class", "int_plants__index", "mart_portfolio__headline"]
    while todo:
        name = todo.pop()
        if name in known and name not in read:
            read.add(name)
            todo += known[name].dependencies
    assert {"int_plants__rule_states", "int_returns__indicators"} <= read
    assert read.isdisjoint(ESTIMATES)

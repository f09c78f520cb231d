"""Units wrong in every period are seen by the product and the fuel; plants at the extremes of real practice are let alone.

Amounts a tonne of the honest plants are orders of magnitude of practice, far apart on purpose; what holds them is in the rules.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import REFERENCE_FOLDER, RULES_FOLDER
from tests.sql_chain import build_chain

Row = dict[str, Any]
Amounts = dict[str, float]

MONTHS = [(date(2025 + (6 + n) // 12, (6 + n) % 12 + 1, 1), date(2025 + (6 + n) // 12, (6 + n) % 12 + 1, 28)) for n in range(12)]
SECTORS = {"integrated": "cement", "grinding": "cement", "float": "flat_glass"}
UNITS = {"fuel": "kgce", "electricity": "kWh", "co2": "t CO2e", "production": "t", "water": "m3"}

#: Plant or unit: sector, route or process, then a month's amounts.
HONEST: dict[str, tuple[str, str, Amounts]] = {
    "a modern kiln": (
        "plant",
        "integrated",
        {
            "production_clinker": 1e5,
            "fuel_energy": 1e5 * 98,
            "electricity_used": 1.3e5 * 75,
            "production_cement": 1.3e5,
            "co2_scope1": 8.1e4,
        },
    ),
    "a wet kiln, 6.5 GJ/t": (
        "unit",
        "clinker_kiln",
        {"production_clinker": 1e4, "fuel_energy": 1e4 * 222, "electricity_used": 3e5, "co2_scope1": 1.2e4},
    ),
    "a kiln on waste alone with little coal": (
        "unit",
        "clinker_kiln",
        {"production_clinker": 1e5, "fuel_energy": 1e7, "fuel_coal": 3e3, "fuel_energy_alternative": 9.9e6, "co2_scope1": 5.5e4},
    ),
    "a white kiln with a little grey clinker": (
        "plant",
        "integrated",
        {"production_clinker": 30, "production_white_clinker": 3e4, "fuel_energy": 3e4 * 200, "co2_scope1": 3e4},
    ),
    "a kiln that captures 95 % of its CO2": ("unit", "clinker_kiln", {"production_clinker": 1e5, "fuel_energy": 1.3e7, "co2_scope1": 4e3}),
    "a grinding plant with a dryer": (
        "plant",
        "grinding",
        {"production_cement": 5e4, "electricity_used": 5e4 * 28, "fuel_energy": 5e4 * 0.2, "co2_scope1": 27.0},
    ),
    "a grinding plant whose diesel rounds to no CO2": (
        "plant",
        "grinding",
        {"production_cement": 5e4, "electricity_used": 5e4 * 45, "fuel_energy": 150, "co2_scope1": 0},
    ),
    "a mill that only blends": ("unit", "cement_mill", {"production_cement": 2e4, "electricity_used": 2e4 * 4}),
    "an integrated works whose kiln stands still and is returned as nought": (
        "plant",
        "integrated",
        {"production_clinker": 0, "production_cement": 4e4, "fuel_energy": 2e3, "electricity_used": 4e4 * 33, "co2_scope1": 5},
    ),
    "a works that buys no electricity": (
        "plant",
        "integrated",
        {"production_cement": 1e5, "electricity_used": 8e6, "electricity_generated": 8e6, "electricity_purchased": 0, "co2_scope2": 0},
    ),
    "an arc furnace on scrap alone": (
        "plant",
        "eaf",
        {
            "production_crude_steel": 6e4,
            "electricity_used": 6e4 * 350,
            "fuel_energy": 6e4 * 2,
            "co2_scope1": 6e4 * 0.03,
            "co2_scope2": 0,
            "water_withdrawal": 5,
        },
    ),
    "an arc furnace charged with nine tenths hot metal": (
        "unit",
        "eaf",
        {"production_crude_steel": 6e4, "electricity_used": 6e4 * 20, "fuel_energy": 6e4 * 0.1, "co2_scope1": 6e4 * 0.2},
    ),
    "direct reduction by gas": (
        "plant",
        "dri_eaf",
        {
            "production_crude_steel": 1e5,
            "production_dri": 1.1e5,
            "electricity_used": 1e5 * 750,
            "fuel_energy": 1e5 * 360,
            "co2_scope1": 1e5 * 0.9,
        },
    ),
    "direct reduction by hydrogen": (
        "plant",
        "dri_eaf",
        {
            "production_crude_steel": 1e5,
            "production_dri": 1.1e5,
            "electricity_used": 1e5 * 4000,
            "fuel_energy": 1e5 * 5,
            "co2_scope1": 1e5 * 0.03,
        },
    ),
    "a blast furnace works": (
        "plant",
        "bf_bof",
        {"production_crude_steel": 5e5, "fuel_energy": 5e5 * 650, "electricity_used": 5e5 * 450, "co2_scope1": 5e5 * 2.1},
    ),
    "a works that buys its hot metal": (
        "plant",
        "bf_bof",
        {"production_crude_steel": 5e5, "fuel_energy": 5e5 * 8, "electricity_used": 5e5 * 90, "co2_scope1": 5e5 * 0.15},
    ),
    "a coke oven whose gas is counted elsewhere": (
        "unit",
        "coke_oven",
        {"production_coke": 5e4, "fuel_energy": 5e4 * 110, "co2_scope1": 0},
    ),
    "a pellet plant on hydrogen": ("unit", "pellet_plant", {"production_pellet": 5e4, "fuel_energy": 0, "co2_scope1": 0}),
    "a float line": (
        "plant",
        "float",
        {"production_melted_glass": 1.5e4, "fuel_energy": 1.5e4 * 190, "electricity_used": 1.5e4 * 90, "co2_scope1": 1.5e4 * 0.55},
    ),
    "a float line that melts half by electricity": (
        "unit",
        "float_line",
        {"production_melted_glass": 1.5e4, "fuel_energy": 1.5e4 * 90, "electricity_used": 1.5e4 * 900, "co2_scope1": 1.5e4 * 0.3},
    ),
}


#: Honest plant, item, and how many times too much or too little its unit makes it in every period.
SLIPS = [
    ("a modern kiln", "fuel_energy", 1e-3),  # kgce sent for tce
    ("a modern kiln", "fuel_energy", 1e3),
    ("a modern kiln", "electricity_used", 1e-3),  # MWh typed as kWh
    ("a modern kiln", "co2_scope1", 1e-3),
    ("a modern kiln", "co2_scope1", 1e3),
    ("a modern kiln", "co2_scope1", 0),
    ("a modern kiln", "fuel_energy", 0),
    ("a wet kiln, 6.5 GJ/t", "fuel_energy", 1e-3),
    ("a white kiln with a little grey clinker", "fuel_energy", 1e-3),
    ("a grinding plant with a dryer", "electricity_used", 1e-3),
    ("an arc furnace on scrap alone", "electricity_used", 1e-3),
    ("an arc furnace on scrap alone", "co2_scope1", 0),
    ("direct reduction by gas", "co2_scope1", 0),
    ("direct reduction by gas", "co2_scope1", 1e-3),
    ("a blast furnace works", "fuel_energy", 1e-3),
    ("a blast furnace works", "co2_scope1", 1e-3),
    ("a float line", "fuel_energy", 1e-3),
    ("a float line", "co2_scope1", 1e-3),
    ("a float line", "co2_scope1", 0),
]

#: Fuel and CO2 of a works that no figure of a product holds.
DRYER = {"production_cement": 5e4, "fuel_energy": 5e4 * 5.0, "co2_scope1": 690.0}
DRYERS = {"right": {}, "fuel too much": {"fuel_energy": 5e7 * 5.0}, "too little CO2": {"co2_scope1": 0.69}, "no CO2": {"co2_scope1": 0.0}}

#: Heat in MJ a tonne, electricity in kWh a tonne, and what both are multiplied by.
KILNS = [(heat, power, slip) for heat in (2500, 3500, 9000) for power in (35, 90, 200) for slip in (1, 1e3, 1e-3)]


def month_rows(place: str, level: str, amounts: Amounts, months: int) -> list[Row]:
    """The same amounts every month, for the works or for its one unit."""
    same = {"plant_id": place, "unit_id": "*" if level == "plant" else place, "evidence_tier": "reported", "source_file_id": "f"}
    return [
        same | {"item": item, "period_start_date": first, "period_end_date": last, "value": value, "unit": UNITS[item.split("_")[0]]}
        for first, last in MONTHS[:months]
        for item, value in amounts.items()
    ]


def knowledge() -> dict[str, list[Row]]:
    """Rows of the rules and of data/reference that the models read."""
    rules = {name: table.to_pylist() for name, table in rulebook_tables(load_rulebook(RULES_FOLDER)).items()}
    found = {
        table: reference_table(Path(REFERENCE_FOLDER) / REFERENCE_FILES[table], run_schemas()[table]).to_pylist()
        for table in ("ref_cement__gnr", "ref_energy__fuels")
    }
    found["ref_rules__policy"] = [row for row in rules["ref_rules__policy"] if row["policy_id"] == "returns"]
    found["ref_rules__units"] = [row for row in rules["ref_rules__units"] if row["unit"] in ("kgce", "MJ", "GJ", "TJ")]
    tables = ("fuel_co2", "process_co2", "route_estimates", "energy_conversion")
    found["ref_rules__factors"] = [row for row in rules["ref_rules__factors"] if row["factor_table"] in tables]
    for name in ("ref_rules__thresholds", "ref_rules__indicators"):
        found[name] = [row for row in rules[name] if "energy" in row["indicator_id"] or "electricity" in row["indicator_id"]]
    rule_ids = {row["rule_id"] for row in found["ref_rules__thresholds"]}
    return found | {"ref_rules__rules": [row for row in rules["ref_rules__rules"] if row["rule_id"] in rule_ids]}


class Works:
    """Made-up plants and units, each a place of its own, that are judged together in one pass of the models."""

    def __init__(self) -> None:
        self.returned: list[Row] = []
        self.entities: list[Row] = []
        self.routes: list[Row] = []
        self.aside: dict[str, set[str]] = {}
        self.held: set[str] = set()

    def add(self, place: str, level: str, kind: str, amounts: Amounts, months: int = 12) -> None:
        entity = {"entity_id": f"{level}:{place}", "entity_type": level, "plant_id": place, "sector": SECTORS.get(kind, "steel")}
        self.entities.append(entity | ({} if level == "plant" else {"process": kind}))
        self.routes += [{"plant_id": place, "period_end_date": last, "route": kind} for _, last in MONTHS if level == "plant"]
        self.returned += month_rows(place, level, amounts, months)

    def judge(self) -> None:
        """Items by place of which periods are set aside for their unit; of an item all periods are, or none."""
        window = {"as_of_date": date(2026, 6, 30), "window_start_date": date(2025, 7, 1), "window_end_date": date(2026, 6, 30)}
        given = {"ref_run__settings": [window], "int_returns__items": self.returned, "int_plants__entities": self.entities}
        given |= knowledge() | {"int_plants__route_months": self.routes, "stg_plants__process_units": []}
        found = build_chain(given, ["int_returns__item_periods", "int_returns__reference_intensities"])
        self.held = {row["item"] for row in found["int_returns__reference_intensities"]}
        levels = {row["entity_id"] for row in self.entities}
        for row in found["int_returns__item_periods"]:
            if row["entity_id"] in levels:
                items = self.aside.setdefault(row["entity_id"].partition(":")[2], set())
                assert row["gap_code"] in (None, "UNIT_SUSPECT")
                assert row["gap_code"] or row["item"] not in items, "some periods of an item count and others do not"
                items |= {row["item"]} if row["gap_code"] else set()


@pytest.fixture(scope="module")
def works() -> Works:
    found = Works()
    for name, (level, kind, amounts) in HONEST.items():
        found.add(name, level, kind, amounts)
        found.add(f"{name}, one month", level, kind, amounts, 1)
    for name, item, times in SLIPS:
        level, kind, amounts = HONEST[name]
        found.add(f"{name}: {item} x {times}", level, kind, amounts | {item: amounts[item] * times})
    for name, changed in DRYERS.items():
        found.add(f"dryer: {name}", "plant", "grinding", DRYER | changed)
    for heat, power, slip in KILNS:
        made = {"production_clinker": 1e5, "fuel_energy": 1e5 * heat / 29.3076 * slip, "electricity_used": 1e5 * power * slip}
        found.add(f"kiln {heat} {power} {slip}", "unit", "clinker_kiln", made)
    found.add("dry", "plant", "integrated", {"production_clinker": 1e5, "water_withdrawal": 1.0})
    found.judge()
    return found


@pytest.mark.parametrize("name", HONEST)
def test_a_plant_at_the_edge_of_practice_is_believed_with_a_year_and_with_one_month(works: Works, name: str) -> None:
    assert (works.aside[name], works.aside[f"{name}, one month"]) == (set(), set())


@pytest.mark.parametrize(("name", "item", "times"), SLIPS)
def test_a_unit_that_is_wrong_all_year_sets_its_item_aside_and_no_other(works: Works, name: str, item: str, times: float) -> None:
    assert works.aside[f"{name}: {item} x {times}"] == {item}


def test_fuel_and_co2_that_no_product_bears_out_are_set_aside_together(works: Works) -> None:
    assert {name: works.aside[f"dryer: {name}"] for name in DRYERS} == {
        "right": set(),
        "fuel too much": {"fuel_energy", "co2_scope1"},
        "too little CO2": {"fuel_energy", "co2_scope1"},
        "no CO2": {"co2_scope1"},
    }


def test_no_heat_or_electricity_of_any_kiln_type_is_taken_for_a_slip_and_a_thousandfold_is(works: Works) -> None:
    for heat, power, slip in KILNS:
        expected = set() if slip == 1 else {"fuel_energy", "electricity_used"}
        assert works.aside[f"kiln {heat} {power} {slip}"] == expected


def test_water_has_no_figure_and_is_never_set_aside(works: Works) -> None:
    assert works.aside["dry"] == set()
    assert works.held >= {"fuel_energy", "fuel_coal", "electricity_used", "co2_scope1"}
    assert works.held & {"water_withdrawal", "co2_scope2", "electricity_purchased"} == set()

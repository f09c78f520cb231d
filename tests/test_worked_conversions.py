"""Worked examples of conversions and of the effective limit, by the shipped units, factors, rules and SQL models, to the printed digits."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_units import factor_to
from pipelines.rulebook.model import LimitRule, Rulebook
from pipelines.rulebook.rows_of_expressions import expression_nodes
from pipelines.rulebook.rows_of_rules import canonical_factor
from tests.monitoring_chain import reading_classes
from tests.sql_cases import models, run_case, run_chain
from tests.test_worked_examples import evaluated

NOX = {
    "indicator_id": "nox",
    "quantity": "mass_concentration",
    "unit": "mg/Nm3",
    "molar_mass_g_per_mol": 46.0055,
    "measured_by": "stack",
    "level": "stack",
}


@cache
def rulebook() -> Rulebook:
    return load_rulebook(Path(__file__).parents[1] / "rules")


def sent(**changes: Any) -> dict[str, list[dict[str, Any]]]:
    """A stack of a works, and one hour of NOx as its monitor sent it."""
    row = {"stack_id": "S", "indicator": "nox", "period_start_at": datetime.fromisoformat("2026-06-30 00:00:00"), "unit": "mg/Nm3"}
    row |= {"utc_offset_minutes": 0, "interval_minutes": 60, "is_below_detection": False}
    return {
        "ref_run__settings": [
            {"run_id": "r", "as_of_date": date(2026, 6, 30), "window_start_date": date(2025, 7, 1), "window_end_date": date(2026, 6, 30)}
        ],
        "raw_plants__plants": [{"plant_id": "P", "sector": "cement", "country_iso3": "PAK", "status": "operating"}],
        "raw_plants__process_units": [{"unit_id": "U", "plant_id": "P", "process": "clinker_kiln", "status": "operating"}],
        "raw_plants__emission_points": [{"stack_id": "S", "plant_id": "P", "unit_id": "U", "time_zone": "UTC+05:00"}],
        "ref_rules__indicator_names": [{"sent_name": "nox", "indicator_id": "nox"}],
        "ref_rules__indicators": [NOX],
        "ref_rules__units": [
            {"unit": "ppm", "quantity": "volume_concentration", "factor": 1.0},
            {"unit": "mg/Nm3", "quantity": "mass_concentration", "factor": 1.0},
        ],
        "raw_monitoring__stack_readings": [row | {"gas_basis": "dry", "source_file_id": "f", "source_row_number": 2} | changes],
    }


def reading(**changes: Any) -> dict[str, Any]:
    """That hour in mg/Nm3 dry at 0 °C."""
    (found,) = run_chain("int_monitoring__readings", sent(**changes))
    return found


def at_oxygen(value: float, measured_o2: float, reference_o2: float, air_o2: float = 21) -> float:
    text = f"{value!r} * ({air_o2} - {reference_o2}) / ({air_o2} - {measured_o2})"
    found = evaluated("f", expression_nodes("f", text), {})
    assert found is not None
    return found


def test_150_ppm_of_nox_at_12_per_cent_oxygen_are_376_3_mg_at_10_per_cent() -> None:
    normal = reading(value=150.0, unit="ppm", o2_pct=12.0)["value_dry_mg_per_nm3"]
    assert round(normal, 1) == 307.9
    assert round(at_oxygen(normal, 12, 10), 1) == 376.3
    assert round(at_oxygen(normal, 12, 10, air_o2=20.9), 1) == 377.1  # the arithmetic of the EPA; no rule of the library asks for it


def test_the_verdict_corrects_by_the_same_arithmetic() -> None:
    limit = {"threshold_id": "t", "rule_id": "r", "indicator_id": "nox", "kind": "limit", "operator": "at_most", "averaging": "hour"}
    limit |= {"limit_value": 376.0, "ref_o2_pct": 10.0, "pass_test": "every_period", "valid_from_date": date(2014, 3, 1)}
    rules = {
        "ref_rules__rules": [{"rule_id": "r", "kind": "limit", "layer": "home_law"}],
        "ref_rules__thresholds": [limit],
        "ref_rules__scopes": [{"rule_id": "r", "scope_no": 1, "sector": "cement"}],
        "ref_rules__tests": [
            {"threshold_id": "t", "test_no": 1, "group_no": 1, "averaging": "hour", "level_multiple": 1.0, "pass_share_ratio": 1.0}
        ],
        "ref_monitoring__classes": reading_classes(),
    }
    found = run_chain("int_plants__verdicts", sent(value=150.0, unit="ppm", o2_pct=12.0) | rules)
    (verdict,) = [row for row in found if row["measured_value"] is not None]
    assert round(verdict["measured_value"], 1) == 376.3
    assert verdict["state"] == "FAIL"


def test_wet_gas_of_90_mg_at_10_per_cent_moisture_is_100_mg_dry() -> None:
    assert round(reading(value=90.0, gas_basis="wet", moisture_pct=10.0)["value_dry_mg_per_nm3"], 9) == 100


def test_200_mg_at_25_degrees_are_218_at_0_degrees() -> None:
    assert round(200 * 298.15 / 273.15) == 218
    rule = rulebook().rules["vn_qcvn_23_2009__stacks_pm_column_b1"]
    assert isinstance(rule, LimitRule)
    (entry,) = rule.entries
    value = entry.values[None]
    assert isinstance(value, Fraction)
    assert round(float(value * canonical_factor(rule, entry))) == 218


def converted(value: str, unit: str, wanted: str) -> float:
    units = rulebook().units
    factor = factor_to(units[unit], units[wanted], None)
    assert factor is not None, f"{unit} does not become {wanted}"
    return float(Fraction(value) * factor)


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        ("9.8", "kgce/weight case", "kgce/t melted glass", 196),
        ("8", "kgce/weight case", "kgce/t melted glass", 160),
        ("29.3076", "MJ/t clinker", "kgce/t clinker", 1),
    ],
)
def test_glass_by_the_case_and_joules_become_kilograms_of_coal_a_tonne(value: str, unit: str, wanted: str, expected: float) -> None:
    assert round(converted(value, unit, wanted), 9) == expected


def test_60_kwh_are_7_374_kilograms_of_coal() -> None:
    terms = rulebook().indicators["clinker_comprehensive_energy"].terms
    (electricity,) = [term for term in terms if term.item == "electricity_used"]
    assert electricity.dated_factor is not None
    in_force = rulebook().factors[electricity.dated_factor]
    assert in_force.value is not None
    assert float(60 * electricity.factor * in_force.value) == 7.374


@pytest.mark.parametrize(
    ("text", "digits", "expected"),
    [
        ("2.5 / 1000 * 700", 2, 1.75),  # kg a tonne of melted glass from 700 mg/Nm3
        ("1500 * 20000 / (3000 * 15)", 0, 667),  # oxy-fuel furnace: 20,000 m3/h, 15 t/h, at 3000 m3 a tonne
        ("320 * 2300 / 1000000", 3, 0.736),  # kg a tonne of clinker from 320 mg/Nm3 and 2,300 Nm3 a tonne
    ],
)
def test_concentrations_become_loads(text: str, digits: int, expected: float) -> None:
    found = evaluated("f", expression_nodes("f", text), {})
    assert found is not None
    assert round(found, digits) == expected


def test_a_million_tonnes_of_clinker_calcine_to_0_52_million_tonnes() -> None:
    factor = next(one for one in rulebook().factors.values() if one.facts == ("F0605",))
    assert factor.value is not None
    assert float(factor.value * 1_000_000) == 520_000


def test_the_strength_factor_of_2012_is_kept_in_words_and_its_example_is_right() -> None:
    assert rulebook().factors["energy_corrections__cement_strength_2012"].text == "a = (52.5/A)^(1/4)"
    assert round((52.5 / 58) ** 0.25, 4) == 0.9754


def effective(limits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows of the effective limits of one stack, strictest first on each basis; each limit brings its layer, basis, value and state."""
    ids = [limit["rule_id"] for limit in limits]
    given = {
        "ref_run__settings": [{"as_of_date": "2026-06-30", "window_end_date": "2026-06-30"}],
        "int_rules__binding": [{"rule_id": name, "binds_everywhere": True, "binds_at_home": True, "is_verified": True} for name in ids],
        "ref_rules__rules": [{"rule_id": limit["rule_id"], "layer": limit["layer"]} for limit in limits],
        "ref_rules__thresholds": [
            {"threshold_id": limit["rule_id"], "kind": "limit", "indicator_id": "nox", "operator": "at_most", "pass_test": "every_period"}
            | {name: limit.get(name) for name in ("rule_id", "averaging", "ref_o2_pct", "gas_basis")}
            for limit in limits
        ],
        "int_plants__entities": [{"entity_id": "stack:S", "plant_id": "P"}],
        "int_rules__applicability": [
            {"threshold_id": name, "entity_id": "stack:S", "is_applicable": "yes", "is_binding_tier": True, "bound_from_date": "2020-01-01"}
            for name in ids
        ],
        "int_plants__verdicts": [
            {"threshold_id": limit["rule_id"], "entity_id": "stack:S", "kind": "limit", "operator": "at_most"}
            | {"period_end_date": "2026-06-30", "limit_value": limit["value"], "measured_value": limit["measured"], "state": limit["state"]}
            for limit in limits
        ],
    }
    return run_case(models()["int_plants__effective_limits"], {"given": given})


def test_the_strictest_limit_is_found_after_conversion_to_one_basis() -> None:
    """400 at 6 % oxygen asks less than 350 at 10 %: on 6 % the second is 477; so the first is the stricter one though 400 > 350."""
    host = {"rule_id": "host", "layer": "host_law", "averaging": "day", "gas_basis": "dry", "ref_o2_pct": 6, "value": 400}
    guide = {"rule_id": "guide", "layer": "lender_standard", "averaging": "day", "gas_basis": "dry", "ref_o2_pct": 10, "value": 350}
    rows = {row["rule_id"]: row for row in effective([{**one, "measured": 300, "state": "PASS"} for one in (host, guide)])}
    assert round(rows["guide"]["comparable_value"]) == 477
    assert rows["host"]["is_effective"]
    assert not rows["guide"]["is_effective"]
    assert rows["guide"]["effective_reason"] == "less_strict"


def test_a_host_limit_stricter_in_value_and_looser_in_averaging_is_tested_beside_the_other_and_the_worst_state_counts() -> None:
    """45 as a monthly mean and 60 as an hourly one: a month at 40 with an hour at 110 keeps the first and breaks the second."""
    host = {"rule_id": "host", "layer": "host_law", "averaging": "month", "value": 45, "measured": 40, "state": "PASS"}
    guide = {"rule_id": "guide", "layer": "lender_standard", "averaging": "hour", "value": 60, "measured": 110, "state": "FAIL"}
    rows = {row["rule_id"]: row for row in effective([host, guide])}
    assert rows["host"]["is_effective"]
    assert rows["guide"]["is_effective"]
    assert rows["host"]["basis"] != rows["guide"]["basis"]
    assert {row["effective_state"] for row in rows.values()} == {"FAIL"}

"""Worked examples of the standards, to the printed digits: the shipped rule files, compiled, and evaluated by the shipped SQL models."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.rows_of_expressions import expression_nodes
from tests.sql_cases import models, run_case

RULES = Path(__file__).parents[1] / "rules"


@cache
def nodes() -> list[dict[str, Any]]:
    return rulebook_tables(load_rulebook(RULES))["ref_rules__expression_nodes"].to_pylist()


def evaluated(expression_id: str, rows: list[dict[str, Any]], inputs: dict[str, float]) -> float | None:
    """Value of a formula at one entity with these inputs."""
    value: float | None = worked_out(expression_id, rows, inputs)["value"]
    return value


def worked_out(expression_id: str, rows: list[dict[str, Any]], inputs: dict[str, float]) -> dict[str, Any]:
    """Row of a formula at one entity with these inputs."""
    given = {
        "ref_rules__expression_nodes": rows,
        "int_rules__overlays": [{"overlay_id": expression_id, "threshold_id": "t", "entity_id": "e", "factor_expression": "formula"}],
        "int_rules__inputs": [{"entity_id": "e", "input_name": name, "value": value} for name, value in inputs.items()],
    }
    (row,) = run_case(models()["int_rules__computed_limits"], {"given": given})
    return row


@pytest.mark.parametrize(
    ("expression_id", "inputs", "expected", "digits"),
    [
        ("cn_gb_16780_2021__cement_energy#I@2022-11-01", {"clinker_share_pct": 65}, 69, 9),
        ("cn_gb_16780_2021__cement_energy#II@2022-11-01", {"clinker_share_pct": 65}, 75.5, 9),
        ("cn_gb_16780_2021__cement_energy#III@2022-11-01", {"clinker_share_pct": 65}, 82, 9),
        ("cn_gb_21256_2025__blast_furnace_energy#III@2026-07-01", {"ore_grade_pct": 59.5}, 424.0, 1),
        ("cn_gb_21256_2025__blast_furnace_energy#III@2026-07-01", {"ore_grade_pct": 65}, 415, 9),
        ("cn_gb_21256_2025__blast_furnace_energy#III@2026-07-01", {"ore_grade_pct": 50}, 433.05, 9),
        ("cn_gb_21256_2025__eaf_energy_large#III@2026-07-01", {"hot_metal_share_pct": 20, "bearing_steel_share_pct": 100}, 71, 9),
        ("cn_gb_16780_2021_altitude", {"air_pressure_pa": 80000}, 1.0124, 4),
        ("cn_gb_21256_2025__sinter_energy#III@2026-07-01", {}, 52, 9),
        ("cn_gb_21256_2025__sinter_energy#III@2026-07-01", {"laterite_ore_share_pct": 10, "rare_earth_ore_share_pct": 20}, 67, 9),
        ("cn_gb_21256_2025__pellet_energy#I@2026-07-01", {"vanadium_titanium_ore_share_pct": 50}, 25, 9),
        ("cn_gb_21256_2025__blast_furnace_energy#I@2026-07-01", {"ore_grade_pct": 62, "laterite_ore_share_pct": 2}, 362, 9),
        ("cn_gb_21256_2025__bof_energy#III@2026-07-01", {}, -12, 9),
        ("cn_gb_21256_2025__bof_energy#III@2026-07-01", {"scrap_share_pct": 20}, -7.4, 9),
        ("cn_gb_21256_2025__bof_energy#I@2026-07-01", {"scrap_share_pct": 20, "deep_drawing_steel_share_pct": 100}, -23.9, 9),
        (
            "cn_gb_21256_2025__eaf_energy_large#III@2026-07-01",
            {"hot_metal_share_pct": 0, "bearing_steel_share_pct": 0, "stainless_steel_share_pct": 100},
            79.2,
            9,
        ),
        (
            "cn_gb_21256_2025__eaf_energy_large#III@2026-07-01",
            {
                "hot_metal_share_pct": 0,
                "bearing_steel_share_pct": 0,
                "stainless_steel_share_pct": 99.9,
                "quality_carbon_steel_share_pct": 100,
            },
            80,
            9,
        ),
        ("in_gsr_496_2016__kiln_so2@2016-06-01", {"limestone_pyritic_sulphur_pct": 0.2499}, 100, 9),
        ("in_gsr_496_2016__kiln_so2@2016-06-01", {"limestone_pyritic_sulphur_pct": 0.25}, 700, 9),
        ("in_gsr_496_2016__kiln_so2@2016-06-01", {"limestone_pyritic_sulphur_pct": 0.5}, 700, 9),
        ("in_gsr_496_2016__kiln_so2@2016-06-01", {"limestone_pyritic_sulphur_pct": 0.5001}, 1000, 9),
        # Vietnam, column B2 of dust: 100 x Kp x Kv at 25 °C, here at 0 °C
        (
            "vn_qcvn_23_2009__stacks_pm_column_b2@2015-01-01",
            {"plant_capacity_t_per_year": 2_000_000, "area_coefficient": 1.2},
            104.8,
            1,
        ),
        ("vn_qcvn_23_2009__stacks_pm_column_b2@2015-01-01", {"plant_capacity_t_per_year": 600_000, "area_coefficient": 1}, 131.0, 1),
        ("vn_qcvn_23_2009__stacks_pm_column_b2@2015-01-01", {"plant_capacity_t_per_year": 600_001, "area_coefficient": 1}, 109.2, 1),
    ],
)
def test_corrections_give_the_printed_figures(expression_id: str, inputs: dict[str, float], expected: float, digits: int) -> None:
    found = evaluated(expression_id, [row for row in nodes() if row["expression_id"] == expression_id], inputs)
    assert found is not None
    assert round(found, digits) == expected


def test_the_altitude_factor_takes_the_clinker_limit_from_117_to_118_45() -> None:
    rows = [row for row in nodes() if row["expression_id"] == "cn_gb_16780_2021_altitude"]
    assert round(117 * (evaluated("cn_gb_16780_2021_altitude", rows, {"air_pressure_pa": 80000}) or 0), 2) == 118.45


@pytest.mark.parametrize(
    ("expression_id", "inputs", "missing"),
    [
        ("vn_qcvn_23_2009__stacks_pm_column_b2@2015-01-01", {"plant_capacity_t_per_year": 2_000_000}, "area_coefficient"),
        ("cn_gb_21256_2025__eaf_energy_large#III@2026-07-01", {"hot_metal_share_pct": 5}, "bearing_steel_share_pct"),
        ("in_gsr_496_2016__kiln_so2@2016-06-01", {}, "limestone_pyritic_sulphur_pct"),
    ],
)
def test_a_missing_input_is_named_and_gives_no_limit(expression_id: str, inputs: dict[str, float], missing: str) -> None:
    row = worked_out(expression_id, [row for row in nodes() if row["expression_id"] == expression_id], inputs)
    assert (row["value"], row["missing_inputs"]) == (None, missing)


@pytest.mark.parametrize(
    ("rule_id", "inputs", "kilograms"),
    [
        ("global_iea_near_zero_2022__crude_steel", {"scrap_share_pct": 30}, 295),
        ("global_iea_near_zero_2022__cement", {"clinker_share_pct": 70}, 99.5),
    ],
)
def test_near_zero_lines_fall_with_scrap_and_rise_with_clinker(rule_id: str, inputs: dict[str, float], kilograms: float) -> None:
    expression_id = f"{rule_id}@2022-05-01"
    tonnes = evaluated(expression_id, [row for row in nodes() if row["expression_id"] == expression_id], inputs)
    assert tonnes is not None
    assert round(tonnes * 1000, 6) == kilograms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("350 * (21 - 10) / (21 - 11.5)", 405),  # kiln at 11.5 % oxygen, reference 10 %
        ("45 * (21 - 16) / (21 - 17)", 56),  # sinter strand at 17 % oxygen, reference 16 %
        ("200 * 0.8 * 1.2", 192),  # Vietnam, Kp 0.8 and Kv 1.2, at 25 °C
        ("200 * 0.8 * 1.2 * 298.15 / 273.15", 210),  # the same at 0 °C
        ("400 * 46.0055 / 22.414", 821),  # Thailand, 400 ppm of NO2
    ],
)
def test_conversions_of_the_standards_come_out_of_the_formula_language(text: str, expected: float) -> None:
    found = evaluated("f", expression_nodes("f", text), {})
    assert found is not None
    assert round(found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-3 + 5", 2),
        ("2 - 3 - 4", -5),
        ("8 / 4 / 2", 1),
        ("2 + 3 * 4", 14),
        ("max(1, 7, 3) - min(9, 2, 4)", 5),
        ("5", 5),
        ("1 / (2 - 2)", None),
        ("if_below(2, 2, 10, 20) + if_below(1.9, 2, 1, 2)", 21),
        ("if_at_most(2, 2, 10, 20) + if_at_most(2.1, 2, 1, 2)", 12),
        ("if_below(1, 2, 3 * (4 + 5), 0)", 27),
    ],
)
def test_formulas_mean_in_sql_what_they_mean_on_paper(text: str, expected: float | None) -> None:
    assert evaluated("f", expression_nodes("f", text), {}) == expected

"""Measures are found by trying, through the run's own models; what they promise is what the models say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.database import build_model, connect, read_rows, write_table
from pipelines.warehouse.measures import find_measures
from tests.change_books import write_rules
from tests.published import AS_OF, ONE_KILN, publish
from tests.sql_cases import models


def _returns(plant: str, power: float | None) -> list[dict[str, Any]]:
    year = {"plant_id": plant, "period_start_date": "2025-07-01", "period_end_date": AS_OF, "evidence_tier": "measured"}
    rows = [year | {"item": "production_cement", "value": 1000.0, "unit": "t"}]
    return rows + ([year | {"item": "electricity_used", "value": power * 1000, "unit": "kWh"}] if power is not None else [])


def _book(powers: dict[str, float | None]) -> dict[str, list[dict[str, Any]]]:
    plant, loan, link = (ONE_KILN[name][0] for name in ("raw_plants__plants", "raw_bank__loans", "raw_matching__links"))
    return {
        "raw_plants__plants": [plant | {"plant_id": name, "plant_name": name, "route": "grinding"} for name in powers],
        "raw_bank__loans": [loan | {"loan_id": f"L-{name}", "outstanding_amount": 10 * 2**place} for place, name in enumerate(powers)],
        "raw_matching__links": [link | {"loan_id": f"L-{name}", "plant_id": name} for name in powers],
        "raw_monitoring__periodic_returns": [row for name, power in powers.items() for row in _returns(name, power)],
    }


@pytest.fixture
def measures(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Rows by plant: GREEN is green, BAD uses too much power, MUTE sends no power, and their loans are 10, 20 and 40."""
    database = publish(tmp_path / "home", write_rules(tmp_path), _book({"GREEN": 45.0, "BAD": 60.0, "MUTE": None}))
    con = connect(database)
    for name, table in find_measures(con, list(models().values())).items():
        write_table(con, name, table)
    for name in ("mart_plants__measures", "mart_portfolio__measures"):
        build_model(con, models()[name])
    rows = read_rows(con, "select * from mart_portfolio__measures")
    con.close()
    return {row["plant_id"]: row for row in rows}


def test_a_failing_plant_is_brought_to_the_limit_and_a_silent_one_supplies_its_figure(measures: dict[str, dict[str, Any]]) -> None:
    assert set(measures) == {"BAD", "MUTE"}
    assert measures["BAD"]["measures"] == "bring to the limit: Electricity per tonne of cement (60 → at most 50 kWh/t cement)"
    assert measures["MUTE"]["measures"] == "supply: Electricity per tonne of cement (– → at most 50 kWh/t cement)"
    assert {row["class_after"] for row in measures.values()} == {"green"}


def test_the_headline_after_a_measure_is_the_one_with_that_plant_green(measures: dict[str, dict[str, Any]]) -> None:
    bad, mute = measures["BAD"], measures["MUTE"]
    assert (bad["lower_before_ratio"], bad["lower_after_ratio"]) == pytest.approx((10 / 70, 30 / 70))
    assert (bad["assessed_rate_before_ratio"], bad["assessed_rate_after_ratio"]) == pytest.approx((10 / 30, 1))
    assert (mute["lower_after_ratio"], mute["assessed_rate_after_ratio"]) == pytest.approx((50 / 70, 50 / 70))
    assert [bad["rank_no"], mute["rank_no"]] == [2, 1]
    assert mute["points_per_100m_usd"] == pytest.approx(100 * 40 / 70 / (40 / 1e8))


def test_a_measure_names_the_value_now_and_the_value_wanted(tmp_path: Path) -> None:
    con = connect(publish(tmp_path / "home", write_rules(tmp_path), _book({"BAD": 60.0, "MUTE": None})))
    rows = {row["plant_id"]: row for row in find_measures(con, list(models().values()))["raw_measures__actions"].to_pylist()}
    con.close()
    names = ("entity_id", "measured_value", "operator", "limit_value", "other_count")
    bad, mute = ([rows[plant][name] for name in names] for plant in ("BAD", "MUTE"))
    assert bad[:3] == ["plant:BAD", 60.0, "at_most"]
    assert bad[3] < 60.0
    assert mute == ["plant:MUTE", None, "at_most", bad[3], bad[4]]
    assert rows["BAD"]["unit"] == "kWh/t cement"


def test_a_plant_that_no_measure_reaches_says_why(tmp_path: Path) -> None:
    database = publish(
        tmp_path / "home", RULES_FOLDER, ONE_KILN | {"raw_plants__plants": [ONE_KILN["raw_plants__plants"][0] | {"route": "other"}]}
    )
    con = connect(database)
    tables = find_measures(con, list(models().values()))
    con.close()
    assert tables["raw_measures__plants"].to_pylist() == [{"plant_id": "A", "reach": "none"}]
    assert tables["raw_measures__effects"].num_rows == 0


def test_what_failed_and_passes_again_is_only_waited_for(tmp_path: Path) -> None:
    con = connect(publish(tmp_path / "home", write_rules(tmp_path), _book({"BAD": 60.0, "MENDED": 60.0})))
    con.execute("update int_findings__states set is_passing_again = true, check_end_date = date '2027-03-31' where plant_id = 'MENDED'")
    for name, table in find_measures(con, list(models().values())).items():
        write_table(con, name, table)
    build_model(con, models()["mart_plants__measures"])
    rows = {row["plant_id"]: row for row in read_rows(con, "select * from mart_plants__measures")}
    con.close()
    assert rows["MENDED"]["measures"] == "passes again, checked with the data to 2027-03-31: Electricity per tonne of cement"
    assert [(rows[name]["action_count"], rows[name]["check_count"]) for name in ("BAD", "MENDED")] == [(1, 0), (1, 1)]
    assert rows["BAD"]["measures"].startswith("bring to the limit: ")

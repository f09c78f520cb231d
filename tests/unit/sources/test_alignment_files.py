"""What alignment and decisions are delivered in: strict formats, and PACTA's scenario files as they come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.sources.landing import read_landing

SCENARIO = """scenario_source,scenario,sector,region,year,emission_factor_unit,emission_factor
demo_2020,demo,cement,Global,2020,tonnes of CO2 per tonne of Cement,0.7
demo_2020,demo,power,Global,2020,tonnes of CO2 per MWh,0.5
"""
REGIONS = "region,isos,source\nglobal,na,demo_2020\nglobal,xx,demo_2020\n"
DECISIONS = """loan_id,plant_id,decision,decided_by,decided_on,reason,fingerprint
L1,A,accepted,desk,2025-06-30,named in the agreement,0a-0b
"""


def received(folder: Path, text: str) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    (folder / "file.csv").write_text(text, encoding="utf-8")
    found = read_landing(folder, lambda _: None)
    return {name: table.to_pylist() for name, table in found.rows.items() if table.num_rows}, found.rejects.to_pylist()


def test_pathways_are_read_as_pacta_publishes_them_and_other_sectors_are_out_of_scope(tmp_path: Path) -> None:
    rows, rejects = received(tmp_path, SCENARIO)
    (row,) = rows["raw_reference__scenario_pathways"]
    assert (row["scenario_source"], row["sector"], row["region"], row["year"], row["intensity_t_per_t"]) == (
        "demo_2020",
        "cement",
        "global",
        2020,
        0.7,
    )
    assert [(reject["row_number"], reject["value"], reject["kind"]) for reject in rejects] == [(3, "power", "out_of_scope")]


def test_regions_are_read_as_pacta_publishes_them_and_namibia_is_a_country(tmp_path: Path) -> None:
    rows, rejects = received(tmp_path, REGIONS)
    (row,) = rows["raw_reference__scenario_regions"]
    assert (row["scenario_source"], row["region"], row["country_iso3"]) == ("demo_2020", "global", "NAM")
    assert [(reject["row_number"], reject["value"]) for reject in rejects] == [(3, "xx")]


def test_a_whole_decision_is_read(tmp_path: Path) -> None:
    rows, rejects = received(tmp_path, DECISIONS)
    assert rejects == []
    assert rows["raw_bank__match_decisions"][0]["decision"] == "accepted"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("accepted", "maybe", "decision"),
        ("accepted", "", "decision"),
        ("desk", "", "decided_by"),
        ("2025-06-30", "30/06/2025", "decided_on"),
        ("named in the agreement", "", "reason"),
        ("0a-0b", "", "fingerprint"),
    ],
)
def test_a_decision_that_lacks_who_when_why_or_what_is_refused_with_its_row(tmp_path: Path, old: str, new: str, column: str) -> None:
    rows, rejects = received(tmp_path, DECISIONS.replace(old, new))
    assert rows == {}
    assert [(reject["file_name"], reject["row_number"], reject["column_name"], reject["kind"]) for reject in rejects] == [
        ("file.csv", 2, column, "unreadable")
    ]
    assert rejects[0]["what_to_do"]


@pytest.mark.skipif(
    not (Path(__file__).parents[4] / "shared/cases").is_dir(), reason="the peer cases are not beside this checkout (../shared/cases)"
)
def test_the_peers_own_files_are_read_without_one_unreadable_row(tmp_path: Path) -> None:
    inputs = Path(__file__).parents[4] / "shared/cases/pacta_inputs"
    for name in ("co2_intensity_scenario_demo.csv", "region_isos_demo.csv"):
        (tmp_path / name).symlink_to(inputs / name)
    found = read_landing(tmp_path, lambda _: None)
    assert found.rows["raw_reference__scenario_pathways"].num_rows == 22
    assert found.rows["raw_reference__scenario_regions"].num_rows > 300
    assert {reject["kind"] for reject in found.rejects.to_pylist()} <= {"out_of_scope"}

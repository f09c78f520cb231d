"""Numbers on the pages of the sample run equal those of its marts, and every reading shown stands in its received file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.site import addresses
from pipelines.report.site.formats import money, number, percent, significant
from pipelines.report.site.words import CODES
from pipelines.warehouse.database import connect, read_rows
from tests.site import pages_of, site_of, tables_of

STATES = {
    "PASS": "pass",
    "FAIL": "fail",
    "ERROR": "error",
    "NO_DATA": "no data",
    "INDETERMINATE": "undecided",
    "NOT_APPLICABLE": "not applicable",
}
pytestmark = pytest.mark.slow


def _rows(run: Path, sql: str) -> list[dict[str, Any]]:
    with connect(run / "green_capacity.duckdb", read_only=True) as con:
        return read_rows(con, sql)


def _text(run: Path, address: str) -> str:
    return (run / "site" / address).read_text(encoding="utf-8")


def test_headline_and_sectors_are_those_of_the_mart(sample_run: Path) -> None:
    for portfolio_id in {row["portfolio_id"] for row in _rows(sample_run, "select portfolio_id from mart_portfolio__headline")}:
        sql = f"select * from mart_portfolio__headline where portfolio_id = '{portfolio_id}' order by sector"
        rows = {row["sector"]: row for row in _rows(sample_run, sql)}
        page = _text(sample_run, addresses.portfolio_address(portfolio_id))
        assert f"{percent(rows['all']['assessed_rate_ratio'])} of assessed exposure is green" in page
        assert f"lies between {percent(rows['all']['lower_ratio'])} and {percent(rows['all']['upper_ratio'])}" in page
        shown = {row[0]: row[1:6] for row in tables_of(page)["Sector"]}
        for sector, name in (("all", "all three sectors"), ("cement", "cement"), ("steel", "steel")):
            row = rows[sector]
            ratios = [row[f"{key}_ratio"] for key in ("assessed_rate", "coverage", "lower", "upper")]
            assert shown[name] == [*(str(percent(ratio)) for ratio in ratios), str(money(row["exposure_usd"]))]


def test_the_heat_map_shows_every_plant_and_group_with_its_state_and_counts(sample_run: Path) -> None:
    rows = _rows(sample_run, "select * from mart_plants__group_states")
    names = {row["plant_id"]: row["plant_name"] for row in _rows(sample_run, "select plant_id, plant_name from mart_plants__scorecard")}
    families = "Air Energy Carbon Water Waste Equipment Management".split()
    for portfolio_id in ("green_bridge", "silk_road_industrial"):
        shown = {
            row[0]: row[3:]
            for row in tables_of(_text(sample_run, addresses.portfolio_address(portfolio_id)))["Plants by group of indicators"]
        }
        behind = _rows(sample_run, f"select plant_id from mart_portfolio__plants where portfolio_id = '{portfolio_id}'")
        assert set(shown) == {names[row["plant_id"]] for row in behind}
        for row in rows:
            if names[row["plant_id"]] not in shown:
                continue
            cell = shown[names[row["plant_id"]]][families.index(row["family"].capitalize())]
            count = row[f"{row['state'].lower()}_count"] if row["state"] != "NOT_APPLICABLE" else None
            mark = "ⓘ " if row["is_for_information"] else ""
            assert cell == STATES[row["state"]] + (f" {mark}{count}/{row['rule_count']}" if count is not None else "")


def test_borrowers_levels_and_evidence_are_those_of_the_marts(sample_run: Path) -> None:
    for portfolio_id in ("green_bridge", "silk_road_industrial"):
        tables = tables_of(_text(sample_run, addresses.portfolio_address(portfolio_id)))
        where = f"where portfolio_id = '{portfolio_id}'"
        borrowers = _rows(sample_run, f"select * from mart_portfolio__borrowers {where}")
        expected = sorted(
            [row["borrower_name"], number(row["loan_count"]), number(row["plant_count"]), str(money(row["exposure_usd"]))]
            for row in borrowers
        )
        assert sorted(row[:4] for row in tables["Borrowers"]) == expected
        levels = _rows(sample_run, f"select plant_count, exposure_usd from mart_portfolio__levels {where}")
        assert sorted(row[2:4] for row in tables["Index levels by exposure"]) == sorted(
            [number(row["plant_count"]), str(money(row["exposure_usd"]))] for row in levels
        )
        evidence = _rows(sample_run, f"select rule_count, verdict_count, fail_count, plant_count from mart_portfolio__evidence {where}")
        assert sorted(row[1:] for row in tables["How well the rules are evidenced"]) == sorted(
            [number(value) for value in row.values()] for row in evidence
        )


def test_every_plant_behind_the_book_has_its_page_and_its_class_level_and_capacity(sample_run: Path) -> None:
    plants = _rows(sample_run, "select * from mart_plants__scorecard where loan_count > 0")
    assert plants
    for row in plants:
        page = _text(sample_run, addresses.plant_address(row["plant_id"]))
        assert f"<h1>{row['plant_name']}</h1>" in page.replace("&#39;", "'")
        assert f">{number(row['capacity_t_per_year'])} " in page
        badge = page[page.index("<h1>") :].partition("<section class=card>")[2][:400]
        assert f"data-w={CODES['part.' + row['plant_class']]}>" in badge, row["plant_id"]


def test_indicators_of_a_plant_show_measured_value_limit_and_state_of_a_verdict(sample_run: Path) -> None:
    sql = """select plant_id, measured_value, unit, limit_value, state from int_plants__verdicts
        where kind = 'limit' and state <> 'NOT_APPLICABLE'"""
    found: dict[str, set[tuple[str, str, str]]] = {}
    for row in _rows(sample_run, sql):
        value = f"{significant(row['measured_value'])} {row['unit'] or ''}".strip() if row["measured_value"] is not None else "–"
        found.setdefault(row["plant_id"], set()).add((STATES[row["state"]], value, significant(row["limit_value"])))
    count = 0
    for plant_id, verdicts in found.items():
        address = addresses.plant_address(plant_id)
        if not (sample_run / "site" / address).exists():
            continue
        for row in tables_of(_text(sample_run, address)).get("Indicators with an answer", []):
            count += 1
            assert (row[2].removesuffix(" comparison only"), row[3], row[4].split(" ")[-1]) in verdicts, row
    assert count > 300


def test_a_day_of_an_exceedance_shows_readings_as_received_and_the_value_of_the_verdict(sample_run: Path) -> None:
    page = _text(sample_run, addresses.indicator_address("stack:EGY-C02-K1-ST", "nox_concentration"))
    shown = tables_of(page)["Source rows"]
    (day,) = set(re.findall(r'id="reading-([0-9-]{10})"', page)[:1])
    sql = f"""select period_start_at + to_minutes(utc_offset_minutes::bigint) as local_at, value, source_row_number
        from raw_monitoring__stack_readings where stack_id = 'EGY-C02-K1-ST' and indicator = 'nox'
        and (period_start_at + to_minutes(utc_offset_minutes::bigint))::date = date '{day}' order by local_at"""
    received = _rows(sample_run, sql)
    assert [(row[0].removeprefix("◆ "), row[1], row[-1]) for row in shown] == [
        (f"{row['local_at']:%H:%M}", significant(row["value"], 6), str(row["source_row_number"])) for row in received
    ]
    assert "agrees with the verdict" in page


def test_the_same_run_gives_the_same_bytes_of_the_site_again(sample_run: Path, tmp_path: Path) -> None:
    again = site_of(sample_run / "green_capacity.duckdb", tmp_path / "site")
    first = {
        path.relative_to(sample_run / "site").as_posix(): path.read_text(encoding="utf-8") for path in (sample_run / "site").rglob("*.*")
    }
    second = {path.relative_to(again).as_posix(): path.read_text(encoding="utf-8") for path in again.rglob("*.*")}
    hidden = re.compile(r"[0-9a-f]{64}|[0-9a-f]{16}…|程序版本 [^\"]*|Program version [^<]*")  # the night knows its root hash and version
    assert {name: hidden.sub("", text) for name, text in first.items()} == {name: hidden.sub("", text) for name, text in second.items()}


def test_no_link_of_the_site_is_broken_also_to_files_beside_it(sample_run: Path) -> None:
    site = sample_run / "site"
    for here, page in pages_of(site).items():
        for link in page.links:
            if not link.startswith("http"):
                target = (site / here).parent / link.partition("#")[0] if link.partition("#")[0] else site / here
                assert target.exists(), f"{here} leads to {link}"


def test_the_site_of_the_sample_book_does_not_grow_unnoticed(sample_run: Path) -> None:
    """The goal is 5 MB (bench/README.md says where the bytes are)."""
    assert sum(path.stat().st_size for path in (sample_run / "site").rglob("*.*")) < 4_960_000

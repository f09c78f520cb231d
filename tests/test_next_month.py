"""The second night of the samples, a month later in the same home: what its README promises, read from the published tables."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.nights import perform

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def july(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published folder of the night of 2026-07-31, after that of 2026-06-30."""
    folder = tmp_path_factory.mktemp("july")
    home = Path(shutil.copytree(sample_run.parents[1], folder / "home", symlinks=True))
    for samples in ("samples", "samples_next_month"):
        shutil.copytree(DATA / samples, folder / "landing", dirs_exist_ok=True)
    perform(folder / "landing", home)
    return home / "published" / "current"


def rows(published: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(published / "green_capacity.duckdb"), read_only=True) as database:
        return database.sql(query).fetchall()


def test_the_night_is_that_of_the_newest_books(july: Path) -> None:
    assert rows(july, "select max(as_of_date) from mart_portfolio__trend where is_this_run") == [(date(2026, 7, 31),)]


def test_green_exposure_is_what_the_folder_says(july: Path) -> None:
    green = dict(rows(july, "select portfolio_id, green_usd from mart_portfolio__headline where sector = 'all'"))
    assert green["green_bridge"] == pytest.approx(75e6 + 77e6 / 0.858, abs=0.02)
    assert green["silk_road_industrial"] == pytest.approx(121e6 + 620e6 / 7.08, abs=0.02)


def test_a_corrected_coal_scale_takes_the_class_away(july: Path) -> None:
    assert rows(july, "select plant_class from mart_plants__scorecard where plant_id = 'VNM-C01'") == [("not_green",)]
    energy = rows(
        july,
        "select distinct round(measured_value, 3), state from int_plants__verdicts where entity_id = 'unit:VNM-C01-K1'"
        " and rule_id = 'cn_gb_16780_2021__clinker_energy' and tier = 'III'",
    )
    assert energy == [(117.695, "FAIL")]


def test_every_change_belongs_to_a_driver_and_the_parts_are_exact(july: Path) -> None:
    moved = rows(
        july,
        "select distinct driver from mart_portfolio__change"
        " where portfolio_id = 'silk_road_industrial' and sector = 'all' and abs(shapley_points) > 1e-6",
    )
    assert {"loans", "fx", "new_data", "restated_data", "exposure"} <= {driver for (driver,) in moved}
    assert rows(july, "select count(*) from mart_portfolio__change where not is_exact") == [(0,)]


def test_findings_are_new_and_closed(july: Path) -> None:
    renewed = rows(
        july, "select distinct state from mart_findings__register where entity_id = 'plant:TUR-F01' and rule_id like '%iso_14001%'"
    )
    assert renewed == [("CLOSED",)]
    new = rows(
        july, "select count(*) from mart_findings__register where entity_id like '%VNM-C01%' and first_seen_date = date '2026-07-31'"
    )
    assert new[0][0] > 0


def test_findings_under_a_standard_that_was_replaced_are_closed_for_that_reason_and_not_left_open_for_ever(july: Path) -> None:
    replaced = "select state, change, count(*) from mart_findings__register where rule_id like '{}%' group by all order by all"
    assert rows(july, replaced.format("cn_gb_21256_2013__")) == [("CLOSED_RULE_RETIRED", "RETIRED", 28)]
    assert {state for state, _, _ in rows(july, replaced.format("cn_gb_21256_2025__"))} == {"OPEN"}
    lines = (july / "digest.txt").read_text(encoding="utf-8").splitlines()
    assert "Closed, the rule is no longer in force or the equipment out of service: 35" in lines


def test_the_trend_has_two_points(july: Path) -> None:
    assert rows(july, "select count(distinct as_of_date) from mart_portfolio__trend") == [(2,)]


def greencap(*arguments: str) -> tuple[int, list[str]]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output.splitlines()


def test_a_finding_that_waits_for_its_window_last_failed_in_the_month_that_fails(july: Path, sample_run: Path) -> None:
    waits = "select finding_id, {} from mart_findings__register where state = 'PENDING_CHECK' and standing = 'binding'"
    ((finding_id, *days),) = rows(july, waits.format("last_fail_start_date, last_fail_date, check_end_date, days_to_cure_end"))
    assert days == [date(2025, 11, 1), date(2025, 11, 30), date(2026, 11, 30), None]
    assert rows(sample_run, waits.format("change")) == [(finding_id, "NEW")], "from the first night on"
    said = greencap("findings", "show", finding_id, "--home", str(july.parents[1]))[1]
    assert "  first seen 2026-06-30, open since 2026-06-30, last failed 2025-11-30, last seen 2026-07-31" in said
    assert said[-1].endswith(": PENDING_CHECK; at least one period of the window fails")
    assert any(line.endswith("; 1 failing period from 2025-11-01 to 2025-11-30") for line in said)
    assert any(line.endswith(" passes again: closes with the data to 2026-11-30 if no period fails until then") for line in said)


def test_the_digest_names_what_is_resolved(july: Path) -> None:
    (gone,) = json.loads((july / "digest.json").read_text(encoding="utf-8"))["findings"]["resolved"]
    assert (gone["entity_id"], gone["state"], gone["change"]) == ("plant:TUR-F01", "CLOSED", "RESOLVED")
    lines = (july / "digest.txt").read_text(encoding="utf-8").splitlines()
    assert lines[lines.index("Resolved: 1") + 1].startswith(f"  {gone['finding_id']} ")


def test_a_closed_finding_is_listed_with_when_it_was_first_seen_and_as_open_no_more(july: Path) -> None:
    options = ("--all", "--closed", "--plant", "TUR-F01", "--state", "CLOSED", "--home", str(july.parents[1]))
    (_, line, count) = greencap("findings", *options)[1]
    assert "; first seen 2026-06-30, 31 days ago; " in line
    assert "open for" not in line
    assert count.startswith("1 finding")


def test_a_repaid_loan_is_not_said_to_be_opened_again_and_stands_beside_its_own_portfolio_only(july: Path) -> None:
    notes = rows(july, "select distinct portfolio_id, note from mart_portfolio__change where driver = 'loans' order by portfolio_id")
    assert notes == [
        ("green_bridge", None),
        ("silk_road_industrial", "in: silk_road_industrial/S-0035; repaid or closed: silk_road_industrial/S-0014"),
    ]
    page = (july / "site" / "portfolios" / "green_5f_bridge.html").read_text(encoding="utf-8")
    assert "S-0035" not in page


def test_a_day_that_is_not_stated_is_no_day_on_a_page(july: Path) -> None:
    page = (july / "site" / "plants" / "MYS-S01.html").read_text(encoding="utf-8")
    assert "ISO 50001" in page
    assert "1900" not in page


def test_two_runs_are_compared_by_what_a_reader_asks_first(july: Path) -> None:
    home = str(july.parents[1])
    code, said = greencap("runs", "diff", "2026-06-30", "2026-07-31", "--home", home)
    assert code == 4
    assert said[2:5] == [
        "  green_bridge: was 50.2% green, coverage 42.7%; is 40.2% green, coverage 46.4%",
        "  silk_road_industrial: was 31.2% green, coverage 39.8%; is 22.3% green, coverage 47.3%",
        "  findings: 27 new or opened again, 36 closed; 458 not closed before, 449 after",
    ]
    assert any(line.startswith("  setting readings: was 0 files, is ") for line in said)
    assert len([line for line in said if line.startswith("  tables: ")]) == 1
    every = greencap("runs", "diff", "2026-06-30", "2026-07-31", "--all", "--home", home)[1]
    assert "  tables: mart_portfolio__headline differs" in every


def test_pieces_of_both_nights_are_kept_and_no_others(july: Path) -> None:
    folds = july.parents[1] / "readings" / "folds"
    june, july_used = reversed(json.loads((folds / "nights.json").read_text(encoding="utf-8")))
    assert {path.relative_to(folds).as_posix() for path in folds.rglob("*.parquet")} == {*june, *july_used}
    assert {name for name in july_used if "month=2025-08" in name} < set(june), "months without a new reading are not made again"


def test_the_page_names_the_standard_that_came_into_force_and_what_it_did(july: Path) -> None:
    page = (july / "site" / "portfolios" / "silk_5f_road_5f_industrial.html").read_text(encoding="utf-8")
    moved = page.partition('id="moved"')[2].partition("<h2")[0]
    assert "GB 21256-2025" in moved
    assert "1 Jul 2026" in moved
    gebeng = "portfolio_id = 'silk_road_industrial' and plant_id = 'MYS-S01' and driver = 'new_data'"
    assert rows(july, f"select class_before, plant_class from mart_portfolio__change_plants where {gebeng}") == [("unknown", "not_green")]


def test_a_plant_that_returns_no_energy_shows_what_is_taken_for_it_and_its_score(july: Path) -> None:
    page = (july / "site" / "plants" / "LAO-C01.html").read_text(encoding="utf-8").partition("Energy and water that nobody returned")[2]
    rows_shown = [re.sub("<[^>]+>", " ", row).split() for row in page.partition("</table>")[0].split("<tr>")[2:]]
    heat = next(row for row in rows_shown if "Fuel" in row)
    assert heat[-8:] == ["estimated", "5", "GNR", "World", "2016:", "3519", "MJ/t", "clinker"]
    water = next(row for row in rows_shown if "water" in row)
    assert "estimated" not in water, "nothing was estimated: no source gives a figure"
    assert " ".join(water).endswith("No factor with a source is known for this route")

"""The main job on real public input: what docs/public_data.md says is what the run gives."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.database import connect, read_rows

ROOT = Path(__file__).parents[1]
PUBLIC = ROOT.parent / "shared" / "data"
FILES = ("loans/aiddata_gcdf3.csv", "plants/gem_cement_2025-07.xlsx", "plants/gem_steel_2025-09.xlsx", "country/fx_annual.csv")

pytestmark = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public files are not beside the checkout (../shared/data)")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published folder of a run on the landing folder of docs/public_data.md."""
    folder = tmp_path_factory.mktemp("public")
    landing = folder / "landing"
    landing.mkdir()
    for name in FILES:
        (landing / Path(name).name).symlink_to(PUBLIC / name)
    shutil.copy(ROOT / "data" / "reference" / "countries.csv", landing)
    greencap = [sys.executable, "-c", "from pipelines.cli import main; main()"]
    command = [*greencap, "run", "--landing", str(landing), "--home", str(folder / "home")]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "home" / "published" / "current"


def _rows(published: Path, sql: str) -> list[dict[str, Any]]:
    with connect(published / "green_capacity.duckdb", read_only=True) as con:
        return read_rows(con, sql)


def test_the_page_shows_the_headline_of_this_very_run(published: Path) -> None:
    page = (ROOT / "docs" / "public_data.md").read_text(encoding="utf-8")
    rows = _rows(published, "select * from mart_portfolio__headline")
    assert {row["portfolio_id"] for row in rows} == {"aiddata_cn_banks"}
    for row in rows:
        shown = re.search(rf"^\| {row['sector'].replace('_', ' ')} \|(.*)\|$", page, re.MULTILINE)
        assert shown, row["sector"]
        cells = [cell.strip() for cell in shown[1].split("|")]
        counts = [row["loan_count"], row["scope_loan_count"], row["error_loan_count"]]
        matched = row["green_usd"] + row["transition_usd"] + row["not_green_usd"] + row["unknown_usd"]
        assert cells[:6] == [*map(str, counts), f"{row['exposure_usd']:,.2f}", f"{matched:,.2f}", str(row["plant_count"])]
        assert cells[6] == f"{row['coverage_ratio'] * 100:.1f} %"
        assert cells[7] == f"{row['lower_ratio'] * 100:.0f} to {row['upper_ratio'] * 100:.0f} %"


def test_equipment_and_management_are_judged_and_nothing_is_measured(published: Path) -> None:
    rows = _rows(published, "select kind, state, count(*) as n from int_plants__verdicts group by kind, state")
    found = {(row["kind"], row["state"]): row["n"] for row in rows}
    assert found["prohibition", "FAIL"] > 0
    assert found["prohibition", "PASS"] > 0
    assert found["requirement", "PASS"] > 0
    assert not {state for kind, state in found if kind == "limit"} & {"PASS", "FAIL"}


def test_no_loan_without_a_rate_is_converted_at_one(published: Path) -> None:
    rows = _rows(published, "select currency_code, exposure_usd from mart_portfolio__loans where reason_code = 'FX_RATE_MISSING'")
    assert {row["currency_code"] for row in rows} == {"GBP", "IDR"}
    assert {row["exposure_usd"] for row in rows} == {None}


def test_the_page_names_the_sources_of_its_figures(published: Path) -> None:
    assert "aiddata_cn_banks" in (published / "site" / "coverage.html").read_text(encoding="utf-8")
    assert "not assessable" in (published / "scorecard.html").read_text(encoding="utf-8").lower()

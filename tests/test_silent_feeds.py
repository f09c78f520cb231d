"""Readings that came in earlier nights and no longer do are told in every place where a credit officer looks."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.nights import perform, small_landing

LINE = (
    "stack PL-01-S1 of Contoh Cement Works: Nitrogen oxides in stack gas, as NO2; Particulate matter in stack gas stopped; "
    "last reading 2025-12-31, 31 days in service without one; ask PT Semen Contoh for the readings since then"
)


@pytest.fixture(scope="module")
def second(one_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published folder of a night a month after the first one, to which no stack readings came."""
    folder = tmp_path_factory.mktemp("silent")
    home = Path(shutil.copytree(one_night, folder / "home", symlinks=True))
    landing = small_landing(folder)
    (landing / "stack_readings.csv").unlink()
    perform(landing, home, as_of=date(2026, 1, 31))
    return home / "published" / "current"


def test_the_run_gives_notice_of_each_stack_that_stopped(second: Path) -> None:
    assert LINE in json.loads((second / "run_summary.json").read_text("utf-8"))["notices"]


def test_the_first_night_has_no_stack_that_stopped(one_night: Path) -> None:
    first = one_night / "published" / "current"
    assert json.loads((first / "digest.json").read_text("utf-8"))["silent_feeds"] == []
    assert "Readings that stopped: none" in (first / "digest.txt").read_text("utf-8")
    assert "id=silent" not in (first / "site" / "index.html").read_text("utf-8")


def test_the_digest_names_each_stack_that_stopped(second: Path) -> None:
    text = (second / "digest.txt").read_text("utf-8")
    assert f"Readings that stopped: 2\n  {LINE}\n" in text


@pytest.mark.parametrize("page", ["site/index.html", "site/coverage.html", "scorecard.html"])
def test_pages_count_and_name_the_stacks_that_stopped(second: Path, page: str) -> None:
    text = (second / page).read_text("utf-8")
    alert = text[text.index("<div class=alert id=silent>") :].partition("</div>")[0]
    assert "2 stacks stopped sending readings" in alert
    for words in ("PL-01-S1", "Contoh", "31 days in service", "PT Semen Contoh", "PL-03-S1"):
        assert words in alert


def test_the_page_of_the_plant_says_that_its_own_stack_stopped_and_so_does_its_borrower(second: Path) -> None:
    own = (second / "site" / "plants" / "PL-01.html").read_text("utf-8")
    alert = own[own.index("<div class=alert id=silent>") :].partition("</div>")[0]
    assert "1 stack stopped sending readings" in alert
    assert "PL-01-S1" in alert
    assert "PL-03-S1" not in alert
    silent = {path.name for path in (second / "site" / "plants").glob("*.html") if "id=silent" in path.read_text("utf-8")}
    assert silent == {"PL-01.html", "PL-03.html"}
    pages = [path.read_text("utf-8") for path in (second / "site" / "borrowers").glob("*.html")]
    assert any("Readings stopped: ask for them" in page and "Stack PL-01-S1 stopped sending" in page for page in pages)


def test_the_run_says_which_declaration_fits_no_file_and_what_labels_all_its_pages(one_night: Path) -> None:
    notices = json.loads((one_night / "published" / "current" / "run_summary.json").read_text("utf-8"))["notices"]
    assert [words.partition(":")[0] for words in notices] == [
        "stack_files.csv, row 3",
        "stack_columns.csv, row 2",
        "data_labels.csv, row 2",
        "data_labels.csv, row 3",
    ]
    assert "labelled 'synthetic'" in notices[-2]
    assert "where the data are real, take this row out" in notices[-2]

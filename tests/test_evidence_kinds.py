"""Packs of every kind of finding - returns, equipment, documents - and of what passes; the page opened in a browser from its file."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import WrongUseError
from pipelines.evidence import make_pack
from pipelines.ledger.book import Book
from pipelines.ledger.pack import write_pack
from tests.acceptance_nights import Nights

HEAT = "rule_id = 'global_gnr__clinker_heat' and entity_id = 'unit:PL-01-K1'"
KILNS = "state_council_2010_2012__shaft_kiln"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def finding_id(nights: Nights, condition: str) -> str:
    rows = nights.rows("again", f"select finding_id from int_findings__subjects where {condition} order by finding_id")
    return str(rows[0]["finding_id"])


def test_a_finding_from_returns_shows_every_conversion_from_the_rows_to_the_ratio(nights: Nights) -> None:
    """The heat of a kiln: fuel energy over clinker, 7,992,000 GJ over 1,776,000 t, 4,500 MJ a tonne."""
    pack = make_pack(Book(nights.home), finding_id(nights, HEAT))
    returns = rows_of(pack["sources/periodic_returns.csv"])
    assert {(row["item"], float(row["value"])) for row in returns} >= {("fuel_energy", 7_992_000.0), ("production_clinker", 1_776_000.0)}
    steps = rows_of(pack["steps.csv"])
    sent_energy, sent_clinker, energy, clinker, ratio, judged = steps
    assert sent_energy["formula"] == "periodic_returns.csv, row 3, 2024-12-01 to 2025-11-30: 7,992,000 GJ × 34.12084"
    assert (float(sent_energy["value"]), sent_energy["unit"]) == (pytest.approx(7_992_000 * 1e6 / 29_307.6, rel=1e-9), "kgce")
    assert (float(sent_clinker["value"]), sent_clinker["unit"]) == (1_776_000.0, "t")
    assert float(energy["value"]) == pytest.approx(float(sent_energy["value"]) * 29.3076, rel=1e-9)
    assert float(energy["value"]) / float(clinker["value"]) == pytest.approx(float(ratio["value"]), rel=1e-9)
    assert float(ratio["value"]) == pytest.approx(4500.0)
    assert "agrees with the verdict" in ratio["formula"]
    assert "asked: value ≤" in judged["formula"]
    assert {row["source_file_id"] for row in returns} <= {row["sha256"] for row in rows_of(pack["received.csv"])}


def test_a_finding_about_prohibited_equipment_shows_the_unit_and_each_condition_of_the_rule(nights: Nights) -> None:
    pack = make_pack(Book(nights.home), finding_id(nights, f"rule_id = '{KILNS}' and entity_id = 'unit:PL-01-K9'"))
    steps = [f"{row['what']}: {row['formula']}" for row in rows_of(pack["steps.csv"])]
    assert any("process_units.csv, row 7: unit PL-01-K9: clinker_kiln, shaft, 2.5 m" in step for step in steps)
    assert any(step.endswith("technology: asked: shaft; the unit: shaft: holds") for step in steps)
    assert any(step.endswith("largest size: asked: below 3.0 m; the unit: 2.5 m: holds") for step in steps), steps
    assert steps[-1].startswith("Held against the rule: FAIL")
    assert "limits.csv" not in pack


def test_what_passes_has_a_pack_too_and_says_that_it_is_no_finding(nights: Nights) -> None:
    passing = finding_id(nights, f"rule_id = '{KILNS}' and entity_id = 'unit:PL-01-K1'")
    pack = make_pack(Book(nights.home), passing[:8])
    assert "no finding: it was judged and does not fail" in pack["index.html"].decode("utf-8")
    assert {row["state"] for row in rows_of(pack["verdicts.csv"])} == {"PASS"}
    with pytest.raises(WrongUseError, match="no such finding"):
        make_pack(Book(nights.home), "F-000000000000")


def test_every_finding_has_the_id_of_what_was_judged(nights: Nights) -> None:
    sql = """select s.finding_id from int_findings__states as s left join int_findings__subjects as j on s.finding_id = j.finding_id
        where s.judged_state is not null and j.finding_id is null"""
    assert nights.rows("again", sql) == []
    assert nights.rows("again", "select 1 from int_findings__states where judged_state is not null") != []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_page_recomputes_the_hashes_and_sees_one_changed_byte(nights: Nights, browser: Any, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    write_pack(folder, make_pack(Book(nights.home), finding_id(nights, HEAT)))
    page, asked = browser.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.goto((folder / "index.html").as_uri())
    assert "files that this page carries agree with their hash" in page.inner_text("#embedded")
    assert "Root hash of the run: agrees with its manifest" in page.inner_text("#run-check")
    page.set_input_files("#choose", str(folder))
    page.locator("#folder", has_text="of the folder").wait_for()
    assert "files of the folder agree with their hash" in page.inner_text("#folder")
    assert asked == [(folder / "index.html").as_uri()]

    touched = folder / "sources" / "periodic_returns.csv"
    touched.write_bytes(touched.read_bytes().replace(b"7992000", b"7992001"))
    page.set_input_files("#choose", str(folder))
    page.locator("#folder.alert").wait_for()
    assert page.inner_text("#folder") == "sources/periodic_returns.csv differs"

    index = folder / "index.html"
    before, mark, carried = index.read_text(encoding="utf-8").partition('id="pack"')
    index.write_text(before + mark + carried.replace("fuel_energy", "fuel_energz", 1), encoding="utf-8")
    page.goto(index.as_uri())
    assert page.inner_text("#embedded").startswith("Differ: ")
    page.close()

"""Self-assessment: the workbook follows the formats, mistakes are named, the result is a night's, a page says nothing of another plant."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from pipelines import settings
from pipelines.assessment import Assessment, template_words
from pipelines.assessment_template import SHEETS, _prompt, write_template
from pipelines.cli import app
from pipelines.errors import GateError, GreenCapacityError, WrongUseError
from pipelines.night import DATABASE
from pipelines.report.assessment import prepare_folder
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.text_table import shortened
from pipelines.sources.columns import TEXT, Column, columns_of
from pipelines.sources.landing import read_landing
from pipelines.sources.schemas import format_model
from pipelines.warehouse.database import connect, read_rows
from tests.assessments import SAMPLE, night_on, write_pages
from tests.site import PageReader

Rows = dict[str, list[dict[str, Any]]]
ONE: Rows = {
    "plants": [{"plant_id": "P1", "plant_name": "=Hill", "country_iso3": "IDN", "sector": "cement", "route": "integrated"}],
    "periodic_returns": [
        {
            "plant_id": "P1",
            "period_start_date": date(2026, 1, 1),
            "period_end_date": date(2026, 1, 31),
            "item": "production_clinker",
            "value": 1000,
            "unit": "t",
        }
    ],
}


@pytest.fixture(scope="module")
def words() -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    return template_words(load_rulebook(settings.RULES_FOLDER))


# ---- the template ------------------------------------------------------------------------------------------------------


def test_the_template_is_made_of_the_formats_and_the_rules_words_and_is_equal_each_time(tmp_path: Path, words: Any) -> None:
    first, second = write_template(tmp_path / "a.xlsx", words), write_template(tmp_path / "b.xlsx", words)
    assert first.read_bytes() == second.read_bytes()
    book = openpyxl.load_workbook(first)
    assert book.sheetnames == ["guide", *SHEETS, "words"]
    lists = {
        book["words"].cell(1, place).value: [
            cell.value for (cell,) in book["words"].iter_rows(min_row=2, min_col=place, max_col=place) if cell.value
        ]
        for place in range(1, book["words"].max_column + 1, 4)
    }
    for sheet, name in SHEETS.items():
        columns = columns_of(format_model(name))
        assert [cell.value for cell in book[sheet][1]] == [column.name for column in columns]
        for column in columns:
            if column.words:
                assert lists[f"{sheet}: {column.name}"] == list(column.words)
    assert "production_clinker" in lists["returns: item"]
    assert "environmental_permit" in lists["management evidence: item"]
    assert "nox_concentration" in lists["monitoring: indicator"]


def test_a_cell_of_a_closed_list_refuses_other_words_and_an_open_one_does_not(tmp_path: Path, words: Any) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", words))
    validations = {
        (sheet, str(found.sqref).split(":")[0].rstrip("0123456789")): found
        for sheet in SHEETS
        for found in book[sheet].data_validations.dataValidation
    }
    sector = openpyxl.utils.get_column_letter(list(format_model("plants").model_fields).index("sector") + 1)
    unit = openpyxl.utils.get_column_letter(list(format_model("periodic_returns").model_fields).index("unit") + 1)
    assert validations["plants", sector].type == "list"
    assert validations["plants", sector].showErrorMessage
    assert validations["returns", unit].type == "list"
    assert not validations["returns", unit].showErrorMessage
    assert all(len(found.prompt or "") <= 255 and found.prompt for found in validations.values())


def test_a_filled_workbook_is_read_back_as_it_was_filled(tmp_path: Path, words: Any) -> None:
    (tmp_path / "in").mkdir()
    write_template(tmp_path / "in" / "a.xlsx", words, ONE)
    received = read_landing(tmp_path / "in", lambda _: None)
    assert received.rejects.num_rows == 0
    plant = received.rows["raw_plants__plants"].to_pylist()[0]
    assert {name: plant[name] for name in ONE["plants"][0]} == ONE["plants"][0]
    returned = received.rows["raw_monitoring__periodic_returns"].to_pylist()[0]
    assert {name: returned[name] for name in ONE["periodic_returns"][0]} == ONE["periodic_returns"][0]
    assert {row["sheet"] for row in received.files.to_pylist() if row["state"] == "read"} == {"plants", "returns"}


def test_the_command_writes_the_template_and_never_over_a_filled_one(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    assert CliRunner().invoke(app, ["assess", "--template", "--out", str(path)]).exit_code == 0
    before = path.read_bytes()
    with pytest.raises(WrongUseError, match="may be filled; name another file"):
        CliRunner().invoke(app, ["assess", "--template", "--out", str(path)], catch_exceptions=False)
    assert path.read_bytes() == before


# ---- mistakes ----------------------------------------------------------------------------------------------------------


def test_assess_tells_its_steps_as_every_command_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(file: Path, rules: Path, as_of: date | None, out: Path, progress: Any) -> Assessment:
        for step in ("build stg_plants__plants", "build stg_plants__process_units", "write the pages"):
            progress(step)
        raise GateError("a cell cannot be read")

    monkeypatch.setattr("pipelines.assessment.assess", judge)
    done = CliRunner().invoke(app, ["assess", str(tmp_path / "any.xlsx")])
    assert done.exit_code == 4
    assert done.stderr.startswith("… build stg_… tables\n… write the pages\n\nNothing was judged")


def test_a_prompt_that_is_too_long_for_a_cell_is_cut_as_any_text_is() -> None:
    description = f"{'x' * 253} {'y' * 20}"
    column = Column("name", TEXT, True, True, description, None, None, ())
    assert _prompt(column) == f"{'x' * 253}…" == shortened(f"{description}. Must be filled.", 255)


def test_a_cell_that_cannot_be_read_is_named_by_sheet_row_and_column_and_nothing_is_judged(tmp_path: Path, words: Any) -> None:
    wrong: Rows = {**ONE, "process_units": [{"unit_id": "K1", "plant_id": "P1", "process": "kiln", "capacity_t_per_year": "much"}]}
    book = write_template(tmp_path / "bad.xlsx", words, wrong)
    out = tmp_path / "out"
    done = CliRunner().invoke(app, ["assess", str(book), "--out", str(out)])
    assert done.exit_code == 4
    assert re.search(r"bad\.xlsx, sheet process units, row 2: process 'kiln': .+; .+", done.stderr)
    assert re.search(r"sheet process units, row 2: capacity_t_per_year 'much': .+; .+", done.stderr)
    assert list(out.iterdir()) == []


def test_an_empty_workbook_a_foreign_folder_and_a_missing_day_say_what_to_do(tmp_path: Path, words: Any) -> None:
    empty = write_template(tmp_path / "empty.xlsx", words)
    with pytest.raises(GreenCapacityError, match=r"empty\.xlsx: no sheet of it has a row; fill `plants` at least"):
        night_on(tmp_path, empty).read_files()
    only_plants = write_template(tmp_path / "landing" / "empty.xlsx", words, {"plants": ONE["plants"]})
    night = night_on(tmp_path, only_plants)
    night._received = night.read_files()
    with pytest.raises(WrongUseError, match="name it with --as-of"):
        night.newest_day()
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(WrongUseError, match="holds other files"):
        prepare_folder(tmp_path)
    assert (tmp_path / "mine.txt").exists()
    with pytest.raises(WrongUseError, match=r"there is no such file; `greencap assess --template"):
        CliRunner().invoke(app, ["assess", str(tmp_path / "none.xlsx")], catch_exceptions=False)


def test_a_renamed_column_is_named_and_blocks(tmp_path: Path, words: Any) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "a.xlsx", words, ONE))
    book["plants"]["A1"] = "plant"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(GateError, match=r"a\.xlsx, sheet plants: .*plant_id"):
        night_on(tmp_path, tmp_path / "a.xlsx").read_files()


# ---- the result --------------------------------------------------------------------------------------------------------


def _rows(night: Assessment, sql: str) -> list[dict[str, Any]]:
    assert night.published
    with connect(night.published / DATABASE, read_only=True) as con:
        return read_rows(con, sql)


def test_the_day_follows_from_the_returns_and_the_sample_has_no_loan(judged: Assessment) -> None:
    assert judged.as_of == date(2026, 6, 30)
    assert _rows(judged, "select count(*) as n from stg_bank__loans") == [{"n": 0}]
    assert judged.notices == []


def test_a_plant_gets_the_verdicts_that_were_worked_out_by_hand_for_the_sample_book(judged: Assessment) -> None:
    expected = yaml.safe_load((Path(__file__).parent / "samples_expected.yaml").read_text(encoding="utf-8"))["verdicts"]
    found = {
        (row["plant_id"], row["rule_id"], row["tier"]): row
        for row in _rows(judged, "select * from int_plants__verdicts where source_file_id is not null and stack_id is null")
    }
    compared = 0
    for row in expected:
        verdict = found.get((row["plant"], row["rule"], row.get("tier")))
        if verdict and "value" in row:
            assert (verdict["state"], pytest.approx(row["value"], abs=1e-3)) == (row["state"], verdict["measured_value"]), row
            compared += 1
    assert compared >= 10


def test_a_plant_whose_index_is_open_is_never_green_and_its_page_says_what_is_missing(judged: Assessment, assessed_pages: Path) -> None:
    figures = json.loads((assessed_pages / "assessment.json").read_text(encoding="utf-8"))["plants"]
    assert len(figures) == 10
    for plant in figures:
        assert plant["plant_class"] != "green"
        assert plant["class_worst"] == "not_green"
        text = (assessed_pages / "plants" / plant["plant_id"] / "index.html").read_text(encoding="utf-8")
        assert "No stack reading that can be judged was received" in text
        assert "Nitrogen oxides in stack gas" in text


def test_a_page_shows_the_answers_of_the_marts(judged: Assessment, assessed_pages: Path) -> None:
    text = (assessed_pages / "plants" / "PAK-C01" / "index.html").read_text(encoding="utf-8")
    for row in _rows(judged, "select * from mart_plants__instruments where plant_id = 'PAK-C01'"):
        counts = "".join(f"<td class=n>{row[name]}" for name in ("pass_count", "fail_count", "unknown_count", "awaiting_count"))
        assert counts in text, row["instrument_title"]
    (measure,) = _rows(judged, "select measures from mart_plants__measures where plant_id = 'PAK-C01'")
    plain = re.sub(r"<(?!li)[^>]+>", "", text)
    asked = [words.partition(" (") for words in measure["measures"].split("; ")]
    assert len(asked) > 1
    for what, _, from_to in asked:
        assert f"<li>{what} {from_to.removesuffix(')').replace('at most', '≤').replace('at least', '≥')}" in plain


def test_a_plants_own_page_says_nothing_of_another_plant(judged: Assessment, assessed_pages: Path) -> None:
    plants = _rows(judged, "select plant_id, plant_name, owner_name from stg_plants__plants")
    values = _rows(judged, "select plant_id, value from int_plants__benchmark_places")
    for plant in plants:
        folder = assessed_pages / "plants" / plant["plant_id"]
        text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())
        others = [row for row in plants if row["plant_id"] != plant["plant_id"]]
        assert [row for row in others if row["plant_id"] in text or row["plant_name"] in text] == []
        assert [row["owner_name"] for row in others if row["owner_name"] in text] == []
        assert plant["plant_name"] in text
        assert (folder / "plants" / f"{plant['plant_id']}.html").is_file()
    benchmark = (assessed_pages / "benchmark.html").read_text(encoding="utf-8")
    assert "Direct CO2 per tonne of grey clinker" in benchmark
    assert [row for row in plants if any(str(row[name]) in benchmark for name in row)] == []
    exact = {f"{row['value']:.4g}" for row in values if len(f"{row['value']:.4g}".replace(".", "").strip("0")) == 4}
    assert exact
    assert [value for value in exact if re.search(rf">{re.escape(value)}\s*<", benchmark)] == []


def test_pages_are_whole_load_nothing_from_outside_and_are_equal_each_time(
    judged: Assessment, assessed_pages: Path, tmp_path: Path
) -> None:
    again = write_pages(judged, tmp_path / "again")
    names = sorted(path.relative_to(assessed_pages) for path in assessed_pages.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((assessed_pages / name).read_bytes() == (again / name).read_bytes() for name in names)
    for path in assessed_pages.rglob("*.html"):
        page = PageReader(path.read_text(encoding="utf-8"))
        assert (page.open, page.unbalanced) == ([], []), path
        assert len(page.ids) == len(set(page.ids)), path
        for link in (*page.loads, *(link for link in page.links if not link.startswith(("http", "#")))):
            assert (path.parent / link.partition("#")[0]).is_file(), f"{path} leads to {link}"
        assert [load for load in page.loads if "//" in load] == [], path
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids), path


def test_the_sample_is_the_template_filled_with_rows_of_the_sample_book() -> None:
    book = openpyxl.load_workbook(SAMPLE, read_only=True)
    assert book.sheetnames == ["guide", *SHEETS, "words"]
    for sheet, name in SHEETS.items():
        header = next(book[sheet].iter_rows(max_row=1, values_only=True))
        assert list(header) == [column.name for column in columns_of(format_model(name))], "run `python data/generate_assessment.py`"
    assert len(list(book["plants"].iter_rows(min_row=2, max_col=1, values_only=True))) == 10

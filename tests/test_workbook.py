"""scorecard.xlsx and csv/datapackage.json of a run: their figures are those of the marts, and each column says what it means."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.report.scorecard import Read, Scorecard, collect, write_reports
from pipelines.report.units import heading_of
from pipelines.report.workbook import write_workbook
from pipelines.report.workbook_sheets import SHEETS, VERDICTS, Sheet
from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.database import close, connect, read_rows
from tests.published import ONE_KILN, publish
from tests.site import PageReader, site_of
from tests.sql_cases import models

LOAN = ONE_KILN["raw_bank__loans"][0]
FORMULA = {"loan_id": "L2", "counterparty_name": '=HYPERLINK("http://x")', "counterparty_id": "-C2"}
BOOK = ONE_KILN | {"raw_bank__loans": [LOAN, LOAN | FORMULA]}


class Made:
    """A small run with its files, and its database open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        database = publish(folder / "home", RULES_FOLDER, BOOK, so2_mg_per_nm3=700.0)
        self.con = connect(database, read_only=True)
        self.read: Read = partial(read_rows, self.con)
        self.scorecard: Scorecard = collect(self.read, {"code_version": "0.1.0", "root_hash": "ab" * 32})
        keys = {model.name: model.grain for model in models().values() if not model.grain_nullable}
        write_reports(folder, self.scorecard, keys)
        site_of(database, folder / "site")
        self.files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
        self.path = write_workbook(folder, self.scorecard, self.read, self.files)
        self.book: Workbook = load_workbook(self.path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    found = Made(tmp_path_factory.mktemp("workbook"))
    yield found
    close(found.con)


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_sheets_that_are_promised_are_there_in_their_order(made: Made) -> None:
    promised = ["summary", "portfolio", "borrowers", "plants", "verdicts", "findings", "rules", "coverage", "dictionary"]
    assert [name for name in made.book.sheetnames if name in promised] == promised
    assert {"alignment", "match review", "loans"} < set(made.book.sheetnames)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_number_and_date_of_a_sheet_is_that_of_its_table(made: Made, sheet: Sheet) -> None:
    own = [column for table, column in sheet.places() if table == sheet.table]
    beside = [column for _, column in sheet.places()]
    shown = rows_of(made.book[sheet.name])
    stored = made.read(f"select {', '.join(own)} from {sheet.table}")
    assert len(shown) == len(stored)
    for column in own:
        found = [plain(row[heading_of(column, beside)]) for row in shown]
        expected = [plain(row[column]) for row in stored]
        if any(isinstance(value, (bool, str)) for value in expected):  # words stand for codes, yes and no for booleans
            assert [value is None for value in found].count(True) == expected.count(None), column
        else:
            assert sorted(filter(None, found)) == pytest.approx(sorted(filter(None, expected)), rel=1e-14), column


def plain(value: Any) -> Any:
    if isinstance(value, (date, datetime)):
        return (value.date() if isinstance(value, datetime) else value).toordinal()
    return value if value is None or isinstance(value, (bool, str)) else float(value)


def test_the_sample_has_rows_where_the_numbers_are_compared(made: Made) -> None:
    filled = {sheet.name for sheet in SHEETS if made.book[sheet.name].max_row > 1}
    assert filled >= {"portfolio", "borrowers", "loans", "plants", "verdicts", "findings", "rules", "coverage"}


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_column_of_a_sheet_exists_in_the_models_and_has_a_meaning(sheet: Sheet) -> None:
    for table, column in sheet.places():
        assert next(found.description for found in models()[table].columns if found.name == column)
    assert set(sheet.links) <= {column for _, column in sheet.places()}


def test_every_table_sheet_has_fixed_headings_filters_and_units(made: Made) -> None:
    for name in made.book.sheetnames[1:]:
        sheet = made.book[name]
        assert sheet.freeze_panes is not None, name
        assert sheet.auto_filter.ref.startswith("A1:"), name
        headings = [str(cell.value) for cell in sheet[1]]
        assert len(set(headings)) == len(headings), name
    plants = made.book["plants"]
    assert "Capacity, t/year" in [cell.value for cell in plants[1]]
    assert {"0.0%", "#,##0"} <= {cell.number_format for cell in made.book["portfolio"][2]}


def test_names_that_look_like_formulas_are_text_everywhere(made: Made) -> None:
    cells = [cell for name in made.book.sheetnames for row in made.book[name].iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert not [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))]
    names = {row["Borrower name"] for row in rows_of(made.book["borrowers"])}
    assert '\'=HYPERLINK("http://x")' in names


def test_every_link_leads_to_a_file_of_the_run_or_a_sheet(made: Made) -> None:
    links = [cell.hyperlink for name in made.book.sheetnames for row in made.book[name].iter_rows() for cell in row if cell.hyperlink]
    outside = {link.target.replace("\\", "/") for link in links if link.target}
    assert outside - {"verdicts.parquet"} <= made.files
    inside = {link.location.split("!")[0].strip("'") for link in links if link.location and not link.target}
    assert inside == set(made.book.sheetnames[1:])
    places = {(link.target.replace("\\", "/"), link.location) for link in links if link.target and link.location}
    assert places
    pages = {address: PageReader((made.folder / address).read_text(encoding="utf-8")) for address, _ in places}
    assert [(address, place) for address, place in places if place not in pages[address].ids] == []
    assert "site/plants/A.html" in outside
    assert {"site/index.html", "csv/mart_portfolio__headline.csv"} <= outside


def test_the_dictionary_explains_every_column_of_every_sheet(made: Made) -> None:
    lines = {(row["Sheet"], row["Heading"]): row for row in rows_of(made.book["dictionary"])}
    headings = {(name, cell.value) for name in made.book.sheetnames[1:-1] for cell in made.book[name][1]}
    assert set(lines) == headings
    assert all(row["Meaning"] for row in lines.values())
    assert lines["borrowers", "Exposure, USD"]["Unit"] == "USD"


def test_the_summary_has_the_figures_of_the_headline_and_counts_every_sheet(made: Made) -> None:
    cells = list(made.book["summary"].iter_rows(values_only=True))
    headline = next(row for row in made.scorecard.marts["mart_portfolio__headline"] if row["sector"] == "all")
    line = next(row for row in cells if row[0] == "BOOK")
    assert line[2:6] == (headline["coverage_ratio"], headline["lower_ratio"], headline["upper_ratio"], headline["exposure_usd"])
    counts = {row[0]: row[2:4] for row in cells if row[0] in made.book.sheetnames}
    assert counts == {name: (made.book[name].max_row - 1,) * 2 for name in made.book.sheetnames[1:]}
    assert ("Root hash", "ab" * 32) in [row[:2] for row in cells]


def test_a_book_with_too_many_verdicts_shows_the_worst_and_says_what_is_left_out(made: Made, tmp_path: Path) -> None:
    book = load_workbook(write_workbook(tmp_path, made.scorecard, made.read, made.files, max_verdicts=3))
    count = made.read(f"select count(*) as n from {VERDICTS}")[0]["n"]
    states = [cell.value for cell in book["verdicts"]["D"]][1:4]
    assert states == ["✖ fail"] * 3
    assert book["verdicts"]["A5"].value == f"{count - 3:,} more rows are not in this sheet; verdicts.parquet holds all {count:,}"
    what = next(row[1] for row in book["summary"].iter_rows(values_only=True) if row[0] == "verdicts")
    assert what.endswith(f"{count - 3:,} rows are left out here, verdicts.parquet has them")


def test_the_same_run_gives_the_same_bytes_in_another_folder(made: Made, tmp_path: Path) -> None:
    assert write_workbook(tmp_path, made.scorecard, made.read, made.files).read_bytes() == made.path.read_bytes()
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".xlsx"]


PARSERS = {
    "string": str,
    "number": float,
    "integer": int,
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}


def test_every_csv_file_is_what_its_schema_says(made: Made) -> None:
    package = json.loads((made.folder / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["path"]: resource["schema"] for resource in package["resources"]}
    assert set(described) == {path.name for path in (made.folder / "csv").glob("mart_*.csv")}
    for name, schema in described.items():
        with (made.folder / "csv" / name).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for field in schema["fields"]:
            assert field["description"], (name, field["name"])
            for row in rows:
                if row[field["name"]] not in schema["missingValues"]:
                    PARSERS[field["type"]](row[field["name"]])
        keys = [tuple(row[key] for key in schema.get("primaryKey", ())) for row in rows]
        assert "primaryKey" not in schema or len(set(keys)) == len(keys), name
    assert described["mart_portfolio__borrowers.csv"]["primaryKey"] == ["portfolio_id", "borrower_id"]


def test_units_in_the_schema_are_those_of_the_dictionary(made: Made) -> None:
    package = json.loads((made.folder / "csv" / "datapackage.json").read_text(encoding="utf-8"))
    with (made.folder / "csv" / "data_dictionary.csv").open(encoding="utf-8", newline="") as file:
        units = {(row["table"], row["column"]): row["unit"] for row in csv.DictReader(file)}
    described = {(r["name"], f["name"]): f.get("unit", "") for r in package["resources"] for f in r["schema"]["fields"]}
    assert described == units
    assert described["mart_plants__scorecard", "capacity_t_per_year"] == "t/year"

"""Workbooks: nothing in them runs, nothing is cut in silence, equal rows give equal bytes."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipelines.report import spreadsheet
from pipelines.report.spreadsheet import MAX_TEXT, Field, Written, fitting_text, open_book
from pipelines.report.words import STATES

STATE = Field("state", "State", marks=STATES)


def written(path: Path, fields: Sequence[Field], rows: Sequence[Mapping[str, Any]], **limits: int) -> tuple[Written, Worksheet]:
    """A book of one sheet, and how it reads."""
    with open_book(path, "T", is_streamed=True) as book:
        found = book.write_table(book.sheet("t"), fields, rows, len(rows), "csv/t.csv", **limits)
    return found, load_workbook(path)["t"]


@pytest.fixture
def sheet(tmp_path: Path) -> Callable[..., Worksheet]:
    return lambda fields, rows, **limits: written(tmp_path / "t.xlsx", fields, rows, **limits)[1]


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_is_text_behind_an_apostrophe(sheet: Callable[..., Worksheet], text: str) -> None:
    cell = sheet([Field("a", "A")], [{"a": text}])["A2"]
    assert (cell.data_type, cell.value) == ("s", "'" + text.replace("\r", "_x000D_"))  # the file format's name for a carriage return


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
@settings(max_examples=40, deadline=None)
def test_no_text_is_ever_a_formula_with_or_without_a_link(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = Field("a", "A")
        linked = Field("b", "B", link=lambda row: "site/index.html")
        _, found = written(Path(folder) / "t.xlsx", [plain, linked], [{"a": text, "b": text}])
        for cell in (found["A2"], found["B2"]):
            assert cell.data_type == "s"
            assert not str(cell.value).startswith(("=", "+", "-", "@"))
        assert found["A2"].value.removeprefix("'") == text.removeprefix("'")


def test_values_keep_their_types_and_what_is_not_known_stays_empty(sheet: Callable[..., Worksheet]) -> None:
    moment = datetime(2026, 6, 30, 12, 5, tzinfo=UTC)
    values = [-5.25, Decimal("-1200.50"), 3, True, date(2026, 6, 30), moment, None, float("nan"), float("inf")]
    found = sheet([Field(str(n), str(n)) for n in range(len(values))], [dict(zip(map(str, range(9)), values, strict=True))])
    read = [cell.value for cell in found[2]]
    assert read[:4] == [-5.25, -1200.5, 3, True]
    assert [cell.data_type for cell in found[2]][:4] == ["n", "n", "n", "b"]
    assert read[6:] == [None, None, None]


def test_headings_stay_in_view_and_every_column_has_a_filter(sheet: Callable[..., Worksheet]) -> None:
    found = sheet([Field("a", "Exposure, USD", "money", 20), STATE], [{"a": 1234.5, "state": "FAIL"}], frozen=2)
    assert [cell.value for cell in found[1]] == ["Exposure, USD", "State"]
    assert (found.freeze_panes, found.auto_filter.ref) == ("C2", "A1:B2")
    assert found["A2"].number_format == "#,##0"
    assert found.column_dimensions["A"].width == pytest.approx(20, abs=1)


def test_a_word_stands_beside_every_colour(sheet: Callable[..., Worksheet]) -> None:
    kinds = [Field("coverage_ratio", "Coverage", "coverage"), Field("headroom_ratio", "Headroom", "headroom"), STATE]
    found = sheet(kinds, [{"coverage_ratio": 0.4, "headroom_ratio": -0.2, "state": "FAIL"}])
    assert "low" in found["A2"].number_format
    assert "beyond" in found["B2"].number_format
    assert found["C2"].value == "✖ fail"
    coloured = {rule.formula[0] for rules in found.conditional_formatting for rule in rules.rules}
    assert coloured == {"0.8", "0", *(f'"{mark.symbol} {mark.word}"' for mark in STATES.values())}


def test_rows_beyond_the_limit_are_counted_with_the_place_where_all_stand(tmp_path: Path) -> None:
    found, sheet = written(tmp_path / "t.xlsx", [Field("a", "A")], [{"a": n} for n in range(5)], max_rows=3)
    assert (found.row_count, found.whole_count) == (3, 5)
    assert [cell.value for cell in sheet["A"]] == ["A", 0, 1, 2, "2 more rows are not in this sheet; csv/t.csv holds all 5"]


def test_the_limit_of_the_file_format_holds_for_every_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 4)
    found, sheet = written(tmp_path / "t.xlsx", [Field("a", "A")], [{"a": n} for n in range(5)])
    assert (found.row_count, sheet.max_row) == (2, 4)


@pytest.mark.parametrize("extra", [0, 1, 5000])
def test_a_text_longer_than_a_cell_says_that_it_is_cut_and_where_it_is_whole(tmp_path: Path, extra: int) -> None:
    text = "x" * (MAX_TEXT + extra)
    found, sheet = written(tmp_path / "t.xlsx", [Field("a", "A")], [{"a": text}])
    value = sheet["A2"].value
    assert len(value) == MAX_TEXT
    assert found.cut_count == (extra > 0)
    assert value.endswith(f"cut, of {MAX_TEXT + extra:,} characters; whole in csv/t.csv") is (extra > 0)
    assert fitting_text(text, "csv/t.csv") == value


def test_links_lead_to_pages_beside_the_file_and_none_is_made_where_there_is_no_page(tmp_path: Path) -> None:
    name = Field("name", "Name", link=lambda row: row["page"])
    _, sheet = written(tmp_path / "t.xlsx", [name], [{"name": "A", "page": "site/plants/A.html"}, {"name": "B", "page": None}])
    assert [cell.hyperlink and cell.hyperlink.target.replace("\\", "/") for cell in sheet["A"]] == [None, "site/plants/A.html", None]


def test_links_that_a_sheet_cannot_hold_are_counted_and_their_text_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_LINKS", 2)
    found, sheet = written(tmp_path / "t.xlsx", [Field("a", "A", link=lambda row: "site/index.html")], [{"a": str(n)} for n in range(5)])
    assert found.unlinked_count == 3
    assert [cell.value for cell in sheet["A"]][1:] == ["0", "1", "2", "3", "4"]
    assert len([cell for cell in sheet["A"] if cell.hyperlink]) == 2


def test_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    rows = [{"a": "x", "state": "PASS"}, {"a": None, "state": None}]
    for name in ("one.xlsx", "two.xlsx"):
        written(tmp_path / name, [Field("a", "A"), STATE], rows)
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_a_file_that_cannot_be_written_is_the_same_trouble_as_any_other(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_book(tmp_path / "no" / "folder.xlsx", "T") as book:
        book.sheet("t")

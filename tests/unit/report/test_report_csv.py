"""CSV files open in a spreadsheet without running anything, and say what their columns mean."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.csv_files import cell, write_csv_files
from pipelines.report.marts import MARTS
from pipelines.report.scorecard import Scorecard


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "=cmd|' /C calc'!A0"])
def test_text_that_a_spreadsheet_would_run_is_neutralised(text: str) -> None:
    assert cell(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (-5.25, "-5.25"),
        (Decimal("-1200.50"), "-1200.50"),
        (1e21, "1000000000000000000000"),
        (1.5e-7, "0.00000015"),
        (float("nan"), ""),
        (None, ""),
        (True, "true"),
        (-3, "-3"),
        (date(2025, 12, 31), "2025-12-31"),
        ("水泥厂", "水泥厂"),
        ("a=b", "a=b"),
    ],
)
def test_numbers_stay_numbers_and_other_text_stays_as_it_is(value: Any, text: str) -> None:
    assert cell(value) == text


def test_every_mart_has_a_file_with_all_its_rows_and_columns(tmp_path: Path, scorecard: Scorecard) -> None:
    written = write_csv_files(tmp_path, scorecard)
    assert {path.stem for path in written if path.parent.name == "csv"} == {mart.name for mart in MARTS} | {"data_dictionary"}
    for mart in MARTS:
        rows = _read(tmp_path / "csv" / f"{mart.name}.csv")
        assert len(rows) == len(scorecard.marts[mart.name])
        assert list(rows[0]) == [column.name for column in scorecard.columns[mart.name]]


def test_borrowers_with_formulas_for_names_reach_the_file_as_text(tmp_path: Path, scorecard: Scorecard) -> None:
    write_csv_files(tmp_path, scorecard)
    names = {row["counterparty_name"] for row in _read(tmp_path / "csv" / "mart_portfolio__loans.csv")}
    assert {"'=cmd|' /C calc'!A0", "水泥 C"} <= names
    assert [row["value"] for row in _read(tmp_path / "rejects.csv")] == ["'=XXX"]


def test_an_empty_mart_has_its_header_line(tmp_path: Path, scorecard: Scorecard) -> None:
    scorecard.marts["mart_portfolio__levels"].clear()
    write_csv_files(tmp_path, scorecard)
    text = (tmp_path / "csv" / "mart_portfolio__levels.csv").read_text(encoding="utf-8")
    assert text == "portfolio_id,sector,index_level_worst,index_level_best,plant_count,exposure_usd\n"


def test_the_data_dictionary_lists_every_column_with_unit_and_the_comment_of_its_model(tmp_path: Path, scorecard: Scorecard) -> None:
    write_csv_files(tmp_path, scorecard)
    rows = {(row["table"], row["column"]): row for row in _read(tmp_path / "csv" / "data_dictionary.csv")}
    assert set(rows) == {(table, column.name) for table, columns in scorecard.columns.items() for column in columns}
    assert rows["mart_portfolio__headline", "exposure_usd"]["unit"] == "USD"
    assert rows["mart_plants__scorecard", "capacity_t_per_year"]["unit"] == "t/year"
    assert rows["mart_portfolio__loans", "portfolio_id"]["description"] == "what portfolio_id means"

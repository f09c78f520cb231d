"""docs/scorecards.md names what a run hands over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.format import percent
from pipelines.report.json_file import DECIMALS, document
from pipelines.report.marts import HEADLINE, MARTS, Mart
from pipelines.report.scorecard import REJECT_KINDS, Scorecard
from pipelines.report.site.portfolios import SHORT, SHOWN
from pipelines.report.words import PARTS
from tests.unit.report.book import headline

PAGE = (Path(__file__).parents[3] / "docs" / "scorecards.md").read_text(encoding="utf-8")


def test_every_key_of_scorecard_json_is_explained(scorecard: Scorecard) -> None:
    found: dict[str, Any] = document(scorecard)
    keys = [*found, *found["run"], *found["portfolios"][0], *REJECT_KINDS, *(key for key in HEADLINE.columns if key != "sector")]
    assert [key for key in keys if f"`{key}`" not in PAGE] == []


@pytest.mark.parametrize("name", [*(mart.name for mart in MARTS), "data_dictionary"])
def test_every_csv_file_is_named(name: str) -> None:
    assert f"`csv/{name}.csv`" in PAGE


def test_the_worked_number_is_what_the_page_would_print() -> None:
    row = headline("book", green=500, not_green=300, unknown=200)
    assert f"**{percent(row['assessed_rate_ratio'])}**" in PAGE
    assert f"coverage **{percent(row['coverage_ratio'])}**" in PAGE
    assert f"**{percent(row['lower_ratio'])} and {percent(row['upper_ratio'])}**" in PAGE


def test_limits_of_the_page_and_rounding_are_those_of_the_program() -> None:
    assert f"the {SHORT} plants with the largest exposure" in PAGE
    assert f"the first {SHOWN} rows of any other table" in PAGE
    assert all(f"`{end}`" in PAGE for end in DECIMALS)
    assert all(f"{mark.symbol} {mark.word}" in PAGE for mark in PARTS.values())


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_the_contract_names_every_column_that_the_reports_read(mart: Mart) -> None:
    contract = (Path(__file__).parents[3] / "docs" / "architecture.md").read_text(encoding="utf-8")
    line = next(line for line in contract.splitlines() if line.startswith(f"| `{mart.name}` |"))
    assert set(mart.columns) - set(re.findall(r"\w+", line)) == set()

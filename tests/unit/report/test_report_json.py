"""scorecard.json keeps to its schema and to its rounding."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from pipelines.report.json_file import document, value, write_json
from pipelines.report.marts import MARTS, PORTFOLIO_PLANTS
from pipelines.report.scorecard import Scorecard, collect
from tests.unit.report.book import Tables, make_reader

DOCS = Path(__file__).parents[3] / "docs"
SCHEMA: dict[str, Any] = json.loads((DOCS / "scorecard.schema.json").read_text(encoding="utf-8"))


def test_scorecard_json_keeps_to_its_schema(tmp_path: Path, scorecard: Scorecard) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found = json.loads(write_json(tmp_path / "scorecard.json", scorecard).read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker())
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(found)] == []


def test_the_schema_refuses_a_missing_and_an_unknown_key(scorecard: Scorecard) -> None:
    found = json.loads(json.dumps(document(scorecard)))
    del found["portfolios"][0]["headline"]["coverage_ratio"]
    found["portfolios"][1]["surprise"] = 1
    places = [list(error.absolute_path) for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(found)]
    assert places == [["portfolios", 0, "headline"], ["portfolios", 1]]


@pytest.mark.parametrize("mart", MARTS, ids=lambda mart: mart.name)
def test_the_schema_names_exactly_the_columns_that_are_written(mart: Any) -> None:
    part = SCHEMA["$defs"]["portfolio_plants" if mart is PORTFOLIO_PLANTS else mart.part]
    assert list(part["properties"]) == part["required"] == list(mart.columns)
    assert all(column["description"] for column in part["properties"].values())


def test_the_headline_of_the_worked_book(scorecard: Scorecard) -> None:
    found = document(scorecard)["portfolios"][0]["headline"]
    assert [found[key] for key in ("assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio")] == [0.625, 0.8, 0.5, 0.7]


def test_what_nobody_can_assess_is_null_in_json(scorecard: Scorecard) -> None:
    assert document(scorecard)["portfolios"][1]["headline"]["assessed_rate_ratio"] is None


@pytest.mark.parametrize(
    ("column", "raw", "expected"),
    [
        ("exposure_usd", Decimal("12.345"), 12.35),
        ("exposure_usd", 1e-9, 0.0),
        ("coverage_ratio", 0.12345678, 0.123457),
        ("score_low", 84.996, 85.0),
        ("measured", 0.1234567, 0.123457),
        ("coverage_ratio", float("nan"), None),
        ("worst_headroom_ratio", float("-inf"), None),
        ("as_of_date", date(2025, 12, 31), "2025-12-31"),
        ("loan_count", 7, 7),
        ("is_in_scope", True, True),
        ("sector", None, None),
    ],
)
def test_cells_are_rounded_by_the_name_of_their_column(column: str, raw: Any, expected: Any) -> None:
    assert value(column, raw) == expected
    assert type(value(column, raw)) is type(expected)


def test_rejects_are_counted_by_kind(tables: Tables) -> None:
    tables["raw_landing__rejects"] = [{"file_name": "a.csv", "kind": kind} for kind in ("unreadable", "out_of_scope", "out_of_scope")]
    assert document(collect(make_reader(tables), {}))["rejects"] == {"unreadable": 1, "duplicate": 0, "out_of_scope": 2}

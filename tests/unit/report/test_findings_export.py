"""Findings as CSV, JSON and XLSX say the same, in equal bytes, and the JSON is what its schema describes."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openpyxl import load_workbook

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.report.findings_export import findings_schema, write_findings
from pipelines.report.scorecard import Column
from pipelines.warehouse.sql_models import load_models

SCHEMA = Path(__file__).parents[3] / "docs" / "findings.schema.json"
RUN = {"run_id": "R", "as_of_date": date(2026, 6, 30)}


def register_columns() -> list[Column]:
    model = next(model for model in load_models(settings.SQL_FOLDER) if model.name == "mart_findings__register")
    return [Column(column.name, column.type, column.description) for column in model.columns]


def schema_text() -> str:
    return json.dumps(findings_schema(register_columns()), indent=1, ensure_ascii=False) + "\n"


@pytest.fixture(scope="module")
def columns() -> list[Column]:
    return register_columns()


def finding(columns: list[Column], **values: Any) -> dict[str, Any]:
    return dict.fromkeys(column.name for column in columns) | {"finding_id": "F-000000000001"} | values


def test_the_three_files_hold_the_same_findings(tmp_path: Path, columns: list[Column]) -> None:
    rows = [
        finding(columns, title="=cmd", worst_value=0.5, is_worse=False, opened_date=date(2026, 6, 1), tick_count=0),
        finding(columns, finding_id="F-000000000002", title="Öl"),
    ]
    files = {end: write_findings(tmp_path / f"f{end}", columns, rows, RUN) for end in (".csv", ".json", ".xlsx")}
    content = json.loads(files[".json"].read_text(encoding="utf-8"))
    assert [row["title"] for row in content["findings"]] == ["=cmd", "Öl"]
    with files[".csv"].open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    sheet = list(load_workbook(files[".xlsx"])["Findings"].iter_rows(values_only=True))
    cells = dict(zip(sheet[0], sheet[1], strict=True))
    assert [table[0][name] for name in ("title", "worst_value", "is_worse", "opened_date")] == ["'=cmd", "0.5", "false", "2026-06-01"]
    assert (cells["title"], cells["worst_value"], cells["is_worse"], cells["tick_count"]) == ("'=cmd", 0.5, False, 0)
    assert cells["opened_date"].date() == date(2026, 6, 1)
    assert len(table) == len(sheet) - 1 == len(content["findings"]) == 2
    before = {end: path.read_bytes() for end, path in files.items()}
    assert {end: write_findings(tmp_path / f"f{end}", columns, rows, RUN).read_bytes() for end in files} == before


def test_the_json_is_what_the_schema_describes(tmp_path: Path, columns: list[Column]) -> None:
    path = write_findings(tmp_path / "f.json", columns, [finding(columns, worst_value=1.5, opened_date=date(2026, 6, 1))], RUN)
    validator = Draft202012Validator(findings_schema(columns))
    content = json.loads(path.read_text(encoding="utf-8"))
    assert list(validator.iter_errors(content)) == []
    content["findings"][0]["worst_value"] = "high"
    assert len(list(validator.iter_errors(content))) == 1


def test_the_schema_in_the_documentation_is_that_of_the_model() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(), "run this file with python and commit docs/findings.schema.json"


def test_another_ending_says_which_there_are(tmp_path: Path, columns: list[Column]) -> None:
    with pytest.raises(WrongUseError, match=r"\.csv, \.json, \.xlsx"):
        write_findings(tmp_path / "f.pdf", columns, [], RUN)


if __name__ == "__main__":
    SCHEMA.write_text(schema_text(), encoding="utf-8")

"""Every SQL model: its cases hold, its lineage is read, it can be carried to Spark. Loading mistakes are in tests/unit/warehouse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from pipelines.settings import SQL_FOLDER
from pipelines.warehouse.sql_models import to_spark
from tests.sql_cases import case_files, differences, given_types, models, read_cases, run_case

NAMES = sorted(path.stem for path in SQL_FOLDER.rglob("*.sql"))
CASES = [pytest.param(path, case, id=f"{path.stem}: {case['name']}") for path in case_files() for case in read_cases(path)]


@pytest.mark.parametrize(("path", "case"), CASES)
def test_given_rows_become_the_expected_rows(path: Path, case: dict[str, Any]) -> None:
    found = run_case(models()[path.stem], case)
    wrong = differences(case.get("expected") or [], found)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", NAMES)
def test_every_model_has_a_case_that_expects_rows(name: str) -> None:
    path = next((path for path in case_files() if path.stem == name), None)
    assert path is not None, f"tests/sql/{name}.yaml is missing; write given rows and the rows expected of them"
    assert any(case.get("expected") for case in read_cases(path))


def test_every_case_file_belongs_to_a_model_and_names_its_cases_once() -> None:
    for path in case_files():
        assert path.stem in NAMES, f"{path.name} belongs to no model"
        names = [case["name"] for case in read_cases(path)]
        assert len(names) == len(set(names)), f"{path.name} has two cases of one name"
        assert all(set(case) <= {"name", "given", "expected"} for case in read_cases(path)), f"{path.name} has an unknown key in a case"


@pytest.mark.parametrize("name", NAMES)
def test_every_model_can_be_carried_to_spark(name: str) -> None:
    spark = to_spark(models()[name])
    assert isinstance(sqlglot.parse_one(spark, dialect="spark"), exp.Select)


@pytest.mark.parametrize("name", NAMES)
def test_every_source_of_a_column_exists(name: str) -> None:
    model = models()[name]
    types = {table: models()[table].column_types() if table in models() else given_types()[table] for table in model.dependencies}
    sources = [(column.name, *source) for column in model.columns for source in column.sources]
    assert sources, "no column of the model comes from anywhere"
    assert [source for source in sources if source[2] not in types[source[1]]] == []

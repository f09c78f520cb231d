"""Each shipped quality rule finds the mistake it is made for and nothing else, and broken SQL is never taken for good data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from duckdb import DuckDBPyConnection

from pipelines.given_tables import given_schemas
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import QualityRule
from pipelines.rulebook.quality_sql import SHOWN, failing_sql, measure_quality, quality_sql
from pipelines.warehouse.database import connect, create_table, read_rows, write_table

ROOT = Path(__file__).parents[3]
CASES: dict[str, Any] = yaml.safe_load((ROOT / "tests/rules/quality_cases.yaml").read_text(encoding="utf-8"))
RULES = {rule.rule_id: rule for rule in load_rulebook(ROOT / "rules").rules.values() if isinstance(rule, QualityRule)}
SCHEMAS = given_schemas()


@pytest.fixture(scope="module")
def tables() -> Iterator[DuckDBPyConnection]:
    """Every table a rule may read, empty; the day of the run is 2025-06-30."""
    with connect(":memory:") as con:
        for name, schema in SCHEMAS.items():
            create_table(con, name, schema)
        con.execute("insert into ref_run__settings (run_id, as_of_date) values ('run', '2025-06-30')")
        yield con


@pytest.fixture
def con(tables: DuckDBPyConnection) -> Iterator[DuckDBPyConnection]:
    """The tables, put back as they were after the test."""
    tables.execute("begin")
    yield tables
    tables.execute("rollback")


def given(con: DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    schema = SCHEMAS[table]
    if "source_row_number" in schema.names:
        rows = [{"source_file_name": "f.csv", "source_row_number": number, **row} for number, row in enumerate(rows, start=2)]
    columns = [name for name in schema.names if any(name in row for row in rows)]
    arriving = [{name: None if row.get(name) is None else str(row[name]) for name in columns} for row in rows]
    write_table(con, "arriving", pa.Table.from_pylist(arriving, schema=pa.schema([(name, pa.string()) for name in columns])))
    con.execute(f"insert into {table} ({', '.join(columns)}) select {', '.join(columns)} from arriving")


def measured(con: DuckDBPyConnection, *rules: QualityRule) -> list[dict[str, Any]]:
    return measure_quality(rules, lambda sql: read_rows(con, sql))


def test_every_shipped_quality_rule_has_a_case_and_every_case_a_rule() -> None:
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("rule_id", sorted(CASES))
def test_a_quality_rule_names_exactly_the_rows_that_are_wrong(con: DuckDBPyConnection, rule_id: str) -> None:
    case = CASES[rule_id]
    for table, rows in case["given"].items():
        given(con, table, rows)
    (row,) = measured(con, RULES[rule_id])
    endings = [f", perhaps {near}" if near else "" for near in case.get("perhaps", [None] * len(case["failing"]))]
    assert row == {
        "rule_id": rule_id,
        "checked_count": case["checked"],
        "failed_count": len(case["failing"]),
        "samples": "\n".join(place + ending for place, ending in zip(case["failing"], endings, strict=True)),
        "error": None,
    }
    listed = read_rows(con, failing_sql([RULES[rule_id]]))
    assert [each["place"] for each in listed] == case["failing"]


def test_all_shipped_rules_run_on_the_real_tables_in_one_statement(con: DuckDBPyConnection) -> None:
    rows = read_rows(con, quality_sql(RULES.values()))
    assert [row["rule_id"] for row in rows] == sorted(RULES)
    assert {row["failed_count"] for row in rows} == {0}


def test_a_file_state_that_the_policy_lets_pass_does_not_block(con: DuckDBPyConnection) -> None:
    given(con, "ref_rules__policy", [{"policy_id": "gates", "key": "block_on_file.header_only", "value": "false"}])
    given(con, "raw_landing__files", [{"file_name": "a.csv", "state": "header_only"}])
    blocking, noticed = measured(con, RULES["files__header_only"]), measured(con, RULES["files__not_read"])
    assert (blocking[0]["failed_count"], noticed[0]["failed_count"]) == (0, 1)


def test_without_a_policy_the_share_of_the_rule_itself_counts(con: DuckDBPyConnection) -> None:
    given(con, "raw_landing__files", [{"file_id": "a", "file_name": "a.csv", "reader": "loans", "row_count": 98}])
    given(con, "raw_landing__rejects", [{"file_id": "a", "row_number": number, "kind": "unreadable"} for number in (3, 4)])
    at_two_per_cent = RULES["files__reject_share"]
    assert measured(con, at_two_per_cent)[0]["failed_count"] == 0
    given(con, "raw_landing__rejects", [{"file_id": "a", "row_number": 5, "kind": "unreadable"}])
    assert measured(con, at_two_per_cent)[0]["failed_count"] == 1


def test_a_rule_that_needs_the_day_of_the_run_says_nothing_without_it(con: DuckDBPyConnection) -> None:
    con.execute("delete from ref_run__settings")
    given(con, "raw_bank__loans", [{"loan_id": "L1", "reporting_date": "2999-01-01"}])
    assert measured(con, RULES["loans__reporting_date_in_future"])[0]["failed_count"] is None


def test_only_the_first_twenty_failing_rows_are_shown_and_all_are_counted_and_listed(con: DuckDBPyConnection) -> None:
    given(con, "raw_plants__plants", [{"plant_id": f"P{number:03}"} for number in range(50)])
    rule = RULES["plants__with_sector"]
    (row,) = measured(con, rule)
    assert (row["failed_count"], len(row["samples"].split("\n"))) == (50, SHOWN)
    assert len(read_rows(con, failing_sql([rule]))) == 50


def test_a_rule_whose_sql_is_broken_does_not_take_the_others_with_it(tables: DuckDBPyConnection) -> None:
    broken = replace(RULES["plants__capacity_plausible"], where="t.capacity < 0")
    rows = {row["rule_id"]: row for row in measured(tables, RULES["plants__id_unique"], broken, RULES["units__id_unique"])}
    assert [rows[name]["failed_count"] for name in ("plants__id_unique", "units__id_unique")] == [0, 0]
    assert rows["plants__capacity_plausible"]["failed_count"] is None
    assert "capacity" in rows["plants__capacity_plausible"]["error"]


def test_no_rule_means_no_statement() -> None:
    assert quality_sql([]) == ""
    assert measure_quality([], lambda sql: [{"never": "called"}]) == []

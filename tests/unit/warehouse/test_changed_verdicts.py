"""Which verdicts of the run before a run changes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pipelines.warehouse.changed_verdicts import changed_verdicts_sql

VERDICT = {
    **{
        "rule_id": "nox",
        "threshold_id": "nox-1",
        "tier": None,
        "entity_id": "stack:1",
        "plant_id": "P",
        "stack_id": "1",
        "indicator_id": "n",
    },
    **{"period_start_date": "2026-06-01", "period_end_date": "2026-06-30", "unit": "mg/Nm3", "state": "FAIL", "result_status": "FINAL"},
    **{"measured_value": 60.0, "limit_value": 50.0, "within_ratio": 0.732064, "rule_version": "v1", "kind": "limit"},
}
TABLES = """
create table {run}.int_plants__verdicts (rule_id varchar, threshold_id varchar, tier varchar, entity_id varchar, plant_id varchar,
    stack_id varchar, indicator_id varchar, period_start_date date, period_end_date date, unit varchar, state varchar,
    result_status varchar, measured_value double, limit_value double, within_ratio double, rule_version varchar,
    valid_count bigint, kind varchar);
create table {run}.ref_rules__thresholds (threshold_id varchar, pass_test varchar, rule_id varchar, limit_value double,
    limit_expression varchar, valid_from_date date, valid_to_date date);
create table {run}.ref_rules__overlays (overlay_id varchar, rule_id varchar, tier varchar, country_iso3 varchar, region varchar,
    region_class varchar, fuel varchar, raw_material varchar, air_quality_zone varchar, altitude_above_m double, water_stress_from double,
    factor_value double, factor_expression varchar, replacement_value double, valid_from_date date, last_day_date date);
create table {run}.ref_rules__tests (threshold_id varchar, averaging varchar);
create table {run}.int_run__periods (period_kind varchar, period_start_date date);
create table {run}.ref_run__settings (as_of_date date, known_at timestamp, window_start_date date, window_end_date date);
create table {run}.int_monitoring__restatements (stack_id varchar, day_date date, new_source_file_id varchar);
create table {run}.raw_monitoring__files (file_id varchar, row_count bigint, known_to_at timestamp);
insert into {run}.raw_monitoring__files values ('known file', 2, null);
insert into {run}.ref_run__settings values (date '2026-06-30', null, date '2025-07-01', date '2026-06-30');
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        for run in ("old", "new"):
            made.execute(f"create schema {run}; {TABLES.format(run=run)}")
        yield made


def changed(con: duckdb.DuckDBPyConnection, pass_test: str, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows found where one verdict, judged by `pass_test`, differs between the runs as given."""
    for run, row in (("old", VERDICT | before), ("new", VERDICT | after)):
        con.execute(f"insert into {run}.ref_rules__thresholds (threshold_id, pass_test) values ('nox-1', ?)", [pass_test])
        con.execute(f"insert into {run}.int_plants__verdicts ({', '.join(row)}) values ({', '.join('?' * len(row))})", [*row.values()])
    found: list[dict[str, Any]] = con.sql(changed_verdicts_sql("old", "new")).to_arrow_table().to_pylist()
    return found


def test_hours_that_came_later_are_told_from_other_changes(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = changed(con, "every_period", {"valid_count": 700}, {"measured_value": 61.0, "valid_count": 712})
    assert (row["has_more_readings"], row["has_corrected_readings"]) == (True, False)


def test_a_value_that_moves_with_no_more_hours_has_no_later_readings(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = changed(con, "every_period", {"valid_count": 700}, {"measured_value": 61.0, "valid_count": 700})
    assert row["has_more_readings"] is False


@pytest.mark.parametrize(
    ("averaging", "day", "is_cause"),
    [
        ("rolling_30_operating_days", "2026-05-20", True),
        ("rolling_30_operating_days", "2025-06-30", False),
        ("rolling_30_operating_days", "2026-07-01", False),
        ("day", "2026-05-20", False),
        ("day", "2026-06-20", True),
    ],
)
def test_a_correction_of_days_that_a_limit_looks_back_on_is_the_cause(
    con: duckdb.DuckDBPyConnection, averaging: str, day: str, is_cause: bool
) -> None:
    con.execute(
        "insert into new.ref_rules__tests values ('nox-1', ?), ('nox-1', 'hour'), ('other', 'rolling_30_operating_days')", [averaging]
    )
    con.execute("insert into new.raw_monitoring__files values ('later file', 1, null)")
    con.execute("insert into new.int_run__periods values ('month', date '2025-07-01'), ('month', date '2026-06-01')")
    con.execute("insert into new.int_monitoring__restatements values ('1', ?, 'later file'), ('2', '2026-06-01', 'later file')", [day])
    (row,) = changed(con, "every_period", {}, {"measured_value": 61.0})
    assert row["has_corrected_readings"] is is_cause


@pytest.mark.parametrize(
    ("law", "is_moved"),
    [
        ("", False),
        ("insert into new.ref_rules__overlays (overlay_id, rule_id, factor_value) values ('high', 'nox', 1.1)", True),
        ("insert into old.ref_rules__overlays (overlay_id, rule_id, factor_value) values ('high', 'nox', 1.1)", True),
        ("insert into new.ref_rules__overlays (overlay_id, rule_id, factor_value) values ('high', 'so2', 1.1)", False),
        ("insert into new.ref_rules__thresholds (threshold_id, rule_id, limit_value) values ('nox-2', 'nox', 40)", True),
    ],
)
def test_a_limit_that_data_moved_is_told_from_one_that_its_rule_moved(con: duckdb.DuckDBPyConnection, law: str, is_moved: bool) -> None:
    con.execute(law)
    (row,) = changed(con, "every_period", {}, {"limit_value": 48.0})
    assert (row["limit_before"], row["limit_after"], row["is_rule_moved"]) == (50, 48, is_moved)


@pytest.mark.parametrize(("row_count", "is_cause"), [(2, False), (3, True)])
def test_rows_of_a_known_file_that_the_earlier_night_could_not_know_are_a_correction(
    con: duckdb.DuckDBPyConnection, row_count: int, is_cause: bool
) -> None:
    con.execute("update new.raw_monitoring__files set row_count = ?", [row_count])
    con.execute("insert into new.int_monitoring__restatements values ('1', '2026-06-20', 'known file')")
    (row,) = changed(con, "every_period", {}, {"measured_value": 61.0})
    assert row["has_corrected_readings"] is is_cause


def test_another_share_of_a_limit_that_the_share_decides_is_a_change(con: duckdb.DuckDBPyConnection) -> None:
    (row,) = changed(con, "share_of_periods", {}, {"within_ratio": 0.739385})
    assert (row["state_before"], row["state_after"], row["value_before"], row["value_after"]) == ("FAIL", "FAIL", 60, 60)
    assert (row["within_before_ratio"], row["within_after_ratio"]) == (0.732064, 0.739385)


def test_another_share_where_it_decides_nothing_is_no_change(con: duckdb.DuckDBPyConnection) -> None:
    assert changed(con, "every_period", {}, {"within_ratio": 0.739385}) == []


def test_the_same_share_is_no_change(con: duckdb.DuckDBPyConnection) -> None:
    assert changed(con, "share_of_periods", {}, {}) == []


def test_a_window_without_data_that_is_judged_by_month_now_has_no_state_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    silent = {"period_start_date": "2025-07-01", "state": "NO_DATA", "measured_value": None, "within_ratio": None}
    (row,) = changed(con, "share_of_periods", silent, {})
    assert (row["state_before"], row["state_after"], str(row["period_start_date"])) == ("NO_DATA", None, "2025-07-01")


@pytest.mark.parametrize(
    ("before", "settings", "is_told"),
    [
        ({}, "as_of_date = '2026-07-14'", True),
        ({"state": "NOT_APPLICABLE"}, "as_of_date = '2026-07-14'", False),
        ({"kind": "prohibition"}, "as_of_date = '2026-07-14'", False),
        ({"period_start_date": "2026-07-01", "period_end_date": "2026-07-10"}, "as_of_date = '2026-07-14'", False),
        ({"period_start_date": "2025-07-01"}, "as_of_date = '2026-07-31', window_start_date = '2025-08-01'", False),
    ],
)
def test_an_issued_month_that_nothing_judges_any_more_is_told_while_the_window_holds_it(
    con: duckdb.DuckDBPyConnection, before: dict[str, Any], settings: str, is_told: bool
) -> None:
    con.execute(f"update new.ref_run__settings set {settings}")
    found = changed(con, "every_period", before, {"entity_id": "stack:2"})
    assert [(row["entity_id"], row["state_after"]) for row in found] == [("stack:1", None)] * is_told

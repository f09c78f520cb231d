"""Dagster's definitions load, and say what the UI should show."""

from __future__ import annotations

import dagster as dg
import pytest

from pipelines import settings
from pipelines.definitions import defs
from pipelines.warehouse.sql_models import load_models


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_sql_model_is_an_asset_with_columns_and_lineage(specs: dict[str, dg.AssetSpec]) -> None:
    for model in load_models(settings.SQL_FOLDER):
        spec = specs[model.name]
        assert spec.group_name == model.layer
        assert spec.description == model.description
        assert [column.name for column in spec.metadata["dagster/column_schema"].columns] == [column.name for column in model.columns]
        assert set(spec.metadata["dagster/column_lineage"].deps_by_column) == {column.name for column in model.columns}


def test_column_lineage_reaches_from_the_headline_to_the_loan_tape(specs: dict[str, dg.AssetSpec]) -> None:
    seen, todo = set(), [("mart_portfolio__headline", "exposure_usd")]
    while todo:
        table, column = todo.pop()
        if (table, column) in seen or table not in specs:
            continue
        seen.add((table, column))
        lineage = specs[table].metadata.get("dagster/column_lineage")
        deps = lineage.deps_by_column.get(column, []) if lineage else []
        todo += [(dep.asset_key.to_user_string(), dep.column_name) for dep in deps]
    assert ("raw_bank__loans", "outstanding_amount") in seen
    assert ("raw_reference__fx_rates", "units_per_usd") in seen


def test_every_asset_says_what_it_holds(specs: dict[str, dg.AssetSpec]) -> None:
    silent = [name for name, spec in specs.items() if not (spec.description or "").strip()]
    assert silent == []


def test_one_job_one_schedule_at_two_and_one_sensor_on_the_landing_folder() -> None:
    assert [schedule.cron_schedule for schedule in defs.schedules or []] == ["0 2 * * *"]
    assert [schedule.execution_timezone for schedule in defs.schedules or []] == [settings.SCHEDULE_TIME_ZONE]
    assert [sensor.name for sensor in defs.sensors or []] == ["landing_folder"]
    assert defs.resolve_job_def("nightly").executor_def is dg.in_process_executor


def test_quality_checks_block_and_compliance_checks_never_do() -> None:
    checks = {(spec.asset_key.to_user_string(), spec.name): spec for spec in defs.resolve_asset_graph().asset_check_keys and _check_specs()}
    assert any(name == "quality" and table == "raw_bank__loans" for table, name in checks)
    assert all(spec.blocking == (spec.name == "quality") for spec in checks.values())


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [spec for checks in defs.asset_checks or [] for spec in checks.check_specs]

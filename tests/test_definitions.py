"""Dagster's definitions load, and say what the UI should show."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import yaml

from pipelines import settings
from pipelines.definitions import defs
from pipelines.defs import jobs
from pipelines.defs.jobs import RETRY_AFTER_A_CRASH, nightly_schedule
from pipelines.defs.meanings import GROUPS
from pipelines.warehouse.sql_models import load_models


@pytest.fixture(scope="module")
def specs() -> dict[str, dg.AssetSpec]:
    return {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}


def test_every_sql_model_is_an_asset_with_columns_and_lineage(specs: dict[str, dg.AssetSpec]) -> None:
    for model in load_models(settings.SQL_FOLDER):
        spec = specs[model.name]
        assert spec.group_name == GROUPS[model.layer]
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
    assert [sensor.name for sensor in defs.sensors or []] == ["landing_folder", "digest_of_success", "digest_of_failure"]
    assert defs.resolve_job_def("nightly").executor_def is dg.in_process_executor


def test_quality_checks_block_and_compliance_checks_never_do() -> None:
    checks = {(spec.asset_key.to_user_string(), spec.name): spec for spec in defs.resolve_asset_graph().asset_check_keys and _check_specs()}
    assert any(name == "quality" and table == "raw_bank__loans" for table, name in checks)
    assert all(spec.blocking == (spec.name == "quality") for spec in checks.values())


def _check_specs() -> list[dg.AssetCheckSpec]:
    return [spec for checks in defs.asset_checks or [] for spec in checks.check_specs]


def test_the_ui_can_load_all_of_it_together() -> None:
    repository = defs.get_repository_def()
    repository.load_all_definitions()  # names of jobs, assets and their graphs must not collide
    assert {job.name for job in repository.get_all_jobs()} >= {"nightly", "check_stored_readings"}


def test_groups_stand_in_the_order_of_the_path_and_hold_every_asset(specs: dict[str, dg.AssetSpec]) -> None:
    assert list(GROUPS.values()) == sorted(GROUPS.values())
    assert {spec.group_name for spec in specs.values()} == set(GROUPS.values())
    place = {name: list(GROUPS.values()).index(spec.group_name or "") for name, spec in specs.items()}
    assert place["raw_bank__loans"] < place["stg_bank__loans"] < place["int_plants__verdicts"] < place["mart_portfolio__headline"]


def test_no_table_is_described_by_its_name_alone_and_formats_describe_their_columns(specs: dict[str, dg.AssetSpec]) -> None:
    assert [name for name, spec in specs.items() if (spec.description or "").startswith(f"Table {name}")] == []
    columns = {column.name: column for column in specs["raw_bank__loans"].metadata["dagster/column_schema"].columns}
    assert columns["outstanding_amount"].description == "drawn and not repaid, own share (loan currency)"


def test_the_published_run_has_a_freshness_policy_between_the_start_of_the_schedule_and_the_morning(specs: dict[str, dg.AssetSpec]) -> None:
    policy = specs["published"].freshness_policy
    assert isinstance(policy, dg.FreshnessPolicy)
    assert policy.deadline_cron == "0 6 * * *"
    assert policy.timezone == settings.SCHEDULE_TIME_ZONE
    assert policy.lower_bound_delta.total_seconds() / 3600 >= 4, "a night that begins at two must count"


def test_a_night_whose_process_died_is_begun_again_and_a_blocked_one_is_not() -> None:
    tags = defs.resolve_job_def("nightly").tags
    assert tags.items() >= RETRY_AFTER_A_CRASH.items()
    assert tags["dagster/retry_on_asset_or_op_failure"] == "false"
    instance = yaml.safe_load((Path(jobs.__file__).parent / "instance.yaml").read_text(encoding="utf-8"))
    assert instance["run_retries"]["enabled"]
    assert instance["freshness"]["enabled"]
    assert instance["concurrency"]["runs"]["max_concurrent_runs"] == 1


def test_the_schedule_asks_for_what_was_known_when_it_starts() -> None:
    moment = datetime(2026, 7, 1, 2, tzinfo=ZoneInfo(settings.SCHEDULE_TIME_ZONE))
    context = dg.build_schedule_context(scheduled_execution_time=moment)
    request = nightly_schedule(context)
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["resources"]["night"]["config"]["known_at"] == "2026-06-30T18:00:00"

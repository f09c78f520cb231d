"""All Dagster objects together."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines import settings
from pipelines.defs.alerts import digest_of_failure, digest_of_success
from pipelines.defs.checks import compliance_checks, quality_checks
from pipelines.defs.jobs import landing_folder, nightly, nightly_schedule
from pipelines.defs.landing import received_tables, reference_tables
from pipelines.defs.models import after_explaining, explained_tables, matched_tables, model_tables, weighed_tests
from pipelines.defs.readings import stored_readings, stored_readings_job
from pipelines.defs.resources import night
from pipelines.defs.scorecards import published, scorecard_files
from pipelines.given_tables import given_schemas, history_schemas, run_schemas
from pipelines.warehouse.database import arrow_types
from pipelines.warehouse.significance import significance_schemas
from pipelines.warehouse.sql_models import load_models


def build_definitions(rules: Path = settings.RULES_FOLDER) -> dg.Definitions:
    """Assets, checks, job, schedule and sensor. Rule files with mistakes do not stop the UI: the run says what is wrong with them."""
    schemas = given_schemas()
    weighed = significance_schemas()
    matched = {name: schema for name, schema in schemas.items() if name.startswith("raw_matching__")}
    explained = {name: schema for name, schema in schemas.items() if name.startswith(("raw_change__", "raw_measures__"))}
    known = {name: schema for name, schema in schemas.items() if name.startswith("raw_ledger__")}
    made = matched | explained | known | weighed
    raw = {name: schema for name, schema in schemas.items() if name.startswith("raw_") and name not in made}
    run = run_schemas() | history_schemas()
    reference = {name: schema for name, schema in schemas.items() if name.startswith("ref_") and name not in run} | known
    models = load_models(settings.SQL_FOLDER, arrow_types(schemas))
    late = after_explaining(models, explained)
    layers = {
        layer: [model for model in models if model.layer == layer and model.name not in late]
        for layer in ("staging", "intermediate", "marts")
    }
    return dg.Definitions(
        assets=[
            received_tables(raw | run),
            reference_tables(reference),
            *(model_tables(layer, members) for layer, members in layers.items()),
            matched_tables(matched),
            explained_tables(explained, models),
            model_tables("explained_marts", [model for model in models if model.name in late]),
            *(weighed_tests(table, schema) for table, schema in weighed.items()),
            scorecard_files(models),
            published,
            stored_readings,
        ],
        asset_checks=[quality_checks(list(raw), list(reference)), compliance_checks(_instruments(rules), explained)],
        jobs=[nightly, stored_readings_job],
        schedules=[nightly_schedule],
        sensors=[landing_folder, digest_of_success, digest_of_failure],
        resources={"night": night},
        executor=dg.in_process_executor,
    )


def _instruments(rules: Path) -> dict[str, str]:
    """Title of each instrument by its id, from the instrument files alone; a broken one is named when the run reads the rules."""
    from pipelines.rulebook.load import instrument_titles

    return instrument_titles(rules)

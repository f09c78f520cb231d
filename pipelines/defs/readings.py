"""The store of readings as an asset partitioned by month: look at a month, prove it unchanged, fold it anew."""

from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import settings
from pipelines.defs.meanings import GROUPS
from pipelines.night_readings import refresh_month

#: First month that can be chosen; older readings are stored and judged all the same.
FIRST_MONTH = "2015-01-01"

months = dg.MonthlyPartitionsDefinition(start_date=FIRST_MONTH, end_offset=1)


@dg.asset(
    name="stored_readings",
    group_name=GROUPS["raw"],
    kinds={"parquet"},
    partitions_def=months,
    config_schema={"home": dg.Field(str, default_value="", description="Folder of runs; empty = GREENCAP_HOME, else ./greencap_home")},
)
def stored_readings(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Readings that the store of the home holds for a month of local time. Materializing a month holds every Parquet file of it against
    its hash and lets go of what was folded from it, so that the next night folds it anew; a backfill does so for many months."""
    home = Path(context.op_execution_context.op_config["home"] or settings.default_home())
    about: dict[str, Any] = refresh_month(home, context.partition_key[:7])
    return dg.MaterializeResult(metadata={"dagster/row_count": about.pop("reading_count"), **about})


stored_readings_job = dg.define_asset_job(
    "check_stored_readings",
    selection=dg.AssetSelection.assets(stored_readings),
    description="Checks months of the store of readings and has the next night fold them anew; for backfills.",
    op_retry_policy=dg.RetryPolicy(max_retries=3, delay=30, backoff=dg.Backoff.EXPONENTIAL),  # a night may hold the home for a while
)

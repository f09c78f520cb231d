"""The one job, its nightly schedule, and the sensor on the landing folder."""

from __future__ import annotations

import hashlib
from datetime import UTC
from pathlib import Path

import dagster as dg

from pipelines import settings

#: A night whose process died is begun again from its files; one that failed is not, because the same files would fail again.
RETRY_AFTER_A_CRASH = {
    "dagster/max_retries": "2",
    "dagster/retry_strategy": "ALL_STEPS",
    "dagster/retry_on_asset_or_op_failure": "false",
}

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("stored_readings"),
    description="From received files to the published scorecard, in one process.",
    tags=RETRY_AFTER_A_CRASH,
)


@dg.schedule(name="nightly_at_two", job=nightly, cron_schedule="0 2 * * *", execution_timezone=settings.SCHEDULE_TIME_ZONE)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Every night at 02:00 in the time zone of pipelines/settings.py; the night knows what was known at that moment."""
    known_at = context.scheduled_execution_time.astimezone(UTC).replace(tzinfo=None).isoformat()
    return dg.RunRequest(run_config={"resources": {"night": {"config": {"known_at": known_at}}}}, tags={"known_at": known_at})


@dg.sensor(name="landing_folder", job=nightly, minimum_interval_seconds=60)
def landing_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Starts the job when a file in the landing folder is new, gone or changed, once it has stopped changing for one look."""
    folder = settings.default_landing()
    if not folder.is_dir():
        return dg.SkipReason(f"{folder}: there is no such landing folder")
    now = _look(folder)
    seen, _, started = (context.cursor or "||").partition("|")
    if now != seen:
        return dg.SensorResult(cursor=f"{now}|{started}", skip_reason=dg.SkipReason("files are new or still arriving"))
    if now == started:
        return dg.SkipReason("nothing new since the last run")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=now)], cursor=f"{now}|{now}")


def _look(folder: Path) -> str:
    states = sorted(f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256("\n".join(states).encode()).hexdigest()

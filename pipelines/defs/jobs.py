"""The one job, its nightly schedule, and the sensor on the landing folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import dagster as dg

from pipelines import settings

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets("stored_readings"),
    description="From received files to the published scorecard, in one process.",
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly_at_two",
    job=nightly,
    cron_schedule="0 2 * * *",
    execution_timezone=settings.SCHEDULE_TIME_ZONE,
    description="Every night at 02:00 in the time zone of pipelines/settings.py.",
)


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

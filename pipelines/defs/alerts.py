"""After every night the digest goes out, and after one that failed too: the same that `greencap digest` prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import settings
from pipelines.alerts import send_alert
from pipelines.defs.jobs import nightly


def home_of(run: dg.DagsterRun) -> Path:
    """Home that a run of the job worked on."""
    asked: Any = run.run_config
    config = asked.get("resources", {}).get("night", {}).get("config", {})
    return Path(config["home"]) if config.get("home") else settings.default_home()


@dg.run_status_sensor(name="digest_of_success", run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[nightly])
def digest_of_success(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    """Sends the digest of the run just published to GREENCAP_WEBHOOK and GREENCAP_MAIL_TO, where they are set."""
    return _send(context)


@dg.run_failure_sensor(name="digest_of_failure", monitored_jobs=[nightly])
def digest_of_failure(context: dg.RunFailureSensorContext) -> dg.SkipReason | None:
    """Sends the digest after a night that published nothing: it begins with STALE, the feeds that came empty and what blocked."""
    return _send(context)


def _send(context: dg.RunStatusSensorContext) -> dg.SkipReason | None:
    sent = send_alert(home_of(context.dagster_run))
    if not sent:
        return dg.SkipReason("no address is named: set GREENCAP_WEBHOOK, or GREENCAP_SMTP, GREENCAP_MAIL_FROM and GREENCAP_MAIL_TO")
    context.log.info(f"digest sent by {' and '.join(sent)}")
    return None

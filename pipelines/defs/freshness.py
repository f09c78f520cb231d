"""How old assets may get before the UI calls them stale."""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from pipelines import settings

#: Made anew by six in the morning, between the start of the nightly schedule and then.
EVERY_MORNING = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=4, minutes=30), timezone=settings.SCHEDULE_TIME_ZONE
)

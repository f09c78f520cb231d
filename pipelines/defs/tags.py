"""Tags of a Dagster run: what it was asked for and which run it made, to filter runs by."""

from __future__ import annotations

import dagster as dg

from pipelines.night import Night


def tag_run(context: dg.AssetExecutionContext, night: Night) -> None:
    """Tag the run once files are received and its day is known."""
    known_at = night.known_at.isoformat() if night.known_at else "all"
    tags = {"as_of": str(night.as_of), "portfolio": night.portfolio or "all", "known_at": known_at, "greencap_run": night.run_id}
    context.instance.add_run_tags(context.run.run_id, tags)

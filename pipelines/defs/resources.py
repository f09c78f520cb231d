"""The night as a Dagster resource: one per run, holding the home's lock as long as the run lasts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import settings
from pipelines.night import Night

_CONFIG = {
    "landing": dg.Field(
        str, default_value="", description="Folder of received files; empty = GREENCAP_LANDING, else the committed samples"
    ),
    "home": dg.Field(str, default_value="", description="Folder of runs; empty = GREENCAP_HOME, else ./greencap_home"),
    "rules": dg.Field(str, default_value="", description="Folder of rule files; empty = the shipped ones"),
    "as_of": dg.Field(
        str, default_value="", description="Day the result is true for, YYYY-MM-DD; empty = newest reporting date of the loans"
    ),
    "known_at": dg.Field(
        str, default_value="", description="Only readings known then, YYYY-MM-DDTHH:MM:SS in UTC; empty = all that the store holds"
    ),
    "portfolio": dg.Field(str, default_value="", description="Only this portfolio; empty = all"),
}


@dg.resource(config_schema=_CONFIG, description="One attempt to make a scorecard, under the home's lock")
def night(context: dg.InitResourceContext) -> Iterator[Night]:
    """The night that this Dagster run performs."""
    config: dict[str, Any] = dict(context.resource_config)
    attempt = Night(
        landing=Path(config["landing"]) if config["landing"] else settings.default_landing(),
        home=Path(config["home"]) if config["home"] else settings.default_home(),
        rules=Path(config["rules"]) if config["rules"] else settings.RULES_FOLDER,
        as_of=date.fromisoformat(config["as_of"]) if config["as_of"] else None,
        portfolio=config["portfolio"] or None,
        known_at=datetime.fromisoformat(config["known_at"]) if config["known_at"] else None,
        waivers=settings.default_waivers(),
        progress=context.log.info if context.log else lambda _: None,
    )
    with attempt.under_lock():
        yield attempt

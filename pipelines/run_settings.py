"""The day a run is true for, the window that ends with it, and the clocks of the plants in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def assessment_window(as_of: date) -> dict[str, date]:
    """Columns of `ref_run__settings`: first and last day of the twelve calendar months that are over at the end of the as-of day.

    A limit that is counted by month means a month of the calendar; the days after the window belong to the month that is running.
    """
    next_month = (as_of + timedelta(days=1)).replace(day=1)
    return {"window_start_date": next_month.replace(year=next_month.year - 1), "window_end_date": next_month - timedelta(days=1)}


def moved_settings(row: Mapping[str, Any], day: date) -> pa.Table:
    """`ref_run__settings` of a run as it would be on another day."""
    import pyarrow as pa

    from pipelines.given_tables import run_schemas

    schema = run_schemas()["ref_run__settings"]
    moved = {**row, "as_of_date": day, **assessment_window(day)}
    return pa.Table.from_pylist([moved], schema=schema)


def clock_changes(zones: Collection[str | None], as_of: date) -> pa.Table:
    """`ref_run__clock_changes`: days of 23 or 25 hours in each zone, from five years before the run to the year after it.

    A run is judged again on other days near its own, so the table is longer than the window. A zone that nobody knows has no row: its
    readings are refused where they are read.
    """
    import pyarrow as pa

    from pipelines.given_tables import run_schemas
    from pipelines.warehouse.time_zones import changed_days

    rows = []
    for zone in sorted({zone.strip() for zone in zones if zone and zone.strip()}):
        with suppress(ValueError):
            days = changed_days(zone, date(as_of.year - 5, 1, 1), date(as_of.year + 1, 12, 31))
            rows += [{"time_zone": zone, "day_date": day, "day_minutes": minutes} for day, minutes in days]
    return pa.Table.from_pylist(rows, schema=run_schemas()["ref_run__clock_changes"])

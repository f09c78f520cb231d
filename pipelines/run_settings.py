"""The day a run is true for and the window that ends with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def a_year_before(day: date) -> date:
    """First day of the twelve months that end with `day`."""
    following = day + timedelta(days=1)
    leap_day = following.month == 2 and following.day == 29
    return date(following.year - 1, 3, 1) if leap_day else following.replace(year=following.year - 1)


def moved_settings(row: Mapping[str, Any], day: date) -> pa.Table:
    """`ref_run__settings` of a run as it would be on another day."""
    import pyarrow as pa

    from pipelines.given_tables import run_schemas

    schema = run_schemas()["ref_run__settings"]
    moved = {**row, "as_of_date": day, "window_start_date": a_year_before(day)}
    return pa.Table.from_pylist([moved], schema=schema)

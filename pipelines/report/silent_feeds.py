"""Stacks and meters that stopped sending, as notices, digest and pages tell of them; `mart_monitoring__silent_feeds` finds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from pipelines.report.format import plural

Row = dict[str, Any]

SQL = """
select stack_id, indicator_id, indicator_title, plant_id, plant_name, ask_name, first_date, last_date, silent_day_count, exposure_usd
from mart_monitoring__silent_feeds
order by exposure_usd desc nulls last, plant_id, stack_id, last_date, indicator_id
"""


def silent_stacks(rows: Iterable[Row]) -> list[Row]:
    """One row a stack and last day, with the titles of its `indicators`; the largest exposure first."""
    found = []
    for _, group in groupby(sorted(rows, key=_order), key=lambda row: (row["plant_id"], row["stack_id"], row["last_date"])):
        feeds = list(group)
        found.append({**feeds[0], "indicators": [row["indicator_title"] or row["indicator_id"] for row in feeds]})
    return found


def _order(row: Row) -> tuple[Any, ...]:
    return -(row["exposure_usd"] or 0), row["plant_id"], row["stack_id"], row["last_date"], row["indicator_id"]


def silent_line(row: Mapping[str, Any]) -> str:
    """A silent stack in words: what is missing, since when, for how many days, whom to ask. Args: row: of `silent_stacks`."""
    place = f"stack {row['stack_id']} of {row['plant_name'] or row['plant_id']}"
    since = f"last reading {row['last_date']}, {plural(row['silent_day_count'], 'day')} in service without one"
    whom = row["ask_name"] or "the operator of the plant"
    return f"{place}: {'; '.join(row['indicators'])} stopped; {since}; ask {whom} for the readings since then"

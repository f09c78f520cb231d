"""What the pages are made of: the rows of the scorecard, and ways to read more from the run's database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.report.scorecard import Read, Row, Scorecard

#: threshold_id, stack_id, indicator_id, local day, averaging of the test → readings of those days, each with every factor of its way to the
#: limit's reference.
Readings = Callable[[Iterable[tuple[str, str, str, date, str]]], list[Row]]


@dataclass(frozen=True)
class Material:
    """The scorecard of a run and its database, open for reading. Args: readings: `pipelines.warehouse.evidence.day_readings` on it."""

    scorecard: Scorecard
    read: Read
    readings: Readings


def grouped(rows: Iterable[Row], *columns: str) -> dict[Any, list[Row]]:
    """Rows by the value of a column, or by a tuple of values, each group in the order of `rows`; an absent key is an empty list."""
    found: defaultdict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns)].append(row)
    return found

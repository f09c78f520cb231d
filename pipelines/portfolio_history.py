"""What one night tells the next about the portfolios, through the event log: headlines and data-quality scores for
the trends, and the watch-list.

Only published runs of an earlier day count, the last one of each day: a day that is run again, or run late, gives the same result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.given_tables import history_schemas

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]

#: Table of the past → the rows of this run that later runs will find there.
_KEPT = {
    "ref_history__headline": """
select portfolio_id, sector, exposure_usd, assessed_rate_ratio, coverage_ratio, lower_ratio, upper_ratio, rules_md5
from mart_portfolio__trend where is_this_run order by portfolio_id, sector""",
    "ref_history__pcaf": """
select portfolio_id, sector, scope, financed_tco2e, coverage_ratio, pcaf_score, data_quality_score
from mart_portfolio__pcaf order by portfolio_id, sector, scope""",
    "ref_history__watch_list": """
select portfolio_id, subject_id, subject_kind, metric, plant_id, loan_id, entered_date, entry_reason
from mart_portfolio__watch_list where movement <> 'left' order by portfolio_id, subject_id""",
}
#: Tables that hold the state after the last run only, not every run.
_STATE = ("ref_history__watch_list",)


def rows_to_keep(read: Callable[[str], list[Row]]) -> dict[str, list[Row]]:
    """What this run leaves for later ones, as JSON values; by table of the past.

    Args: read: SQL → rows of the run's database.
    """
    return {table: [{name: _plain(value) for name, value in row.items()} for row in read(sql)] for table, sql in _KEPT.items()}


def past_rows(published: Iterable[Mapping[str, Any]], before: date) -> dict[str, list[Row]]:
    """Rows of the tables of the past, from what published runs left.

    Args:
        published: details of their events, in order: `as_of_date` and `counts.portfolio_history`, as `rows_to_keep` gave it.
        before: only runs of an earlier day count.
    """
    days: dict[str, Mapping[str, Any]] = {}
    for details in published:
        if details["as_of_date"] < before.isoformat() and "portfolio_history" in details["counts"]:
            days[details["as_of_date"]] = details["counts"]["portfolio_history"]
    ordered = sorted(days)
    found: dict[str, list[Row]] = {}
    for table in _KEPT:
        wanted = ordered[-1:] if table in _STATE else ordered
        found[table] = [{"as_of_date": day, **row} for day in wanted for row in days[day].get(table, [])]
    return found


def past_tables(rows: Mapping[str, list[Row]]) -> dict[str, pa.Table]:
    """The same as Arrow tables."""
    import pyarrow as pa

    return {
        name: pa.Table.from_pylist([_typed(row, schema) for row in rows[name]], schema=schema) for name, schema in history_schemas().items()
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(row: Row, schema: pa.Schema) -> Row:
    import pyarrow as pa

    return {
        field.name: date.fromisoformat(row[field.name]) if field.type == pa.date32() and row.get(field.name) else row.get(field.name)
        for field in schema
    }

"""Readings of earlier nights that lie on local days by another clock than their stack has today."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipelines.warehouse import database
from pipelines.warehouse.time_zones import offset_steps

if TYPE_CHECKING:
    from pipelines.warehouse.readings_store import FileRecord, ReadingsStore

_BEGIN = datetime.fromisoformat("0001-01-01")
_SPANS = pa.schema([("stack_id", pa.string()), ("from_at", pa.timestamp("us")), ("to_at", pa.timestamp("us")), ("minutes", pa.int32())])


def misplaced_files(
    con: Any, store: ReadingsStore, records: Collection[FileRecord], zones: Mapping[str, str | None]
) -> list[dict[str, Any]]:
    """Files some of whose readings begin and end a month of a series at another offset than their stack's zone has there.

    Args: records: Files that were taken in. zones: Zone of each stack today; None, or a zone that is unknown = nothing is said of it.
    Returns: file_name, stack_id (the first), stack_count, first_month, last_month; by name of the file.
    """
    held = [record for record in records if record.parts]
    if not held:
        return []
    moments = [moment for record in held for part in record.parts for moment in (part.first_at, part.last_at)]
    con.register("_spans", pa.Table.from_pylist(_spans(zones, min(moments), max(moments)), schema=_SPANS))
    names = [{"ingest_key": record.ingest_key, "file_name": record.file_name} for record in held]
    con.register("_names", pa.Table.from_pylist(names, schema=pa.schema([("ingest_key", pa.string()), ("file_name", pa.string())])))
    found = database.read_rows(con, _MISPLACED.format(covered=_covered(con, store, held)))
    for name in ("_spans", "_names"):
        con.unregister(name)
    return found


def _spans(zones: Mapping[str, str | None], first: datetime, last: datetime) -> list[dict[str, Any]]:
    steps: dict[str, list[tuple[datetime, int]]] = {}
    for name in sorted({zone for zone in zones.values() if zone}):
        try:
            steps[name] = offset_steps(name, first, last)
        except ValueError:
            continue
    rows: list[dict[str, Any]] = []
    for stack_id, zone in sorted(zones.items()):
        begin = _BEGIN
        for until, minutes in steps.get(zone or "", ()):
            rows.append({"stack_id": stack_id, "from_at": begin, "to_at": until, "minutes": minutes})
            begin = until
    return rows


def _covered(con: Any, store: ReadingsStore, records: Sequence[FileRecord]) -> str:
    """SQL of the first and last reading of each series in each month, with offsets; files taken in by older readers do not note them."""
    paths = {str(store.side_file("series", record.ingest_key)): record for record in records}
    noted = "select file_name from parquet_schema($paths) where name = 'first_offset_minutes'"
    new = {row[0] for row in con.execute(noted, {"paths": list(paths)}).fetchall()}
    selects = [_NOTED.format(path=_text(path), key=_text(record.ingest_key)) for path, record in paths.items() if path in new]
    for path, record in paths.items():
        if path not in new:
            parts = ", ".join(_text(str(store.folder / part.path)) for part in record.parts)
            selects.append(_WORKED_OUT.format(paths=parts, key=_text(record.ingest_key)))
    return " union all ".join(selects)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_NOTED = """
select {key} as ingest_key, stack_id, month, first_at, last_at, first_offset_minutes, last_offset_minutes from read_parquet({path})
"""
_WORKED_OUT = """
select {key} as ingest_key, stack_id, strftime(month_date, '%Y-%m') as month, first_at, last_at, first_offset_minutes, last_offset_minutes
from (
    select stack_id, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes)) as month_date,
        min(period_start_at) as first_at, max(period_start_at) as last_at,
        arg_min(utc_offset_minutes, period_start_at) as first_offset_minutes,
        arg_max(utc_offset_minutes, period_start_at) as last_offset_minutes
    from read_parquet([{paths}])
    group by stack_id, date_trunc('month', period_start_at + to_minutes(utc_offset_minutes))
)
"""
_MISPLACED = """
select n.file_name, min(c.stack_id) as stack_id, count(distinct c.stack_id) as stack_count, min(c.month) as first_month,
    max(c.month) as last_month
from ({covered}) as c
inner join _names as n on c.ingest_key = n.ingest_key
inner join _spans as s on c.stack_id = s.stack_id
where (c.first_at >= s.from_at and c.first_at < s.to_at and c.first_offset_minutes <> s.minutes)
    or (c.last_at >= s.from_at and c.last_at < s.to_at and c.last_offset_minutes <> s.minutes)
group by n.file_name, n.ingest_key
order by n.file_name, n.ingest_key
"""

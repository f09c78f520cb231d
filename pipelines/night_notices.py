"""What a night says of the files that it received, beside the rules of quality: nothing here blocks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

#: Moments of one file that are told; rejects.csv has all.
_SHOWN = 3

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.night_readings import NightReadings
    from pipelines.sources.received import Received


def notices_of_files(received: Received, readings: NightReadings) -> list[str]:
    """Declarations about stack readings that fit no file, rows that the night cannot know yet, readings kept by a clock that is no more,
    and labels that every page shows.

    Each with file, row or stack, and what to do.
    """
    from pipelines.sources.declared import COLUMNS_FORMAT, FILES_FORMAT, unused_patterns
    from pipelines.sources.formats import TABLES

    names = {*received.files["file_name"].to_pylist(), *(record.file_name for record in readings.index.records)}
    declared = {name: received.rows[TABLES[name]].to_pylist() for name in (FILES_FORMAT, COLUMNS_FORMAT)}
    return [*unused_patterns(declared, names), *_early(readings), *_misplaced(received, readings), *_labels(received)]


def _early(readings: NightReadings) -> list[str]:
    """Rows of tonight's files that say that they become known after the night, the first of each moment."""
    from pipelines.warehouse import database

    sql = "select row_number, value, reason, what_to_do from read_parquet($path) where kind = 'out_of_scope' order by value, row_number"
    notices = []
    with database.connect(":memory:") as con:
        for record in readings.tonight:
            if record.early_count:
                path = readings.index.store.side_file("rejects", record.ingest_key)
                found = con.execute(sql, {"path": str(path)}).fetchmany(_SHOWN)
                notices += [
                    f"{readings.names[record.file_id]}, row {row}, known_at '{value}': {reason}; {what}"
                    for row, value, reason, what in found
                ]
    return notices


def _misplaced(received: Received, readings: NightReadings) -> list[str]:
    """Files that are not in tonight's folder, so that they cannot be read again by what their stacks' zones are today."""
    from pipelines.warehouse import database
    from pipelines.warehouse.readings_places import misplaced_files

    points = received.rows["raw_plants__emission_points"]
    zones = dict(zip(points["stack_id"].to_pylist(), points["time_zone"].to_pylist(), strict=True))
    kept = [record for record in readings.index.records if record.file_id not in readings.names]
    with database.connect(":memory:") as con:
        found = misplaced_files(con, readings.index.store, kept, zones)
    return [_misplaced_note(row, zones) for row in found]


def _misplaced_note(row: dict[str, Any], zones: dict[str, str | None]) -> str:
    stack_id, others = row["stack_id"], row["stack_count"] - 1
    stacks = f"stack {stack_id}" + (f" (and of {others} more)" if others else "")
    months = f"{row['first_month']} to {row['last_month']}"
    return (
        f"{row['file_name']}: readings of {stacks}, {months}, lie on local days by another clock than time_zone '{zones[stack_id]}' of the"
        " stack (emission_points); put the file into the landing folder once more, so that it is read again, or correct time_zone"
    )


def notices_of_names(read: Callable[[str], list[dict[str, Any]]]) -> list[str]:
    """Stacks that send one indicator under several names. Args: read: rows of a query on the run's database."""
    from pipelines.warehouse.chunks import SENT_TWICE

    return [
        f"stack {row['stack_id']} sends {row['indicator_id']} under several names ({row['sent_names']}): of each interval the value that"
        " became known last counts; where they are different things, ask the operator which one the limit means and leave the others out"
        for row in read(SENT_TWICE)
    ]


def _labels(received: Received) -> list[str]:
    """A label speaks of all that is received, also of the real rows that stand beside an example."""
    rows = received.rows["raw_landing__data_labels"].to_pylist()
    return [
        f"{row['source_file_name']}, row {row['source_row_number']}: everything of this run is labelled '{row['data_kind']}' on all pages;"
        " where the data are real, take this row out of the landing folder"
        for row in rows
    ]

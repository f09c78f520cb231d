"""What a night says of the files that it received, beside the rules of quality: nothing here blocks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.night_readings import NightReadings
    from pipelines.sources.received import Received


def notices_of_files(received: Received, readings: NightReadings) -> list[str]:
    """Declarations about stack readings that fit no file, and labels that every page shows; each with file, row and what to do."""
    from pipelines.sources.declared import COLUMNS_FORMAT, FILES_FORMAT, unused_patterns
    from pipelines.sources.formats import TABLES

    names = {*received.files["file_name"].to_pylist(), *(record.file_name for record in readings.index.records)}
    declared = {name: received.rows[TABLES[name]].to_pylist() for name in (FILES_FORMAT, COLUMNS_FORMAT)}
    return [*unused_patterns(declared, names), *_labels(received)]


def _labels(received: Received) -> list[str]:
    """A label speaks of all that is received, also of the real rows that stand beside an example."""
    rows = received.rows["raw_landing__data_labels"].to_pylist()
    return [
        f"{row['source_file_name']}, row {row['source_row_number']}: everything of this run is labelled '{row['data_kind']}' on all pages;"
        " where the data are real, take this row out of the landing folder"
        for row in rows
    ]

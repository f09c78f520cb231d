"""The readings of a night, taken into the store that lives across nights. `run_readings.py` shows them to the run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.hashing import file_hash

if TYPE_CHECKING:
    from pipelines.sources.received import Received
    from pipelines.warehouse.readings_index import ReadingsIndex
    from pipelines.warehouse.readings_store import FileRecord, Flags

#: Readings that a run carries in its own database at most. Of more it carries those that decided a failing limit; the store has all.
CARRIED_READINGS = 5_000_000


@dataclass(frozen=True)
class NightReadings:
    """What a night knows of the readings.

    Attributes:
        index: Readings that count, of this and earlier nights.
        tonight: Records of the files in tonight's landing folder. new: Those of them that were not in the store before.
        left_out: Names of files that a question about the past does not take in.
        names: Tonight's name of each file by its hash.
    """

    index: ReadingsIndex
    tonight: tuple[FileRecord, ...]
    new: tuple[FileRecord, ...]
    left_out: tuple[str, ...]
    names: dict[str, str]

    @property
    def is_carried(self) -> bool:
        """Whether the database of the run holds all current readings."""
        return sum(part.row_count for month in self.index.months for part in self.index.parts(month)) <= CARRIED_READINGS

    def content_key(self) -> dict[str, str]:
        """Month → hash of its readings; enters the id of the run."""
        return {month: self.index.content_key(month) for month in self.index.months}

    def earlier_keys(self) -> list[str]:
        """Ingest keys of the files that were in the store before this night."""
        new = {record.ingest_key for record in self.new}
        return [record.ingest_key for record in self.index.records if record.ingest_key not in new]


def receive_readings(home: Path, received: Received, as_of: date, known_at: datetime | None) -> NightReadings:
    """Take tonight's files into the store of the home; call it under the home's lock.

    Args:
        known_at: What was known then is asked for; None = all. New files that do not say when they became known did so then, or at the
            end of the day of the run; rows that name a later moment count from the first night after it. A question about a moment before
            the newest night takes none of the files in: it would falsify that night.
    """
    from pipelines.warehouse import database
    from pipelines.warehouse.readings_index import read_index
    from pipelines.warehouse.readings_ingest import take_in
    from pipelines.warehouse.readings_store import open_store

    store = open_store(home)
    newest = store.newest_night()
    is_past = known_at is not None and newest is not None and known_at < newest
    received_at = None if is_past else known_at or store.begin_night(datetime.combine(as_of, time(23, 59, 59)))
    before = {record.ingest_key for record in store.records()}
    flags = flag_meanings()
    with database.connect(":memory:", memory_limit=settings.memory_limit()) as con:
        con.execute(f"set temp_directory = '{str(store.arriving / 'spill').replace(chr(39), chr(39) * 2)}'")
        tonight = take_in(con, store, received.bulk, _clocks(received), received_at, flags, received_at or newest)
        index = read_index(con, store, known_at, flags.key)
    store.end_night()
    taken = {record.file_id for record in tonight}
    left_out = tuple(file.file_name for file in received.bulk if file.file_id not in taken)
    new = tuple(record for record in tonight if record.ingest_key not in before)
    return NightReadings(index, tuple(tonight), new, left_out, {file.file_id: file.file_name for file in received.bulk})


def flag_meanings() -> Flags:
    """What a flag makes of a reading, by `int_monitoring__flag_classes` and the flags in `data/reference/`."""
    from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
    from pipelines.warehouse import database
    from pipelines.warehouse.fingerprint import mapping_hash
    from pipelines.warehouse.readings_rows import LANE_VERSION
    from pipelines.warehouse.readings_store import Flags
    from pipelines.warehouse.sql_models import named_models

    table = "ref_monitoring__flags"
    (model,) = named_models(settings.SQL_FOLDER, ["int_monitoring__flag_classes"])
    with database.connect(":memory:") as con:
        database.write_table(con, table, reference_table(settings.REFERENCE_FOLDER / REFERENCE_FILES[table], run_schemas()[table]))
        rows = database.read_rows(con, f"select flag_scheme, sent_flag, class_no from ({model.sql}) order by all")
    values = ", ".join(f"({_text(row['flag_scheme'])}, {_text(row['sent_flag'])}, {row['class_no']}::smallint)" for row in rows)
    key = mapping_hash({"rows": rows, "lanes": LANE_VERSION})[:32]
    return Flags(f"select * from (values {values}) as f(flag_scheme, sent_flag, class_no)", key)


def _text(value: str | None) -> str:
    return "null::varchar" if value is None else "'" + value.replace("'", "''") + "'"


def _clocks(received: Received) -> dict[str, Any]:
    from pipelines.warehouse.readings_ingest import StackClock

    columns = ("plant_id", "time_zone", "time_label", "interval_minutes", "flag_scheme")
    points = received.rows["raw_plants__emission_points"].to_pylist()
    return {row["stack_id"]: StackClock(**{name: row[name] for name in columns}) for row in points}


def refresh_month(home: Path, month: str) -> dict[str, Any]:
    """Hold every Parquet file of a month (`YYYY-MM`, local time) against its hash, and let go of what was folded from the month.

    Returns: reading_count, file_count, contested_series_count, first_at, last_at (text; null when the month is empty), folds_removed_count.
    Raises: GateError when a run is under way, or a file is not what it was. WrongUseError when the home cannot be made.
    """
    from pipelines.errors import GateError
    from pipelines.warehouse import database
    from pipelines.warehouse.publish import open_home
    from pipelines.warehouse.readings_index import read_index
    from pipelines.warehouse.readings_store import open_store

    with open_home(home).lock():
        store = open_store(home)
        with database.connect(":memory:") as con:
            index = read_index(con, store)
        parts = index.parts(month)
        for part in parts:
            path = store.folder / part.path
            if not path.exists() or file_hash(path) != part.sha256:
                raise GateError(f"{path}: is gone or was changed after it was written; restore it from a copy of this home")
        folds = [path for path in (store.folder / "folds" / f"month={month}").glob("**/*") if path.is_file()]
        for path in folds:
            path.unlink()
    return {
        "reading_count": sum(part.row_count for part in parts),
        "file_count": len(parts),
        "contested_series_count": len(index.contested.get(month, ())),
        "first_at": str(min((part.first_at for part in parts), default=None)),
        "last_at": str(max((part.last_at for part in parts), default=None)),
        "folds_removed_count": len(folds),
    }

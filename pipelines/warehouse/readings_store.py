"""The store of stack readings that lives across nights: `HOME/readings/`, append-only and content-addressed.

```
files/<ingest_key>.json                 one per file taken in; written last, so that what has none is a leftover
parts/month=YYYY-MM/<part_id>.parquet   readings of one file in one month of local time, by plant, stack, indicator and time
series/<ingest_key>.parquet             stack_id, indicator, month, first_at, last_at, row_count, superseded_count: what a part covers
repeats/<ingest_key>.parquet            rows that stood twice in one file: exact repeats and superseded ones; only where there are any
rejects/<ingest_key>.parquet            rows that could not be read; only where there are any
arriving/                               work under way; emptied at every start
night.json                              when the readings of the night under way became known; gone when it has taken in all
```
Nothing here is ever changed in place. `readings_ingest.py` takes files in, `readings_index.py` says which readings count.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.hashing import file_hash
from pipelines.warehouse.fingerprint import mapping_hash


@dataclass(frozen=True)
class Part:
    """Readings of one file in one month: `path` below the store, hash of its bytes; times in UTC, days in local time."""

    part_id: str
    month: str
    path: str
    sha256: str
    row_count: int
    first_at: datetime
    last_at: datetime
    first_date: date
    last_date: date


@dataclass(frozen=True)
class FileRecord:
    """One file taken in.

    Attributes:
        ingest_key: Hash of the file, of what was declared about it and of the clocks of its stacks. layout_key: Of file and declarations.
        stacks_key: Of the clocks. sequence: How many files were taken in before. flags_key: Of what flags meant when its readings were
            sorted into lanes; empty = they were not. received_at: When its rows became known where they do not say so themselves; null
            when all do. known_from_at, known_to_at: Of its rows.
        row_count: Rows that could be read, repeats included. reading_count: Readings that came of them (a wide row holds several).
        reject_count, duplicate_count, superseded_count: Rows refused; exact repeats dropped; differing repeats in the file.
        early_count, early_from_at: Rows left out, for they say that they become known after the night; the first moment they name. The
            file is read again by the first night after it.
    """

    ingest_key: str
    file_id: str
    file_name: str
    layout_key: str
    stacks_key: str
    sequence: int
    flags_key: str
    received_at: datetime | None
    known_from_at: datetime | None
    known_to_at: datetime | None
    row_count: int
    reading_count: int
    reject_count: int
    duplicate_count: int
    superseded_count: int
    parts: tuple[Part, ...]
    early_count: int = 0
    early_from_at: datetime | None = None


@dataclass(frozen=True)
class Flags:
    """What a flag makes of a reading: SQL of the rows of `int_monitoring__flag_classes`, and the hash of those rows."""

    sql: str
    key: str


@dataclass(frozen=True)
class ReadingsStore:
    """The folder of the store; made by `open_store`."""

    folder: Path

    @property
    def arriving(self) -> Path:
        """Folder of the work under way."""
        return self.folder / "arriving"

    def side_file(self, kind: str, ingest_key: str) -> Path:
        """File of `series`, `repeats`, `rejects` or `stacks` (those of a file that has rejects) of one ingest."""
        return self.folder / kind / f"{ingest_key}.parquet"

    def records(self) -> list[FileRecord]:
        """All files taken in, in the order of their keys."""
        return [_record(json.loads(path.read_text(encoding="utf-8"))) for path in sorted((self.folder / "files").glob("*.json"))]

    def commit(self, record: FileRecord, made: Iterable[tuple[Path, Path]]) -> None:
        """Make a file part of the store: its Parquet files move from `arriving` to their places, its record is written last.

        Args: made: Where each Parquet file is, where it goes.
        """
        folders = set()
        for source, target in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            _sync(source)
            source.replace(target)
            folders.add(target.parent)
        for folder in folders:
            _sync(folder)
        write_json(self.folder / "files" / f"{record.ingest_key}.json", asdict(record))

    def begin_night(self, asked: datetime) -> datetime:
        """When readings of this night become known: `asked`, or one second after the newest night, which a later one cannot precede.

        A night that was cut short goes on with what it had begun with.
        """
        marker = self.folder / "night.json"
        if marker.exists():
            begun = json.loads(marker.read_text(encoding="utf-8"))
            if begun["asked"] == asked.isoformat():
                return datetime.fromisoformat(begun["known_at"])
        newest = self.newest_night()
        known_at = asked if newest is None or newest < asked else newest + timedelta(seconds=1)
        write_json(marker, {"asked": asked.isoformat(), "known_at": known_at.isoformat()})
        return known_at

    def newest_night(self) -> datetime | None:
        """When the newest readings without a declared `known_at` became known."""
        return max((record.received_at for record in self.records() if record.received_at), default=None)

    def end_night(self) -> None:
        """All files of the night are taken in."""
        (self.folder / "night.json").unlink(missing_ok=True)

    def sweep(self) -> list[Path]:
        """Remove what killed nights left: work under way, and Parquet files that no record knows. What went."""
        records = self.records()
        known = {self.folder / part.path for record in records for part in record.parts}
        keys = {record.ingest_key for record in records}
        leftovers = [path for path in (self.folder / "parts").glob("*/*") if path not in known]
        leftovers += [path for kind in _SIDES for path in (self.folder / kind).iterdir() if path.stem not in keys]
        leftovers += [path for path in (self.folder / "files").iterdir() if path.suffix != ".json"]
        leftovers += list(self.arriving.iterdir())
        for path in leftovers:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return leftovers


_SIDES = ("series", "repeats", "rejects", "stacks")


def open_store(home: Path) -> ReadingsStore:
    """The store of a home, made when it is absent, without what killed nights left. Call it under the home's lock."""
    store = ReadingsStore(home / "readings")
    for name in ("files", "parts", *_SIDES, "arriving"):
        (store.folder / name).mkdir(parents=True, exist_ok=True)
    store.sweep()
    return store


def copy_records(source: ReadingsStore, target: ReadingsStore, ingest_keys: Iterable[str]) -> None:
    """Copy files that were taken in from one store to another, for a run that is performed again.

    Raises:
        WrongUseError: Some of them are gone, or readings are not what they were; names them all.
    """
    found = {record.ingest_key: record for record in source.records()}
    wanted = list(ingest_keys)
    lost = [source.folder / "files" / f"{key}.json" for key in wanted if key not in found]
    parts = [part for key in wanted if key in found for part in found[key].parts]
    lost += [path for part in parts if not (path := source.folder / part.path).exists() or file_hash(path) != part.sha256]
    if lost:
        names = "\n".join(f"  {path}" for path in lost)
        raise WrongUseError(f"readings of earlier nights are gone or were changed; restore them from a copy of this home:\n{names}")
    for key in wanted:
        paths = [Path(part.path) for part in found[key].parts]
        paths += [path.relative_to(source.folder) for kind in _SIDES if (path := source.side_file(kind, key)).exists()]
        for path in [*paths, Path("files") / f"{key}.json"]:
            (target.folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.folder / path, target.folder / path)


def current_records(records: Iterable[FileRecord]) -> Iterator[FileRecord]:
    """Of each file the record that was made last: a file read again under other declarations replaces what it was read as before."""
    latest: dict[str, FileRecord] = {}
    for record in records:
        found = latest.get(record.file_id)
        if found is None or record.sequence > found.sequence:
            latest[record.file_id] = record
    yield from sorted(latest.values(), key=lambda record: record.ingest_key)


def part_id(ingest_key: str, month: str, known_at: datetime) -> str:
    """Name of a part: what it was made of."""
    return mapping_hash({"ingest": ingest_key, "month": month, "known_at": known_at})[:24]


def _record(row: dict[str, Any]) -> FileRecord:
    for name in ("received_at", "known_from_at", "known_to_at", "early_from_at"):
        row[name] = datetime.fromisoformat(row[name]) if row.get(name) else None
    row.setdefault("flags_key", "")
    row["parts"] = tuple(_part(part) for part in row["parts"])
    return FileRecord(**row)


def _part(row: dict[str, Any]) -> Part:
    moments = {name: datetime.fromisoformat(row[name]) for name in ("first_at", "last_at")}
    days = {name: date.fromisoformat(row[name]) for name in ("first_date", "last_date")}
    return Part(**row | moments | days)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """One JSON file, whole or not at all."""
    arriving = path.with_suffix(".arriving")
    with arriving.open("w", encoding="utf-8") as file:
        json.dump(content, file, sort_keys=True, ensure_ascii=False, default=_isoformat)
        file.flush()
        os.fsync(file.fileno())
    arriving.replace(path)
    _sync(path.parent)


def _isoformat(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a record")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Small stores of readings for tests: text in, readings out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.night_readings import flag_meanings
from pipelines.sources.landing import read_landing
from pipelines.sources.received import Received
from pipelines.warehouse import database
from pipelines.warehouse.readings_index import ReadingsIndex, files_sql, read_index
from pipelines.warehouse.readings_ingest import StackClock, take_in
from pipelines.warehouse.readings_store import FileRecord, ReadingsStore, open_store

HEADER = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct"
KNOWN = datetime.fromisoformat("2026-01-31 23:59:59")


class Readings:
    """A home's store of readings, fed night by night."""

    def __init__(self, home: Path, stacks: Mapping[str, StackClock] | None = None) -> None:
        self.home = home
        self.stacks = dict(stacks or {})
        home.mkdir(parents=True, exist_ok=True)
        self.store: ReadingsStore = open_store(home)
        self.received: Received | None = None

    def night(self, landing: Path, known_at: datetime | None = KNOWN, known_until: datetime | None = None) -> list[FileRecord]:
        """Take in a landing folder; the records of its files."""
        self.received = read_landing(landing, lambda text: None, public=[])
        with database.connect(":memory:") as con:
            return take_in(con, self.store, self.received.bulk, self.stacks, known_at, flag_meanings(), known_until)

    def deliver(
        self, folder: Path, known_at: datetime | None = KNOWN, *, known_until: datetime | None = None, **files: str
    ) -> list[FileRecord]:
        """Write files (name without its end → text) into a new folder and take it in."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return self.night(folder, known_at, known_until)

    def index(self, known_at: datetime | None = None) -> ReadingsIndex:
        """What counts at a moment."""
        with database.connect(":memory:") as con:
            return read_index(con, self.store, known_at, flag_meanings().key)

    def rows(self, known_at: datetime | None = None, columns: str = "*", **chosen: Any) -> list[dict[str, Any]]:
        """Current readings in the order of the store."""
        index = self.index(known_at)
        current = index.readings_sql(index.months, **chosen)
        return self.query(f"select {columns} from ({current}) order by stack_id, indicator, period_start_at")

    def query(self, sql: str) -> list[dict[str, Any]]:
        """Rows of a query on the store."""
        with database.connect(":memory:") as con:
            return database.read_rows(con, sql)

    def received_rows(self, records: list[FileRecord]) -> list[dict[str, Any]]:
        """Every reading of some files, repeats included, by row."""
        return self.query(f"select * from ({files_sql(self.store, records)}) order by source_row_number")

    def rejects(self, record: FileRecord) -> list[dict[str, Any]]:
        """Rejects of one file."""
        path = self.store.side_file("rejects", record.ingest_key)
        return self.query(f"select * from read_parquet('{path}')") if path.exists() else []


def text(*lines: str, header: str = HEADER) -> str:
    """A file of readings."""
    return "\n".join([header, *lines]) + "\n"


def hour(day: date, number: int) -> str:
    """An hour of a day as a monitor writes it."""
    return f"{day:%Y-%m-%d} {number:02d}:00"

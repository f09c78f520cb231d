"""Take files of stack readings into the store: each once, in bounded memory, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any

import pyarrow as pa

from pipelines.errors import SourceFileError
from pipelines.hashing import file_hash
from pipelines.warehouse import database
from pipelines.warehouse.bulk import REJECT_COLUMNS, BulkFile, stage_file, unreadable_file
from pipelines.warehouse.fingerprint import mapping_hash
from pipelines.warehouse.readings_ingest_sql import ABOUT_PART, EARLY_REJECTS, KNOWN, LATE_REJECTS, SERIES, TIME_FINDINGS, ZONES
from pipelines.warehouse.readings_rows import (
    CONTENT,
    LANE_ORDER,
    STORED,
    PlaceAnswers,
    ZoneAnswers,
    month_rows,
    second_pass_rows,
    series_rows,
    sorted_rows,
    stored_columns,
    timed_rows,
)
from pipelines.warehouse.readings_store import FileRecord, Flags, Part, ReadingsStore, part_id
from pipelines.warehouse.time_zones import offset_steps, zone_spans

#: Counts up when files that were taken in before would be read differently now: they are then read again.
READER_VERSION = 6
#: Files up to this size are taken in two at a time: together they stay far below the memory of a night.
_SMALL_BYTES = 50_000_000
_REWRITTEN = "was rewritten while it was being read; let it arrive whole (written under another name, then renamed), and run again"


@dataclass(frozen=True)
class StackClock:
    """What is known of a stack beside its readings: `plant_id` sorts them, the others read them where file and row say nothing.

    Local days and months are those of `time_zone`, whatever clock file and row were written by; None = those of that clock.
    """

    plant_id: str = ""
    time_zone: str | None = None
    time_label: str | None = None
    interval_minutes: int | None = None
    flag_scheme: str | None = None


def take_in(
    con: Any,
    store: ReadingsStore,
    files: Sequence[BulkFile],
    stacks: Mapping[str, StackClock],
    received_at: datetime | None,
    flags: Flags,
    known_until: datetime | None = None,
) -> list[FileRecord]:
    """Take every file into the store that is not in it yet; the records of all of them, in the order of the files.

    Args:
        con: Open connection; works in a database of its own beside the store, within the memory of the connection.
        stacks: Clock of each stack by its id; a stack that is not there is read as UTC.
        received_at: When rows become known that do not say so; None = take in only files that are declared to say so.
        flags: What a flag makes of a reading.
        known_until: The night: rows that say that they become known after it are left out, until a night that can know them; None = none.

    Raises:
        SourceFileError: A file cannot be read at all, or was rewritten meanwhile. Files before it stay taken in.
    """
    earlier = sorted(store.records(), key=lambda record: record.sequence)
    known = {record.layout_key: record for record in earlier}
    sequence = earlier[-1].sequence if earlier else 0
    taken: list[FileRecord | _Ingest] = []
    for file in files:
        layout_key = _layout_key(file)
        record = known.get(layout_key)
        if record is not None and not _is_due(record, known_until) and record.stacks_key == _stacks_key(con, store, record, stacks):
            taken.append(record)
        elif received_at is not None or file.declared.known_at is not None:
            sequence += 1
            taken.append(_Ingest(store, file, stacks, received_at, sequence, flags, known_until))
    made = iter(_run(con, [ingest for ingest in taken if isinstance(ingest, _Ingest)]))
    return [next(made) if isinstance(each, _Ingest) else each for each in taken]


def _run(con: Any, ingests: Sequence[_Ingest]) -> list[FileRecord]:
    """Records of files taken in, small ones two at a time: the database does little at once for each, and leaves a core idle."""
    if len(ingests) < 2 or any(ingest.byte_count > _SMALL_BYTES for ingest in ingests):
        return [ingest.run(con) for ingest in ingests]
    with _second(con) as other, ThreadPoolExecutor(2) as pool:
        idle: SimpleQueue[Any] = SimpleQueue()
        for each in (con, other):
            idle.put(each)

        def run(ingest: _Ingest) -> FileRecord:
            chosen = idle.get()
            try:
                return ingest.run(chosen)
            finally:
                idle.put(chosen)

        return list(pool.map(run, ingests))


@contextmanager
def _second(con: Any) -> Iterator[Any]:
    """Another connection that works within the same bounds."""
    with database.connect(":memory:") as other:
        for name in ("memory_limit", "temp_directory"):
            other.execute(f"set {name} = {_text(con.execute('select current_setting($name)', {'name': name}).fetchone()[0])}")
        yield other


@contextmanager
def _scratch(con: Any, store: ReadingsStore, sequence: int) -> Iterator[None]:
    """A database of its own for one file: it goes when the file is taken in."""
    path = store.arriving / f"staged-{sequence}.duckdb"
    path.unlink(missing_ok=True)
    con.execute(f"attach {_text(str(path))} as arriving")
    try:
        yield
    finally:
        con.execute("drop table if exists arriving.lines")  # or all of it would be written out once more
        con.execute("detach arriving")
        path.unlink(missing_ok=True)


class _Ingest:
    """One file on its way into the store."""

    def __init__(
        self,
        store: ReadingsStore,
        file: BulkFile,
        stacks: Mapping[str, StackClock],
        received_at: datetime | None,
        sequence: int,
        flags: Flags,
        known_until: datetime | None,
    ) -> None:
        self._con: Any = None
        self._store = store
        self._file = file
        self._stacks = stacks
        self._received_at = received_at
        self._sequence = sequence
        self._flags = flags
        self._known_until = known_until
        self._cut: datetime | None = None
        self._early: tuple[int, datetime | None] = (0, None)
        self._layout_key = _layout_key(file)

    @property
    def byte_count(self) -> int:
        """Size of the file as it came."""
        return self._file.path.stat().st_size

    def run(self, con: Any) -> FileRecord:
        """Read, sort, write, commit."""
        self._con = con
        with _scratch(con, self._store, self._sequence):
            return self._taken_in()

    def _taken_in(self) -> FileRecord:
        stage_file(self._con, self._file)
        try:
            self._number_series()
            timed = self._timed_rows()
            self._refuse_times(timed)
            ingest_key, stacks_key = self._keys()
            parts = [self._write_part(timed, month, part_id(ingest_key, month, self._known_at())) for month in self._months(timed)]
        except Exception as error:
            raise unreadable_file(self._file, error) from error
        if file_hash(self._file.path) != self._file.file_id:
            raise SourceFileError(f"{self._file.file_name}: {_REWRITTEN}")
        return self._commit(ingest_key, stacks_key, parts)

    def _number_series(self) -> None:
        rows = [{"stack_id": stack_id, **asdict(clock)} for stack_id, clock in sorted(self._stacks.items())]
        self._con.register("_stacks", pa.Table.from_pylist(rows, schema=_STACKS))
        self._con.execute("create or replace table arriving.stacks as select * from _stacks")
        self._con.unregister("_stacks")
        self._con.execute(f"create or replace table arriving.flags as {self._flags.sql}")
        self._con.execute(f"create or replace table arriving.series as {series_rows(self._file)}")
        self._con.execute("create or replace table arriving.second (row_number bigint, indicator varchar)")
        columns = ", ".join(f"{name} {kind}" for name, kind in STORED.items())
        self._con.execute(f"create or replace table arriving.repeats ({columns}, repeat_kind varchar)")

    def _timed_rows(self) -> str:
        """SQL of the readings in UTC, once the zones of the file are looked up and hours that the clock repeats are told apart."""
        zones = self._zones()
        self._cut = self._known_after_night()
        timed = timed_rows(self._file, zones, self._places(), self._known_at(), self._cut)
        if any(span.kind == "repeated" for zone in zones for span in zone.spans):
            self._con.execute(f"insert into arriving.second {second_pass_rows(timed)}")
        return timed

    def _known_at(self) -> datetime:
        known_at = self._file.declared.known_at or self._received_at
        assert known_at is not None
        return known_at

    def _known_after_night(self) -> datetime | None:
        """The night, where rows of the file say that they become known after it; None = none does, so that nobody has to look at each."""
        until, latest = self._known_until, [self._known_at()]
        if until is not None and "known_at" in self._file.columns:
            latest += self._con.execute("select max(typed_known_at) from arriving.sent where is_good").fetchone()
        return until if until is not None and any(moment is not None and moment > until for moment in latest) else None

    def _zones(self) -> list[ZoneAnswers]:
        found = self._number_zones("zone", zone_spans)
        return [ZoneAnswers(number, spans) for number, spans in enumerate(found)]

    def _places(self) -> list[PlaceAnswers]:
        """Zones of stacks whose readings were sent by another clock; one that is unknown tells no day."""
        return [PlaceAnswers(number, steps) for number, steps in enumerate(self._number_zones("place", offset_steps))]

    def _number_zones(self, column: str, answer: Callable[[str, datetime, datetime], list[Any]]) -> list[list[Any]]:
        """What is to be known of each zone in a column of the series, which then has its number beside it; -1 = the zone is unknown."""
        answers: list[list[Any]] = []
        numbers: dict[str, int] = {}
        for zone, first, last in self._con.execute(ZONES.format(column=column)).fetchall():
            try:
                answers.append(answer(zone, first, last))
                numbers[zone] = len(answers) - 1
            except ValueError:
                numbers[zone] = -1
        cases = " ".join(f"when {_text(zone)} then {number}" for zone, number in numbers.items())
        number = f"case {column} {cases} end" if cases else "null::integer"
        self._con.execute(f"create or replace table arriving.series as select *, {number} as {column}_no from arriving.series")
        return answers

    def _refuse_times(self, timed: str) -> None:
        """A reject for each row whose time or interval cannot be placed, and for those that the night cannot know yet."""
        about = f"{_text(self._file.file_id)}, {_text(self._file.file_name)}, null, row_number"
        sql = f"""insert into arriving.rejects select {about}, column_name, value, reason, what_to_do, 'unreadable', 0 from (
            select row_number, min(kind) as kind, min(sent_at) as sent_at, min(zone) as zone, min(interval_minutes) as minutes
            from ({timed}) where kind <> 'early' group by row_number) cross join lateral (select {TIME_FINDINGS}) as found"""
        self._con.execute(sql)
        if self._cut is not None:
            early = f"select distinct row_number, known_at from ({timed}) where kind = 'early'"
            self._con.execute(f"create or replace table arriving.early as {early}")
            self._con.execute(f"insert into arriving.rejects {EARLY_REJECTS.format(about=about, until=self._cut)}")
            self._early = self._con.execute("select count(*), min(known_at) from arriving.early").fetchone()

    def _keys(self) -> tuple[str, str]:
        stacks = [row[0] for row in self._con.execute("select distinct stack_id from arriving.series").fetchall()]
        stacks_key = _clocks_hash(stacks, self._stacks)
        night = {"known_until": self._known_until} if self._early[0] else {}
        return mapping_hash({"layout": self._layout_key, "stacks": stacks_key, **night})[:32], stacks_key

    def _months(self, timed: str) -> list[str]:
        sql = f"select distinct strftime(local_at, '%Y-%m') as month from ({timed}) where kind is null order by month"
        return [row[0] for row in self._con.execute(sql).fetchall()]

    def _write_part(self, timed: str, month: str, name: str) -> Part:
        """Write the readings of one month, each time of a series once, sorted; those that take the long way stand last, together."""
        rows = sorted_rows(month_rows(timed, month), "select * from arriving.flags")
        twice = f"select series_no, period_start_at from ({rows}) group by series_no, period_start_at having count(*) > 1"
        self._con.execute(f"create or replace table arriving.repeated as {twice}")
        if self._number("select count(*) from arriving.repeated"):
            rows = self._without_repeats(rows)
        path = self._store.arriving / f"{name}.parquet"
        ordered = f"select {stored_columns()} from ({rows}) order by {LANE_ORDER}, series_no, period_start_at"
        self._con.execute(f"copy ({ordered}) to {_text(str(path))} (format parquet, compression zstd)")
        found = self._con.execute(ABOUT_PART, {"path": str(path)}).fetchone()
        return Part(name, month, f"parts/month={month}/{name}.parquet", file_hash(path), *found)

    def _without_repeats(self, rows: str) -> str:
        """Of the rows of one time of a series the one known last, then sent last; the others go to `repeats`."""
        newest = "partition by series_no, period_start_at order by known_at desc, row_number desc"
        same = " and ".join(f"{name} is not distinct from first_value({name}) over newest" for name in (*CONTENT, "known_at"))
        twice = f"({rows}) semi join arriving.repeated using (series_no, period_start_at)"
        ranked = f"select *, row_number() over newest as rank, {same} as is_same from {twice} window newest as ({newest})"
        self._con.execute(f"create or replace table arriving.ranked as {ranked}")
        kind = "case when is_same then 'exact' else 'superseded' end"
        self._con.execute(f"insert into arriving.repeats select {stored_columns()}, {kind} from arriving.ranked where rank > 1")
        unique = f"select * from ({rows}) anti join arriving.repeated using (series_no, period_start_at)"
        return f"{unique} union all by name select * exclude (rank, is_same) from arriving.ranked where rank = 1"

    def _commit(self, ingest_key: str, stacks_key: str, parts: list[Part]) -> FileRecord:
        store, made = self._store, []
        for part in parts:
            made.append((store.arriving / f"{part.part_id}.parquet", store.folder / part.path))
        for kind, sql in self._side_tables(parts):
            path = store.arriving / f"{ingest_key}.{kind}.parquet"
            self._con.execute(f"copy ({sql}) to {_text(str(path))} (format parquet, compression zstd)")
            made.append((path, store.side_file(kind, ingest_key)))
        known = self._con.execute(KNOWN, {"paths": [str(path) for path, _ in made[: len(parts)]]}).fetchone() if parts else (None, None)
        record = FileRecord(
            ingest_key=ingest_key,
            file_id=self._file.file_id,
            file_name=self._file.file_name,
            layout_key=self._layout_key,
            stacks_key=stacks_key,
            sequence=self._sequence,
            flags_key=self._flags.key,
            received_at=None if self._file.declared.known_at else self._received_at,
            known_from_at=known[0],
            known_to_at=known[1],
            row_count=self._number("select count(*) from arriving.sent where is_good") - self._number(LATE_REJECTS) - self._early[0],
            reading_count=sum(part.row_count for part in parts) + self._number("select count(*) from arriving.repeats"),
            reject_count=self._number("select count(distinct row_number) from arriving.rejects where kind = 'unreadable'"),
            duplicate_count=self._number("select count(*) from arriving.repeats where repeat_kind = 'exact'"),
            superseded_count=self._number("select count(*) from arriving.repeats where repeat_kind = 'superseded'"),
            parts=tuple(parts),
            early_count=self._early[0],
            early_from_at=self._early[1],
        )
        store.commit(record, made)
        return record

    def _side_tables(self, parts: Sequence[Part]) -> Iterator[tuple[str, str]]:
        paths = ", ".join(_text(str(self._store.arriving / f"{part.part_id}.parquet")) for part in parts)
        if parts:
            yield "series", SERIES.format(paths=paths)
        if self._number("select count(*) from arriving.repeats"):
            yield "repeats", "select * from arriving.repeats order by stack_id, indicator, period_start_at, source_row_number"
        if self._number("select count(*) from arriving.rejects"):
            yield "stacks", "select distinct stack_id from arriving.series order by stack_id"
            yield "rejects", f"select {REJECT_COLUMNS} from arriving.rejects order by row_number, place, column_name"

    def _number(self, sql: str) -> int:
        return int(self._con.execute(sql).fetchone()[0])


def _is_due(record: FileRecord, known_until: datetime | None) -> bool:
    """Whether rows that an earlier night left out, since it could not know them, are known now."""
    return record.early_from_at is not None and (known_until is None or record.early_from_at <= known_until)


def _layout_key(file: BulkFile) -> str:
    """Hash of the file and of all that is declared about it."""
    parts = {
        "reader": READER_VERSION,
        "file_id": file.file_id,
        "columns": list(file.columns),
        "values": [asdict(value) for value in file.values],  # type: ignore[call-overload]
        "declared": asdict(file.declared),  # type: ignore[call-overload]
        "read as": [file.format, file.delimiter, file.encoding, file.header_row],
    }
    return mapping_hash(parts)[:32]


def _stacks_key(con: Any, store: ReadingsStore, record: FileRecord, stacks: Mapping[str, StackClock]) -> str:
    """What `stacks_key` of a record would be today; stacks of which every row was refused, for their clock perhaps, count as well."""
    kinds = ("stacks", "series")
    path = next((path for kind in kinds if (path := store.side_file(kind, record.ingest_key)).exists()), None)
    if path is None:
        return record.stacks_key
    found = con.execute("select distinct stack_id from read_parquet($path)", {"path": str(path)}).fetchall()
    return _clocks_hash([row[0] for row in found], stacks)


def _clocks_hash(stack_ids: Sequence[str], stacks: Mapping[str, StackClock]) -> str:
    """Hash of the clocks of some stacks; their plants do not change a reading."""
    clocks = {stack_id: {**asdict(stacks.get(stack_id, StackClock())), "plant_id": ""} for stack_id in sorted(stack_ids)}
    return mapping_hash(clocks)[:32]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


_STACKS = pa.schema(
    [
        ("stack_id", pa.string()),
        ("plant_id", pa.string()),
        ("time_zone", pa.string()),
        ("time_label", pa.string()),
        ("interval_minutes", pa.int64()),
        ("flag_scheme", pa.string()),
    ]
)

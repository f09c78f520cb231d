"""Which readings of the store count: parts by month, series that several of them cover, and SQL that selects the current readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from pipelines.hashing import file_hash
from pipelines.warehouse.fingerprint import mapping_hash
from pipelines.warehouse.readings_rows import STORED, UNSORTED
from pipelines.warehouse.readings_store import FileRecord, Part, ReadingsStore, current_records

_COLUMNS = ", ".join(STORED)
_UNSORTED = ", ".join(f"{UNSORTED[name]} as {name}" if name in UNSORTED else name for name in STORED)


@dataclass(frozen=True)
class ReadingsIndex:
    """The readings that were known at one moment.

    Attributes:
        store: Where they are. known_at: Moment asked for, UTC; None = all that is known.
        records: Files of which something was known then.
        contested: Month → (stack_id, indicator) of series that several deliveries cover at overlapping times; others need no choice.
        flags_key: Of what flags mean now; parts that were sorted into lanes by others are read as if they had not been.
    """

    store: ReadingsStore
    known_at: datetime | None
    records: tuple[FileRecord, ...]
    contested: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    flags_key: str = ""

    @cached_property
    def _parts(self) -> dict[str, list[tuple[FileRecord, Part]]]:
        found: dict[str, list[tuple[FileRecord, Part]]] = defaultdict(list)
        for record in self.records:
            for part in record.parts:
                found[part.month].append((record, part))
        return {month: sorted(found[month], key=lambda item: item[1].part_id) for month in sorted(found)}

    def hashes(self) -> dict[str, str]:
        """sha256 of each record and Parquet file of readings that it rests on, by its path below the store."""
        parts = {part.path: part.sha256 for record in self.records for part in record.parts}
        names = [f"files/{record.ingest_key}.json" for record in self.records]
        return parts | {name: file_hash(self.store.folder / name) for name in names}

    @property
    def months(self) -> list[str]:
        """Months (`YYYY-MM`, local time) with readings, in order."""
        return list(self._parts)

    def parts(self, month: str, first: date | None = None, last: date | None = None) -> list[Part]:
        """Parts of a month, or those of them that hold local days from `first` to `last`."""
        found = [part for _, part in self._parts.get(month, ())]
        return [part for part in found if (first is None or part.last_date >= first) and (last is None or part.first_date <= last)]

    def content_key(self, month: str, first: date | None = None, last: date | None = None) -> str:
        """Hash that changes whenever a current reading of the month (or of its days `first` to `last`) may have changed."""
        cut = {record.ingest_key: self._is_cut(record) for record, _ in self._parts.get(month, ())}
        moment = self.known_at if any(cut.values()) else None
        return mapping_hash({"parts": sorted(part.part_id for part in self.parts(month, first, last)), "known_at": moment})[:32]

    def readings_sql(
        self, months: Sequence[str], stacks: tuple[str, str] | None = None, first: date | None = None, last: date | None = None
    ) -> str:
        """SQL that selects the current readings, exactly the columns of a part (`readings_rows.STORED`), in no order.

        Args:
            months: Of local time. stacks: From this to that; None = all. first, last: Only these local days; None = all of the months.
        """
        held = [month for month in months if self.parts(month, first, last)]
        alone = [month for month in held if not self._known_condition(month) and not self.contested.get(month)]
        selects = [self._parts_sql(alone, stack_condition(stacks) + day_conditions(first, last), first, last)] if alone else []
        selects += [self._month_sql(month, stacks, first, last) for month in held if month not in alone]
        return " union all ".join(selects) if selects else _EMPTY

    def _month_sql(self, month: str, stacks: tuple[str, str] | None, first: date | None, last: date | None) -> str:
        where = stack_condition(stacks) + self._known_condition(month) + day_conditions(first, last)
        contested = self.contested.get(month, ())
        if not contested:
            return self._parts_sql([month], where, first, last)
        chosen = _series_condition(contested)
        alone = self._parts_sql([month], [*where, f"not ({chosen})"], first, last)
        versions = self._versions_sql(month, [*where, chosen], first, last)
        return f"{alone} union all select {_COLUMNS} from ({versions}) where version = 1"

    def _parts_sql(self, months: Sequence[str], where: Sequence[str], first: date | None, last: date | None) -> str:
        """Readings of the parts of months, in the lanes that they were sorted into where flags mean the same today."""
        chosen = {part.part_id for month in months for part in self.parts(month, first, last)}
        found: dict[str, list[str]] = defaultdict(list)
        for record, part in (each for month in months for each in self._parts[month]):
            if part.part_id in chosen:
                columns = _COLUMNS if record.flags_key and record.flags_key == self.flags_key else _UNSORTED
                found[columns].append(str(self.store.folder / part.path))
        return " union all ".join(f"select {columns} from {_parquet(paths)}{_where(where)}" for columns, paths in found.items())

    def _versions_sql(self, month: str, where: Sequence[str], first: date | None, last: date | None) -> str:
        """All deliveries of contested readings, the current one as version 1."""
        paths = [str(self.store.folder / part.path) for part in self.parts(month, first, last)]
        both = f"select {_UNSORTED} from {_parquet(paths)}{_where(where)}"
        repeats = [str(self.store.side_file("repeats", record.ingest_key)) for record, _ in self._parts[month] if record.superseded_count]
        if repeats:
            both += f" union all select {_UNSORTED} from {_parquet(repeats)}{_where([*where, _SUPERSEDED, _month_condition(month)])}"
        return f"select *, row_number() over ({_NEWEST_FIRST}) as version from ({both})"

    def series_sql(self) -> str:
        """SQL of the names under which each stack sent readings: stack_id, indicator, each pair once."""
        paths = [str(self.store.side_file("series", record.ingest_key)) for record in self.records]
        source = _parquet(paths) if paths else "(select null::varchar as stack_id, null::varchar as indicator where false)"
        return f"select distinct stack_id, indicator from {source}"

    def restated_sql(self) -> str:
        """SQL of readings that were delivered more than once: columns of a part and `version` (1 = current, 2 = the one before …)."""
        selects = [
            self._versions_sql(month, [*self._known_condition(month), _series_condition(contested)], None, None)
            for month, contested in self.contested.items()
        ]
        if not selects:
            return f"select *, 1 as version from ({_EMPTY})"
        several = "count(*) over (partition by stack_id, indicator, period_start_at) > 1"
        return f"select * from ({' union all '.join(selects)}) qualify {several}"

    def _is_cut(self, record: FileRecord) -> bool:
        """Whether some rows of the file became known only later."""
        return self.known_at is not None and record.known_to_at is not None and record.known_to_at > self.known_at

    def _known_condition(self, month: str) -> list[str]:
        cut = any(self._is_cut(record) for record, _ in self._parts[month])
        return [f"known_at <= timestamp '{self.known_at}'"] if cut else []


def read_index(
    con: Any, store: ReadingsStore, known_at: datetime | None = None, flags_key: str = "", file_ids: Collection[str] | None = None
) -> ReadingsIndex:
    """The readings known at a moment; None = all that is known. `file_ids`: of these files only, as a run of then had them."""
    taken = (record for record in store.records() if file_ids is None or record.file_id in file_ids)
    records = [record for record in current_records(taken) if record.parts]
    if known_at is not None:
        records = [record for record in records if record.known_from_at is not None and record.known_from_at <= known_at]
    return ReadingsIndex(store, known_at, tuple(records), _contested(con, store, records), flags_key)


def _contested(con: Any, store: ReadingsStore, records: Sequence[FileRecord]) -> dict[str, tuple[tuple[str, str], ...]]:
    """Series that two files cover at overlapping times, or one file with differing rows."""
    if not records:
        return {}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    paths = [str(store.side_file("series", record.ingest_key)) for record in records]
    for month, stack_id, indicator in con.execute(_CONTESTED, {"paths": paths}).fetchall():
        found[month].append((stack_id, indicator))
    return {month: tuple(series) for month, series in found.items()}


#: A series-month in which a delivery begins before all earlier ones have ended.
_CONTESTED = """
select distinct month, stack_id, indicator
from (
    select month, stack_id, indicator, first_at, superseded_count,
        max(last_at) over (
            partition by month, stack_id, indicator order by first_at, last_at, filename rows between unbounded preceding and 1 preceding
        ) as ended_at
    from read_parquet($paths, filename = true)
)
where first_at <= ended_at or superseded_count > 0
order by month, stack_id, indicator
"""
_NEWEST_FIRST = "partition by stack_id, indicator, period_start_at order by known_at desc, source_file_id desc, source_row_number desc"
_SUPERSEDED = "repeat_kind = 'superseded'"
_EMPTY = f"select {', '.join(f'null::{kind} as {name}' for name, kind in STORED.items())} where false"


def _month_condition(month: str) -> str:
    return f"strftime(period_start_at + to_minutes(utc_offset_minutes), '%Y-%m') = '{month}'"


def _series_condition(series: Sequence[tuple[str, str]]) -> str:
    return f"(stack_id, indicator) in ({', '.join(f'({_text(stack)}, {_text(indicator)})' for stack, indicator in series)})"


def day_conditions(first: date | None, last: date | None) -> list[str]:
    """SQL of what holds for readings of some local days; None = open."""
    day = "cast(period_start_at + to_minutes(utc_offset_minutes) as date)"
    return [f"{day} {sign} date '{bound}'" for sign, bound in ((">=", first), ("<=", last)) if bound]


def stack_condition(stacks: tuple[str, str] | None) -> list[str]:
    """SQL of what holds for readings of the stacks from one to another; None = all. Parts are sorted: what lies outside is not read."""
    return [] if stacks is None else [f"stack_id between {_text(stacks[0])} and {_text(stacks[1])}"]


def _parquet(paths: Sequence[str]) -> str:
    return f"read_parquet([{', '.join(_text(path) for path in paths)}])"


def _where(conditions: Sequence[str]) -> str:
    return f" where {' and '.join(conditions)}" if conditions else ""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def repeated_series_sql(con: Any, store: ReadingsStore, records: Sequence[FileRecord]) -> str:
    """SQL of the readings of some files, repeats included, in series that stand twice in them; every repeat is among them."""
    found = {
        series for contested in _contested(con, store, [record for record in records if record.parts]).values() for series in contested
    }
    for record in records:
        if record.duplicate_count or record.superseded_count:
            path = str(store.side_file("repeats", record.ingest_key))
            found |= set(con.execute("select distinct stack_id, indicator from read_parquet(?)", [path]).fetchall())
    return f"select * from ({files_sql(store, records)}) where {_series_condition(sorted(found))}" if found else _EMPTY


def files_sql(store: ReadingsStore, records: Sequence[FileRecord]) -> str:
    """SQL of every reading of some files, repeats included, with the columns of a part."""
    paths = [str(store.folder / part.path) for record in records for part in record.parts]
    twice = [record for record in records if record.duplicate_count or record.superseded_count]
    repeats = [str(store.side_file("repeats", record.ingest_key)) for record in twice]
    selects = [f"select {_COLUMNS} from {_parquet(found)}" for found in (paths, repeats) if found]
    return " union all ".join(selects) if selects else _EMPTY

"""Models made piece by piece: a month (or day) of a group of stacks after the other, each result kept by what it was made from.

A piece that is there is not made again: a night does what is new, a killed one goes on where it stopped, and the order of nights
changes nothing. Memory is bounded by the readings of one piece.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.warehouse import database
from pipelines.warehouse.fingerprint import mapping_hash
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.readings_index import stack_condition
from pipelines.warehouse.side_by_side import do_side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Table that the readings of a piece stand in for while it is made.
READINGS = "stg_monitoring__stack_readings"
#: Readings of the whole run: a piece is made from those of its own days, which its key names.
RAW_READINGS = "raw_monitoring__stack_readings"
#: Stacks of which a model with `by_stacks` is made at once, two groups at a time: at 4 GB the tests of some fifty thousand limits fit.
STACKS_PER_GROUP = 1_500
#: Models with a row for each series and day of the readings: where these are many, a run reads the pieces where they are.
BY_DAY = ("int_monitoring__folded", "int_monitoring__day_shapes")
#: Names under which each stack sent readings; a piece does not depend on those that it does not hold.
SERIES = "stg_monitoring__series"
#: Stacks that send one indicator under several names, with the names; of each interval the value known last counts.
SENT_TWICE = f"""
select s.stack_id, n.indicator_id, string_agg(s.indicator, ', ' order by s.indicator) as sent_names
from {SERIES} as s
inner join ref_rules__indicator_names as n on s.indicator = n.sent_name
group by s.stack_id, n.indicator_id
having count(*) > 1
order by s.stack_id, n.indicator_id
"""
#: Units that count in place of those sent, see docs/rule_files.md.
_CORRECTIONS = "int_monitoring__unit_corrections"
_POINTS = "stg_plants__emission_points"
_STACKS = f"select distinct stack_id from {_POINTS} order by stack_id"
#: Readings of one piece, about; two are made at a time: at 4 GB the sums of some 20 million readings and their levels fit beside the scan.
READINGS_PER_PIECE = 10_000_000
#: Readings of pieces that one query makes: of few readings most of a piece's time is the query around them.
READINGS_TOGETHER = 10_000_000
_TOGETHER = "pieces_made_together"


class Part(Protocol):
    """A file of readings: how many, and from which to which local day."""

    @property
    def row_count(self) -> int: ...
    @property
    def first_date(self) -> date: ...
    @property
    def last_date(self) -> date: ...


class Readings(Protocol):
    """What the store says of current readings; see `readings_index.ReadingsIndex`."""

    @property
    def months(self) -> list[str]: ...
    def parts(self, month: str, first: date | None = None, last: date | None = None) -> Sequence[Part]: ...
    def content_key(self, month: str, first: date | None = None, last: date | None = None) -> str: ...
    def series_sql(self) -> str: ...
    def readings_sql(
        self, months: Sequence[str], stacks: tuple[str, str] | None = None, first: date | None = None, last: date | None = None
    ) -> str: ...


@dataclass(frozen=True)
class Piece:
    """Local days of one month and its stacks, which follow each other in their order; `stacks` None = all."""

    month: str
    first: date | None
    last: date | None
    stacks: tuple[str, ...] | None
    reading_count: int

    @property
    def span(self) -> tuple[str, str] | None:
        """Its first and last stack; None = all."""
        return (self.stacks[0], self.stacks[-1]) if self.stacks else None

    @property
    def days_sql(self) -> str:
        """Its first and last local day, as SQL has them between."""
        if self.first is None:
            return f"date '{self.month}-01' and last_day(date '{self.month}-01')"
        return f"date '{self.first}' and date '{self.last}'"


#: Table, month (of tables by day) and stacks → hash of the rows.
Hashes = dict[tuple[str, "str | None", "tuple[str, ...] | None"], str]


def build_in_pieces(
    con: DuckDBPyConnection,
    model: SqlModel,
    views: Sequence[SqlModel],
    readings: Readings,
    folder: Path,
    is_copied: bool = True,
    hashes: Hashes | None = None,
    used: set[Path] | None = None,
) -> int:
    """Make a model's table of its kept and newly made pieces; its row count.

    A stack that sends one indicator under two names at once counts with the value known last, as in `stg_monitoring__stack_readings`.

    Args:
        views: In build order; those between the readings and this model are read through.
        folder: Where pieces are kept, `month=YYYY-MM/<model>/<key>.parquet`.
        is_copied: Into the database; False = it reads the pieces where they are.
        hashes: Of tables that do not change any more, kept from model to model.
        used: Files of pieces that the table is made of are added to it.

    Raises:
        ModelFileError: The SQL fails. GateError: Disk or memory ran out.
    """
    stacks = [row["stack_id"] for row in database.read_rows(con, _STACKS)]
    maker = _Maker(con, model, _read_through(model, views), readings, folder, {} if hashes is None else hashes)
    files = maker.files(list(pieces(readings, stacks)))
    if used is not None:
        used.update(files)
    database.build_from_files(con, model, files, is_copied)
    return database.count_rows(con, model.name)


def build_series(con: DuckDBPyConnection, model: SqlModel, readings: Readings) -> int:
    """Make the table of received names of what the store says; its row count. Its SQL would look at every reading."""
    return database.build_model(con, replace(model, sql=f"{readings.series_sql()} order by stack_id, indicator"))


def build_by_stacks(con: DuckDBPyConnection, model: SqlModel, stacks_per_group: int = STACKS_PER_GROUP) -> int:
    """Make a model's table for groups of stacks, two at a time; its row count. Few stacks are made at once.

    Raises: as `database.build_model`.
    """
    stacks = [row["stack_id"] for row in database.read_rows(con, _STACKS)]
    if len(stacks) <= stacks_per_group:
        return database.build_model(con, model)
    tables = {name: database.full_name(con, name) for name in model.by_stacks}
    spans = [_and_stacks((group[0], group[-1])) for group in _groups(stacks, stacks_per_group)]
    cut = [{name: f"select * from {table} where true{span}" for name, table in tables.items()} for span in spans]
    with database.built_in_groups(con, model):
        do_side_by_side(con, [partial(database.add_group, model=model, queries=queries) for queries in cut])
    return database.count_rows(con, model.name)


def _groups(stacks: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Stacks that follow each other, in groups of about the same size."""
    count = -(-len(stacks) // most)
    return [tuple(stacks[number * len(stacks) // count : (number + 1) * len(stacks) // count]) for number in range(count)]


def pieces(readings: Readings, stacks: Sequence[str], readings_per_piece: int = READINGS_PER_PIECE) -> Iterator[Piece]:
    """Division of the readings: by month, where a month arrived day by day by day, and by stacks where that is still too much."""
    for month in readings.months:
        parts = readings.parts(month)
        for first, last in _spans(parts):
            count = sum(part.row_count for part in (readings.parts(month, first, last) if first else parts))
            wanted = max(1, min(-(-count // readings_per_piece), len(stacks)))
            for group in _groups(stacks, -(-len(stacks) // wanted)) if wanted > 1 else [None]:
                yield Piece(month, first, last, group, count // wanted)


def _spans(parts: Sequence[Part]) -> list[tuple[date | None, date | None]]:
    """Days of a month that arrived in files of a day or two; else the month as one."""
    if len(parts) < 2 or any(part.last_date - part.first_date > timedelta(days=1) for part in parts):
        return [(None, None)]
    first, last = min(part.first_date for part in parts), max(part.last_date for part in parts)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, day) for day in days if any(part.first_date <= day <= part.last_date for part in parts)]


@dataclass
class _Maker:
    """Makes the pieces of one model; what is the same for all of them is found out once."""

    con: DuckDBPyConnection
    model: SqlModel
    views: Sequence[SqlModel]
    readings: Readings
    folder: Path
    hashes: Hashes

    def files(self, pieces: Sequence[Piece]) -> list[Path]:
        """Files of pieces; those that are not there are made, small ones together, two queries at a time."""
        paths = {piece: self.folder / f"month={piece.month}" / self.model.name / f"{self._key(piece)}.parquet" for piece in pieces}
        missing = [piece for piece, path in paths.items() if not path.exists()]
        groups = [{piece: paths[piece] for piece in together} for together in _together(missing)]
        if len(groups) == 1:
            self._make(self.con, groups[0])
        elif groups:
            _ = self._twice, self._corrected, self._looked_up, self._full_names  # found out once, before the threads
            do_side_by_side(self.con, [partial(self._make, paths=group) for group in groups])
        return list(paths.values())

    def _make(self, con: DuckDBPyConnection, paths: Mapping[Piece, Path]) -> None:
        """Make pieces of the same stacks with one query and write each into its file."""
        sent = _by_the_long_way(_settled(self._sent(list(paths)), self._twice), self._corrected)
        without_lane = f"select 1 as n from ({sent}) where lane_no is null limit 1"
        is_long_way = not self.model.of_readings or bool(database.read_rows(con, without_lane))
        if not is_long_way and READINGS not in self.model.dependencies:
            for path in paths.values():
                database.write_query(con, replace(self.model, sql=_nothing(self.model)), path)
            return
        with database.shadowed(con, self._shadows(list(paths), sent, is_long_way), self._looked_up | {self.model.days_of}):
            if len(paths) == 1:
                database.write_query(con, self.model, *paths.values())
            else:
                self._write_each(con, paths)

    def _write_each(self, con: DuckDBPyConnection, paths: Mapping[Piece, Path]) -> None:
        with database.kept_meanwhile(con, self.model, _TOGETHER):
            for piece, path in paths.items():
                rows = f"select * from {_TOGETHER} where day_date between {piece.days_sql}"
                database.write_query(con, replace(self.model, sql=rows), path)

    @cached_property
    def _tables(self) -> dict[str, bool]:
        """Tables of the run that the model and its views read → whether a piece is of those of their rows only that are of its month."""
        made_here = {READINGS, RAW_READINGS, SERIES, *(view.name for view in self.views)}
        tables = sorted({table for each in (self.model, *self.views) for table in each.dependencies} - made_here)
        return {table: "day_date" in database.table_types(self.con, table) for table in tables}

    @cached_property
    def _looked_up(self) -> frozenset[str]:
        """Views that no reading goes through: tables meanwhile, since planning them wherever they are named costs more than their rows."""
        through = {READINGS}
        for view in self.views:
            through |= {view.name} if through & set(view.dependencies) else set()
        return frozenset(view.name for view in self.views) - through

    @cached_property
    def _full_names(self) -> dict[str, str]:
        return {name: database.full_name(self.con, name) for name in (_POINTS, self.model.days_of) if name}

    @cached_property
    def _sql_key(self) -> str:
        return mapping_hash({each.name: each.sql for each in (self.model, *self.views)})

    @cached_property
    def _twice(self) -> list[str]:
        """Stacks that send one indicator under two names."""
        return sorted({row["stack_id"] for row in database.read_rows(self.con, SENT_TWICE)})

    @cached_property
    def _corrected(self) -> list[str]:
        """Stacks some of whose readings count in another unit than they were sent in."""
        if _CORRECTIONS not in self._tables:
            return []
        return [row["stack_id"] for row in database.read_rows(self.con, f"select distinct stack_id from {_CORRECTIONS} order by stack_id")]

    def _key(self, piece: Piece) -> str:
        """Hash of everything that a piece is made from: readings, SQL, and the rows of the other tables that concern its stacks."""
        return mapping_hash(
            {
                "readings": self.readings.content_key(piece.month, piece.first, piece.last),
                "days": [piece.first, piece.last],
                "sql": self._sql_key,
                "tables": {
                    table: self._hash(table, piece.month if is_by_day else None, piece.stacks) for table, is_by_day in self._tables.items()
                },
            }
        )[:32]

    def _hash(self, table: str, month: str | None, stacks: tuple[str, ...] | None) -> str:
        if (table, month, stacks) not in self.hashes:
            months = self.readings.months if month is not None else None
            found = database.content_hashes(self.con, table, stacks, months)
            self.hashes.update({(table, key, stacks): content for key, content in found.items()})
        return self.hashes[table, month, stacks]

    def _shadows(self, pieces: Sequence[Piece], sent: str, is_long_way: bool) -> dict[str, str]:
        """Tables that pieces of the same stacks see in place of those of the run: their days, readings and stacks, and the views between.

        Args: sent: SQL of their readings. is_long_way: False = the views would normalise readings of which the model takes none.
        """
        stacks, found = pieces[0].span, {}
        if self.model.days_of:
            found[self.model.days_of] = f"select * from {self._full_names[self.model.days_of]} where {_within(pieces)}{_and_stacks(stacks)}"
        found[READINGS] = _of_days(sent, self.model.days_of) if self.model.days_of and is_long_way else sent
        if stacks is not None:
            found[_POINTS] = f"select * from {self._full_names[_POINTS]} where true{_and_stacks(stacks)}"
        for view in self.views:
            if view.name != READINGS:
                found[view.name] = view.sql if is_long_way or view.name in self._looked_up else _nothing(view)
        return found

    def _sent(self, pieces: Sequence[Piece]) -> str:
        """The readings of pieces; whole months in one query."""
        stacks = pieces[0].span
        whole = [piece.month for piece in pieces if piece.first is None]
        selects = [self.readings.readings_sql(whole, stacks)] if whole else []
        selects += [self.readings.readings_sql([each.month], stacks, each.first, each.last) for each in pieces if each.first is not None]
        return " union all ".join(selects)


def _read_through(model: SqlModel, views: Sequence[SqlModel]) -> list[SqlModel]:
    """Those of some views that a model reads, directly or through others, in their order."""
    found: list[SqlModel] = []
    for view in reversed(views):
        if any(view.name in each.dependencies for each in (model, *found)):
            found.insert(0, view)
    return found


def _together(pieces: Sequence[Piece], most_readings: int = READINGS_TOGETHER) -> list[list[Piece]]:
    """Pieces of all stacks in groups that one query can make; one that holds part of the stacks, or many readings, stays alone."""
    groups: list[list[Piece]] = []
    room = 0
    for piece in pieces:
        if piece.stacks is None and groups and piece.reading_count <= room:
            groups[-1].append(piece)
        else:
            groups.append([piece])
            room = most_readings if piece.stacks is None else 0
        room -= piece.reading_count
    return groups


def _of_days(sql: str, table: str) -> str:
    """Readings of which those without a lane are of the days of a table only; the plain ones the model holds against them itself."""
    wanted = f"""select w.stack_id, s.indicator, w.day_date
        from {table} as w
        inner join ref_rules__indicator_names as n on w.indicator_id = n.indicator_id
        inner join {SERIES} as s on w.stack_id = s.stack_id and n.sent_name = s.indicator"""
    same = "r.stack_id = w.stack_id and r.indicator = w.indicator and r.local_date = w.day_date"
    return f"""select r.* from ({sql}) as r semi join ({wanted}) as w on {same} where r.lane_no is null
        union all select * from ({sql}) where lane_no is not null"""


def _within(pieces: Sequence[Piece]) -> str:
    return f"({' or '.join(f'day_date between {piece.days_sql}' for piece in pieces)})"


def _and_stacks(stacks: tuple[str, str] | None) -> str:
    """Of the stacks from one to another: in a group they follow each other, and what lies outside is spared."""
    return "".join(f" and {condition}" for condition in stack_condition(stacks))


def _nothing(view: SqlModel) -> str:
    """The columns of a view without a row: planning the long way costs more than a piece that nothing takes it in."""
    return f"select {', '.join(f'null::{kind} as {name}' for name, kind in view.column_types().items())} where false"


def _settled(sql: str, twice: Sequence[str]) -> str:
    """Readings of which those of stacks that send an indicator under two names are settled; the others pay nothing."""
    if not twice:
        return sql
    ranked = f"""select r.*, row_number() over (partition by r.stack_id, coalesce(n.indicator_id, r.indicator), r.period_start_at
        order by r.known_at desc, r.source_file_id desc, r.source_row_number desc) as place
        from ({sql}) as r left join ref_rules__indicator_names as n on r.indicator = n.sent_name where r.stack_id in ({_listed(twice)})"""
    others = f"select * from ({sql}) where stack_id not in ({_listed(twice)})"
    return f"{others} union all by name select * exclude (place) from ({ranked}) where place = 1"


def _by_the_long_way(sql: str, stacks: Sequence[str]) -> str:
    """Readings of which those of some stacks have no lane: what they were sent as does not tell what they count as."""
    if not stacks:
        return sql
    return f"select * replace (case when stack_id in ({_listed(stacks)}) then null else lane_no end as lane_no) from ({sql})"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word.replace(chr(39), chr(39) * 2)}'" for word in words)

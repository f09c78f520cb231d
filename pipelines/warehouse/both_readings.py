"""The readings of two runs where they are many: both stand in the store, and any mixture of the two is read from there.

Months (or days) with the same readings in both runs are this run's, so that pieces made of them are found; months that differ are joined
reading by reading, once. Which driver moves a reading is said in `swaps`, for readings as for every other table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.warehouse import database
from pipelines.warehouse.chunks import READINGS, Readings
from pipelines.warehouse.fingerprint import mapping_hash
from pipelines.warehouse.readings_index import ReadingsIndex, day_conditions, read_index, stack_condition
from pipelines.warehouse.readings_rows import STORED
from pipelines.warehouse.swaps import DRIVERS, swap_of
from pipelines.warehouse.versions import BESIDE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.readings_store import Part

_KEY = ("stack_id", "indicator", "period_start_at")
#: They say where a reading came from or how it is read, not what was measured.
_PASSIVE = ("plant_id", "known_at", "source_file_id", "source_row_number", "local_date", "lane_no")
_OTHERS = tuple(name for name in STORED if name not in _KEY)
_SIDES = ("old", "new")
_FLAGS = "ref_monitoring__flags"


def stored_readings_of_both(con: DuckDBPyConnection, now: ReadingsIndex | None, earlier: str) -> tuple[ReadingsIndex, ReadingsIndex] | None:
    """Readings of the earlier run and of this one in the store; None when it does not hold those of the earlier one.

    Lanes into which the store sorted readings say what flags mean now: where that has changed they are not looked at.

    Args: now: Those of this run. earlier: Name of the attached database of the earlier run.
    """
    if now is None or not database.table_types(con, "raw_monitoring__files", earlier):
        return None
    files = {row["file_id"] for row in database.read_rows(con, f"select file_id from {earlier}.main.raw_monitoring__files")}
    if not files <= {record.file_id for record in now.store.records()}:
        return None
    flags = [database.read_rows(con, f"select * from {name} order by all") for name in (_FLAGS, f"{earlier}.main.{_FLAGS}")]
    both = now if flags[0] == flags[1] else replace(now, flags_key="")
    (asked,) = database.read_rows(con, f"select known_at from {earlier}.main.ref_run__settings")
    return read_index(con, now.store, asked["known_at"], both.flags_key, files), both


class BothReadings:
    """How the readings of the earlier run and of this one differ; as `swap_sql.Difference` for the table of readings.

    Attributes:
        drivers: Those that move a reading, in declared order.
        counts: Driver → readings that it moves. by_portfolio: the same under no portfolio.
    """

    def __init__(self, con: DuckDBPyConnection, earlier: ReadingsIndex, now: ReadingsIndex, window_start: date, folder: Path) -> None:
        """Args: con: its database holds `moving_stacks`. window_start: first day that this run judges. folder: for files meanwhile."""
        for side, readings in zip(_SIDES, (earlier, now), strict=True):
            con.execute(f"create table series_{side} as {readings.series_sql()}")
        known = {name: database.content_hashes(con, name)[None] for name in ("series_old", "series_new", "moving_stacks")}
        self._pairs = _Pairs(earlier, now, _drivers(window_start), mapping_hash(known | {"window": str(window_start)}), folder)
        counts = Counter[str]()
        for month in self._pairs.differing(self._pairs.months):
            self._pairs.write(con, month)
            found = f"select driver, count(*) as n from {self._pairs.source(month)} where driver is not null group by driver"
            counts.update({row["driver"]: row["n"] for row in database.read_rows(con, found)})
        self.counts = dict(counts)
        self.by_portfolio: dict[tuple[str, str | None], int] = {(driver, None): count for driver, count in sorted(counts.items())}
        self.drivers = [driver for driver in DRIVERS if self.counts.get(driver)]

    def mixture(self, moved: Collection[str]) -> Readings:
        """The readings in which the drivers of `moved` are as in this run and the others as in the earlier one."""
        chosen = frozenset(moved) & set(self.drivers)
        if not chosen:
            return self._pairs.earlier
        return self._pairs.now if chosen == set(self.drivers) else MixedReadings(self._pairs, chosen)


@dataclass(frozen=True)
class _Pairs:
    """Readings of both runs, joined once for each month that differs.

    Attributes: only: side → SQL for the driver of a row `r` that this side alone has. known: hash of what that reads.
    """

    earlier: ReadingsIndex
    now: ReadingsIndex
    only: dict[str, str]
    known: str
    folder: Path

    @property
    def months(self) -> list[str]:
        """Months of either run, in order."""
        return sorted({*self.earlier.months, *self.now.months})

    def keys(self, month: str, first: date | None, last: date | None) -> tuple[str, str]:
        """Hashes of what each run read of a month, or of some days of it."""
        return self.earlier.content_key(month, first, last), self.now.content_key(month, first, last)

    def differing(self, months: Sequence[str]) -> list[str]:
        """Those of some months whose readings are not the same in both runs."""
        return [month for month in months if len(set(self.keys(month, None, None))) > 1]

    def source(self, month: str) -> str:
        """What to select the pairs of a month from."""
        return f"read_parquet({self._path(month)})"

    def write(self, con: DuckDBPyConnection, month: str) -> None:
        """Key, the other columns of a part behind `o_` and `n_`, in which run it is, and the driver; null = the same in both."""
        before, after = (readings.readings_sql([month]) for readings in (self.earlier, self.now))
        differs = " or ".join(f"o.{name} is distinct from n.{name}" for name in _OTHERS if name not in _PASSIVE)
        cells = ", ".join(f"{side}.{name} as {side}_{name}" for side in ("o", "n") for name in _OTHERS)
        key = ", ".join(f"coalesce(n.{name}, o.{name}) as {name}" for name in _KEY)
        same = " and ".join(f"o.{name} = n.{name}" for name in _KEY)
        sql = f"""select {key}, {cells}, o.stack_id is not null as is_old, n.stack_id is not null as is_new,
            case when o.stack_id is null then {self.only["new"].replace("r.", "n.")}
                when n.stack_id is null then {self.only["old"].replace("r.", "o.")} when {differs} then 'restated_data' end as driver
            from ({before}) as o full join ({after}) as n on {same} order by {", ".join(_KEY)}"""
        con.execute(f"copy ({sql}) to {self._path(month)} (format parquet)")

    def _path(self, month: str) -> str:
        """File of the pairs of a month, as SQL has a text."""
        path = str(self.folder / f"{month}.parquet").replace("'", "''")
        return f"'{path}'"


@dataclass(frozen=True)
class MixedReadings:
    """Readings in which some drivers are as in this run and the others as in the earlier one, for models made in pieces."""

    pairs: _Pairs
    moved: frozenset[str]

    @property
    def months(self) -> list[str]:
        """Months of either run, in order."""
        return self.pairs.months

    def parts(self, month: str, first: date | None = None, last: date | None = None) -> Sequence[Part]:
        """Parts that either run reads."""
        both = {part.part_id: part for side in (self.pairs.earlier, self.pairs.now) for part in side.parts(month, first, last)}
        return [both[key] for key in sorted(both)]

    def content_key(self, month: str, first: date | None = None, last: date | None = None) -> str:
        """That of this run where both read the same."""
        before, after = self.pairs.keys(month, first, last)
        if before == after:
            return after
        return mapping_hash({"before": before, "after": after, "moved": sorted(self.moved), "known": self.pairs.known})[:32]

    def series_sql(self) -> str:
        """SQL of the names under which each stack sent readings: those of both runs, and of one run as its driver says."""
        names = "stack_id, indicator"
        both = " intersect ".join(f"select {names} from {BESIDE}.main.series_{side}" for side in _SIDES)
        alone = [
            f"""select {names} from (
                select r.stack_id, r.indicator, {self.pairs.only[side].replace("r.period_start_at", "null::timestamp")} as driver
                from (select {names} from {BESIDE}.main.series_{side} except select {names} from {BESIDE}.main.series_{other}) as r
            ) where (driver in ({self._listed})) = {side == "new"}"""
            for side, other in (_SIDES, _SIDES[::-1])
        ]
        return " union ".join([f"({both})", *alone])

    def readings_sql(
        self, months: Sequence[str], stacks: tuple[str, str] | None = None, first: date | None = None, last: date | None = None
    ) -> str:
        """SQL that selects the readings, exactly the columns of a part, in no order."""
        differing = self.pairs.differing(months)
        same = [month for month in months if month not in differing]
        selects = [self.pairs.now.readings_sql(same, stacks, first, last)] if same or not differing else []
        where = stack_condition(stacks) + day_conditions(first, last)
        return " union all ".join([*selects, *(self._mixed(month, where) for month in differing)])

    def _mixed(self, month: str, where: Sequence[str]) -> str:
        """One side of each pair; a reading that this side does not have is left out."""
        is_now = f"(driver is null or driver in ({self._listed}))"
        cells = ", ".join(name if name in _KEY else f"case when {is_now} then n_{name} else o_{name} end as {name}" for name in STORED)
        pairs = f"select {cells} from {self.pairs.source(month)} where case when {is_now} then is_new else is_old end"
        return f"select * from ({pairs}) where {' and '.join([*where, 'true'])}"

    @property
    def _listed(self) -> str:
        return ", ".join(f"'{driver}'" for driver in sorted(self.moved))


def _drivers(window_start: date) -> dict[str, str]:
    """SQL of the driver of a reading that one side alone has, as `swaps` says it."""
    swap = swap_of(READINGS)
    assert swap is not None
    tables = {"o_rows": "series_old", "n_rows": "series_new", "moving_stacks": "moving_stacks"}
    found = {}
    for side in _SIDES:
        sql = swap.only(side).replace("n_window_start()", f"date '{window_start}'")
        for name, table in tables.items():
            sql = sql.replace(f"from {name}", f"from {BESIDE}.main.{table}")
        found[side] = sql
    return found

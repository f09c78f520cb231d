"""Why did it move: the headline made again under every choice of the drivers that changed since an earlier run (docs/change_bridge.md).

Nothing is estimated: the SQL models of the run are built on mixtures of the two runs' tables. The sums over these values are SQL too
(`mart_portfolio__change`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from pipelines.warehouse import change_items, database
from pipelines.warehouse.both_readings import BothReadings, stored_readings_of_both
from pipelines.warehouse.changed_verdicts import changed_verdicts_sql
from pipelines.warehouse.chunks import READINGS
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.swap_sql import Difference, day_macros
from pipelines.warehouse.swaps import DRIVERS, Swap, swap_of
from pipelines.warehouse.versions import StoredReadings, Versions, versions

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.readings_index import ReadingsIndex

EARLIER = "earlier_run"
HEADLINE = "mart_portfolio__headline"
METRICS = ("assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio")

#: A run with more readings than its database carries has a view in place of the one, and no table of the other.
_RAW_READINGS, _FOLDED = "raw_monitoring__stack_readings", "int_monitoring__folded"
_NO_STORE = "readings of one of the runs are in neither its database nor the store of this home"

Row = dict[str, Any]


def change_schemas() -> dict[str, pa.Schema]:
    """Columns of the tables that `compare_runs` makes."""
    text, count, flag = pa.string(), pa.int64(), pa.bool_()
    value = [("portfolio_id", text), ("sector", text), ("metric", text), ("value", pa.float64())]
    amounts = [("green_usd", pa.float64()), ("assessed_usd", pa.float64())]
    states = [("plant_id", text), ("rule_id", text), ("tier", text), ("state_before", text), ("state_after", text)]
    return {
        "raw_change__runs": pa.schema(
            [("state", text), ("reason", text), ("earlier_run_id", text), ("earlier_as_of_date", pa.date32()), ("coalition_count", count)]
        ),
        "raw_change__drivers": pa.schema([("driver_no", count), ("driver", text), ("is_changed", flag), ("bit", count)]),
        "raw_change__items": change_items.SCHEMA,
        "raw_change__values": pa.schema([("coalition_no", count), *value]),
        "raw_change__plants": pa.schema([("coalition_no", count), ("portfolio_id", text), ("plant_id", text), *amounts]),
        "raw_change__states": pa.schema(states),
        "raw_change__verdicts": pa.schema(
            [
                *((name, text) for name in ("rule_id", "tier", "plant_id", "entity_id", "indicator_id")),
                *((name, pa.date32()) for name in ("period_start_date", "period_end_date")),
                ("verdict_no", count),
                *((name, text) for name in ("unit", "state_before", "state_after", "status_before")),
                *((name, pa.float64()) for name in ("value_before", "value_after", "limit_before", "limit_after")),
                *((name, pa.float64()) for name in ("within_before_ratio", "within_after_ratio")),
                *((name, text) for name in ("rule_version_before", "rule_version_after")),
                ("has_corrected_readings", flag),
                ("has_more_readings", flag),
                ("is_known_earlier", flag),
                ("is_rule_moved", flag),
            ]
        ),
    }


def compare_runs(
    con: DuckDBPyConnection,
    earlier: Path | None,
    models: Sequence[SqlModel],
    progress: Callable[[str], None] = lambda _: None,
    readings: ReadingsIndex | None = None,
) -> dict[str, pa.Table]:
    """The tables of `change_schemas`: both runs, what changed, and the headline of every mixture of the two.

    Args:
        con: this run, every model built. earlier: database file of the run to compare with. models: all of them in build order.
        readings: Those of this run in the store, read where one of the two runs does not carry its own.
    """
    if earlier is None:
        return _tables({"raw_change__runs": [_state("no_earlier_run", "no run was published before this one in this home")]})
    con.execute(f"attach '{str(earlier).replace(chr(39), chr(39) * 2)}' as {EARLIER} (read_only)")
    try:
        if not database.table_types(con, HEADLINE, EARLIER):
            return _tables({"raw_change__runs": [_state("not_comparable", "the earlier run holds no headline: another version made it")]})
        if not database.is_view(con, _RAW_READINGS) and database.table_types(con, _FOLDED, EARLIER):
            with versions(con, models) as made:
                return _tables(_Comparison(made, models, progress).rows())
        both = stored_readings_of_both(con, readings, EARLIER)
        if both is None:
            return _tables({"raw_change__runs": [_state("not_comparable", _NO_STORE)]})
        stored = StoredReadings(both[1], both[1].store.folder / "folds")
        with TemporaryDirectory(dir=both[1].store.arriving) as folder, versions(con, models, stored) as made:
            return _tables(_Comparison(made, models, progress, (*both, Path(folder))).rows())
    finally:
        con.execute(f"detach {EARLIER}")


def swapped_tables(models: Sequence[SqlModel], target: str = HEADLINE) -> list[Swap]:
    """Every table that the headline rests on and that two runs can have differently, in the order of their names."""
    by_name = {model.name: model for model in models}
    found: dict[str, Swap] = {}
    seen, todo = set(), [target]
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        swap = swap_of(name)
        if swap is None and name in by_name:
            todo += by_name[name].dependencies
        else:
            found[name] = swap or Swap(name)
    return [found[name] for name in sorted(found)]


def _state(state: str, reason: str) -> Row:
    return {"state": state, "reason": reason}


def _tables(rows: Mapping[str, list[Row] | pa.Table]) -> dict[str, pa.Table]:
    found: dict[str, pa.Table] = {}
    for name, schema in change_schemas().items():
        part = rows.get(name, [])
        found[name] = pa.Table.from_pylist(part, schema=schema) if isinstance(part, list) else part.cast(schema)
    return found


@dataclass
class _Comparison:
    """One comparison of two runs."""

    made: Versions
    models: Sequence[SqlModel]
    progress: Callable[[str], None]
    #: Readings of the earlier run and of this one, where they are read from the store, and a folder for what is made of them.
    stored: tuple[ReadingsIndex, ReadingsIndex, Path] | None = None
    differences: dict[str, Difference | BothReadings] = field(default_factory=dict)
    mixtures: dict[tuple[str, frozenset[str]], str] = field(default_factory=dict)

    def rows(self) -> dict[str, list[Row] | pa.Table]:
        """Rows of every table of `change_schemas`."""
        self._find_differences()
        changed = [driver for driver in DRIVERS if any(driver in found.drivers for found in self.differences.values())]
        self.progress(f"compare with the earlier run: {', '.join(changed) or 'nothing changed'}")
        values = [*self._published()]
        self.made.con.execute(_PLANT_TABLE)
        with self.made.threads() as submit:
            coalitions = [submit(partial(self._coalition, self._inputs(moved))) for moved in _choices(changed)]
            for number, found in enumerate(coalitions):
                headline, plants = found.result()
                values += [{"coalition_no": number, **row} for row in self._headline(headline)]
                self.made.con.execute(_PLANTS.format(number=number, **plants))
        return {
            "raw_change__runs": [self._runs(2 ** len(changed))],
            "raw_change__drivers": [self._driver(number, driver, changed) for number, driver in enumerate(DRIVERS, 1)],
            "raw_change__items": change_items.items(self._read, self.differences, f"{EARLIER}.main", f"{self.made.run}.main"),
            "raw_change__values": values,
            "raw_change__plants": database.read_arrow(self.made.con, _MOVED_PLANTS.format(coalitions=2 ** len(changed))),
            "raw_change__states": database.read_arrow(self.made.con, _STATES.format(o=f"{EARLIER}.main", n=f"{self.made.run}.main")),
            "raw_change__verdicts": database.read_arrow(self.made.con, changed_verdicts_sql(f"{EARLIER}.main", f"{self.made.run}.main")),
        }

    def _read(self, sql: str) -> list[Row]:
        return database.read_rows(self.made.con, sql)

    def _settings(self, run: str) -> Row:
        return self._read(f"select run_id, as_of_date, window_start_date from {run}.main.ref_run__settings")[0]

    def _find_differences(self) -> None:
        con, run = self.made.con, self.made.run
        before, now = self._settings(EARLIER), self._settings(run)
        day_macros(con, before["as_of_date"], now["as_of_date"], now["window_start_date"])
        for name, sql in _SHARED.items():
            con.execute(f"create table {name} as {sql.format(o=f'{EARLIER}.main', n=f'{run}.main')}")
        for swap in swapped_tables(self.models):
            if swap.table == READINGS and self.stored:
                before_and_now, folder = self.stored[:2], self.stored[2]
                found: Difference | BothReadings = BothReadings(con, *before_and_now, now["window_start_date"], folder)
            elif database.table_types(con, swap.table, EARLIER):
                found = Difference(con, swap, EARLIER, run)
            else:
                continue
            if found.counts:
                self.differences[swap.table] = found

    def _inputs(self, moved: set[str]) -> dict[str, str]:
        return {table: self._mixture(table, frozenset(moved & set(found.drivers))) for table, found in self.differences.items()}

    def _mixture(self, table: str, moved: frozenset[str]) -> str:
        if (table, moved) not in self.mixtures:
            found = self.differences[table]
            if isinstance(found, BothReadings):
                self.mixtures[table, moved] = self.made.add_readings(found.mixture(moved))
            else:
                self.mixtures[table, moved] = self.made.add(table, found.mixture(moved))
        return self.mixtures[table, moved]

    def _published(self) -> Iterator[Row]:
        """The headline that the earlier run published: a coalition without a number."""
        for row in self._headline(f"{EARLIER}.main.{HEADLINE}"):
            yield {"coalition_no": None, **row}

    def _headline(self, version: str) -> list[Row]:
        sql = " union all ".join(
            f"select portfolio_id, sector, '{metric}' as metric, {metric} as value from {version}" for metric in METRICS
        )
        return self._read(f"{sql} order by portfolio_id, sector, metric")

    def _coalition(self, inputs: dict[str, str]) -> tuple[str, dict[str, str]]:
        """Versions of the headline and of what the amounts of plants are read from."""
        names = {"attribution": "int_loans__attribution", "classes": "int_plants__class", "loans": "mart_portfolio__loans"}
        return self.made.version(HEADLINE, inputs), {short: self.made.version(name, inputs) for short, name in names.items()}

    def _runs(self, coalitions: int) -> Row:
        before = self._settings(EARLIER)
        return {
            "state": "compared",
            "earlier_run_id": before["run_id"],
            "earlier_as_of_date": before["as_of_date"],
            "coalition_count": coalitions,
        }

    def _driver(self, number: int, driver: str, changed: list[str]) -> Row:
        return {
            "driver_no": number,
            "driver": driver,
            "is_changed": driver in changed,
            "bit": 2 ** changed.index(driver) if driver in changed else None,
        }


def _choices(changed: Sequence[str]) -> Iterator[set[str]]:
    """Every choice of the drivers that changed: bit 0 of its number is the first of them."""
    for number in range(2 ** len(changed)):
        yield {driver for place, driver in enumerate(changed) if number >> place & 1}


#: Tables that the texts of `swaps` use: `o` is the earlier run, `n` this one.
_SHARED = {
    "loans_of_one_run": """select coalesce(a.loan_id, b.loan_id) as loan_id
        from (select distinct loan_id from {o}.stg_bank__loans) as a
        full join (select distinct loan_id from {n}.stg_bank__loans) as b on a.loan_id = b.loan_id
        where a.loan_id is null or b.loan_id is null""",
    "moving_plants": """select plant_id
        from (select plant_id, loan_id from {o}.int_loans__attribution union all select plant_id, loan_id from {n}.int_loans__attribution)
        where (plant_id in (select plant_id from {o}.stg_plants__plants)) <> (plant_id in (select plant_id from {n}.stg_plants__plants))
        group by plant_id
        having count(*) = count(case when loan_id in (select loan_id from loans_of_one_run) then 1 end)""",
    "moving_stacks": """select stack_id
        from (
            select stack_id, plant_id from {o}.stg_plants__emission_points
            union all
            select stack_id, plant_id from {n}.stg_plants__emission_points
        )
        where plant_id in (select plant_id from moving_plants)""",
    "overlays_of_both": "select overlay_id from {o}.ref_rules__overlays union select overlay_id from {n}.ref_rules__overlays",
}
_PLANT_TABLE = """
create table plant_amounts (coalition_no bigint, portfolio_id varchar, plant_id varchar, green_usd double, assessed_usd double)
"""
_PLANTS = """
insert into plant_amounts
select {number}, a.portfolio_id, a.plant_id,
    sum(case when c.plant_class = 'green' then a.exposure_usd else 0 end)::double as green_usd,
    sum(case when c.plant_class <> 'unknown' then a.exposure_usd else 0 end)::double as assessed_usd
from {attribution} as a
inner join {classes} as c on a.plant_id = c.plant_id
inner join {loans} as l on a.portfolio_id = l.portfolio_id and a.loan_id = l.loan_id and l.is_in_scope
group by a.portfolio_id, a.plant_id
"""
#: Amounts of the plants that something moves, and the sums over all of a portfolio's plants under the name `*`.
_MOVED_PLANTS = """
with still as (
    select portfolio_id, plant_id from plant_amounts group by portfolio_id, plant_id
    having count(*) = {coalitions} and min(green_usd) = max(green_usd) and min(assessed_usd) = max(assessed_usd)
)
select a.* from plant_amounts as a anti join still as s on a.portfolio_id = s.portfolio_id and a.plant_id = s.plant_id
union all
select coalition_no, portfolio_id, '*' as plant_id, sum(green_usd::decimal(38, 6))::double as green_usd,
    sum(assessed_usd::decimal(38, 6))::double as assessed_usd
from plant_amounts group by coalition_no, portfolio_id
order by coalition_no, portfolio_id, plant_id
"""
#: Rules that judge a plant otherwise than in the earlier run.
_STATES = """
select coalesce(n.plant_id, o.plant_id) as plant_id, coalesce(n.rule_id, o.rule_id) as rule_id, coalesce(n.tier, o.tier) as tier,
    o.state as state_before, n.state as state_after
from {n}.int_plants__rule_states as n
full join {o}.int_plants__rule_states as o on n.plant_id = o.plant_id and n.rule_id = o.rule_id and n.tier = o.tier
where n.state is distinct from o.state and coalesce(n.plant_id, o.plant_id) in (select plant_id from plant_amounts)
order by plant_id, rule_id, tier
"""

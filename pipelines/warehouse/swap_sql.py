"""Two runs' rows of one table, joined once: from there any mixture of the two by driver is a plain query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from pipelines.warehouse import database
from pipelines.warehouse.swaps import ALWAYS, DRIVERS, Swap

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Difference:
    """How a table differs between the earlier run and this one.

    Attributes:
        drivers: Those that move a row or a cell of it, in declared order.
        counts: Driver → rows that it moves. by_portfolio: the same by driver and portfolio; None in a table without one.
    """

    def __init__(self, con: DuckDBPyConnection, swap: Swap, earlier: str, run: str) -> None:
        self._con, self._swap = con, swap
        columns = list(database.table_types(con, swap.table, run))
        theirs = database.table_types(con, swap.table, earlier)
        self._passive = [name for name in columns if name in swap.passive or name not in theirs]
        self._compared = [name for name in columns if name not in self._passive]
        self._key = list(swap.key or self._compared)
        self._mixed = [name for name in self._compared if name not in self._key]
        self._columns = columns
        self._view("o_rows", earlier, {name for name in columns if name not in theirs})
        self._view("n_rows", run, set())
        self._joined, self._single = f"{swap.table}__pairs", f"{swap.table}__single"
        self.by_portfolio: dict[tuple[str, str | None], int] = self._counts() if self._differs() else {}
        self.counts = Counter[str]()
        for (driver, _), count in self.by_portfolio.items():
            self.counts[driver] += count
        self.drivers = [driver for driver in DRIVERS if self.counts.get(driver)]

    def mixture(self, moved: Collection[str]) -> str:
        """SQL of the table in which the drivers of `moved` are as in this run and the others as in the earlier one."""
        pairs = ", ".join(self._chosen(name, moved) for name in self._columns)
        there = " or ".join([f"driver = '{ALWAYS}'", *(f"(driver = '{driver}' and side = 'new')" for driver in DRIVERS if driver in moved)])
        gone = " or ".join(["false", *(f"driver = '{driver}'" for driver in DRIVERS if driver not in moved)])
        return (
            f"select {pairs} from {self._joined} union all select {pairs} from {self._single} where {there} or (side = 'old' and ({gone}))"
        )

    def _driver(self, column: str) -> str:
        return self._swap.columns.get(column, self._swap.default)

    def _chosen(self, column: str, moved: Collection[str]) -> str:
        old = column in self._mixed and self._driver(column) not in moved
        return f"o_{column} as {column}" if old else column

    def _view(self, name: str, run: str, absent: Collection[str]) -> None:
        cells = ", ".join(f"null as {column}" if column in absent else column for column in self._columns)
        order = ", ".join(self._mixed) or "1"
        repeat = f"row_number() over (partition by {', '.join(self._key)} order by {order}) as repeat_number"
        self._con.execute(f"create or replace view {name} as select {cells}, {repeat} from ({self._swap.rows(run)}) as q")

    def _differs(self) -> bool:
        """Whether anything but the passive columns differs; two sums of row hashes tell, whatever the order of rows."""
        cells = ", ".join(self._compared)
        sums = "count(*) as n, coalesce(sum(hash(t)), 0) as total, coalesce(bit_xor(hash(t)), 0) as mix"
        found = [database.read_rows(self._con, f"select {sums} from (select {cells} from {rows}) as t") for rows in ("o_rows", "n_rows")]
        return found[0] != found[1]

    def _counts(self) -> dict[tuple[str, str | None], int]:
        for name in ("o_rows", "n_rows"):  # numbered once, read six times
            self._con.execute(f"create or replace table {name}_numbered as select * from {name}")
        self._join()
        self._leave()
        for name in ("o_rows", "n_rows"):
            self._con.execute(f"drop table {name}_numbered")
        portfolio = "portfolio_id" if "portfolio_id" in self._columns else "null::varchar"
        moved = [f"select driver, {portfolio} as portfolio_id from {self._single}"]
        for driver in sorted({self._driver(column) for column in self._mixed}):
            differs = " or ".join(f"{name} is distinct from o_{name}" for name in self._mixed if self._driver(name) == driver)
            moved.append(f"select '{driver}' as driver, {portfolio} as portfolio_id from {self._joined} where {differs}")
        sql = f"select driver, portfolio_id, count(*) as n from ({' union all '.join(moved)}) group by driver, portfolio_id order by all"
        return {(row["driver"], row["portfolio_id"]): row["n"] for row in database.read_rows(self._con, sql)}

    def _same_key(self, left: str, right: str) -> str:
        return " and ".join(f"{left}.{name} is not distinct from {right}.{name}" for name in (*self._key, "repeat_number"))

    def _join(self) -> None:
        """Rows that both runs have: this run's cells, and the earlier ones behind `o_`."""
        cells = [f"n.{name}" for name in self._columns] + [f"o.{name} as o_{name}" for name in self._mixed]
        self._con.execute(
            f"create table {self._joined} as select {', '.join(cells)} from n_rows_numbered as n"
            f" inner join o_rows_numbered as o on {self._same_key('n', 'o')} where not ({self._swap.whole})"
        )

    def _leave(self) -> None:
        """Rows that move as one: those of one side, each with its driver."""
        parts = []
        for side, mine, theirs in (("new", "n_rows_numbered", "o_rows_numbered"), ("old", "o_rows_numbered", "n_rows_numbered")):
            cells = [f"r.{name}" for name in self._columns] + [f"r.{name} as o_{name}" for name in self._mixed]
            for name, by_side in self._swap.other.items():
                swapped = f"{by_side[side]} as {'o_' if side == 'new' else ''}{name}"
                own = f"r.{name} as {'' if side == 'new' else 'o_'}{name}"
                cells = [cell for cell in cells if cell not in (f"r.{name}", f"r.{name} as o_{name}")] + [swapped, own]
            names = {"n": "r" if side == "new" else "x", "o": "x" if side == "new" else "r"}
            whole = self._swap.whole.replace("o.", names["o"] + ".").replace("n.", names["n"] + ".")
            twin = f"exists (select 1 from {theirs} as x where {self._same_key('x', 'r')} and not ({whole}))"
            parts.append(
                f"select '{side}' as side, {self._swap.only(side)} as driver, {', '.join(cells)} from {mine} as r where not {twin}"
            )
        self._con.execute(f"create table {self._single} as {' union all by name '.join(parts)}")


def day_macros(con: DuckDBPyConnection, earlier_as_of: date, as_of: date, window_start: date) -> None:
    """The days of both runs under the names that `swaps` uses."""
    for name, day in (("o_as_of", earlier_as_of), ("n_as_of", as_of), ("n_window_start", window_start)):
        con.execute(f"create or replace macro {name}() as date '{day.isoformat()}'")

"""The static site: seconds and size for the sample book, and for a book of N times its plants with their readings.

`python -m bench.site RUN [--times 13]`: RUN is a published folder (`greencap run` on the samples). The large book is the run's own database
with every plant, borrower and loan copied under new ids; its readings are copied too. Ratios are the figures to read, of computing
seconds (user and system), the least of `--repeat` tries, since other work on the machine moves the clock.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.report.scorecard import collect
from pipelines.report.site.material import Material
from pipelines.report.site.write import write_site
from pipelines.warehouse.database import close, connect, read_rows
from pipelines.warehouse.evidence import day_readings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Columns that name a plant, a place in it, a borrower or a loan: a copy of a row has them under new ids.
_IDS = frozenset(
    "plant_id unit_id stack_id entity_id loan_id borrower_id counterparty_id company_id owner_id owned_id reached_id finding_id".split()
)
_COPIED = ("raw_bank", "raw_plants", "raw_monitoring", "stg_", "int_", "mart_")
_COLUMNS = """
select table_name, column_name from duckdb_columns()
where not internal and table_name in (select table_name from duckdb_tables()) order by table_name, column_index
"""


def enlarge(con: DuckDBPyConnection, times: int) -> None:
    """Copy every row that names a plant, borrower or loan `times - 1` times, each copy under ids of its own."""
    tables: dict[str, list[str]] = {}
    for row in read_rows(con, _COLUMNS):
        tables.setdefault(row["table_name"], []).append(row["column_name"])
    for name, columns in tables.items():
        if not name.startswith(_COPIED) or not _IDS & set(columns):
            continue
        chosen = ", ".join(f"{column} || '~' || k" if column in _IDS else column for column in columns)
        con.execute(f"insert into {name} ({', '.join(columns)}) select {chosen} from {name} cross join range(1, {times}) as r (k)")


def measure(con: DuckDBPyConnection, repeat: int) -> dict[str, float]:
    """Least computing seconds of writing the site, its files and megabytes, plants, and what reading the marts alone takes."""
    read = partial(read_rows, con)
    started = time.process_time()
    scorecard = collect(read, {"code_version": "bench"})
    collected = time.process_time() - started
    seconds = []
    for _ in range(repeat):
        with tempfile.TemporaryDirectory() as folder:
            began, clock = time.process_time(), time.perf_counter()
            files = write_site(Path(folder), Material(scorecard, read, partial(day_readings, con)))
            seconds.append((time.process_time() - began, time.perf_counter() - clock))
            size = sum(path.stat().st_size for path in files) / 1e6
    plants = read(" select count(distinct plant_id) as n from int_loans__attribution")[0]["n"]
    readings = read("select count(*) as n from raw_monitoring__stack_readings")[0]["n"]
    return {
        "plants": plants,
        "readings": readings,
        "marts_read_s": collected,
        "site_computing_s": min(one for one, _ in seconds),
        "site_clock_s": min(one for _, one in seconds),
        "files": len(files),
        "mb": size,
    }


def main() -> None:
    """Print both measurements and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--times", type=int, default=13)
    parser.add_argument("--repeat", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.duckdb"
        shutil.copy(asked.run / "green_capacity.duckdb", path)
        path.chmod(0o644)
        con = connect(path)
        small = measure(con, asked.repeat)
        enlarge(con, asked.times)
        large = measure(con, 1)
        close(con)
    for name, value in small.items():
        print(f"{name:18} {value:12,.2f} {large[name]:14,.2f}   × {large[name] / value:.1f}")


if __name__ == "__main__":
    main()

"""How fast readings go into the store, and what bad lines cost: `python -m bench.ingest --rows 2000000`. Other benches call `ingest_rows`.

Each measurement runs in a process of its own, so that peak memory is its own. Values are noise that does not compress.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

#: Hours of a year; a stack sends three indicators.
HOURS = 8760
_ROWS = """
select 'S' || lpad(((i // {hours}) // 3)::varchar, 6, '0') as stack_id, ['nox', 'so2', 'pm'][(i // {hours}) % 3 + 1] as indicator,
    strftime(timestamp '2025-01-01' + to_hours((i % {hours})::int), '%Y-%m-%d %H:%M') as measured_at,
    round(exp(3 + random()) + random(), 4) as value, 'mg/m3' as unit, 'dry' as gas_basis, round(8 + 4 * random(), 3) as o2_pct,
    case when random() < 0.02 then 'M' else 'N' end as flag
from range({rows}) as r(i)
"""
#: One row in `every` loses a cell or has a word for a number.
_DIRTY = """
select case when i % (2 * {every}) = 0 then replace(line, ',mg/m3,', ',') when i % {every} = 0 then replace(line, ',mg/m3', 'x,mg/m3')
    else line end
from (
    select concat_ws(',', stack_id, indicator, measured_at, value::varchar, unit, gas_basis, o2_pct::varchar, flag) as line,
        row_number() over () as i
    from ({rows})
)
"""
HEADER = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct,flag"


@dataclass(frozen=True)
class Ingested:
    """What taking one landing folder in cost; `computing_seconds` counts all threads and leaves out what other processes took."""

    row_count: int
    reject_count: int
    seconds: float
    computing_seconds: float
    peak_megabytes: float
    stored_megabytes: float


def write_long_csv(path: Path, rows: int, bad_every: int = 0) -> None:
    """A CSV file of hourly noise; one row in `bad_every` is bad (0 = none)."""
    from pipelines.warehouse import database

    source = _ROWS.format(rows=rows, hours=HOURS)
    with database.connect(":memory:") as con:
        con.execute("select setseed(0.5)")
        if not bad_every:
            con.execute(f"copy ({source}) to '{path}' (format csv, header)")
            return
        sql = _DIRTY.format(rows=source, every=bad_every).strip()
        con.execute(f"copy ({sql}) to '{path}' (format csv, header false, delimiter '\\x01', quote '')")
    body = path.read_bytes()
    path.write_bytes(HEADER.encode() + b"\n" + body)


def write_parquet(path: Path, rows: int) -> None:
    """The same noise as Parquet."""
    from pipelines.warehouse import database

    with database.connect(":memory:") as con:
        con.execute("select setseed(0.5)")
        con.execute(
            f"copy (select * replace (measured_at::timestamp as measured_at) from ({_ROWS.format(rows=rows, hours=HOURS)})) to '{path}'"
        )


def ingest_rows(landing: Path, home: Path) -> Ingested:
    """Take a landing folder into a new store, in a process of its own."""
    command = [sys.executable, "-m", "bench.ingest", "--take", str(landing), str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return Ingested(**json.loads(done.stdout.splitlines()[-1]))


def _take(landing: Path, home: Path) -> Ingested:
    from datetime import date

    from pipelines.night_readings import receive_readings
    from pipelines.sources.landing import read_landing

    home.mkdir(parents=True, exist_ok=True)
    received = read_landing(landing, lambda said: None)
    started, computed = time.perf_counter(), _computing_seconds()
    readings = receive_readings(home, received, date(2025, 12, 31), None)
    seconds, computing = time.perf_counter() - started, _computing_seconds() - computed
    stored = sum(path.stat().st_size for path in (home / "readings" / "parts").rglob("*.parquet")) / 1e6
    rows, rejects = (sum(getattr(record, name) for record in readings.tonight) for name in ("row_count", "reject_count"))
    return Ingested(rows, rejects, seconds, computing, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, stored)


def _computing_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def ingest_table(rows: int) -> list[tuple[str, Ingested]]:
    """Clean text, text with one bad line in a thousand, and Parquet."""
    measured = []
    with tempfile.TemporaryDirectory() as folder:
        for name, write in (
            ("CSV, clean", lambda path: write_long_csv(path.with_suffix(".csv"), rows)),
            ("CSV, one line in 1,000 bad", lambda path: write_long_csv(path.with_suffix(".csv"), rows, 1000)),
            ("Parquet", lambda path: write_parquet(path.with_suffix(".parquet"), rows)),
        ):
            landing = Path(folder) / name.replace(" ", "_")
            landing.mkdir()
            write(landing / "readings")
            measured.append((name, ingest_rows(landing, Path(folder) / f"home_{len(measured)}")))
    return measured


def main() -> None:
    """Print the table for bench/README.md."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=2_000_000)
    options.add_argument("--take", nargs=2, type=Path)
    chosen = options.parse_args()
    if chosen.take:
        print(json.dumps(asdict(_take(*chosen.take))))
        return
    columns = ("what", "rows", "rejects", "seconds", "computing seconds", "million rows a computing second", "times clean", "peak MB")
    print(f"| {' | '.join([*columns, 'stored bytes a row'])} |\n|{'---|' * (len(columns) + 1)}")
    table = ingest_table(chosen.rows)
    for name, found in table:
        speed = found.row_count / found.computing_seconds / 1e6
        ratio = found.computing_seconds / table[0][1].computing_seconds
        counts = f"{found.row_count:,} | {found.reject_count:,} | {found.seconds:.1f} | {found.computing_seconds:.1f}"
        stored = found.stored_megabytes * 1e6 / found.row_count
        print(f"| {name} | {counts} | {speed:.2f} | {ratio:.2f} | {found.peak_megabytes:.0f} | {stored:.1f} |")


if __name__ == "__main__":
    main()

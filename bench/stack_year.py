"""`make bench`: what the SQL models cost on a year of hourly stack data, beside a bare scan of it and the same daily means in pandas.

Every part runs in a process of its own, so that its memory is its own. Prints a table in Markdown; `bench/README.md` keeps one.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.made_up_year import HOURS, POLLUTANTS, write_year
from pipelines import settings
from pipelines.given_tables import given_schemas
from pipelines.warehouse import database
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.sql_models import load_models

_SCAN = "select count(stack_id), count(indicator), max(measured_at), sum(value), sum(o2_pct), count(unit), count(flag) from {}"
_COLUMNS = "select stack_id, indicator, measured_at, value, o2_pct, flag from raw_monitoring__stack_readings"


def bare_scan(path: Path) -> dict[str, float]:
    """Seconds to read the columns once, best of three: what the disk and the machine cost anyone."""
    with database.connect(path, read_only=True, memory_limit=settings.memory_limit()) as con:
        return {"scan": min(_seconds(lambda: database.read_rows(con, _SCAN.format("raw_monitoring__stack_readings"))) for _ in range(3))}


def sql_models(path: Path) -> dict[str, float]:
    """Seconds of each model, in the order in which a run builds them."""
    with database.connect(path, memory_limit=settings.memory_limit()) as con:
        return {model.name: _seconds(lambda model=model: database.build_model(con, model)) for model in _models()}


def pandas_means(path: Path) -> dict[str, float]:
    """Seconds for the daily means at 10 % oxygen alone, in pandas, with the rows already in memory."""
    with database.connect(path, read_only=True) as con:
        frame = database.read_arrow(con, _COLUMNS).to_pandas()

    def means() -> None:
        normal = frame[frame["flag"] == "N"]
        value = normal["value"] * (21 - 10) / (21 - normal["o2_pct"])
        value.groupby([normal["stack_id"], normal["indicator"], normal["measured_at"].dt.floor("D")]).mean()

    return {"pandas": _seconds(means)}


PARTS: dict[str, Callable[[Path], dict[str, float]]] = {"scan": bare_scan, "models": sql_models, "pandas": pandas_means}


def main() -> None:
    """Measure, or be one of the measured parts."""
    parser = argparse.ArgumentParser(prog="python -m bench.stack_year", description=__doc__)
    parser.add_argument("--stacks", type=int, default=40, help=f"stacks with {len(POLLUTANTS) * HOURS:,} readings each")
    parser.add_argument("--part", nargs=2, metavar=("NAME", "DATABASE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        seconds = PARTS[options.part[0]](Path(options.part[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        print(json.dumps({"seconds": seconds, "peak_mb": peak}))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.duckdb"
        con = database.connect(path, memory_limit=settings.memory_limit())
        rows = write_year(con, options.stacks)
        database.close(con)
        print(_table(rows, {name: _measured(name, path) for name in PARTS}))


def _models() -> list[SqlModel]:
    return load_models(settings.SQL_FOLDER, database.arrow_types(given_schemas()))


def _measured(part: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.stack_year", "--part", part, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _table(rows: int, found: dict[str, dict[str, Any]]) -> str:
    scan = found["scan"]["seconds"]["scan"]
    models = found["models"]["seconds"]
    slowest = sorted(models, key=lambda name: -models[name])[:6]
    lines = [f"{rows:,} hourly readings", "", "| what | seconds | times a bare scan | peak MB of its process |", "|---|---|---|---|"]

    def line(what: str, seconds: float, peak: float | None = None) -> None:
        lines.append(f"| {what} | {seconds:.2f} | {seconds / scan:.1f} | {f'{peak:.0f}' if peak else ''} |")

    line("bare scan of seven columns", scan, found["scan"]["peak_mb"])
    line(f"all {len(models)} SQL models, from readings to marts", sum(models.values()), found["models"]["peak_mb"])
    for name in slowest:
        line(f"– {name}", models[name])
    line("pandas: the daily means of one rule alone", found["pandas"]["seconds"]["pandas"], found["pandas"]["peak_mb"])
    return "\n".join(lines)


if __name__ == "__main__":
    main()

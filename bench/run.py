"""Measure speed and memory as ratios in one run: `make bench`. Prints a table for bench/README.md; nothing here is a test.

Each figure is the median of several repeats in fresh processes where start-up counts, and stands beside what a user would compare it with.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GREENCAP = [sys.executable, "-c", "from pipelines.cli import main; main()"]


def main() -> None:
    """Measure everything and print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    repeats = options.parse_args().repeats
    rows = [*command_rows(repeats), *sample_rows(repeats), *rule_rows(repeats)]
    print("| what | measured | compared with | ratio |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")


def command_rows(repeats: int) -> list[tuple[str, str, str, str]]:
    """Start-up of the command against a bare interpreter."""
    bare = _median_seconds([sys.executable, "-c", "pass"], repeats)
    help_ = _median_seconds([*GREENCAP, "--help"], repeats)
    return [("`greencap --help`", _seconds(help_), f"bare Python {_seconds(bare)}", _ratio(help_, bare))]


def sample_rows(repeats: int) -> list[tuple[str, str, str, str]]:
    """The sample night, its memory and its parts against a bare scan of the readings it judges."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        whole = _median_seconds([*GREENCAP, "run", "--home", str(home)], repeats)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        summary = json.loads((home / "published" / "current" / "run_summary.json").read_text(encoding="utf-8"))
        scan = _scan_seconds(home / "published" / "current" / "green_capacity.duckdb", repeats)
    steps = summary["duration_seconds"]
    judge = sum(
        seconds for name, seconds in steps.items() if name.startswith("build int_monitoring") or name == "build int_plants__verdicts"
    )
    rows = summary["counts"]["rows_received"]["raw_monitoring__stack_readings"]
    verdicts = sum(summary["counts"]["verdicts"].values())
    documents = steps.get("document the verdicts", 0.0) + steps.get("write the scorecards", 0.0)
    return [
        ("sample night, whole command", f"{_seconds(whole)}, {peak:.0f} MB", "goal 20 s", _ratio(whole, 20)),
        (
            f"normalise, fold and judge {rows:,} readings, {verdicts:,} verdicts, builds added up",
            _seconds(judge),
            f"bare seven-column scan {_seconds(scan)}",
            _ratio(judge, scan),
        ),
        ("Great Expectations, pages and files of the night", _seconds(documents), "the whole night", _ratio(documents, whole)),
    ]


def rule_rows(repeats: int) -> list[tuple[str, str, str, str]]:
    """Checking the whole rule library."""
    rules = len(list((ROOT / "rules").rglob("*__*.yaml")))
    check = _median_seconds([*GREENCAP, "rules", "check"], repeats)
    return [
        (f"`greencap rules check`, {rules} rule files", _seconds(check), "goal 3 s for 500 rules", _ratio(check / max(rules, 1) * 500, 3))
    ]


def _scan_seconds(database: Path, repeats: int) -> float:
    sys.path.insert(0, str(ROOT))
    from pipelines.warehouse.database import connect

    sql = (
        "select sum(value), sum(o2_pct), sum(moisture_pct), count(stack_id), count(indicator), count(measured_at), count(flag) "
        "from raw_monitoring__stack_readings"
    )
    with connect(database, read_only=True) as con:
        return statistics.median(_timed(lambda: con.execute(sql).fetchall()) for _ in range(max(repeats, 5)))


def _median_seconds(command: list[str], repeats: int) -> float:
    return statistics.median(_timed(lambda: subprocess.run(command, cwd=ROOT, capture_output=True, check=True)) for _ in range(repeats))


def _timed(work: object) -> float:
    assert callable(work)
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 0.01 else f"{value * 1000:.1f} ms"


def _ratio(value: float, base: float) -> str:
    return f"{value / base:.2f}" if base else "–"


if __name__ == "__main__":
    main()

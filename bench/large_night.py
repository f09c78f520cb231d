"""`python -m bench.large_night`: whole nights (`greencap run`) on a landing of many times the samples, the first and the same again.

Every plant, unit, stack, borrower and loan of `data/samples` is copied under new ids, its readings and returns with it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pipelines.warehouse import database

SAMPLES = Path(__file__).parents[1] / "data" / "samples"
#: Columns that name something of a copy's own.
_IDS = frozenset(
    """plant_id unit_id stack_id loan_id covenant_id counterparty_id counterparty_name owner_id owned_id owner_name parent_id parent_name
    plant_name project_name""".split()
)
#: Columns that would name one thing twice.
_LEFT_OUT = frozenset(("lei", "national_id", "plant_name_local", "alternative_names"))
_COUNTED = ("loan_count", "outstanding_amount")


def write_landing(folder: Path, times: int) -> dict[str, int]:
    """Write the samples `times` over into a folder; how many readings and plants it holds."""
    with database.connect(":memory:") as con:
        con.execute("set preserve_insertion_order = true")
        for path in sorted(SAMPLES.rglob("*")):
            if path.suffix in (".csv", ".gz", ".parquet", ".xlsx") and path.parent.name != "reference":
                _copy(con, path, folder, times)
        for path in (SAMPLES / "reference").iterdir():
            target = folder / "reference" / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
        readings = database.read_rows(con, f"select count(*) as n from read_parquet('{folder}/monitoring/*.parquet')")[0]["n"]
        plants = database.read_rows(con, f"select count(*) as n from read_csv('{folder}/plants/plants.csv')")[0]["n"]
    return {"readings": readings, "plants": plants}


def _copy(con: Any, path: Path, folder: Path, times: int) -> None:
    target = folder / path.parent.name / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".xlsx":
        _register_sheet(con, path)
        source, target = "sheet", target.with_suffix(".csv")
    else:
        source = f"read_parquet('{path}')" if path.suffix == ".parquet" else f"read_csv('{path}', all_varchar = true)"
    names = [row["column_name"] for row in database.read_rows(con, f"describe select * from {source}")]
    if path.name == "control_totals.csv":
        cells = [f"(try_cast({name} as decimal(38, 2)) * {times})::varchar as {name}" if name in _COUNTED else name for name in names]
        cells = [cell.replace("decimal(38, 2)", "bigint") if cell.endswith("loan_count") else cell for cell in cells]
        con.execute(f"copy (select {', '.join(cells)} from {source}) to '{target}' (header)")
        return
    cells = [f"case when k = 0 then {name} end as {name}" if name in _LEFT_OUT else name for name in names]
    cells = [
        f"{name} || case when k = 0 then '' else '-X' || k end as {name}" if name in _IDS else cell
        for name, cell in zip(names, cells, strict=True)
    ]
    rows = f"select {', '.join(cells)} from range({times}) as r(k) cross join {source}"
    form = "format parquet" if path.suffix == ".parquet" else f"header, compression {'gzip' if path.suffix == '.gz' else 'none'}"
    con.execute(f"copy ({rows}) to '{target}' ({form})")


def _register_sheet(con: Any, path: Path) -> None:
    import pandas as pd

    con.execute("drop view if exists sheet")
    con.register("sheet", pd.read_excel(path, dtype=str, engine="calamine").where(lambda frame: frame.notna(), None))


def _night(landing: Path, home: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.large_night", "--night", str(landing), str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _be_night(landing: str, home: str) -> None:
    """Run the command as a user does, in a process of its own; its seconds, and the peak of the largest process."""
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("greencap")), "run", "--landing", landing, "--home", home, "--as-of", "2026-06-30"]
    done = subprocess.run(command, stdout=sys.stderr, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {"code": done.returncode, "seconds": time.perf_counter() - began, "computing": used.ru_utime + used.ru_stime}
    print(json.dumps(found | {"peak_mb": used.ru_maxrss / 1024}))


def main() -> None:
    """Print a row for each night."""
    parser = argparse.ArgumentParser(prog="python -m bench.large_night", description=__doc__)
    parser.add_argument("--times", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--night", nargs=2, metavar=("LANDING", "HOME"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.night:
        _be_night(*options.night)
        return
    print("| samples over | plants | readings | night | seconds | computing seconds | peak MB | code |\n|---|---|---|---|---|---|---|---|")
    for times in options.times:
        with tempfile.TemporaryDirectory() as work:
            landing, home = Path(work) / "landing", Path(work) / "home"
            about = write_landing(landing, times)
            for night in ("first", "same again"):
                found = _night(landing, home)
                about_night = f"{night} | {found['seconds']:.1f} | {found['computing']:.1f} | {found['peak_mb']:,.0f} | {found['code']:.0f}"
                print(f"| {times} | {about['plants']:,} | {about['readings']:,} | {about_night} |", flush=True)


if __name__ == "__main__":
    main()

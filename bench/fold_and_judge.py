"""`python -m bench.fold_and_judge`: readings folded and judged by hundreds of rules, as ratios to a bare scan of the same Parquet.

Every part runs in a process of its own, so that its memory is its own; repeats of all parts take turns, and the least counts. Computing
seconds (of all threads) stand beside the clock, since a machine that does other work stretches the clock only.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.noise import INDICATORS, YEAR, define_noise, write_days, write_year
from pipelines import settings
from pipelines.given_tables import REFERENCE_FILES, given_schemas, reference_table, run_schemas
from pipelines.run_settings import assessment_window
from pipelines.warehouse import database
from pipelines.warehouse.chunks import BY_DAY, READINGS, SERIES, build_by_stacks, build_in_pieces, build_series
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.sql_models import load_models

FOLD = ("int_monitoring__levels", "int_monitoring__slots", "int_monitoring__folded")
JUDGE = (
    "int_monitoring__window_days",
    "int_monitoring__irregular_days", "int_monitoring__expected_hours", "int_monitoring__below_detection", "int_monitoring__period_fold",
    "int_monitoring__day_tests", "int_monitoring__excluded_months", "int_monitoring__half_hours",
    "int_monitoring__period_tests",
    "int_monitoring__deciding_days", "int_monitoring__deciding_readings", "int_plants__verdicts",
)  # fmt: skip
_FIRST = ("int_run__periods", "int_monitoring__unit_factors", "int_monitoring__flag_classes", "int_monitoring__reading_classes")
_VIEWS = ("int_monitoring__series", "int_monitoring__readings", "int_monitoring__averages")
_SCAN = """select count(stack_id), count(indicator), max(period_start_at), sum(value), sum(o2_pct), count(unit), count(flag)
from read_parquet('{}/*/*.parquet')"""
#: Rules to a kind of stack: ten for each of five indicators, as a library of many sectors has.
SCOPES = 50


@dataclass(frozen=True)
class _Part:
    path: Path
    row_count: int
    first_date: date
    last_date: date


class _Made:
    """The made-up Parquet files as the store shows its own."""

    def __init__(self, con: Any, folder: Path) -> None:
        sql = f"select file_name, num_rows from parquet_file_metadata('{folder}/*/*.parquet') order by file_name"
        self._rows = {Path(row["file_name"]): row["num_rows"] for row in database.read_rows(con, sql)}

    @property
    def months(self) -> list[str]:
        return sorted({path.parent.name.removeprefix("month=") for path in self._rows})

    def parts(self, month: str, first: date | None = None, last: date | None = None) -> list[_Part]:
        day = date.fromisoformat(f"{month}-01")
        end = (day + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        found = []
        for path, rows in self._rows.items():
            if path.parent.name == f"month={month}":
                one = date.fromisoformat(path.stem) if path.stem[:2] == "20" else None
                found.append(_Part(path, rows, one or day, one or end))
        return [part for part in found if (first is None or part.last_date >= first) and (last is None or part.first_date <= last)]

    def content_key(self, month: str, first: date | None = None, last: date | None = None) -> str:
        return str([(part.path.name, part.row_count) for part in self.parts(month, first, last)])

    def series_sql(self) -> str:
        files = ", ".join(f"'{part.path}'" for part in self.parts(self.months[0]))
        return f"select distinct stack_id, indicator from read_parquet([{files}])"

    def readings_sql(
        self, months: Sequence[str], stacks: tuple[str, str] | None = None, first: date | None = None, last: date | None = None
    ) -> str:
        files = ", ".join(f"'{part.path}'" for month in months for part in self.parts(month, first, last))
        chosen = f" where stack_id between '{stacks[0]}' and '{stacks[1]}'" if stacks else ""
        return f"select * from read_parquet([{files}]){chosen}"


def bare_scan(folder: Path, _: int, __: Path) -> dict[str, float]:
    """Read seven columns once."""
    with database.connect(":memory:", memory_limit=settings.memory_limit()) as con:
        computed = _computing_seconds()
        seconds = min(_seconds(lambda: database.read_rows(con, _SCAN.format(folder))) for _ in range(3))
        return {"scan": seconds, "scan computing seconds": (_computing_seconds() - computed) / 3}


def fold_and_judge(folder: Path, rules: int, home: Path) -> dict[str, float]:
    """Fold and judge, from readings to verdicts, with kept pieces in `home`."""
    models = {model.name: model for model in load_models(settings.SQL_FOLDER, database.arrow_types(given_schemas()))}
    home.mkdir(parents=True, exist_ok=True)
    con = database.connect(home / "bench.duckdb", memory_limit=settings.memory_limit())
    made = _Made(con, folder)
    _write_tables(con, models, folder, rules)
    build_series(con, models[SERIES], made)
    for name in _FIRST:
        database.build_model(con, models[name])
    found: dict[str, float] = {}
    for step, names in (("fold", FOLD), ("judge", JUDGE)):
        computed = _computing_seconds()
        found |= {name: _seconds(lambda name=name: _build(con, models, name, made, home)) for name in names}
        found[f"{step} computing seconds"] = _computing_seconds() - computed
        found[step] = sum(found[name] for name in names)
    counts = database.read_rows(con, "select state, count(*) as n from int_plants__verdicts group by state order by state")
    database.close(con)
    (home / "bench.duckdb").unlink()
    return found | {f"verdicts {row['state']}": row["n"] for row in counts}


def _build(con: Any, models: dict[str, SqlModel], name: str, made: _Made, home: Path) -> int:
    if READINGS in _read_through(models, models[name]):
        return build_in_pieces(con, models[name], [models[view] for view in _VIEWS], made, home / "folds", name not in BY_DAY)
    return build_by_stacks(con, models[name]) if models[name].by_stacks else database.build_model(con, models[name])


def _read_through(models: dict[str, SqlModel], model: SqlModel) -> set[str]:
    return {*model.dependencies, *(table for view in _VIEWS if view in model.dependencies for table in models[view].dependencies)}


def _write_tables(con: Any, models: dict[str, SqlModel], folder: Path, rules: int) -> None:
    """Rules, stacks and what else the models read; made-up rules, ten of a hundred for each stack and indicator."""
    from pipelines.rulebook.compile import rulebook_tables
    from pipelines.rulebook.load import load_rulebook

    needed = {table for name in (*_FIRST, *_VIEWS, *FOLD, *JUDGE) for table in models[name].dependencies}
    types = database.arrow_types(given_schemas()) | {name: model.column_types() for name, model in models.items()}
    for table in sorted(needed - {SERIES, *_FIRST, *_VIEWS, *FOLD, *JUDGE}):
        con.execute(f"create table {table} ({', '.join(f'{column} {kind}' for column, kind in types[table].items())})")
    compiled = rulebook_tables(load_rulebook(settings.RULES_FOLDER))
    for table in ("ref_rules__indicators", "ref_rules__indicator_names", "ref_rules__units"):
        database.write_table(con, table, compiled[table])
    for table, file in REFERENCE_FILES.items():
        database.write_table(con, table, reference_table(settings.REFERENCE_FOLDER / file, run_schemas()[table]))
    files = f"'{folder}/month={YEAR}-01/*.parquet'"
    levels = ", ".join(f"({number}, '{name}_concentration', {level}::double)" for number, (name, level) in enumerate(INDICATORS))
    as_of = _last_day(folder)
    words: dict[str, Any] = {"files": files, "levels": levels, "rules": rules, "scopes": SCOPES, "groups": max(1, rules // SCOPES)}
    for sql in _TABLES:
        con.execute(sql.format(**words, as_of=as_of, **assessment_window(as_of)))


def _last_day(folder: Path) -> date:
    """The end of the year; with the day after it the as-of day lies in a month that is running."""
    return max((date.fromisoformat(path.stem) for path in folder.glob(f"month={YEAR + 1}-*/*.parquet")), default=date(YEAR, 12, 31))


_TABLES = (
    """insert into stg_plants__emission_points by name
    select stack_id, min(plant_id) as plant_id from read_parquet({files}) group by stack_id""",
    """insert into ref_run__settings (run_id, as_of_date, window_start_date, window_end_date)
    values ('bench', date '{as_of}', date '{window_start_date}', date '{window_end_date}')""",
    """insert into int_plants__entities by name select 'stack:' || stack_id as entity_id, 'stack' as entity_type, plant_id, stack_id
    from stg_plants__emission_points""",
    """insert into ref_rules__thresholds by name
    select 'T' || r as threshold_id, 'R' || r as rule_id, 'limit' as kind, k.indicator_id, 'at_most' as operator,
        k.level * (0.9 + 0.01 * (r * 7 % 97)) as limit_value, 10.0 as ref_o2_pct, 0.75 as min_capture_ratio,
        date '2020-01-01' as valid_from_date, 'simple' as decision_rule,
        case when n % 10 < 5 then 'share_of_periods' else 'every_period' end as pass_test,
        case when n % 10 < 5 then 0.95 end as pass_share_ratio, case when n % 10 in (5, 6) then 'startup,shutdown' end as excluded_states,
        case when n % 10 < 5 then 'hour' when n % 10 < 8 then 'day' when n % 10 = 8 then 'month' else 'year' end as averaging
    from (select r, r // 5 as n from range({rules}) as t(r)) inner join (values {levels}) as k(no, indicator_id, level) on r % 5 = k.no""",
    """insert into ref_rules__tests by name
    select threshold_id, 1 as test_no, 1 as group_no, averaging, 1.0 as level_multiple, coalesce(pass_share_ratio, 1) as pass_share_ratio
    from ref_rules__thresholds
    union all
    select threshold_id, 2, 2, averaging, 2.0, 1.0 from ref_rules__thresholds where (substr(rule_id, 2)::int // 5) % 10 < 3""",
    "insert into ref_rules__rules by name select rule_id, 'limit' as kind, 'active' as status from ref_rules__thresholds",
    """insert into int_rules__applicability by name
    select t.threshold_id, e.entity_id, t.rule_id, 'yes' as is_applicable, true as is_binding_tier, date '2020-01-01' as bound_from_date
    from ref_rules__thresholds as t
    inner join int_plants__entities as e on (substr(t.rule_id, 2)::int // {scopes}) % {groups} = hash(e.stack_id) % {groups}""",
)


def one_query_a_rule(folder: Path, rules: int, home: Path) -> dict[str, float]:
    """What a user writes first: a query a rule over the readings, hourly means against one limit by month; no normalisation."""
    with database.connect(":memory:", memory_limit=settings.memory_limit()) as con:
        sql = """select stack_id, count_if(value * 11 / (21 - o2_pct) > {level}), count(value) from read_parquet('{folder}/*/*.parquet')
            where indicator = '{name}' and flag = 'N' and hash(stack_id) % {groups} = {group}
            group by stack_id, date_trunc('month', period_start_at)"""
        sample = range(0, rules, max(1, rules // 12))
        groups = max(1, rules // SCOPES)

        def ask() -> None:
            for rule in sample:
                name, level = INDICATORS[rule % 5]
                con.execute(sql.format(folder=folder, name=name, level=level, group=rule // SCOPES % groups, groups=groups)).fetchall()

        return {"one query a rule": _seconds(ask) / len(sample) * rules}


def polars_days(folder: Path, _: int, __: Path) -> dict[str, float]:
    """Daily sums and counts alone, in polars streaming: no normalisation, no level, no class but normal."""
    import polars as pl

    def days() -> None:
        frame = pl.scan_parquet(f"{folder}/*/*.parquet").filter(pl.col("flag") == "N")
        day = (pl.col("period_start_at") + pl.duration(minutes=pl.col("utc_offset_minutes"))).dt.date().alias("day")
        corrected = (pl.col("value") / (21 - pl.col("o2_pct"))).sum().alias("corrected")
        sums = [pl.col("value").sum().alias("total"), corrected, pl.len(), pl.col("value").count().alias("counted")]
        frame.group_by(["stack_id", "indicator", day]).agg(sums).collect(engine="streaming")

    return {"polars": _seconds(days)}


def pandas_days(folder: Path, _: int, __: Path) -> dict[str, float]:
    """The same in pandas, reading included."""
    import pandas as pd

    def days() -> None:
        columns = ["stack_id", "indicator", "period_start_at", "utc_offset_minutes", "value", "o2_pct", "flag"]
        frame = pd.concat(pd.read_parquet(path, columns=columns) for path in sorted(folder.glob("*/*.parquet")))
        frame = frame[frame["flag"] == "N"]
        day = (frame["period_start_at"] + pd.to_timedelta(frame["utc_offset_minutes"], unit="m")).dt.floor("D")
        corrected = frame["value"] / (21 - frame["o2_pct"])
        frame.assign(day=day, corrected=corrected).groupby(["stack_id", "indicator", "day"])[["value", "corrected"]].agg(["sum", "count"])

    return {"pandas": _seconds(days)}


def expectations(folder: Path, rules: int, _: Path) -> dict[str, float]:
    """Great Expectations on the hourly table, three rules as row conditions, times the rules: an extrapolation."""
    import great_expectations as gx
    import pandas as pd

    columns = ["indicator", "value", "o2_pct", "flag"]
    frame = pd.concat(pd.read_parquet(path, columns=columns) for path in sorted(folder.glob("*/*.parquet")))
    frame["corrected"] = frame["value"] * 11 / (21 - frame["o2_pct"])
    context = gx.get_context(mode="ephemeral")
    batch = context.data_sources.add_pandas("p").add_dataframe_asset("a").add_batch_definition_whole_dataframe("b")
    found = batch.get_batch(batch_parameters={"dataframe": frame})

    def ask() -> None:
        for name, level in INDICATORS[:3]:
            condition = f'indicator == "{name}" and flag == "N"'
            found.validate(
                gx.expectations.ExpectColumnValuesToBeBetween(
                    column="corrected", max_value=level, mostly=0.95, row_condition=condition, condition_parser="pandas"
                ),
                result_format="BOOLEAN_ONLY",
            )

    return {"great expectations": _seconds(ask) / 3 * rules}


PARTS: dict[str, Callable[[Path, int, Path], dict[str, float]]] = {
    "scan": bare_scan,
    "fold": fold_and_judge,
    "query": one_query_a_rule,
    "polars": polars_days,
    "pandas": pandas_days,
    "expectations": expectations,
}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _computing_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _measured(part: str, folder: Path, rules: int, home: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.fold_and_judge", "--part", part, str(folder), str(rules), str(home)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _be_part(name: str, folder: str, rules: str, home: str) -> None:
    found = PARTS[name](Path(folder), int(rules), Path(home))
    print(json.dumps({"found": found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def measure(readings: int, rules: int, repeats: int, parts: Sequence[str], work: Path) -> dict[str, Any]:
    """Write readings, measure each part in turn; least seconds of each figure, peaks of each part."""
    folder = work / "readings"
    with database.connect(":memory:", memory_limit=settings.memory_limit()) as con:
        write_year(con, readings, folder)
    found: dict[str, Any] = {}
    for number in range(repeats):
        for part in parts:
            done = _measured(part, folder, rules, work / f"home{number}")
            for key, value in done["found"].items():
                found[key] = min(found.get(key, value), value)
            found[f"{part} peak_mb"] = max(found.get(f"{part} peak_mb", 0), done["peak_mb"])
    if "fold" in parts:
        found |= _one_more_day(folder, rules, work / "home0")
    return found


def _one_more_day(folder: Path, rules: int, home: Path) -> dict[str, Any]:
    """The year again with all pieces kept, then with one more day of all stacks."""
    again = _measured("fold", folder, rules, home)["found"]
    with database.connect(":memory:", memory_limit=settings.memory_limit()) as con:
        _made_again(con, folder)
        write_days(con, f"{YEAR + 1}-01-01", "1 day", folder / f"month={YEAR + 1}-01" / f"{YEAR + 1}-01-01.parquet")
    more = _measured("fold", folder, rules, home)["found"]
    steps = ("int_monitoring__folded", "fold", "judge")
    return {f"same night again: {step}": again[step] for step in steps} | {f"one more day: {step}": more[step] for step in steps}


def _made_again(con: Any, folder: Path) -> None:
    """The macros and stacks of `write_year`, as it left them."""
    define_noise(con)
    con.execute(
        f"""create table made_stacks as
        select distinct substr(plant_id, 2)::bigint * 2 + right(stack_id, 1)::bigint as s, plant_id, stack_id, gas_basis,
            unit, utc_offset_minutes
        from read_parquet('{folder}/month={YEAR}-01/*.parquet')"""
    )


def main() -> None:
    """Measure, or be one of the measured parts."""
    parser = argparse.ArgumentParser(prog="python -m bench.fold_and_judge", description=__doc__)
    parser.add_argument("--readings", type=float, nargs="+", default=[1e6, 1e7, 1e8], help="how many; 1e9 on request (about 17 GB)")
    parser.add_argument("--rules", type=int, nargs="+", default=[300])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=["scan", "fold"])
    parser.add_argument("--part", nargs=4, metavar=("NAME", "FOLDER", "RULES", "HOME"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        _be_part(*options.part)
        return
    for readings in options.readings:
        for rules in options.rules:
            with tempfile.TemporaryDirectory() as work:
                print(f"\n{readings:,.0f} readings, {rules} rules")
                found = measure(int(readings), rules, options.repeats, options.parts, Path(work))
                print(_table(found), flush=True)


def _table(found: dict[str, Any]) -> str:
    total = {"fold and judge": found.get("fold", 0) + found.get("judge", 0)}
    total["fold and judge computing seconds"] = found.get("fold computing seconds", 0) + found.get("judge computing seconds", 0)
    lines = ["| what | measured | times the bare scan |", "|---|---|---|"]
    for what, value in (found | total).items():
        if what.endswith("peak_mb") or what.startswith("verdicts"):
            lines.append(f"| {what} | {value:,.0f} | |")
        else:
            scan = found["scan computing seconds" if what.endswith("computing seconds") else "scan"]
            lines.append(f"| {what} | {value:,.2f} | {value / scan:.2f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

"""The public file of a steel works' meter: a quarter of an hour a row, midnight dated a day early, read through declarations alone."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.database import build_model, connect, read_arrow, read_rows
from pipelines.warehouse.readings_ingest import StackClock
from tests.readings import Readings
from tests.sql_cases import models, table_types

FILE = Path(__file__).parents[2] / "shared" / "data" / "monitoring" / "uci_steel_energy_2018.csv"
ROWS = 35_040
#: What a person declares about the file: its one meter, its clock, and what its columns hold.
FILES = """file_pattern,stack_id,time_zone,time_label,time_format,midnight,interval_minutes,gas_basis
uci_*.csv,METER-1,Asia/Seoul,hour_ending,DD-MM-YYYY hh:mm,day_end,15,
"""
COLUMNS = """file_pattern,column_name,meaning,indicator,unit
uci_*.csv,date,measured_at,,
uci_*.csv,Usage_kWh,value,electricity_used,kWh
uci_*.csv,CO2.tCO2.,value,co2_of_electricity,t CO2e
"""

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the folder of public data is not beside this checkout")


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> Readings:
    folder = tmp_path_factory.mktemp("metered")
    landing = folder / "landing"
    landing.mkdir()
    (landing / "stack_files.csv").write_text(FILES)
    (landing / "stack_columns.csv").write_text(COLUMNS)
    shutil.copyfile(FILE, landing / "uci_steel.csv")
    found = Readings(folder / "home", {"METER-1": StackClock("STEEL-1")})
    found.night(landing)
    return found


def sums(columns: int) -> dict[str, dict[str, Decimal]]:
    """Sums by day and month straight from the file: its date is that of the day the quarter belongs to, midnight included."""
    found: dict[str, dict[str, Decimal]] = {"day": defaultdict(Decimal), "month": defaultdict(Decimal)}
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        for row in list(csv.reader(file))[1:]:
            day, month, year = row[0].split(" ")[0].split("-")
            found["day"][f"{year}-{month}-{day}"] += Decimal(row[columns])
            found["month"][f"{year}-{month}"] += Decimal(row[columns])
    return found


def test_every_row_is_read_once_at_a_quarter_of_its_own(readings: Readings) -> None:
    (record,) = readings.store.records()
    assert (record.row_count, record.reject_count, record.duplicate_count, record.superseded_count) == (ROWS, 0, 0, 0)
    index = readings.index()
    about = readings.query(
        f"""select count(*) as n, min(interval_minutes) as minutes, count(distinct period_start_at) as starts,
            min(period_start_at) as first_at, max(period_start_at) as last_at
        from ({index.readings_sql(index.months)}) where indicator = 'electricity_used'"""
    )[0]
    assert (about["n"], about["starts"], about["minutes"]) == (ROWS, ROWS, 15)
    assert (str(about["first_at"]), str(about["last_at"])) == ("2017-12-31 15:00:00", "2018-12-31 14:45:00")


@pytest.mark.parametrize(("indicator", "column"), [("electricity_used", 1), ("co2_of_electricity", 4)])
def test_daily_and_monthly_sums_are_those_of_the_file(readings: Readings, indicator: str, column: int) -> None:
    index = readings.index()
    expected = sums(column)
    for period, form in (("day", "%Y-%m-%d"), ("month", "%Y-%m")):
        rows = readings.query(
            f"""select strftime(period_start_at + to_minutes(utc_offset_minutes), '{form}') as period,
                sum(value::decimal(18, 6)) as amount, count(*) as n
            from ({index.readings_sql(index.months)}) where indicator = '{indicator}' group by period order by period"""
        )
        assert {row["period"]: row["amount"] for row in rows} == expected[period]
        if period == "day":
            assert {row["n"] for row in rows} == {96}
            assert len(rows) == 365


def _return_checks(readings: Readings, returned: dict[date, float]) -> list[dict[str, Any]]:
    """Rows of the mart on the returned electricity (first day of a month → kWh), beside the meter."""
    index = readings.index()
    names = ("int_monitoring__metered_energy", "int_returns__metered", "mart_plants__return_checks")
    with connect(":memory:") as con:
        for table in sorted({table for name in names for table in models()[name].dependencies} - set(names)):
            con.execute(f"create table {table} ({', '.join(f'{column} {kind}' for column, kind in table_types(table).items())})")
        for name, rows in rulebook_tables(load_rulebook(RULES_FOLDER)).items():
            if name in ("ref_rules__return_items", "ref_rules__units", "ref_rules__policy"):
                con.register("given", rows)
                con.execute(f"insert into {name} by name select * from given")
        sent = read_arrow(con, f"select stack_id, indicator, period_start_at, utc_offset_minutes, interval_minutes, value, unit, "
                               f"is_below_detection from ({index.readings_sql(index.months)})")  # fmt: skip
        con.register("given", sent)
        con.execute("insert into stg_monitoring__stack_readings by name select * from given")
        con.execute("insert into stg_plants__emission_points (stack_id, plant_id) values ('METER-1', 'STEEL-1')")
        for first, value in returned.items():
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
            con.execute("insert into int_run__periods values ('month', ?, ?, ?, true)", [first, last, (last - first).days + 1])
            con.execute(
                """insert into int_returns__item_periods (plant_id, entity_id, level, item, unit, period_start_date, period_end_date, value)
                values ('STEEL-1', 'plant:STEEL-1', 'plant', 'electricity_used', 'kWh', ?, ?, ?)""",
                [first, last, value],
            )
        for name in names:
            build_model(con, models()[name])
        return read_rows(con, "select * from mart_plants__return_checks order by period_end_date")


def test_returned_electricity_is_held_against_the_meter_month_by_month(readings: Readings) -> None:
    metered = {date.fromisoformat(f"{month}-01"): float(value) for month, value in sums(1)["month"].items()}
    rows = _return_checks(readings, metered | {date(2018, 3, 1): metered[date(2018, 3, 1)] * 0.9})
    assert {row["check_name"] for row in rows} == {"returned_and_meter_readings"}
    assert [row["state"] for row in rows] == ["agrees", "agrees", "differs"] + ["agrees"] * 9
    assert rows[0]["compared_value"] == pytest.approx(metered[date(2018, 1, 1)])
    assert rows[2]["difference_ratio"] == pytest.approx(-0.1)

"""The public file of a steel works' meter: a quarter of an hour a row, midnight dated a day early, read through declarations alone."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.warehouse.readings_ingest import StackClock
from tests.readings import Readings

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

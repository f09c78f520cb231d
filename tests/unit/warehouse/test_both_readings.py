"""Readings of two runs in one store: which driver moves a reading, and what a mixture of the two holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse import database
from pipelines.warehouse.both_readings import BothReadings
from pipelines.warehouse.chunks import Readings as Chosen
from pipelines.warehouse.readings_index import ReadingsIndex
from pipelines.warehouse.readings_ingest import StackClock
from pipelines.warehouse.versions import BESIDE
from tests.readings import Readings, text

FIRST = text(
    "S1,nox,2025-12-05 00:00,1,mg/Nm3,dry,10",
    "S1,nox,2026-01-05 00:00,2,mg/Nm3,dry,10",
    "S1,nox,2026-01-05 01:00,3,mg/Nm3,dry,10",
)
#: The second hour corrected, the first sent again, an hour more, another indicator, and a stack of a plant that came with its loan.
SECOND = text(
    "S1,nox,2026-01-05 00:00,2,mg/Nm3,dry,10",
    "S1,nox,2026-01-05 01:00,30,mg/Nm3,dry,10",
    "S1,nox,2026-01-06 00:00,4,mg/Nm3,dry,10",
    "S1,so2,2026-01-05 00:00,5,mg/Nm3,dry,10",
    "S2,nox,2026-01-05 00:00,6,mg/Nm3,dry,10",
)
JANUARY = "2026-01"
BEFORE, AFTER = (datetime.fromisoformat(f"2026-{month}-28 23:59:59") for month in ("01", "02"))
Runs = tuple[ReadingsIndex, ReadingsIndex]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """What counted before the second delivery, and what counts since."""
    folder = tmp_path_factory.mktemp("both")
    readings = Readings(folder / "home", {name: StackClock("P", time_zone="UTC", time_label="hour_beginning") for name in ("S1", "S2")})
    readings.deliver(folder / "one", BEFORE, readings=FIRST)
    readings.deliver(folder / "two", AFTER, readings=SECOND)
    return readings.index(BEFORE), readings.index()


@pytest.fixture
def con() -> Iterator[Any]:
    with database.connect(":memory:") as found:
        found.execute(f"attach ':memory:' as {BESIDE}; use {BESIDE}; create table moving_stacks as select 'S2' as stack_id")
        yield found


def values(con: Any, chosen: Chosen, **only: Any) -> list[float]:
    rows = database.read_rows(con, f"select value from ({chosen.readings_sql(chosen.months, **only)}) order by value")
    return [row["value"] for row in rows]


def test_every_reading_belongs_to_the_driver_that_moved_it(con: Any, runs: Runs, tmp_path: Path) -> None:
    both = BothReadings(con, *runs, date(2025, 7, 1), tmp_path)
    assert both.counts == {"new_data": 1, "restated_data": 1, "coverage": 1, "loans": 1}
    assert both.drivers == ["loans", "new_data", "restated_data", "coverage"], "in their declared order"
    assert [path.name for path in tmp_path.iterdir()] == [f"{JANUARY}.parquet"], "December is the same in both runs and is not looked at"
    moves = {"new_data": [1, 2, 3, 4], "restated_data": [1, 2, 30], "coverage": [1, 2, 3, 5], "loans": [1, 2, 3, 6]}
    assert {driver: values(con, both.mixture({driver})) for driver in moves} == moves
    assert both.mixture(set()) == runs[0]
    assert both.mixture({"fx", *moves}) == runs[1]


def test_what_a_later_run_lacks_leaves_with_its_driver(con: Any, runs: Runs, tmp_path: Path) -> None:
    back = BothReadings(con, runs[1], runs[0], date(2026, 1, 6), tmp_path)
    assert back.counts == {"restated_data": 2, "coverage": 1, "loans": 1}, "an hour inside the window is withdrawn, the other corrected"
    assert values(con, back.mixture({"restated_data"})) == [1, 2, 3, 5, 6]
    assert values(con, back.mixture({"coverage", "loans"})) == [1, 2, 4, 30]


def test_what_fell_out_of_the_window_left_with_the_days(con: Any, runs: Runs, tmp_path: Path) -> None:
    back = BothReadings(con, runs[1], runs[0], date(2026, 1, 7), tmp_path)
    assert back.counts == {"new_data": 1, "restated_data": 1, "coverage": 1, "loans": 1}


def test_a_piece_of_a_mixture_holds_its_stacks_and_days_only(con: Any, runs: Runs, tmp_path: Path) -> None:
    mixed = BothReadings(con, *runs, date(2025, 7, 1), tmp_path).mixture({"new_data", "loans"})
    assert values(con, mixed) == [1, 2, 3, 4, 6]
    assert values(con, mixed, stacks=("S1", "S1")) == [1, 2, 3, 4]
    assert values(con, mixed, first=date(2026, 1, 6), last=date(2026, 1, 6)) == [4]
    series = database.read_rows(con, f"select * from ({mixed.series_sql()}) order by all")
    assert [(row["stack_id"], row["indicator"]) for row in series] == [("S1", "nox"), ("S2", "nox")]


def test_pieces_of_equal_months_are_found_and_those_of_a_mixture_are_no_others(con: Any, runs: Runs, tmp_path: Path) -> None:
    both = BothReadings(con, *runs, date(2025, 7, 1), tmp_path)
    mixtures = [both.mixture(moved) for moved in (set(), {"new_data"}, {"loans"}, {"new_data", "loans"}, set(both.drivers))]
    assert len({mixed.content_key("2025-12") for mixed in mixtures}) == 1
    assert len({mixed.content_key(JANUARY) for mixed in mixtures}) == len(mixtures)
    assert len(mixtures[1].parts(JANUARY)) == 2

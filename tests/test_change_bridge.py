"""Two nights in one home: why the headline moved, by the whole path; a book worked out by hand and two stories of bank people."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pipelines import night_readings
from pipelines.ledger.book import Book as Ledger
from pipelines.replay import replayed
from pipelines.warehouse import chunks
from pipelines.warehouse.database import connect, read_rows
from tests.change_books import Book, write_landing, write_rules
from tests.nights import edit_csv, perform

BEFORE: Book = {"P1": (10e6, "USD", 45), "P2": (1e6, "USD", 45), "P3": (1e6, "USD", 45)}
AFTER: Book = {"P1": (4e6, "USD", 60), "P2": (5e6, "USD", 45), "P3": (3e6, "USD", 35)}
TWELVE: Book = {"P14": (30e6, "USD", 45)} | {
    f"P{number:02}": (number * 1e6, "CNY" if number % 2 else "USD", 45 if number < 8 else 60) for number in range(1, 12)
}


def _bridge(published: Path, metric: str = "assessed_rate_ratio") -> dict[str, dict[str, Any]]:
    sql = f"select * from mart_portfolio__change where portfolio_id = 'BOOK' and sector = 'all' and metric = '{metric}' order by driver_no"
    with connect(published / "green_capacity.duckdb", read_only=True) as con:
        return {row["driver"]: row for row in read_rows(con, sql)}


def _sentence(published: Path) -> str:
    with connect(published / "green_capacity.duckdb", read_only=True) as con:
        return str(read_rows(con, "select sentence from mart_portfolio__change_summary")[0]["sentence"])


def _night(folder: Path, home: Path, book: Book, power: float = 50, nox: float = 50, **landing: Any) -> Path:
    published = perform(write_landing(folder, book, **landing), home, rules=write_rules(folder, power, nox)).published
    assert published is not None
    return published


def _moved(bridge: dict[str, dict[str, Any]]) -> dict[str, float]:
    return {driver: row["shapley_points"] for driver, row in bridge.items() if row["shapley_points"]}


def test_the_book_of_minus_75_points_is_split_as_by_hand(tmp_path: Path) -> None:
    first = _night(tmp_path, tmp_path / "home", BEFORE)
    assert {row["state"] for row in _bridge(first).values()} == {"no_earlier_run"}
    assert _sentence(first) == "No earlier run to compare with."
    bridge = _bridge(_night(tmp_path, tmp_path / "home", AFTER, power=40))
    assert (bridge["exposure"]["before_ratio"], bridge["exposure"]["after_ratio"]) == (1.0, 0.25)
    assert _moved(bridge) == pytest.approx({"rule_version": -65.277778, "restated_data": -23.611111, "exposure": 13.888889}, abs=1e-6)
    assert bridge["rule_version"]["change_points"] == -75
    assert bridge["restated_data"]["ordered_points"] == pytest.approx(-100 / 3)
    assert all(row["is_exact"] and abs(row["residual_points"]) < 1e-7 for row in bridge.values())

    shutil.rmtree(first)  # as though five runs had followed
    ledger = Ledger(tmp_path / "home")
    with replayed(ledger, ledger.published_runs()[-1]) as (again, _):
        assert again.differences == [], "a run performed again is compared with the same run, made again where it is no longer kept"


def test_a_stricter_rule_alone_is_told_as_a_rule_and_a_repaid_loan_and_a_rate_as_such(tmp_path: Path) -> None:
    home = tmp_path / "home"
    _night(tmp_path, home, TWELVE, kiln_nox=41)
    credit = _night(tmp_path, home, TWELVE, kiln_nox=41, nox=40)
    bridge = _bridge(credit)
    assert set(_moved(bridge)) == {"rule_version"}
    assert {driver for driver, row in bridge.items() if row["is_changed"]} == {"program_version", "rule_version"}
    assert "xx_law__kiln_nox" in bridge["rule_version"]["note"]
    assert "rule version" in _sentence(credit)
    assert "Plant P14" in _sentence(credit)
    assert "PASS to FAIL" in _sentence(credit)

    repaid = {plant: loan for plant, loan in TWELVE.items() if plant != "P02"}
    head = _night(tmp_path, home, repaid, kiln_nox=41, nox=40, cny_per_usd=7.0 * 1.021)
    bridge = _bridge(head)
    assert set(_moved(bridge)) == {"loans", "fx"}
    assert bridge["loans"]["note"] == "out: BOOK/L-P02"
    assert bridge["fx"]["note"] == "CNY -2.06%"
    assert all(bridge[driver]["shapley_points"] == 0 for driver in ("new_data", "restated_data", "rule_version"))
    assert sum(_moved(bridge).values()) == pytest.approx(bridge["fx"]["change_points"], abs=1e-9)
    assert all(row["is_exact"] for row in bridge.values())


def _kiln_night(folder: Path, home: Path, nox: float, later: bool) -> Path:
    """A kiln measured 41 until May; the later night brings June at 55, corrects ten hours of April to 55, and knows SO2 as well."""
    landing = write_landing(folder, TWELVE, kiln_nox=41)

    def sent(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        if not later:
            return [row for row in rows if row["measured_at"] < "2026-06"]
        changed = {"2026-04-03 0": "55", "2026-06": "55"}
        new = [
            row | {"value": next((v for begin, v in changed.items() if row["measured_at"].startswith(begin)), row["value"])} for row in rows
        ]
        return new + [row | {"indicator": "so2"} for row in rows if row["measured_at"] >= "2026-05"]

    edit_csv(landing / "readings.csv", sent)
    published = perform(landing, home, rules=write_rules(folder, 50, nox)).published
    assert published is not None
    return published


def _everything(published: Path) -> dict[str, list[dict[str, Any]]]:
    names = ("mart_portfolio__change", "mart_portfolio__change_plants", "mart_portfolio__change_summary", "raw_change__values",
             "raw_change__drivers", "raw_change__verdicts")  # fmt: skip
    with connect(published / "green_capacity.duckdb", read_only=True) as con:
        return {name: read_rows(con, f"select * from {name} order by all") for name in names}


@pytest.fixture(scope="module")
def first_nights(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Path]:
    """Home after a first night on the kiln: with its readings in the run (True), and in the store alone."""
    homes = {}
    for is_carried in (True, False):
        folder = tmp_path_factory.mktemp(f"kiln-{is_carried}")
        homes[is_carried] = folder / "home"
        with _carrying(is_carried):
            _kiln_night(folder, homes[is_carried], 50, later=False)
    return homes


@pytest.fixture(scope="module")
def bridge_of_carried_readings(first_nights: dict[bool, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("carried")
    shutil.copytree(first_nights[True], folder / "home", symlinks=True)
    published = _kiln_night(folder, folder / "home", 40, later=True)
    bridge = _bridge(published)
    assert set(_moved(bridge)) == {"new_data", "restated_data", "rule_version"}, "June, April and the limit fail the kiln each on its own"
    assert bridge["coverage"]["is_changed"]
    return _everything(published)


@pytest.mark.parametrize("was_carried", [False, True], ids=["readings of neither run are carried", "the readings became too many"])
def test_the_bridge_says_the_same_where_the_readings_stay_in_the_store(
    was_carried: bool, first_nights: dict[bool, Path], bridge_of_carried_readings: dict[str, list[dict[str, Any]]], tmp_path: Path
) -> None:
    shutil.copytree(first_nights[was_carried], tmp_path / "home", symlinks=True)
    with _carrying(False), pytest.MonkeyPatch.context() as patch:
        if was_carried:  # pieces in several queries, two at a time, as of many readings
            patch.setattr(chunks._together, "__defaults__", (5_000,))
        found = _everything(_kiln_night(tmp_path, tmp_path / "home", 40, later=True))
    assert found["mart_portfolio__change_summary"] == bridge_of_carried_readings["mart_portfolio__change_summary"]
    assert found == bridge_of_carried_readings
    store = tmp_path / "home" / "readings"
    assert list((store / "arriving").iterdir()) == []
    nights = json.loads((store / "folds" / "nights.json").read_text(encoding="utf-8"))
    kept = {path.relative_to(store / "folds").as_posix() for path in store.rglob("folds/**/*.parquet")}
    assert kept == {name for night in nights for name in night}, "pieces of mixtures are gone with the night"


@contextmanager
def _carrying(is_carried: bool) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(night_readings, "CARRIED_READINGS", 5_000_000 if is_carried else 0)
        yield

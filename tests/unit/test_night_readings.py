"""What a night makes of the store: months that can be refreshed, questions about the past, quality rules that follow what it received."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.errors import GateError
from pipelines.given_tables import given_schemas
from pipelines.night_notices import notices_of_files
from pipelines.night_quality import measure_night
from pipelines.night_readings import NightReadings, receive_readings, refresh_month
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import QualityRule
from pipelines.rulebook.quality_sql import measure_quality
from pipelines.run_readings import bind_readings, show_received
from pipelines.settings import RULES_FOLDER
from pipelines.sources.landing import read_landing
from pipelines.sources.received import Received
from pipelines.warehouse import database
from pipelines.warehouse.readings_index import files_sql
from tests.readings import hour, text

AS_OF = date(2025, 1, 31)


def lines(stack: str, day: int, value: int = 10, o2: int = 10, unit: str = "mg/m3") -> list[str]:
    return [f"{stack},nox,{hour(date(2025, 1, day), number)},{value},{unit},dry,{o2}" for number in range(3)]


def landing(folder: Path, **files: list[str]) -> Received:
    folder.mkdir()
    for name, rows in files.items():
        (folder / f"{name}.csv").write_text(text(*rows))
    (folder / "emission_points.csv").write_text("stack_id,plant_id\nS1,P1\nS2,P1\n")
    return read_landing(folder, lambda said: None, public=[])


def night(home: Path, received: Received, known_at: Any = None) -> NightReadings:
    home.mkdir(exist_ok=True)
    return receive_readings(home, received, AS_OF, known_at)


def test_each_night_of_one_day_becomes_known_after_the_one_before(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = night(home, landing(tmp_path / "a", r=lines("S1", 1, value=1)))
    second = night(home, landing(tmp_path / "b", r=lines("S1", 1, value=2)))
    (before,), (after,) = first.new, second.new
    assert after.received_at - before.received_at == timedelta(seconds=1)  # type: ignore[operator]
    assert second.index.contested == {"2025-01": (("S1", "nox"),)}
    again = night(home, landing(tmp_path / "c", r=lines("S1", 1, value=2)))
    assert (again.new, again.content_key()) == ((), second.content_key())


def test_a_question_about_the_past_takes_in_no_new_file_and_says_so(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = night(home, landing(tmp_path / "a", r=lines("S1", 1)))
    asked = first.new[0].received_at
    night(home, landing(tmp_path / "b", r=lines("S1", 2)))
    past = night(home, landing(tmp_path / "c", r=lines("S1", 3)), asked)
    assert (past.left_out, past.new) == (("r.csv",), ())
    assert past.content_key() == first.content_key()


def test_readings_kept_by_another_clock_than_the_stack_has_today_are_told_until_they_are_sent_again(tmp_path: Path) -> None:
    home = tmp_path / "home"
    night(home, landing(tmp_path / "a", r=lines("S1", 1)))
    for name, files, is_told in (
        ("b", {"s": lines("S2", 1)}, True),
        ("c", {"r": lines("S1", 1)}, False),
        ("d", {"s": lines("S2", 1)}, False),
    ):
        landing(tmp_path / name, **files)
        (tmp_path / name / "emission_points.csv").write_text("stack_id,plant_id,time_zone\nS1,P1,Asia/Kathmandu\nS2,P1,\n")
        received = read_landing(tmp_path / name, lambda said: None, public=[])
        told = [notice for notice in notices_of_files(received, night(home, received)) if "by another clock" in notice]
        assert [notice.split(" (")[0] for notice in told] == [_MISPLACED] * is_told


def test_rows_that_become_known_after_the_night_are_a_notice_and_count_in_no_answer_of_that_night(tmp_path: Path) -> None:
    home, folder = tmp_path / "home", tmp_path / "a"
    folder.mkdir()
    rows = [f"{line},{moment}" for line, moment in zip(lines("S1", 1), ("2025-01-31 12:00", "2025-02-01 00:00", ""), strict=True)]
    (folder / "r.csv").write_text(text(*rows, header="stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct,known_at"))
    (folder / "emission_points.csv").write_text("stack_id,plant_id\nS1,P1\n")
    received = read_landing(folder, lambda said: None, public=[])
    readings = night(home, received)
    (notice,) = notices_of_files(received, readings)
    assert notice.startswith("r.csv, row 3, known_at '2025-02-01 00:00:00': becomes known after this night (2025-01-31 23:59:59)")
    assert sum(part.row_count for part in readings.index.parts("2025-01")) == 2
    with warehouse(received) as con:
        show_received(con, readings)
        about = "select row_count, reject_count, skipped_count, state, message from raw_landing__files where file_name = 'r.csv'"
        note = "rows that become known after this night, from 2025-02-01 00:00:00 on: 1; they do not count in it"
        assert con.execute(about).fetchone() == (2, 0, 1, "read", note)
    next_day = receive_readings(home, received, AS_OF + timedelta(days=1), None)
    assert (sum(part.row_count for part in next_day.index.parts("2025-01")), notices_of_files(received, next_day)) == (3, [])


_MISPLACED = (
    "r.csv: readings of stack S1, 2025-01 to 2025-01, lie on local days by another clock than time_zone 'Asia/Kathmandu' of the stack"
)


def test_a_month_is_refreshed_by_dropping_its_folds_and_a_changed_part_is_noticed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    readings = night(home, landing(tmp_path / "a", r=lines("S1", 1)))
    fold = readings.index.store.folder / "folds" / "month=2025-01" / "x.parquet"
    fold.parent.mkdir(parents=True)
    fold.write_bytes(b"folded")
    about = refresh_month(home, "2025-01")
    assert (about["reading_count"], about["file_count"], about["folds_removed_count"]) == (3, 1, 1)
    assert not fold.exists()
    (part,) = readings.index.parts("2025-01")
    (readings.index.store.folder / part.path).write_bytes(b"something else")
    with pytest.raises(GateError, match="was changed after it was written"):
        refresh_month(home, "2025-01")


def test_the_store_is_an_asset_of_months_that_the_nightly_job_leaves_alone(tmp_path: Path) -> None:
    from pipelines.definitions import defs
    from pipelines.defs.readings import stored_readings

    night(tmp_path / "home", landing(tmp_path / "a", r=lines("S1", 1)))
    config = {"ops": {"stored_readings": {"config": {"home": str(tmp_path / "home")}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        done = dg.materialize([stored_readings], partition_key="2025-01-01", run_config=config, instance=instance)
    (event,) = done.get_asset_materialization_events()
    assert event.materialization.metadata["dagster/row_count"].value == 3
    nightly = defs.resolve_job_def("nightly").asset_layer.executable_asset_keys
    assert dg.AssetKey("stored_readings") not in nightly
    assert dg.AssetKey("raw_monitoring__stack_readings") in nightly


def warehouse(received: Received) -> Any:
    """A run's database with what the rules on readings look into."""
    con = database.connect(":memory:")
    for name, schema in given_schemas().items():
        database.create_table(con, name, schema)
    for name, rows in {**received.rows, "raw_landing__files": received.files, "raw_landing__rejects": received.rejects}.items():
        database.write_table(con, name, rows)
    con.execute("insert into ref_run__settings (run_id, as_of_date) values ('r', date '2025-01-31')")
    con.execute("insert into ref_rules__indicator_names (sent_name, indicator_id) values ('nox', 'nox_concentration')")
    con.execute("insert into ref_rules__units (unit) values ('mg/m3')")
    return con


def rules() -> list[QualityRule]:
    found = load_rulebook(RULES_FOLDER).rules.values()
    return [rule for rule in found if isinstance(rule, QualityRule) and rule.table == "raw_monitoring__stack_readings"]


def test_rules_on_readings_find_the_same_in_tonights_files_whatever_was_measured_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unknown stack, oxygen beyond air, unknown unit, later than the run, repeats in a file and between files."""
    home = tmp_path / "home"
    later = [f"S1,nox,{hour(date(2025, 2, 3), 1)},1,mg/m3,dry,10"]
    old = {"a": [*lines("S1", 1), *lines("S1", 1), *lines("S9", 2)], "b": [*lines("S2", 3, o2=22), *later]}
    new = {"c": [*lines("S1", 1, value=3), *lines("S2", 4, unit="furlong")]}
    night(home, landing(tmp_path / "first", **old))
    measured: list[int] = []
    for number, files in enumerate((old, {**old, **new}, {**old, **new})):
        received = landing(tmp_path / f"landing_{number}", **files)
        readings = night(home, received)
        with warehouse(received) as con:
            show_received(con, readings)
            bind_readings(con, files_sql(readings.index.store, readings.tonight))
            whole = measure_quality(rules(), lambda sql: database.read_rows(con, sql))
            kept = set((home / "readings" / "quality").glob("*")) if number else set()
            assert measure_night(rules(), con, readings) == whole
            measured.append(len(set((home / "readings" / "quality").glob("*")) - kept))
        assert sum(int(row["failed_count"] or 0) > 0 for row in whole) >= (5 if number else 4)
    assert measured == [5, 5, 0], "each rule but that on repeats is measured on what is new, and never again"

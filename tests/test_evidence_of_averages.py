"""What lays a verdict on stack readings open makes its number anew, whatever the readings are made of: hours, half-hours, minutes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipelines.warehouse import evidence, evidence_sql
from pipelines.warehouse.database import read_rows
from tests.monitoring_chain import build_chain
from tests.slow_judge import averages
from tests.sql_cases import table_types
from tests.test_slow_judge import _readings, _tables, readings_frame

Row = dict[str, Any]
RAW = "raw_monitoring__stack_readings"
FAILED = """
select v.*, t.averaging, t.ref_o2_pct, p.highest_date, p.failed_averaging, p.failed_test_no
from int_plants__verdicts as v
inner join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
inner join int_monitoring__period_tests as p
    on v.threshold_id = p.threshold_id and v.entity_id = p.entity_id and v.period_end_date = p.period_end_date
where v.state = 'FAIL' and p.failed_test_no is not null and p.is_over
order by v.threshold_id, v.stack_id, v.period_end_date
"""


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Any:
    con = build_chain(_tables(tmp_path_factory.mktemp("rules"), _readings()))
    con.execute(f"create table {RAW} ({', '.join(f'{name} {kind}' for name, kind in table_types(RAW).items())})")
    same = [name for name in table_types("stg_monitoring__stack_readings") if name in table_types(RAW)]
    con.execute(f"insert into {RAW} by name select {', '.join(same)}, 'july.csv' as source_file_name from stg_monitoring__stack_readings")
    return con


@pytest.fixture(scope="module")
def failed(con: Any) -> list[Row]:
    found = [row for row in read_rows(con, FAILED) if row["failed_test_no"] == 1]
    assert {row["averaging"] for row in found} >= {"half_hour", "hour", "day", "rolling_30_operating_days", "month", "year"}
    return found


def _key(con: Any, verdict: Row) -> Row:
    key = verdict | {"counted_averaging": verdict["failed_averaging"]}
    return key | evidence._span(con, key, verdict)


def test_the_average_of_a_pack_is_the_very_number_of_the_verdict(con: Any, failed: list[Row]) -> None:
    wrong = []
    for verdict in failed:
        (made,) = evidence._rows(con, evidence_sql.AVERAGE, _key(con, verdict))
        if made["value"] != verdict["measured_value"]:
            wrong.append((verdict["threshold_id"], verdict["stack_id"], verdict["measured_value"], made))
    assert wrong == []


def test_the_readings_of_a_pack_make_that_average_again_by_hand(con: Any, failed: list[Row]) -> None:
    looked_at = {(row["averaging"], row["stack_id"]): row for row in failed if int(row["stack_id"][1:]) % 7 in (1, 3, 4, 5)}
    for verdict in looked_at.values():
        rows = pd.DataFrame(evidence._rows(con, evidence_sql.READINGS, _key(con, verdict)))
        rows = rows[rows.enters_average]
        local = rows.period_start_at + pd.to_timedelta(rows.utc_offset_minutes, unit="m")
        rows["weighted"] = rows.value_at_reference * rows.interval_minutes
        hours = rows.groupby([local.dt.floor(f"{rows.averaging_minutes.iloc[0]}min"), rows.utc_offset_minutes])
        made = hours.weighted.sum() / hours.interval_minutes.sum()
        assert made.to_numpy() == pytest.approx(hours.average_at_reference.first().to_numpy(), rel=1e-6), verdict["threshold_id"]
        value = made.max() if verdict["averaging"] in ("hour", "half_hour") else made.mean()
        assert value == pytest.approx(verdict["measured_value"], rel=1e-6), verdict["threshold_id"]


def test_the_row_behind_a_failing_hour_lies_in_the_hour_that_failed(con: Any, failed: list[Row]) -> None:
    sent = readings_frame()
    of_hours = [verdict for verdict in failed if verdict["averaging"] in ("hour", "half_hour")]
    assert len({int(verdict["stack_id"][1:]) % 7 for verdict in of_hours}) == 7
    for verdict in of_hours:
        minutes = 30 if verdict["averaging"] == "half_hour" else 60
        indicator = verdict["indicator_id"].removesuffix("_concentration")
        series = sent[(sent.stack_id == verdict["stack_id"]) & (sent.indicator == indicator)]
        (row,) = series[series.source_row_number == verdict["source_row_number"]].itertuples()
        ahead = pd.Timedelta(minutes=int(row.utc_offset_minutes))
        at = (row.period_start_at + ahead).floor(f"{minutes}min") - ahead
        inside = series[(series.period_start_at >= at) & (series.period_start_at < at + pd.Timedelta(minutes=minutes))]
        (made,) = averages(inside, indicator, minutes).itertuples()
        value = made.value if verdict["ref_o2_pct"] is None else made.per_o2 * (21 - verdict["ref_o2_pct"])
        assert value == pytest.approx(verdict["measured_value"], rel=1e-6), verdict["threshold_id"]


def _shown(con: Any, verdicts: list[Row]) -> list[tuple[Row, list[Row]]]:
    """Verdicts, each with the readings that a page shows of its day."""
    keys = ("threshold_id", "stack_id", "indicator_id", "highest_date", "failed_averaging")
    found: dict[Any, list[Row]] = {}
    for row in evidence.day_readings(con, [tuple(verdict[name] for name in keys) for verdict in verdicts]):
        key = row["threshold_id"], row["stack_id"], row["indicator_id"], row["day_date"], row["averaging"]
        found.setdefault(key, []).append(row)
    return [(verdict, found[tuple(verdict[name] for name in keys)]) for verdict in verdicts]


def test_the_average_of_a_day_on_a_page_is_that_of_the_verdict(con: Any, failed: list[Row]) -> None:
    by_day = [verdict for verdict in failed if verdict["failed_averaging"] in ("hour", "half_hour", "day")]
    wrong = [verdict for verdict, rows in _shown(con, by_day) if {row["average_value"] for row in rows} != {verdict["measured_value"]}]
    assert wrong == []


def test_the_day_of_a_further_test_is_shown_with_the_averages_of_that_test(con: Any) -> None:
    further = [row for row in read_rows(con, FAILED) if row["failed_test_no"] > 1 and row["failed_averaging"] in ("hour", "half_hour")]
    assert {row["failed_averaging"] for row in further} == {"hour", "half_hour"}
    assert {row["averaging"] for row in further} >= {"day"}
    for verdict, rows in _shown(con, further):
        counted = [row for row in rows if row["enters_average"]]
        assert max(row["average_at_reference"] for row in counted) == pytest.approx(rows[0]["average_value"], abs=1e-6)
        decided = [row for row in counted if row["source_row_number"] == verdict["source_row_number"]]
        assert [row["average_at_reference"] for row in decided] == pytest.approx([rows[0]["average_value"]], abs=1e-6)


def test_a_run_that_carries_readings_of_deciding_days_only_says_so_of_longer_averages(con: Any, failed: list[Row]) -> None:
    (month,) = [row for row in failed if row["averaging"] == "month"][:1]
    (day,) = [row for row in failed if row["averaging"] == "day"][:1]
    notes: list[list[str]] = [[], [], []]
    evidence._readings(con, _key(con, month), month, notes[0])
    con.execute("alter table int_monitoring__folded rename to folded_elsewhere")
    try:
        evidence._readings(con, _key(con, month), month, notes[1])
        evidence._readings(con, _key(con, day), day, notes[2])
    finally:
        con.execute("alter table folded_elsewhere rename to int_monitoring__folded")
    assert (notes[0], len(notes[1]), notes[2]) == ([], 1, [])
    assert "carries the readings of days that decided a limit only" in notes[1][0]

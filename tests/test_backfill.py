"""Months delivered late, in any order, and backfilled in Dagster in any order: the folds and the verdicts are the same."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines.defs.readings import stored_readings
from pipelines.warehouse.chunks import build_in_pieces
from pipelines.warehouse.database import read_arrow, read_rows
from tests.monitoring_chain import build_chain
from tests.readings import KNOWN, Readings, hour, text
from tests.sql_cases import models

MONTHS = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
AS_OF = date(2026, 3, 31)
FOLD = "int_monitoring__folded"
STACKS = ("S1", "S2")


def _month(first: date) -> str:
    """Six days of two stacks; the values are a hash of stack and hour, so that some hours of each month are beyond the limit."""
    hours = [(stack, day, number) for stack in STACKS for day in range(6) for number in range(24)]
    values = {key: (key[2] * 37 + key[1] * 11 + first.month * 5 + STACKS.index(key[0])) % 130 for key in hours}
    lines = (f"{stack},nox,{hour(first + timedelta(days=day), number)},{values[stack, day, number]}" for stack, day, number in hours)
    return text(*(f"{line},mg/Nm3,dry,10" for line in lines))


def _tables(readings: Readings) -> dict[str, Any]:
    index = readings.index()
    names = """plant_id, stack_id, indicator, period_start_at, utc_offset_minutes, interval_minutes, value, is_below_detection, unit,
        gas_basis, o2_pct, source_file_id, source_row_number, local_date, lane_no"""
    sent = readings.query(f"select {names} from ({index.readings_sql(index.months)}) order by stack_id, indicator, period_start_at")
    ends = [(first + timedelta(days=31)).replace(day=1) - timedelta(days=1) for first in MONTHS]
    periods = [
        {"period_kind": "month", "period_start_date": first, "period_end_date": last, "day_count": (last - first).days + 1, "is_over": True}
        for first, last in zip(MONTHS, ends, strict=True)
    ]
    return {
        "ref_rules__indicators": [{"indicator_id": "n", "measured_by": "stack", "unit": "mg/Nm3", "quantity": "mass_concentration"}],
        "ref_rules__indicator_names": [{"sent_name": "nox", "indicator_id": "n"}],
        "ref_rules__units": [{"unit": "mg/Nm3", "quantity": "mass_concentration", "factor": 1.0}],
        "ref_rules__rules": [{"rule_id": "r"}],
        "ref_rules__thresholds": [
            {"threshold_id": "t", "rule_id": "r", "kind": "limit", "indicator_id": "n", "operator": "at_most", "limit_value": 100.0,
             "ref_o2_pct": 10.0, "averaging": "hour", "pass_test": "share_of_periods", "pass_share_ratio": 0.78, "decision_rule": "simple"}
        ],
        "ref_rules__tests": [
            {"threshold_id": "t", "test_no": 1, "group_no": 1, "averaging": "hour", "level_multiple": 1.0, "pass_share_ratio": 0.78}
        ],
        "ref_run__settings": [{"run_id": "r", "as_of_date": AS_OF, "window_start_date": MONTHS[0], "window_end_date": AS_OF}],
        "int_run__periods": periods,
        "int_plants__entities": [{"entity_id": f"stack:{s}", "entity_type": "stack", "plant_id": "P", "stack_id": s} for s in STACKS],
        "int_rules__applicability": [
            {"threshold_id": "t", "entity_id": f"stack:{s}", "rule_id": "r", "is_applicable": "yes", "bound_from_date": date(2020, 1, 1)}
            for s in STACKS
        ],
        "stg_plants__emission_points": [{"stack_id": s, "plant_id": "P"} for s in STACKS],
        "stg_monitoring__stack_readings": sent,
    }  # fmt: skip


def _result(readings: Readings) -> tuple[list[Any], list[Any]]:
    """Folds made piece by piece in the store of the home, and verdicts."""
    con = build_chain(_tables(readings))
    whole = read_arrow(con, f"select * from {FOLD} order by all").to_pylist()
    con.execute(f"drop table {FOLD}")
    views = [models()[name] for name in ("int_monitoring__series", "int_monitoring__readings", "int_monitoring__averages")]
    build_in_pieces(con, models()[FOLD], views, readings.index(), readings.store.folder / "folds")
    pieces = read_rows(con, f"select * from {FOLD} order by all")
    assert pieces == whole, "pieces and the whole hold the same"
    return pieces, read_rows(con, "select * from int_plants__verdicts order by all")


@pytest.fixture(scope="module")
def at_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], list[Any]]:
    """All three months in one night."""
    folder = tmp_path_factory.mktemp("at_once")
    readings = Readings(folder / "home")
    readings.deliver(folder / "night", **{f"m{first.month}": _month(first) for first in MONTHS})
    return _result(readings)


def test_the_months_differ_in_their_verdicts(at_once: tuple[list[Any], list[Any]]) -> None:
    assert {row["state"] for row in at_once[1]} == {"PASS", "FAIL"}
    assert len(at_once[1]) == 6


@pytest.mark.parametrize("order", [(2, 0, 1), (1, 2, 0)], ids=str)
def test_months_that_arrive_in_any_order_and_are_backfilled_in_any_order_end_the_same(
    order: tuple[int, ...], at_once: tuple[list[Any], list[Any]], tmp_path: Path
) -> None:
    readings = Readings(tmp_path / "home")
    for night, number in enumerate(order):
        first = MONTHS[number]
        readings.deliver(tmp_path / f"night{night}", KNOWN + timedelta(days=night), **{f"m{first.month}": _month(first)})
        _result(readings)  # each night folds and judges what is there
    assert _result(readings) == at_once
    config = {"ops": {"stored_readings": {"config": {"home": str(readings.home)}}}}
    folds = sorted((readings.store.folder / "folds").rglob("*.parquet"))
    with dg.DagsterInstance.ephemeral() as instance:
        for number in reversed(order):
            done = dg.materialize([stored_readings], partition_key=str(MONTHS[number]), run_config=config, instance=instance)
            assert done.success
        assert set(instance.get_materialized_partitions(dg.AssetKey("stored_readings"))) == {str(first) for first in MONTHS}
    assert not any(path.exists() for path in folds), "a backfilled month lets go of what was folded from it"
    assert _result(readings) == at_once

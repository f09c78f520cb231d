"""Made-up years of stack readings, honest or handled, with a fixed seed; and the suspicion models run on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.rows_of_lists import policy_rows
from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.database import build_model, connect, read_rows, write_table
from pipelines.warehouse.significance import TABLE, TESTS_SQL, significance_table
from tests.sql_cases import models, table_types

HOURS = 365 * 24
LIMIT = 250.0
CLASSES = {"normal": 0, "calibration": 5, "stopped": 6, "missing": 7, "not_believed": 13}
MODELS = (
    "int_monitoring__averages", "int_monitoring__day_shapes", "int_monitoring__folded", "int_monitoring__unit_slips",
    "int_monitoring__suspicion_tests",
)  # fmt: skip
_NEEDED = (
    "int_monitoring__readings", "int_monitoring__series", "int_monitoring__aimed_limits", "int_plants__entities",
    "int_monitoring__slots", "int_monitoring__unit_factors", "stg_monitoring__stack_readings",
    "int_returns__item_periods", "ref_rules__policy", "ref_run__settings", "ref_rules__indicators", "ref_rules__return_items", TABLE,
)  # fmt: skip
Series = dict[str, Any]
Handling = Callable[[Series, np.random.Generator], None]


def honest_series(chance: np.random.Generator, mean: float = 200.0, spread: float = 0.12, decimals: int = 1) -> Series:
    """A year of hourly readings: a process that remembers its last hours, a daily swing, gaps at random, a calibration a week, a stop."""
    noise = chance.normal(size=HOURS)
    level = np.empty(HOURS)
    level[0] = noise[0]
    for hour in range(1, HOURS):
        level[hour] = 0.85 * level[hour - 1] + np.sqrt(1 - 0.85**2) * noise[hour]
    daily = 0.3 * np.sin(2 * np.pi * np.arange(HOURS) / 24 + chance.uniform(0, 6))
    values = np.round(mean * np.exp(spread * (level + daily)), decimals)
    states = np.full(HOURS, "normal", dtype=object)
    states[int(chance.integers(0, 168)) :: 168] = "calibration"
    stop = int(chance.integers(500, HOURS - 500))
    states[stop : stop + int(chance.integers(24, 200))] = "stopped"
    missing = chance.random(HOURS) < 0.004
    states[missing] = "missing"
    return {"values": values, "states": states, "oxygen": np.round(10.5 + chance.normal(0, 0.8, HOURS), 2)}


def readings_table(series: dict[str, Series]) -> pa.Table:
    """Rows of int_monitoring__readings of the given series, numbered in their order."""
    hours = np.datetime64("2025-07-01", "us") + np.arange(HOURS) * np.timedelta64(3600, "s")
    days = (date(2025, 7, 1) - date(1970, 1, 1)).days + np.arange(HOURS) // 24
    return pa.concat_tables(_rows(number, one, hours, days) for number, one in enumerate(series.values()))


def _rows(number: int, one: Series, hours: np.ndarray, days: np.ndarray) -> pa.Table:
    known = one["states"] == "normal"
    return pa.table(
        {
            "series_no": pa.array(np.full(HOURS, number), pa.int32()),
            "day_no": pa.array(days, pa.int32()),
            "utc_offset_minutes": pa.array(np.zeros(HOURS), pa.int16()),
            "period_start_at": pa.array(hours, pa.timestamp("us")),
            "class_no": pa.array(np.vectorize(CLASSES.get)(one["states"]), pa.int16()),
            "value_e9": pa.array(np.round(one["values"] * 1e9).astype("int64"), mask=~known),
            "interval_minutes": pa.array(np.full(HOURS, 60), pa.int16()),
            "sent_value": pa.array(one["values"], mask=one["states"] == "missing"),
            "o2_pct": pa.array(one["oxygen"]),
        }
    )


def judge(series: dict[str, Series], limit: float = LIMIT, returns: list[dict[str, Any]] | None = None) -> tuple[list[Any], list[Any]]:
    """Rows of int_monitoring__suspicion_tests and of mart_plants__suspicions for stacks of one process."""
    with connect(":memory:") as con:
        for table in _NEEDED:
            con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in table_types(table).items())})")
        con.register("given_readings", readings_table(series))
        con.execute("insert into int_monitoring__readings by name select * from given_readings")
        con.execute(
            "insert into ref_run__settings (as_of_date, window_start_date, window_end_date) "
            "values ('2026-06-30', '2025-07-01', '2026-06-30')"
        )
        for row in policy_rows(load_rulebook(RULES_FOLDER)):
            if row["policy_id"] == "suspicion":
                con.execute("insert into ref_rules__policy values (?, ?, ?)", [row["policy_id"], row["key"], row["value"]])
        _insert(con, "int_monitoring__unit_factors", {"indicator_id": "nox_concentration", "unit": "ppm", "factor": 2.0525})
        for number, stack in enumerate(series):
            key = {"stack_id": stack, "indicator_id": "nox_concentration"}
            _insert(con, "int_monitoring__series", key | {"series_no": number})
            _insert(con, "int_monitoring__aimed_limits", key | {"is_per_o2": False, "level_value": limit})
            entity = {"entity_id": f"stack:{stack}", "entity_type": "stack", "plant_id": f"P-{stack}", "stack_id": stack, "process": "eaf"}
            _insert(con, "int_plants__entities", entity)
        for row in returns or []:
            _insert(con, "int_returns__item_periods", row)
        for name in MODELS:
            build_model(con, models()[name])
        con.execute(f"drop table {TABLE}")
        write_table(con, TABLE, significance_table(read_rows(con, TESTS_SQL)))
        build_model(con, models()["mart_plants__suspicions"])
        return (
            read_rows(con, "select * from int_monitoring__suspicion_tests order by all"),
            read_rows(con, "select * from mart_plants__suspicions order by entity_id, test"),
        )


def _insert(con: Any, table: str, row: dict[str, Any]) -> None:
    con.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))


def month_rows(plant: str, item: str, values: list[float]) -> list[dict[str, Any]]:
    """Returned months of a plant, from July 2025 on."""
    firsts = [date(2025 + (6 + month) // 12, (6 + month) % 12 + 1, 1) for month in range(13)]
    return [
        {
            "entity_id": f"plant:{plant}",
            "plant_id": plant,
            "level": "plant",
            "item": item,
            "period_start_date": firsts[number],
            "period_end_date": date.fromordinal(firsts[number + 1].toordinal() - 1),
            "value": value,
        }
        for number, value in enumerate(values)
    ]

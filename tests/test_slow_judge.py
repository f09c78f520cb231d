"""Every verdict on stacks equals that of an independent, slow judge; the order and the division of the readings change nothing."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
import yaml

from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.run_settings import assessment_window, clock_changes
from pipelines.settings import RULES_FOLDER
from pipelines.warehouse.chunks import build_by_stacks
from pipelines.warehouse.database import read_rows
from tests.monitoring_chain import build_chain, verdicts
from tests.slow_judge import BELOW_DETECTION, Calendar, averages, failed_for_good, judge, own_uncertainty
from tests.sql_cases import models

AS_OF = date(2026, 4, 30)
MONTHS = [(date(2025 + (month > 12), (month - 1) % 12 + 1, 1)) for month in range(5, 17)]
PERIODS = [(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)) for first in MONTHS]
YEAR = (MONTHS[0], AS_OF)
#: Day on which the last month is looked at while it runs.
MID_MONTH = date(2026, 4, 17)
RULES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("slow_rules.yaml").read_text(encoding="utf-8"))
COMMON = {
    "title": "Invented", "kind": "limit", "applies_to": {"sector": "cement", "process": "clinker_kiln"}, "severity": "error",
    "evidence": "unverified", "owner": "a@example.org",
}  # fmt: skip


def _rule(name: str) -> dict[str, Any]:
    """A rule as its file says it: the limit of the list, and where the list has one the stricter limit from 11 April."""
    rule = COMMON | RULES[name]
    operator = "below" if "below" in rule else "at_most"
    entries = {date(2020, 1, 1): rule[operator], date(2026, 4, 11): rule.pop("from_2026_04_11", None)}
    dated = {day: {"value": value, "unit": "mg/Nm3", "reference": {"clause": "invented"}} for day, value in entries.items() if value}
    return rule | {operator: dated}


def _rules_folder(folder: Path) -> Path:
    for name in ("units.yaml", "vocabulary.yaml", "reason_codes.yaml", "indicators", "factors"):
        (folder / name).symlink_to(RULES_FOLDER / name)
    for name in RULES:
        law = folder / "limits" / "xx" / name
        law.mkdir(parents=True)
        instrument = "title: Invented\njurisdiction: GLOBAL\nlayer: benchmark\nhref: https://example.org\n"
        (law / "_instrument.yaml").write_text(instrument, encoding="utf-8")
        (law / f"xx_{name}__limit.yaml").write_text(yaml.dump(_rule(name), Dumper=_Plain), encoding="utf-8")
    return folder


class _Plain(yaml.SafeDumper):
    """Writes no anchors: rule files have none."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _stack_readings(number: int, random_: random.Random) -> list[dict[str, Any]]:
    """Two months of one stack, with gaps, flags, blanks, wet gas, ppm and duct conditions, a change of the clock, and finer intervals.

    One analyser changes from hours to ten minutes on a day at noon.
    """
    interval = 60 if number == 18 else [60, 60, 30, 15, 10, 20, 12][number % 7]
    zone = _zone(number)
    first_day, days = date(2026, 3, 1), 61 if number % 7 else 20
    form = [("mg/Nm3", "dry"), ("mg/Nm3", "wet"), ("ppm", "dry"), ("mg/m3", "dry")][number % 4 if number % 3 else 0]
    rows: list[dict[str, Any]] = []
    level = random_.uniform(0.6, 1.2)
    moment = datetime(first_day.year, first_day.month, 1, tzinfo=UTC).replace(tzinfo=None) - timedelta(minutes=zone)
    end = moment + timedelta(days=days)
    flags_left, flag = 0, "N"
    while moment < end:
        offset = zone + (60 if zone == 60 and moment >= _CLOCK_CHANGES_AT else 0)
        if number == 18 and moment >= _ANALYSER_CHANGES_AT:
            interval = 10
        if flags_left == 0:
            flag = random_.choices(FLAGS, [70, 20, 1, 1, 1, 1, 2, 1, 1, 0.5])[0]
            flags_left = random_.randint(1, 30 if flag in ("N", None) else 6)
        flags_left -= 1
        if random_.random() > 0.02:
            for indicator, usual in (("nox", 250.0), ("pm", 12.0)):
                unit = "mg/Nm3" if form[0] == "ppm" and indicator == "pm" and number % 8 else form[0]
                odd = random_.random()
                value = usual * level * random_.lognormvariate(0, 0.12) * (0.5 if unit == "ppm" else 0.7 if unit == "mg/m3" else 1)
                value = -1.0 if odd < 0.003 else 1e6 if odd < 0.006 else None if odd < 0.01 else usual if odd < 0.03 else value
                rows.append({
                    "plant_id": "P", "stack_id": f"S{number:02d}", "indicator": indicator, "period_start_at": moment,
                    "utc_offset_minutes": offset, "interval_minutes": interval, "value": value,
                    "is_below_detection": 0.03 <= odd < 0.08, "unit": unit, "gas_basis": form[1],
                    "o2_pct": None if odd > 0.985 else 20.5 if odd > 0.98 else 10.0 if odd < 0.03 else random_.gauss(10, 0.8),
                    "moisture_pct": random_.gauss(12, 1) if form[1] == "wet" and odd < 0.97 else None,
                    "temperature_c": random_.gauss(130, 5) if odd < 0.975 else None, "pressure_kpa": random_.gauss(100, 0.5),
                    "flag": flag, "flag_scheme": "hj_212", "source_file_id": "f", "source_row_number": len(rows) + 2,
                })  # fmt: skip
        moment += timedelta(minutes=interval)
    return rows


#: The clock goes forward in Europe, UTC.
_CLOCK_CHANGES_AT = datetime(2026, 3, 29, 1, tzinfo=UTC).replace(tzinfo=None)
_ANALYSER_CHANGES_AT = datetime(2026, 3, 20, 12, tzinfo=UTC).replace(tzinfo=None)
STACKS = 20
FLAGS = ["N", None, "SU", "SD", "MF", "M", "C", "F", "D", "??"]


@cache
def _readings() -> list[dict[str, Any]]:
    random_ = random.Random(4)
    rows = [(number, row) for number in range(STACKS) for row in _stack_readings(number, random_)]
    return [row for number, row in rows if not _is_dark(number, row)]


def _is_dark(number: int, row: dict[str, Any]) -> bool:
    """Most of the days out of service send nothing; from six to eight of every third one a monitor is tried."""
    local = row["period_start_at"] + timedelta(minutes=row["utc_offset_minutes"])
    return local.date() in _calendar(number).idle and not (local.day % 3 == 0 and local.hour in (6, 7))


def _calendar(number: int) -> Calendar:
    zone = {60: "Europe/Berlin"}.get(_zone(number))
    return Calendar(zone, {day for day in _DAYS if not _in_service(number, day)})


def _in_service(number: int, day: date) -> bool:
    unit = UNITS.get(number % 6, {})
    is_mothballed = unit.get("mothballed_from_date", date.max) <= day <= unit.get("mothballed_to_date", date.max)
    return unit.get("commissioning_date", date.min) <= day and not is_mothballed


def _zone(number: int) -> int:
    return [0, 60, 345, -300][number % 4]


_DAYS = [YEAR[0] + timedelta(days=number) for number in range(365)]
#: Process units of some stacks, by number of the stack modulo 6.
UNITS: dict[int, dict[str, date]] = {
    1: {"commissioning_date": date(2026, 3, 12)},
    2: {"mothballed_from_date": date(2026, 4, 5), "mothballed_to_date": date(2026, 4, 19)},
    3: {"mothballed_from_date": date(2026, 4, 28)},
}
#: Uncertainty that some stacks declare, by number of the stack modulo 3, per cent.
UNCERTAINTY = {0: 5.0, 1: 30.0}
ZONES = {0: "UTC", 60: "Europe/Berlin", 345: "Asia/Kathmandu", -300: None}


def _tables(folder: Path, readings: list[dict[str, Any]], as_of: date = AS_OF) -> dict[str, Any]:
    compiled = rulebook_tables(load_rulebook(_rules_folder(folder)))
    stacks = [f"S{number:02d}" for number in range(STACKS)]
    thresholds = compiled["ref_rules__thresholds"].to_pylist()
    bound = [
        {"threshold_id": row["threshold_id"], "entity_id": f"stack:{stack}", "rule_id": row["rule_id"], "is_applicable": "yes",
         "is_binding_tier": True, "bound_from_date": row["valid_from_date"], "bound_to_date": row["valid_to_date"]}
        for row in thresholds for stack in stacks
    ]  # fmt: skip
    return {
        **{name: table for name, table in compiled.items() if name in _RULE_TABLES},
        "int_rules__applicability": pa.Table.from_pylist(bound),
        "int_plants__entities": [
            {"entity_id": f"stack:{stack}", "entity_type": "stack", "plant_id": "P", "stack_id": stack} for stack in stacks
        ],
        "ref_run__settings": [{"run_id": "r", "as_of_date": as_of, **assessment_window(as_of)}],
        "ref_rules__policy": [
            {"policy_id": "detection_limit", "key": f"count_as_ratio.{name}_concentration", "value": str(share)}
            for name, share in BELOW_DETECTION.items()
        ],
        "ref_run__clock_changes": clock_changes(list(ZONES.values()), AS_OF),
        "stg_plants__process_units": [{"unit_id": f"U{number}", "plant_id": "P", **dates} for number, dates in UNITS.items()],
        "stg_plants__emission_points": [
            {
                "stack_id": stack,
                "plant_id": "P",
                "time_zone": ZONES[_zone(number)],
                "unit_id": f"U{number % 6}",
                "uncertainty_pct": UNCERTAINTY.get(number % 3),
            }
            for number, stack in enumerate(stacks)
        ],
        "stg_monitoring__stack_readings": pa.Table.from_pylist(readings),
    }


_RULE_TABLES = (
    "ref_rules__rules", "ref_rules__thresholds", "ref_rules__tests", "ref_rules__indicators", "ref_rules__indicator_names",
    "ref_rules__units",
)  # fmt: skip


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, Any], dict[str, Any]]:
    return verdicts(build_chain(_tables(tmp_path_factory.mktemp("rules"), _readings())))


def _slow(name: str, frames: dict[tuple[str, str], dict[int, pd.DataFrame]]) -> dict[tuple[str, str, date], dict[str, Any]]:
    rule = _rule(name)
    indicator = rule["indicator"].removesuffix("_concentration")
    operator = next(word for word in ("at_most", "below") if word in rule)
    yearly = rule["averaging"] == "year" or "'period_share_over': 'year'" in str(rule)
    found = {}
    for number in range(STACKS):
        series = frames[(f"S{number:02d}", indicator)]
        for first, last in [YEAR] if yearly else PERIODS[-3:]:  # one month without a reading, and the two that have some
            day = max(since for since in rule[operator] if since <= last)
            own = own_uncertainty(rule, UNCERTAINTY.get(number % 3))
            verdict = judge(own | {"limit": rule[operator][day]["value"]}, series, first, last, _calendar(number))
            found[(f"xx_{name}__limit@{day}", f"S{number:02d}", last)] = verdict
    return found


def readings_frame() -> pd.DataFrame:
    """The readings as the slow judge takes them."""
    numbers = ("value", "o2_pct", "moisture_pct", "temperature_c", "pressure_kpa")
    frame = pd.DataFrame(_readings()).astype(dict.fromkeys(numbers, float))
    frame["flag"] = frame["flag"].astype(object).where(frame["flag"].notna(), None)
    return frame


@pytest.fixture(scope="module")
def frames() -> dict[tuple[str, str], dict[int, pd.DataFrame]]:
    return {
        key: {minutes: averages(part, key[1], minutes) for minutes in (30, 60)}
        for key, part in readings_frame().groupby(["stack_id", "indicator"])
    }


@pytest.mark.parametrize("name", RULES)
def test_every_verdict_equals_that_of_the_slow_judge(name: str, judged: Any, frames: Any) -> None:
    slow = _slow(name, frames)
    assert len(slow) in (STACKS, STACKS * 3)
    wrong = []
    for key, expected in slow.items():
        found = judged[key]
        same = (found["state"], found["valid_count"], found["operating_count"], found["excluded_count"]) == (
            expected["state"], expected["valid_count"], expected["operating_count"], expected["excluded_count"],
        )  # fmt: skip
        value = expected["measured"]
        if not same or (value is not None and found["measured_value"] != pytest.approx(value, abs=1e-6)):
            wrong.append(f"{key}: {found['state']} {found['reason_code']} {found['measured_value']}, slow {expected}")
    assert not wrong, f"{len(wrong)} of {len(slow)}: " + "\n".join(wrong[:5])


@pytest.fixture(scope="module")
def judged_mid_month(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, Any], dict[str, Any]]:
    return verdicts(build_chain(_tables(tmp_path_factory.mktemp("rules"), _readings(), MID_MONTH)))


@pytest.mark.parametrize("name", RULES)
def test_of_a_month_that_is_running_stands_what_has_failed_for_good_and_nothing_else(name: str, judged_mid_month: Any, frames: Any) -> None:
    rule = _rule(name)
    operator = next(word for word in ("at_most", "below") if word in rule)
    limit = rule[operator][max(since for since in rule[operator] if since <= MID_MONTH)]["value"]
    expected = {}
    for number in range(STACKS):
        series = frames[(f"S{number:02d}", rule["indicator"].removesuffix("_concentration"))]
        own = own_uncertainty(rule, UNCERTAINTY.get(number % 3)) | {"limit": limit}
        if (measured := failed_for_good(own, series, PERIODS[-1][0], MID_MONTH, _calendar(number))) is not None:
            expected[f"S{number:02d}"] = ("FAIL", "LIMIT_EXCEEDED", pytest.approx(measured, abs=1e-6))
    found = {
        stack: (row["state"], row["reason_code"], row["measured_value"])
        for (threshold, stack, last), row in judged_mid_month.items() if threshold.startswith(f"xx_{name}__") and last == MID_MONTH
    }  # fmt: skip
    assert found == expected


def test_months_that_are_over_are_judged_alike_on_any_day_of_the_next(judged: Any, judged_mid_month: Any) -> None:
    over = {key for key in judged_mid_month if key[2] in (PERIODS[-3][1], PERIODS[-2][1]) and key in judged}
    assert len(over) > 10 * STACKS
    assert {key: _told(judged_mid_month[key]) for key in over} == {key: _told(judged[key]) for key in over}


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "result_status"}


def test_a_month_is_judged_alike_from_whichever_window_it_is_seen(judged: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Eleven months later April is the first month of the window, and March, in its calendar year, lies before it."""
    later = verdicts(build_chain(_tables(tmp_path_factory.mktemp("rules"), _readings(), date(2027, 3, 31))))
    keys = {key for key in later if key[2] == AS_OF}
    assert len(keys) > 10 * STACKS
    assert {judged[key]["reason_code"] for key in keys} >= {"EXCLUDED_HOURS_OVER_CAP", "TOO_MANY_INVALID_DAYS"}
    assert {key: _told(later[key]) for key in keys} == {key: _told(judged[key]) for key in keys}


def test_half_hours_of_part_of_a_month_are_never_taken_for_the_whole(judged: Any, frames: Any) -> None:
    hours = frames["S18", "nox"][60]
    coarse = hours[(hours.day <= date(2026, 3, 31)) & ~hours.has_half_hours & hours.value.notna()]
    words = f"{len(coarse)} hours came in readings that make no half-hours"
    march = {name: judged[f"xx_{name}__limit@2020-01-01", "S18", date(2026, 3, 31)] for name in ("half_hours_dry", "half_hours_whole")}
    assert {name: (row["state"], row["reason_code"]) for name, row in march.items()} == {
        "half_hours_dry": ("PASS", "WITHIN_LIMIT"),  # the rule is content with three tenths
        "half_hours_whole": ("NO_DATA", "RESOLUTION_TOO_COARSE"),
    }
    assert all(words in row["reason_detail"] for row in march.values())
    april = judged["xx_half_hours_whole__limit@2020-01-01", "S18", date(2026, 4, 30)]
    assert (april["state"], "half-hours" in april["reason_detail"]) == ("PASS", False)


def test_some_limits_fail_before_the_month_is_over(judged_mid_month: Any) -> None:
    running = [row for (_, _, last), row in judged_mid_month.items() if last == MID_MONTH]
    assert len({row["rule_id"] for row in running}) >= 5
    assert all("the month is not over: read to 2026-04-17" in row["reason_detail"] for row in running)


@pytest.mark.parametrize("name", [model.name for model in models().values() if model.by_stacks])
def test_stacks_judged_in_groups_are_judged_as_all_at_once(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    con = build_chain(_tables(tmp_path_factory.mktemp("rules"), _readings()))
    whole = read_rows(con, f"select * from {name} order by all")
    con.execute(f"drop table {name}")
    assert build_by_stacks(con, models()[name], stacks_per_group=3) == len(whole) > 0
    assert read_rows(con, f"select * from {name} order by all") == whole


def test_the_sample_has_every_state(judged: Any) -> None:
    states = {row["state"] for row in judged.values()}
    assert states >= {"PASS", "FAIL", "NO_DATA", "INDETERMINATE", "ERROR"}
    invalid = [row for row in judged.values() if row["reason_code"] == "TOO_MANY_INVALID_DAYS"]
    capped = {row["rule_id"] for row in judged.values() if row["reason_code"] == "EXCLUDED_HOURS_OVER_CAP"}
    assert capped == {"xx_capped__limit", "xx_capped_year__limit"}
    assert {row["rule_id"] for row in invalid} >= {"xx_eu_annex_vi__limit", "xx_eu_days_by_month__limit", "xx_days_without_startup__limit"}

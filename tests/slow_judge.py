"""An independent, slow judge of stack readings: straight from the text of a rule, one reading, hour and day after the other, in pandas.

It shares no code with the product. What a number means stands in docs/rule_files.md; formulas are those of the regimes themselves.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

USABLE = ("normal", "startup", "shutdown", "malfunction")
FLAGS = {None: "normal", "N": "normal", "SU": "startup", "SD": "shutdown", "MF": "malfunction", "M": "maintenance", "C": "calibration"}
FLAGS |= {"F": "stopped", "D": "invalid", "T": "invalid"}
MOLAR_MASS = {"nox": 46.0055, "pm": None}
BELIEVED = {"nox": 10000, "pm": 5000}
#: What a reading below detection counts as, of its detection limit.
BELOW_DETECTION = {"nox": 1, "pm": 0.5}
TOLERANCE = 1e-6


def normalise(row: Any, indicator: str) -> tuple[str, float | None, float | None]:
    """Class of a reading, its value in mg/Nm3 dry, and its oxygen for the correction (at most 19 %)."""
    flag = FLAGS.get(row.flag, "invalid")
    if flag in ("stopped", "maintenance", "calibration"):
        return flag, None, None
    if math.isnan(row.value):
        return "missing", None, None
    if flag not in USABLE:
        return flag, None, None
    if row.value < 0:
        return "invalid", None, None
    value = row.value * (BELOW_DETECTION[indicator] if row.is_below_detection else 1)
    if row.unit == "ppm":
        if MOLAR_MASS[indicator] is None:
            return "error", None, None
        value = value * MOLAR_MASS[indicator] / 22.414
    elif row.unit == "mg/m3":
        if math.isnan(row.temperature_c) or math.isnan(row.pressure_kpa):
            return "error", None, None
        value = value * (273.15 + row.temperature_c) / 273.15 * 101.325 / row.pressure_kpa
    if row.gas_basis == "wet":
        if math.isnan(row.moisture_pct):
            return "error", None, None
        value = value / (1 - row.moisture_pct / 100)
    if value > BELIEVED[indicator]:
        return "invalid", None, None
    oxygen = None if math.isnan(row.o2_pct) else min(row.o2_pct, 19.0)
    return flag, value, oxygen


def averages(frame: pd.DataFrame, indicator: str, minutes: int) -> pd.DataFrame:
    """Hours or half-hours of one series: local day, class, value and value / (21 - oxygen)."""
    held: dict[Any, list[tuple[str, int, float | None, float | None]]] = defaultdict(list)
    for row in frame.itertuples():
        if minutes % row.interval_minutes:
            continue
        local = row.period_start_at + timedelta(minutes=int(row.utc_offset_minutes))
        step = (local.hour * 60 + local.minute) // minutes
        start_utc = local - timedelta(minutes=local.minute % minutes) - timedelta(minutes=int(row.utc_offset_minutes))
        state, value, oxygen = normalise(row, indicator)
        per_o2 = None if value is None or oxygen is None else value / (21 - oxygen)
        held[(local.date(), step, start_utc)].append((state, int(row.interval_minutes), value, per_o2))
    found = [(day, *_average(parts, minutes), _makes_half_hours(parts, minutes)) for (day, _, _), parts in sorted(held.items())]
    return pd.DataFrame(found, columns=["day", "state", "value", "per_o2", "has_half_hours"])


def _makes_half_hours(parts: list[tuple[str, int, float | None, float | None]], minutes: int) -> bool:
    """Whether an hour is made of readings that make half-hours, too."""
    return minutes == 60 and any(length < 60 and 30 % length == 0 for _, length, _, _ in parts)


def _average(parts: list[tuple[str, int, float | None, float | None]], minutes: int) -> tuple[str, float | None, float | None]:
    if parts[0][1] == minutes:
        state, _, value, per_o2 = parts[0]
        return state, value, per_o2
    filled: dict[str, int] = defaultdict(int)
    for state, length, _, _ in parts:
        filled[state] += length
    usable = sum(filled[state] for state in USABLE)
    if usable < 0.75 * minutes:
        filled["missing"] += max(minutes - sum(filled.values()), 0)
        longest = max(_RANK[len(USABLE) :], key=lambda word: filled[word])
        return "missing" if usable >= filled[longest] else longest, None, None
    with_oxygen = sum(length for _, length, _, per_o2 in parts if per_o2 is not None)
    per_o2 = _mean([(part[3], part[1]) for part in parts]) if with_oxygen >= 0.75 * minutes else None
    return max(USABLE, key=lambda word: filled[word]), _mean([(part[2], part[1]) for part in parts]), per_o2


_RANK = [*USABLE, "maintenance", "calibration", "stopped", "missing", "invalid", "error"]


def _mean(values: list[tuple[float | None, int]]) -> float | None:
    """Mean of the values that are there, each weighted by its minutes."""
    there = [(value, length) for value, length in values if value is not None]
    return sum(value * length for value, length in there) / sum(length for _, length in there) if there else None


@dataclass
class Calendar:
    """Hours that a stack owes: those between two midnights of its zone; on days out of service those sent as running or standing."""

    zone: str | None = None
    idle: set[date] = field(default_factory=set)

    def length(self, day: date) -> float:
        """Hours of a local day."""
        if self.zone is None:
            return 24
        midnights = [datetime.combine(each, time(), ZoneInfo(self.zone)).astimezone(UTC) for each in (day, day + timedelta(days=1))]
        return (midnights[1] - midnights[0]) / timedelta(hours=1)

    def due(self, hours: pd.DataFrame, first: date, last: date) -> float:
        """Hours of a period in which the unit was in service, or ran."""
        total = 0.0
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            ran = int((hours[hours.day == day].state.isin(_RANK[:7])).sum()) if day in self.idle else math.inf
            total += min(ran, self.length(day))
        return total


def judge(rule: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar) -> dict[str, Any]:
    """The verdict of a rule on one series in one period.

    Args:
        rule: Keys of a rule file, and `limit`: the value in force on the last day. series: Averages by their minutes (30, 60).
    """
    hours = _between(series[60], first, last)
    excluded = rule.get("exclude", [])
    left_out = hours[hours.state.isin(excluded)]
    due = calendar.due(hours, first, last) - len(left_out) - int((hours.state == "stopped").sum())
    usable = hours[hours.state.isin(USABLE) & ~hours.state.isin(excluded)]
    with_o2 = usable.per_o2.notna().sum()
    oxygen = rule["reference_state"].get("oxygen_pct")
    facts = {"valid_count": len(usable), "operating_count": due, "excluded_count": len(left_out)}
    if due <= 0:
        return facts | {"state": "NOT_APPLICABLE", "measured": None}
    tests = [_main_test(rule), *([_multiple_test(rule)] if "max_multiple" in rule else []), *rule.get("further_tests", [])]
    outcomes = [_group(rule, test, series, first, last, calendar) for test in tests]
    main = _values(rule, rule["averaging"], series, first, last, calendar)
    measured = max(main, default=None)
    facts["measured"] = measured
    if not main:
        missing_oxygen = oxygen is not None and len(usable) > with_o2
        bad = missing_oxygen or (hours.state == "error").any()
        return facts | {"state": "ERROR" if bad else "NO_DATA"}
    capture, wanted = len(usable) / due, rule.get("min_capture", 0)
    halves = HalfHours(rule, series, first, last, calendar)
    if rule["averaging"] == "half_hour":
        capture = halves.capture
    failed = [number for number, outcome in enumerate(outcomes) if outcome == "failed"]
    if failed == [0] and rule.get("pass_test") == "share_of_periods" and capture < wanted:
        return facts | {"state": "NO_DATA"}
    if failed or _has_too_many_hours_left_out(rule, series[60], first, last):
        return facts | {"state": "FAIL"}
    if capture < wanted:
        return facts | {"state": "NO_DATA"}
    capture_with_o2 = halves.capture_with_o2 if rule["averaging"] == "half_hour" else with_o2 / due
    if oxygen is not None and with_o2 < len(usable) and capture_with_o2 < wanted:
        return facts | {"state": "ERROR"}
    if _has_too_many_invalid_days(rule, series, first, last, calendar):
        return facts | {"state": "NO_DATA"}
    needs_halves = any(all(each["averaging"] == "half_hour" for each in test.get("any_of", [test])) for test in tests)
    if "untested" in outcomes or (needs_halves and halves.coarse_hours > 0 and halves.capture < rule.get("min_capture", 1)):
        return facts | {"state": "NO_DATA"}
    return facts | {"state": "INDETERMINATE" if "straddling" in outcomes else "PASS"}


class HalfHours:
    """What a test of half-hours can see of a period: shares of the half-hours due that are usable, and hours sent without half-hours."""

    def __init__(self, rule: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar) -> None:
        hours, halves = _between(series[60], first, last), list(_between(series[30], first, last).itertuples())
        coarse = [hour for hour in hours.itertuples() if not hour.has_half_hours]
        due = 2 * calendar.due(hours, first, last) - 2 * sum(_is_not_due(rule, hour) for hour in coarse)
        due -= sum(_is_not_due(rule, half) for half in halves)
        usable = [half for half in halves if half.state in USABLE and half.state not in rule.get("exclude", [])]
        self.capture = len(usable) / due if due > 0 else 0.0
        self.capture_with_o2 = sum(not math.isnan(half.per_o2) for half in usable) / due if due > 0 else 0.0
        self.coarse_hours = sum(hour.state in USABLE and hour.state not in rule.get("exclude", []) for hour in coarse)


def _has_too_many_hours_left_out(rule: dict[str, Any], hours: pd.DataFrame, first: date, last: date) -> bool:
    """More hours of a calendar year were left out by the end of the period, and one in the period was."""
    days = list(hours[hours.state.isin(rule.get("exclude", [])) & (hours.day <= last)].day)
    years = [sum(day.year == year for day in days) for year in {day.year for day in days if day >= first}]
    return max(years, default=0) > rule.get("exclude_at_most_hours", math.inf)


def failed_for_good(rule: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar) -> float | None:
    """The worst average of the first test that one average fails for good, if one of that kind has failed in a month that is not over."""
    tests = [_main_test(rule), *([_multiple_test(rule)] if "max_multiple" in rule else []), *rule.get("further_tests", [])]
    lasting = [test for test in tests if all(_is_lasting(each) for each in test.get("any_of", [test]))]
    if calendar.due(series[60], first, last) <= 0 or "failed" not in [
        _group(rule, test, series, first, last, calendar) for test in lasting
    ]:
        return None
    first_test = lasting[0].get("any_of", lasting)[0]
    return max(_values(rule, first_test["averaging"], series, first, last, calendar))


def _is_lasting(test: dict[str, Any]) -> bool:
    return test.get("share", 1) == 1 and test["averaging"] not in ("month", "year")


def _between(frame: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    return frame[(frame.day >= first) & (frame.day <= last)]


def _main_test(rule: dict[str, Any]) -> dict[str, Any]:
    return {"averaging": rule["averaging"], "multiple": 1, "share": rule.get("share", 1)}


def _multiple_test(rule: dict[str, Any]) -> dict[str, Any]:
    return {"averaging": rule["averaging"], "multiple": rule["max_multiple"], "share": 1}


def _group(rule: dict[str, Any], test: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar) -> str:
    alternatives = [_outcome(rule, each, series, first, last, calendar) for each in test.get("any_of", [test])]
    for word in ("held", "straddling", "failed"):
        if word in alternatives:
            return word
    return "untested"


def _outcome(
    rule: dict[str, Any], test: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar
) -> str:
    values = _values(rule, test["averaging"], series, first, last, calendar)
    if not values:
        return "untested"
    level = test["value"] if "value" in test else rule["limit"] * test["multiple"]
    doubt = rule.get("uncertainty", {"decision": "simple"})
    lowered = [_moved(value, level, doubt, -1) for value in values]
    raised = [_moved(value, level, doubt, +1) for value in values]
    chosen = {"simple": values, "operator_favourable": lowered, "lender_conservative": raised, "guard_band": lowered}[doubt["decision"]]
    if not _is_held(rule, chosen, level, test.get("share", 1)):
        return "failed"
    if doubt["decision"] == "guard_band" and not _is_held(rule, raised, level, test.get("share", 1)):
        return "straddling"
    return "held"


def own_uncertainty(rule: dict[str, Any], pct: float | None) -> dict[str, Any]:
    """The rule with the uncertainty that a stack declares in place of its own: more of it never helps the operator."""
    doubt = rule.get("uncertainty")
    if doubt is None or pct is None:
        return rule
    return rule | {"uncertainty": doubt | {"pct": min(pct, doubt["pct"]) if doubt["decision"] == "operator_favourable" else pct}}


def _moved(value: float, level: float, doubt: dict[str, Any], sign: int) -> float:
    share = sign * doubt.get("pct", 0) / 100
    return value * (1 + share) if doubt.get("of", "limit") == "value" else value + share * level


def _is_held(rule: dict[str, Any], values: list[float], level: float, share: float) -> bool:
    strict = "below" in rule
    within = sum(value < level - TOLERANCE if strict else value <= level + TOLERANCE for value in values)
    return within >= share * len(values) - 1e-9


def _values(
    rule: dict[str, Any], averaging: str, series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar
) -> list[float]:
    """Averages of a kind that a rule may count in a period, at its reference oxygen."""
    frame = series[30 if averaging == "half_hour" else 60]
    usable = frame[frame.state.isin(USABLE) & ~frame.state.isin(rule.get("exclude", []))]
    oxygen = rule["reference_state"].get("oxygen_pct")
    corrected = usable.value if oxygen is None else usable.per_o2 * (21 - oxygen)
    usable = usable.assign(corrected=corrected.astype(float)).dropna(subset=["corrected"])
    if averaging in ("hour", "half_hour"):
        return list(_between(usable, first, last).corrected)
    if averaging in ("month", "year"):
        inside = list(_between(usable, first, last).corrected)
        return [sum(inside) / len(inside)] if inside else []
    by_day = {day: list(rows.corrected) for day, rows in usable.groupby("day")}
    if averaging == "rolling_30_operating_days":
        return _rolling(by_day, first, last)
    invalid = _invalid_days(rule, series, last, calendar)
    return [sum(hours) / len(hours) for day, hours in by_day.items() if first <= day <= last and day not in invalid]


def _rolling(by_day: dict[date, list[float]], first: date, last: date) -> list[float]:
    found, days = [], sorted(by_day)
    for place in range(29, len(days)):
        if first <= days[place] <= last:
            hours = [value for day in days[place - 29 : place + 1] for value in by_day[day]]
            found.append(sum(hours) / len(hours))
    return found


def _invalid_days(rule: dict[str, Any], series: dict[int, pd.DataFrame], last: date, calendar: Calendar) -> list[date]:
    """Days, from the first that was sent, on which more half-hours that were due were discarded than the rule allows."""
    if "day_validity" not in rule:
        return []
    hours, halves = series[60], series[30]
    counted = [(2, hours[~hours.has_half_hours.astype(bool)]), (1, halves)]
    day, invalid = hours.day.min(), []
    while day <= last:
        due = 0.0 if day in calendar.idle else 2 * calendar.length(day)
        for half_hours, frame in counted:
            due -= half_hours * sum(_is_not_due(rule, row) or _is_used(rule, row) for row in frame[frame.day == day].itertuples())
        if due > rule["day_validity"]["max_invalid_half_hours"]:
            invalid.append(day)
        day += timedelta(days=1)
    return invalid


def _is_not_due(rule: dict[str, Any], row: Any) -> bool:
    return row.state == "stopped" or row.state in rule.get("exclude", [])


def _is_used(rule: dict[str, Any], row: Any) -> bool:
    return row.state in USABLE and (rule["reference_state"].get("oxygen_pct") is None or not math.isnan(row.per_o2))


def _has_too_many_invalid_days(rule: dict[str, Any], series: dict[int, pd.DataFrame], first: date, last: date, calendar: Calendar) -> bool:
    """More days of a calendar year were invalid by the end of the period, and one in the period was."""
    invalid = _invalid_days(rule, series, last, calendar)
    years = [sum(day.year == year for day in invalid) for year in {day.year for day in invalid if day >= first}]
    return max(years, default=0) > rule.get("day_validity", {}).get("max_invalid_days", math.inf)

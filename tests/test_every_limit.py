"""Every shipped rule at its edges, by the shipped SQL: below, on and above each limit and size, the day before, on and after each date."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.model import LawRule
from tests.monitoring_chain import reading_classes
from tests.sql_cases import models, run_case, run_chain
from tests.test_rule_files import BETTER, by_key, law_rules, measured, rows

AS_OF = date(2026, 6, 30)
DAY = timedelta(days=1)
SIDES = {"better": 1, "on": 0, "worse": -1}
Row = dict[str, Any]


def limits(measured_by: str) -> list[Row]:
    """Thresholds that are a number, by how their indicator is measured."""
    indicators = by_key("indicators", "indicator_id")
    found = [row for row in rows("thresholds") if row["limit_value"] is not None]
    return [row for row in found if indicators[row["indicator_id"]]["measured_by"] == measured_by]


def value_at(row: Row, side: str) -> float:
    """A value beside the printed limit or on it, in the indicator's unit, a concentration at 0 °C."""
    step = max(abs(row["printed_value"]), 1e-6) * 1e-5 * BETTER[row["operator"]] * SIDES[side]
    kelvin = row["reference_temperature_k"]
    per_gas = by_key("units", "unit")[row["printed_unit"]]["quantity"] in ("mass_concentration", "toxic_equivalent_concentration")
    return measured(row, row["printed_value"] + step) * (kelvin / 273.15 if kelvin and per_gas else 1)


def is_met(row: Row, side: str) -> bool:
    return side == "better" or (side == "on" and row["operator"] in ("at_most", "at_least"))


def bound(row: Row, entity: str, first: date = date(2000, 1, 1), end: date | None = None) -> Row:
    return {"threshold_id": row["threshold_id"], "entity_id": entity, "rule_id": row["rule_id"], "tier": row["tier"]} | {
        "is_applicable": "yes",
        "is_binding_tier": True,
        "bound_from_date": first,
        "bound_to_date": end,
    }


#: From when to when a rule binds, and whether it judges on the day of the run.
DATES = {
    "from tomorrow": ((AS_OF + DAY, None), False),
    "from today": ((AS_OF, None), True),
    "until yesterday": ((date(2000, 1, 1), AS_OF), False),
    "until today": ((date(2000, 1, 1), AS_OF + DAY), True),
}


@cache
def return_states() -> dict[tuple[str, str], str]:
    """State of each limit on returns at each side, and of a value on the worse side around each end of its days in force."""
    applicability, values = [], []
    for row in limits("returns"):
        for case in (*SIDES, *DATES):
            entity = f"{row['threshold_id']}|{case}"
            applicability.append(bound(row, entity, *DATES.get(case, ((), None))[0]))
            values.append(
                {"entity_id": entity, "indicator_id": row["indicator_id"], "value": value_at(row, case if case in SIDES else "worse")}
                | {"capture_ratio": 1, "complete_days": 365, "evidence_tier": "reported"}
            )
    found = run_case(
        models()["int_plants__verdicts"],
        {
            "given": {
                "ref_run__settings": [
                    {"run_id": "r", "as_of_date": AS_OF, "window_start_date": date(2025, 7, 1), "window_end_date": AS_OF}
                ],
                "ref_rules__rules": list(rows("rules")),
                "ref_rules__indicators": list(rows("indicators")),
                "ref_rules__thresholds": [row | {"or_meets_rule_ids": None} for row in limits("returns")],
                "int_plants__entities": [{"entity_id": row["entity_id"], "plant_id": row["entity_id"]} for row in applicability],
                "int_rules__applicability": applicability,
                "int_returns__indicators": values,
            }
        },
    )
    return {(row["threshold_id"], row["entity_id"].partition("|")[2]): row["state"] for row in found}


@cache
def gas_states() -> dict[tuple[str, str], str]:
    """State of each limit on stack gas at each side, from sent readings to the verdict.

    Each limit has a plant of its own for each side, whose sector is the rule's, so that no other limit reaches it; the gas has the limit's
    own oxygen, and for three hours of three days the value beside the limit.
    """
    tables: dict[str, list[Row]] = defaultdict(list)
    tests: dict[str, list[Row]] = defaultdict(list)
    for test in rows("tests"):
        tests[test["threshold_id"]].append(test)
    for number, (row, side) in enumerate((row, side) for row in limits("stack") for side in SIDES):
        sector, name = f"{row['threshold_id']}|{side}", f"s{number}"
        tables["ref_rules__rules"].append({"rule_id": sector, "kind": "limit", "layer": "home_law", "instrument_id": "i"})
        tables["ref_rules__thresholds"].append(
            row
            | {"threshold_id": sector, "rule_id": sector, "min_capture_ratio": None, "valid_from_date": date(2000, 1, 1)}
            | {"valid_to_date": None, "existing_plants_from_date": None, "or_meets_rule_ids": None}
        )
        tables["ref_rules__tests"] += [test | {"threshold_id": sector} for test in tests[row["threshold_id"]]]
        tables["ref_rules__scopes"].append({"rule_id": sector, "scope_no": 1, "sector": sector})
        tables["raw_plants__plants"].append({"plant_id": name, "sector": sector, "country_iso3": "PAK", "status": "operating"})
        tables["raw_plants__process_units"].append({"unit_id": name, "plant_id": name, "process": "clinker_kiln", "status": "operating"})
        tables["raw_plants__emission_points"].append({"stack_id": name, "plant_id": name, "unit_id": name, "time_zone": "UTC+05:00"})
        unit = by_key("indicators", "indicator_id")[row["indicator_id"]]["unit"]
        tables["raw_monitoring__stack_readings"] += [
            {
                "stack_id": name,
                "indicator": row["indicator_id"].lower(),
                "period_start_at": datetime.fromisoformat(f"2026-06-{28 + day} 0{hour}:00:00"),
                "utc_offset_minutes": 0,
                "interval_minutes": 60,
                "is_below_detection": False,
            }
            | {"value": value_at(row, side), "unit": unit, "gas_basis": "dry", "o2_pct": row["ref_o2_pct"]}
            | {"source_file_id": "f", "source_file_name": "f.csv", "source_row_number": 10 * number + 3 * day + hour}
            for day in range(3)
            for hour in range(3)
        ]
    tables |= {f"ref_rules__{name}": list(rows(name)) for name in ("indicators", "indicator_names", "units", "policy")}
    tables["ref_run__settings"] = [{"run_id": "r", "as_of_date": AS_OF, "window_start_date": date(2025, 7, 1), "window_end_date": AS_OF}]
    tables["ref_monitoring__classes"] = reading_classes()
    found = [row for row in run_chain("int_plants__verdicts", tables) if row["period_end_date"] == AS_OF]
    return {tuple(row["threshold_id"].rsplit("|", 1)): row["state"] for row in found}


@pytest.mark.parametrize("side", SIDES)
def test_every_limit_on_returns_is_kept_or_broken_as_its_operator_word_says(side: str) -> None:
    assert len(limits("returns")) > 100
    wrong = {
        row["threshold_id"]: return_states().get((row["threshold_id"], side))
        for row in limits("returns")
        if return_states().get((row["threshold_id"], side)) != ("PASS" if is_met(row, side) else "FAIL")
    }
    assert wrong == {}


@pytest.mark.parametrize("side", SIDES)
def test_every_limit_on_stack_gas_is_kept_or_broken_as_its_operator_word_says(side: str) -> None:
    assert len(limits("stack")) > 300
    wrong = {
        row["threshold_id"]: found
        for row in limits("stack")
        if (found := gas_states().get((row["threshold_id"], side))) != ("PASS" if is_met(row, side) else "FAIL")
    }
    assert wrong == {}


@pytest.mark.parametrize("case", DATES)
def test_no_limit_judges_before_its_first_day_or_after_its_last(case: str) -> None:
    judged = {row["threshold_id"] for row in limits("returns") if (row["threshold_id"], case) in return_states()}
    assert judged == ({row["threshold_id"] for row in limits("returns")} if DATES[case][1] else set())


def level_of(rule: LawRule) -> str:
    if rule.kind == "limit" and rule.indicator is not None:
        return rule.indicator.level
    return "unit" if rule.kind == "prohibition" else "plant"


def built(rule: LawRule, entry: DatedLimit, around: DatedLimit) -> list[tuple[date, tuple[date, date | None]]]:
    """Units built the day before, on and after the first day of `around`, and from when to when `entry` of the file binds each."""
    later = [one for one in rule.entries if one.valid_from > entry.valid_from]
    after = later[0].existing_plants_from if later else None
    found: list[tuple[date, tuple[date, date | None]]] = []
    for day in (around.valid_from - DAY, around.valid_from, around.valid_from + DAY):
        first = entry.valid_from if day >= entry.valid_from else entry.existing_plants_from or entry.valid_from
        end = entry.valid_to
        if end is not None and day < end and after is not None:
            end = max(end, after)
        found.append((day, (first, end)))
    return found


def test_every_dated_entry_binds_old_and_new_units_from_the_days_that_its_file_says() -> None:
    judged = {row["rule_id"] for row in rows("thresholds")}
    entities, scopes, expected = [], [], {}
    for rule in (one for one in law_rules() if one.rule_id in judged):
        scopes.append({"rule_id": rule.rule_id, "scope_no": 1, "sector": rule.rule_id})
        for around in rule.entries:
            for day, _ in built(rule, around, around):
                entity = f"{level_of(rule)}:{rule.rule_id}:{day}"
                entities.append(
                    {"entity_id": entity, "entity_type": level_of(rule), "plant_id": entity.partition(":")[2], "sector": rule.rule_id}
                    | {"unit_id": entity if level_of(rule) == "unit" else None, "commissioning_date": day, "process": "p"}
                )
                for entry in rule.entries:
                    days = dict(built(rule, entry, around))[day]
                    expected |= {(rule.rule_id, entry.valid_from, day): days}
    entities = list({row["entity_id"]: row for row in entities}.values())
    found = run_case(
        models()["int_rules__applicability"],
        {
            "given": {
                "ref_rules__rules": [row | {"layer": "home_law"} for row in rows("rules") if row["rule_id"] in judged],
                "ref_rules__indicators": list(rows("indicators")),
                "ref_rules__thresholds": list(rows("thresholds")),
                "ref_rules__scopes": scopes,
                "int_plants__entities": entities,
            }
        },
    )
    told = {
        (row["rule_id"], date.fromisoformat(row["threshold_id"].rpartition("@")[2]), date.fromisoformat(row["entity_id"][-10:])): (
            row["bound_from_date"],
            row["bound_to_date"],
        )
        for row in found
    }
    assert len(told) > 1000
    assert {key: told.get(key) for key in expected if told.get(key) != expected[key]} == {}


def sized_scopes() -> list[Row]:
    sized = [row for row in rows("scopes") if row["size_from"] is not None or row["size_to"] is not None]
    return [row | {"rule_id": f"{row['rule_id']}/{row['scope_no']}"} for row in sized]


def in_size(scope: Row, size: float) -> bool:
    low, high = scope["size_from"], scope["size_to"]
    above = low is None or size > low or (size == low and scope["size_from_inclusive"])
    return above and (high is None or size < high or (size == high and scope["size_to_inclusive"]))


def test_every_size_class_takes_what_lies_in_it_and_its_edges_as_the_file_says() -> None:
    entities, expected = [], {}
    for scope in sized_scopes():
        for edge in {scope["size_from"], scope["size_to"]} - {None}:
            for size in (edge * (1 - 1e-9), edge, edge * (1 + 1e-9)):
                entity = f"unit:{scope['rule_id']}:{size!r}"
                entities.append(
                    {"entity_id": entity, "entity_type": "unit", "unit_id": entity, "plant_id": entity, "sector": scope["rule_id"]}
                    | {"size_value": size, "size_unit": scope["size_unit"]}
                )
                expected[entity] = "yes" if in_size(scope, size) else "no"
    kept = ("size_from", "size_from_inclusive", "size_to", "size_to_inclusive", "size_unit")
    rules = [scope["rule_id"] for scope in sized_scopes()]
    found = run_case(
        models()["int_rules__applicability"],
        {
            "given": {
                "ref_rules__rules": [{"rule_id": name, "layer": "home_law"} for name in rules],
                "ref_rules__thresholds": [
                    {"threshold_id": name, "rule_id": name, "kind": "prohibition", "valid_from_date": date(2000, 1, 1)} for name in rules
                ],
                "ref_rules__scopes": [
                    {"rule_id": scope["rule_id"], "scope_no": 1, "sector": scope["rule_id"]} | {name: scope[name] for name in kept}
                    for scope in sized_scopes()
                ],
                "int_plants__entities": list({row["entity_id"]: row for row in entities}.values()),
            }
        },
    )
    assert len(expected) > 100
    told = {row["entity_id"]: row["is_applicable"] for row in found}
    assert {name: told.get(name) for name in expected if told.get(name) != expected[name]} == {}

"""The sum behind a verdict, step by step: what was done, the formula with its numbers, what came out. The numbers are the run's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pipelines.report.format import significant

Row = Mapping[str, Any]
_COMPARED = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}
#: Rows of returns that are steps of their own; of more the table alone tells.
MOST_ROWS = 40
#: Verdicts are rounded to nine decimals; a sum of the same figures agrees within this share of it.
_AGREES = 1e-6


@dataclass(frozen=True)
class Step:
    """One step: what, formula with its numbers, value, unit of the value."""

    what: str
    formula: str
    value: float | None
    unit: str


def steps_of(verdict: Row, tables: Mapping[str, Sequence[Row]], sources: Mapping[str, Sequence[Row]]) -> list[Step]:
    """Steps from the deciding row to the verdict. Empty tables give no step: what is not known is not made up."""
    if verdict["stack_id"]:
        return [*_reading_steps(verdict, tables["readings"]), *_average_step(verdict, tables["average"]), *_limit_step(verdict)]
    if verdict["kind"] == "limit":
        rows = _row_steps(tables.get("return_rows", []))
        return [*rows, *_return_steps(verdict, tables["return_steps"], tables["return_value"]), *_limit_step(verdict)]
    return list(_fact_steps(verdict, sources, tables.get("equipment", [])))


def deciding_reading(verdict: Row, readings: Sequence[Row]) -> Row | None:
    """The reading that the verdict names; else the highest that enters the average."""
    decided = (verdict["source_file_id"], verdict["source_row_number"])
    named = [row for row in readings if (row["source_file_id"], row["source_row_number"]) == decided]
    counted = [row for row in named or readings if row["value_at_reference"] is not None]
    return max(counted, key=lambda row: row["value_at_reference"], default=None)


def _reading_steps(verdict: Row, readings: Sequence[Row]) -> Iterator[Step]:
    row = deciding_reading(verdict, readings)
    if row is None:
        return
    unit, sent = verdict["unit"] or "", row["sent_value"]
    place = f"{row['source_file_name']}, row {row['source_row_number']}; interval begins {_local_time(row)}"
    yield Step("Reading as sent", place, sent, row["sent_unit"] or "")
    yield Step(
        "Unit", f"{_n(sent)} {row['sent_unit']} × {_n(row['unit_factor'])}", row["value_in_unit"], f"{unit.split('/')[0]} per m³ as sent"
    )
    if row["temperature_pressure_factor"] != 1:
        formula = f"× (273.15 + {_n(row['temperature_c'])}) / 273.15 × 101.325 / {_n(row['pressure_kpa'])}"
        formula = f"{formula} = × {_n(row['temperature_pressure_factor'])}"
        yield Step("Temperature and pressure, to 273.15 K and 101.325 kPa", formula, row["value_at_normal_state"], unit)
    else:
        yield Step("Temperature and pressure", "sent at reference conditions: nothing to do", row["value_at_normal_state"], unit)
    yield Step("Moisture, to dry gas", _moisture(row), row["value_dry"], unit)
    if row["ref_o2_pct"] is None:
        yield Step("Oxygen", "the limit has no reference oxygen: nothing to do", row["value_at_reference"], unit)
    else:
        capped = " (oxygen capped at 19 %)" if row["o2_capped_pct"] != row["o2_pct"] else ""
        formula = f"× (21 − {_n(row['ref_o2_pct'])}) / (21 − {_n(row['o2_capped_pct'])}) = × {_n(row['oxygen_factor'])}{capped}"
        yield Step(f"Oxygen, to {_n(row['ref_o2_pct'])} %", formula, row["value_at_reference"], unit)
    if row["average_at_reference"] is not None and row["interval_minutes"] < row["averaging_minutes"]:
        name = "Hour" if row["averaging_minutes"] == 60 else "Half-hour"
        formula = f"mean of all usable readings in it, by their minutes; most of them {row['average_class']}"
        yield Step(f"{name} that the reading lies in", formula, row["average_at_reference"], unit)


def _moisture(row: Row) -> str:
    if row["gas_basis"] == "dry":
        return "sent dry: nothing to do"
    factor = row["dry_factor"]
    return "ambient air: nothing to do" if factor == 1 else f"÷ (1 − {_n(row['moisture_pct'])} / 100) = × {_n(factor)}"


def _local_time(row: Row) -> str:
    """Begin of a reading's interval by the clock of its stack, with what that clock is ahead of UTC."""
    minutes = int(row["utc_offset_minutes"])
    ahead = f"{'−' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
    return f"{row['period_start_at'] + timedelta(minutes=minutes):%Y-%m-%d %H:%M} local time (UTC{ahead})"


def _average_step(verdict: Row, averages: Sequence[Row]) -> Iterator[Step]:
    row = next((row for row in averages if row["value"] is not None), None)
    if row is None:
        return
    name = str(row["averaging"]).replace("_", " ")
    is_highest = row["averaging"] in ("hour", "half_hour")
    way = f"highest of {row['block_count']} {name} averages" if is_highest else f"mean of {row['block_count']} hours"
    formula = f"{way}; {_agreement(row['value'], verdict)}"
    if (verdict.get("failed_test_no") or 1) > 1:
        formula = f"{way}; of test {verdict['failed_test_no']} of the rule, the value of the verdict is that of its first test"
    yield Step(f"Average by {name}, over the readings in readings.csv", formula, row["value"], verdict["unit"] or "")


def _row_steps(rows: Sequence[Row]) -> Iterator[Step]:
    """Each row as sent, brought to the unit of its item."""
    if len(rows) > MOST_ROWS:
        yield Step("Rows as sent", f"{len(rows)} rows, each with its factor in return_rows.csv", None, "")
        return
    for row in rows:
        heat = f", heat value {row['heat_factor_id']}" if row["heat_factor_id"] else ""
        factor = f" × {_n(row['unit_factor'])}{heat}" if row["unit_factor"] is not None else f": {row['error_code'] or 'no value'}"
        place = f"{row['source_file_name']}, row {row['source_row_number']}, {row['period_start_date']} to {row['period_end_date']}"
        sent = f"{_n(row['sent_value'])} {row['sent_unit'] or ''}"
        yield Step(f"As sent: {str(row['item']).replace('_', ' ')}", f"{place}: {sent}{factor}", row["value"], row["unit"] or "")


def _return_steps(verdict: Row, steps: Sequence[Row], values: Sequence[Row]) -> Iterator[Step]:
    for row in steps:
        formula = f"{_n(row['amount'])} {row['unit']} × {_n(row['factor'])} ({row['factor_source']}), {row['period_count']} periods"
        yield Step(f"{str(row['role']).capitalize()}: {str(row['item']).replace('_', ' ')}", formula, row["contribution"], "")
    for row in values:
        if row["value"] is not None:
            formula = f"{_n(row['numerator_value'])} ÷ {_n(row['denominator_value'])}; {_agreement(row['value'], verdict)}"
            yield Step("Numerator over denominator", formula, row["value"], verdict["unit"] or "")


def _fact_steps(verdict: Row, sources: Mapping[str, Sequence[Row]], conditions: Sequence[Row]) -> Iterator[Step]:
    for row in sources.get("management_evidence", []) if verdict["kind"] == "requirement" else ():
        held = f"from {row['valid_from_date'] or 'no stated day'} to {row['valid_to_date'] or 'no stated day'}"
        yield Step(f"{row['source_file_name']}, row {row['source_row_number']}", f"{row['item']}: {row['status']}, {held}", None, "")
    for row in sources.get("process_units", []) if verdict["kind"] == "prohibition" else ():
        if row["unit_id"] == verdict["unit_id"]:
            size = f"{_n(row['size_value'])} {row['size_unit'] or ''}".strip()
            words = f"unit {row['unit_id']}: {row['process']}, {row['technology'] or 'no technology stated'}, {size}"
            yield Step(f"{row['source_file_name']}, row {row['source_row_number']}", words, None, "")
    for row in conditions:
        outcome = "cannot be said" if row["holds"] is None else "holds" if row["holds"] else "does not hold"
        words = f"asked: {row['asked']}; the unit: {row['found'] or 'unknown'}: {outcome}"
        yield Step(f"Scope {row['scope_no']} of the rule, {row['condition']}", words, None, "")
    yield Step("Held against the rule", f"{verdict['state']}: {verdict['reason_words'] or verdict['reason_code']}", None, "")


def _limit_step(verdict: Row) -> Iterator[Step]:
    if verdict["measured_value"] is None or verdict["limit_value"] is None:
        yield Step("Verdict", f"{verdict['state']}: {verdict['reason_words'] or verdict['reason_code']}", None, "")
        return
    asked = f"asked: value {_COMPARED.get(verdict['operator'], verdict['operator'])} {_n(verdict['limit_value'])}"
    sign = "value − limit" if verdict["operator"] in ("at_least", "above") else "limit − value"
    formula = f"{asked}; margin = ({sign}) / limit, value {_n(verdict['measured_value'])}; {verdict['state']}"
    yield Step("Held against the limit", formula, verdict["headroom_ratio"], "ratio, negative = beyond the limit")


def _agreement(value: float, verdict: Row) -> str:
    judged = verdict["measured_value"]
    if judged is None:
        return "the verdict has no value"
    if abs(value - judged) <= _AGREES * max(abs(judged), 1e-12):
        return f"agrees with the verdict ({_n(judged)})"
    return f"differs from the verdict ({_n(judged)}): the rule's average covers other periods than the readings shown"


def _n(value: Any) -> str:
    return significant(value, 7)

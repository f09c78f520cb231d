"""One page an indicator at a place of a plant: every rule on it, the sum behind the worst verdict, the days around an exceedance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from pipelines.report.evidence_steps import Step, steps_of
from pipelines.report.format import significant
from pipelines.report.plant_view import findings
from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import plant_address
from pipelines.report.site.indicator_view import IndicatorView
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.page import Page
from pipelines.report.site.plant_rows import PlantRows
from pipelines.report.site.words import Text, t

Days = Mapping[Any, list[Row]]


def indicator_pages(views: list[IndicatorView], days: Days) -> Iterator[Page]:
    """One page an indicator of a stack, and one for all that come from returns, of one plant. `days`: of `days_of`."""
    for view in views:
        parent = plant_address(view.row["plant_id"])
        if view.row["stack_id"]:
            title = t("indicator.title", view.title, view.place)
            yield Page(view.address, title, parent, "site/indicator.html.j2", partial(_content, view, days), view.title)
    returned = [view for view in views if not view.row["stack_id"]]
    if returned:
        row = returned[0].rows.plants.get(returned[0].row["plant_id"], {})
        title = t("returns.title", row.get("plant_name") or returned[0].row["plant_id"])
        make = partial(_returned, returned)
        yield Page(returned[0].address, title, plant_address(returned[0].row["plant_id"]), "site/returns.html.j2", make, t("returns"))


def days_of(material: Material, views: Iterable[IndicatorView]) -> Days:
    """Readings of the worst days of all indicators, by limit, stack, indicator, day and averaging of the test."""
    wanted = [_day_key(verdict) for view in views for verdict in view.worst_days]
    return grouped(material.readings(wanted), "threshold_id", "stack_id", "indicator_id", "day_date", "averaging") if wanted else {}


def _day_key(verdict: Row) -> tuple[str, str, str, date, str]:
    """What the day of a verdict is asked for by: the day and the averages of the first test that was not held."""
    return verdict["threshold_id"], verdict["stack_id"], verdict["indicator_id"], verdict["highest_date"], verdict["counted_averaging"]


def _returned(views: list[IndicatorView]) -> Mapping[str, Any]:
    items = [row for view in views for row in _returned_items(view) if row["source_file_id"]]
    in_order = sorted(views, key=lambda view: (str(view.title), view.row["entity_id"]))
    return {
        "plant_id": views[0].row["plant_id"],
        "views": in_order,
        "period": _common_period(views),
        "months": views[0].rows.return_months,
        "files": sorted({(str(row["source_file_name"]), str(row["source_file_id"])) for row in items}),
        "instruments": {title: place for place, title in enumerate(_instruments(in_order), 1)},
        "sections": [
            (view, _by_rule(view), _steps(view.row, view.rows), view.rows.finding_of(view.row), _by_file(_returned_items(view)))
            for view in in_order
        ],
    }


def _by_rule(view: IndicatorView) -> list[list[Row]]:
    """Verdicts on a value, those of one rule together by level, in the order of the worst of each."""
    found: dict[tuple[str, object], list[Row]] = {}
    for finding in findings(view.verdicts):
        found.setdefault((finding.row["rule_id"], finding.row["measured_value"]), []).append(finding.row)
    return [sorted(rows, key=lambda row: row["tier"] or "") for rows in found.values()]


def _instruments(views: list[IndicatorView]) -> list[str | None]:
    """Titles of the instruments of all rules on a page, each once: the rows name them by number."""
    return list(dict.fromkeys(row["instrument_title"] for view in views for row in view.verdicts))


def _common_period(views: list[IndicatorView]) -> tuple[Any, Any] | None:
    """The period of most values, which the page tells once."""
    periods = Counter((view.row["period_start_date"], view.row["period_end_date"]) for view in views)
    return min(periods, key=lambda period: (-periods[period], str(period)), default=None)


def _by_file(items: list[Row]) -> list[tuple[str | None, list[Row]]]:
    """Items by the file that holds them."""
    found: dict[str | None, list[Row]] = {}
    for item in items:
        found.setdefault(item["source_file_name"], []).append(item)
    return list(found.items())


def _returned_items(view: IndicatorView) -> list[Row]:
    return view.rows.return_steps[view.row["entity_id"], view.row["indicator_id"]]


def _content(view: IndicatorView, days: Days) -> Mapping[str, Any]:
    shown = [_day(view, verdict, days[key]) for verdict in view.worst_days if days.get(key := _day_key(verdict))]
    return {
        "view": view,
        "row": view.row,
        "plant": view.rows.plants.get(view.row["plant_id"], {}),
        "found": findings(view.verdicts),
        "finding": view.rows.finding_of(view.row),
        "days": shown,
        "steps": [] if shown else _steps(view.row, view.rows),
    }


def _day(view: IndicatorView, verdict: Row, readings: list[Row]) -> Mapping[str, Any]:
    decided = verdict["source_file_id"], verdict["source_row_number"]
    hours = [
        {
            "value": row["value_at_reference"],
            "is_counted": row["enters_average"],
            "is_deciding": (row["source_file_id"], row["source_row_number"]) == decided,
            "label": f"{row['local_at']:%H:%M}",
        }
        for row in readings
    ]
    average = {"averaging": verdict["counted_averaging"], "value": readings[0]["average_value"], "block_count": readings[0]["block_count"]}
    return {
        "verdict": verdict,
        "day": verdict["highest_date"],
        "readings": readings,
        "hours": hours,
        "files": sorted({(str(row["source_file_name"]), str(row["source_file_id"])) for row in readings}),
        "sent_unit": readings[0]["sent_unit"] if len({row["sent_unit"] for row in readings}) == 1 else None,
        "limits": [(float(verdict["limit_value"]), f"{significant(verdict['limit_value'])} {view.unit}")] if verdict["limit_value"] else [],
        "steps": _words(steps_of(verdict | {"reason_words": None}, {"readings": readings, "average": [average]}, {})),
        "finding": view.rows.finding_of(verdict),
    }


def _steps(verdict: Row, rows: PlantRows) -> list[tuple[Text | str, Step]]:
    """The sum behind a verdict without days to show; of returns the items over the window, whose rows stand beside them on the page."""
    if verdict["stack_id"]:
        return _words(steps_of(verdict | {"reason_words": None}, {"readings": [], "average": []}, {}))
    key = verdict["entity_id"], verdict["indicator_id"]
    value = rows.return_values.get(key)
    tables = {"return_rows": [], "return_steps": rows.return_steps[key], "return_value": [value] if value else []}
    return _words(steps_of(verdict | {"reason_words": None}, tables, {}))


def _words(steps: list[Step]) -> list[tuple[Text | str, Step]]:
    """Each step with its name in both languages, where it has one of ours."""
    return [(_step_words(step.what), _with_item(_short(step))) for step in steps]


def _with_item(step: Step) -> Step:
    """A step of a ratio begins with its item: the name before it is numerator or denominator only."""
    part, _, item = step.what.partition(": ")
    return replace(step, formula=f"{item}: {step.formula}") if part in ("Numerator", "Denominator") else step


def _short(step: Step) -> Step:
    """A step without what the page tells once: the formula of the margin, that a factor without a source is by definition."""
    if step.what != "Held against the limit":
        return replace(step, formula=step.formula.replace(" (by definition of the indicator)", ""))
    asked, _, rest = step.formula.partition("; margin")
    return replace(step, formula=f"{asked};{rest.rpartition(';')[2]}", unit="")


def _step_words(what: str) -> Text | str:
    if what in _STEPS:
        return t(f"step.{_STEPS[what]}")
    for beginning, key in _BEGINNINGS.items():
        if what.startswith(beginning) and key in ("numerator", "denominator"):
            return t(f"step.{key}")
        if what.startswith(beginning):
            return t(f"step.{key}", what.removeprefix(beginning).partition(",")[0])
    return what


_STEPS = {
    "Reading as sent": "sent",
    "Unit": "unit",
    "Temperature and pressure, to 273.15 K and 101.325 kPa": "state",
    "Temperature and pressure": "state_none",
    "Moisture, to dry gas": "dry",
    "Oxygen": "oxygen_none",
    "Held against the limit": "limit",
    "Held against the rule": "rule",
    "Verdict": "verdict",
    "Numerator over denominator": "ratio",
}
_BEGINNINGS = {"Oxygen, to ": "oxygen", "Numerator: ": "numerator", "Denominator: ": "denominator", "Average by ": "average"}

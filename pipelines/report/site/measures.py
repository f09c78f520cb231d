"""What would help a plant, in both languages: each measure with the value now and the value wanted."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.report.scorecard import Row
from pipelines.report.site.formats import day, significant
from pipelines.report.site.material import Material
from pipelines.report.site.names import Names
from pipelines.report.site.words import Text, t

#: The measures of each plant, what is costly first, as `mart_plants__measures` tells them.
_MEASURES = """
select a.plant_id, a.action_kind, a.subject_kind, a.subject_id, a.entity_id, a.measured_value, a.operator, a.limit_value, a.unit,
    a.other_count, a.check_end_date, i.title as indicator_title, u.process, coalesce(u.unit_name, u.unit_id) as unit_name
from raw_measures__actions as a
left join ref_rules__indicators as i on a.subject_id = i.indicator_id
left join stg_plants__process_units as u on a.subject_id = 'unit:' || u.unit_id
order by a.plant_id,
    case a.action_kind when 'replace_equipment' then 1 when 'bring_to_limit' then 2 when 'provide_evidence' then 3
        when 'supply_figure' then 4 else 5 end,
    i.title, u.process, a.subject_id
"""
_SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}


@dataclass(frozen=True)
class Measure:
    """One measure. Args: kind: what to do; subject: about what; figures: from what to what, empty where nothing is counted."""

    kind: Text
    subject: Text | str
    figures: str = ""


def measures_of(material: Material) -> dict[str, list[Measure]]:
    """The measures of each plant; a plant that none would help has none."""
    found: dict[str, list[Measure]] = {}
    for row in material.read(_MEASURES):
        found.setdefault(row["plant_id"], []).append(measure_words(row))
    return found


def measure_words(row: Row) -> Measure:
    """One measure with the value now and the value wanted. Of what meets several limits the one that is missed by most is told."""
    kind, subject = t(f"measure.{row['action_kind']}", *_until(row)), _subject(row)
    if row["limit_value"] is None:
        return Measure(kind, subject)
    wanted = f"{_SIGNS.get(row['operator'], row['operator'])} {significant(row['limit_value'])} {row['unit'] or ''}".strip()
    figures = f"{significant(row['measured_value'])} → {wanted}"
    where, _, name = str(row["entity_id"]).partition(":")
    place = "" if where == "plant" else f", {name}"
    others = f", +{row['other_count']}" if row["other_count"] else ""
    return Measure(kind, subject, f"{figures}{place}{others}")


def _until(row: Row) -> list[Text | str]:
    return [day(row["check_end_date"])] if row["action_kind"] == "await_check" else []


def _subject(row: Row) -> Text | str:
    if row["subject_kind"] == "equipment":
        process = Names.of("process", row["process"])
        return t("measure.unit", process, row["unit_name"]) if row["process"] else str(row["subject_id"])
    return Names.indicator(row["subject_id"], row["indicator_title"])

"""What stands behind a class and a value: indicators of the index, the reading of a worst hour, the returned items of an annual value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
Read = Callable[[str], list[Row]]

_POLICY = "select key, min(value) as value from ref_rules__policy where policy_id = 'index' group by key"
_SCORES = """select i.plant_id, i.indicator_count, i.unknown_indicator_count, i.index_level_best, i.index_level_worst, i.score_i_low,
    i.score_i_high, i.score_ii_low, i.score_ii_high, i.score_iii_low, i.score_iii_high
from int_plants__index as i inner join behind as b on i.plant_id = b.plant_id"""
_INDICATORS = """select x.plant_id, x.group_id, coalesce(g.group_title, x.group_id) as group_title, x.indicator_title, x.is_limiting,
    100 * x.group_weight_ratio * x.weight_ratio as points, x.meets_i, x.meets_ii, x.meets_iii, x.meets_i_all, x.meets_ii_all,
    x.meets_iii_all, x.has_unverified
from int_plants__index_indicators as x
inner join behind as b on x.plant_id = b.plant_id
left join (select index_id, group_id, min(group_title) as group_title from ref_rules__index group by index_id, group_id) as g
    on x.index_id = g.index_id and x.group_id = g.group_id
order by x.plant_id, x.group_weight_ratio desc, x.group_id, points desc, x.indicator_title"""
_WORST_READINGS = """select r.stack_id, r.indicator_id, r.source_file_id, r.source_row_number, r.period_start_at, r.sent_value, r.sent_unit,
    r.o2_pct, r.value_dry_mg_per_nm3
from int_monitoring__deciding_readings as r
inner join (
    select distinct v.stack_id, v.indicator_id, v.source_file_id, v.source_row_number
    from int_plants__verdicts as v inner join behind as b on v.plant_id = b.plant_id
    where v.entity_type = 'stack' and v.source_row_number is not null and v.state <> 'NOT_APPLICABLE'
) as w on r.stack_id = w.stack_id and r.indicator_id = w.indicator_id and r.source_file_id = w.source_file_id
    and r.source_row_number = w.source_row_number
order by all"""
_RETURNED_ITEMS = """, files as (
    select file_id, min(file_name) as file_name from raw_landing__files group by file_id
)
select t.plant_id, t.entity_id, t.indicator_id, t.role, t.item, coalesce(n.title, t.item) as item_title, t.unit, t.factor,
    t.amount as item_value, i.title as indicator_title, i.unit as indicator_unit, v.value, t.period_count, t.is_monthly,
    t.period_start_date, t.period_end_date, f.file_name as source_file_name, t.source_file_count,
    t.first_source_row_number as first_row_number, t.last_source_row_number as last_row_number
from int_returns__steps as t
inner join behind as b on t.plant_id = b.plant_id
inner join int_returns__indicators as v on t.entity_id = v.entity_id and t.indicator_id = v.indicator_id
inner join ref_rules__indicators as i on t.indicator_id = i.indicator_id
left join ref_rules__return_items as n on t.item = n.item
left join files as f on t.source_file_id = f.file_id
where v.value is not null
order by t.plant_id, t.entity_id, t.indicator_id, t.role desc, t.item, t.factor"""


@dataclass(frozen=True)
class Background:
    """Rows that explain the plants printed in detail.

    Args: index_policy: rule of the levels, by key (`level_I.score`); index_scores: scores Y_I, Y_II, Y_III by plant; indicators: of the
        index, by plant, with their weight in points; readings: of worst hours, by stack, indicator, file and row; returned_items: sums
        over the window behind each annual value, by plant.
    """

    index_policy: dict[str, str] = field(default_factory=dict)
    index_scores: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, list[Row]] = field(default_factory=dict)
    readings: dict[tuple[Any, ...], Row] = field(default_factory=dict)
    returned_items: dict[str, list[Row]] = field(default_factory=dict)

    def reading_of(self, verdict: Row) -> Row | None:
        """The reading that the verdict on a stack names as its source; None for other verdicts."""
        return self.readings.get(_reading_key(verdict)) if verdict["entity_type"] == "stack" else None


def read_background(read: Read, behind: str) -> Background:
    """Read the background of the plants that the query `behind` gives (one column, plant_id)."""

    def rows(sql: str) -> list[Row]:
        return read(f"with behind as ({behind}) {sql}")

    return Background(
        index_policy={row["key"]: row["value"] for row in read(_POLICY)},
        index_scores={row["plant_id"]: row for row in rows(_SCORES)},
        indicators=_by_plant(rows(_INDICATORS)),
        readings={_reading_key(row): row for row in rows(_WORST_READINGS)},
        returned_items=_by_plant(rows(_RETURNED_ITEMS)),
    )


def _reading_key(row: Row) -> tuple[Any, ...]:
    return row["stack_id"], row["indicator_id"], row["source_file_id"], row["source_row_number"]


def _by_plant(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["plant_id"]].append(row)
    return dict(grouped)

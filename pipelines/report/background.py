"""What stands behind a class: the rule of the index, the scores of a plant and its indicators with their weight."""

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


@dataclass(frozen=True)
class Background:
    """Rows that explain the plants printed in detail.

    Args: index_policy: rule of the levels, by key (`level_I.score`); index_scores: scores Y_I, Y_II, Y_III by plant; indicators: of the
        index, by plant, with their weight in points.
    """

    index_policy: dict[str, str] = field(default_factory=dict)
    index_scores: dict[str, Row] = field(default_factory=dict)
    indicators: dict[str, list[Row]] = field(default_factory=dict)


def read_background(read: Read, behind: str) -> Background:
    """Read the background of the plants that the query `behind` gives (one column, plant_id)."""

    def rows(sql: str) -> list[Row]:
        return read(f"with behind as ({behind}) {sql}")

    return Background(
        index_policy={row["key"]: row["value"] for row in read(_POLICY)},
        index_scores={row["plant_id"]: row for row in rows(_SCORES)},
        indicators=_by_plant(rows(_INDICATORS)),
    )


def _by_plant(rows: list[Row]) -> dict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["plant_id"]].append(row)
    return dict(grouped)

"""What the compliance suites read from the warehouse: two statements, and how a failing row is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STATE_COUNTS = ("pass_count", "fail_count", "indeterminate_count", "no_data_count", "not_applicable_count", "error_count")
COUNT_COLUMNS = ("assessed_count", *STATE_COUNTS)
FAILING_COLUMNS = (
    "rule_id",
    "rule_version",
    "tier",
    "entity_id",
    "plant_id",
    "period_start_date",
    "period_end_date",
    "measured_value",
    "operator",
    "limit_value",
    "unit",
    "headroom_ratio",
    "reason_code",
    "source_file_id",
    "source_row_number",
)

#: One row a rule.
RESULTS_SQL = f"select rule_id, {', '.join(COUNT_COLUMNS)}, worst_headroom_ratio from mart_rules__results order by rule_id"

#: Every verdict FAIL, the worst of a rule first.
FAILING_SQL = f"""select {", ".join(FAILING_COLUMNS)} from int_plants__verdicts where state = 'FAIL'
order by rule_id, headroom_ratio nulls last, entity_id, period_end_date, threshold_id"""

_OPERATORS = {"below": "below", "at_most": "at most", "at_least": "at least", "above": "above"}


def failing_key(row: Mapping[str, Any]) -> str:
    """`stack:S1 to 2024-03-31: 512 mg/Nm3 (at most 400), tier II`."""
    text = f"{row['entity_id']} to {row['period_end_date']}"
    value, limit = row.get("measured_value"), row.get("limit_value")
    if value is not None and limit is not None:
        text += f": {value:.6g} {row.get('unit') or ''} ({_OPERATORS.get(row.get('operator') or '', 'limit')} {limit:.6g})"
    else:
        text += f": {row.get('reason_code') or 'FAIL'}"
    return f"{text}, tier {row['tier']}" if row.get("tier") else text

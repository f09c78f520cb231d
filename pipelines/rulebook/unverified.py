"""What to check in print next: rules without printed text, by the exposure that hangs on them in the published run."""

from __future__ import annotations

from typing import Any

from pipelines.rulebook.published_sql import UNVERIFIED_SQL, Read
from pipelines.rulebook.text_table import counted, dollars, table

_HEADER = ("class open", "plants", "exposure", "plants", "fail", "pass", "verdicts", "evidence", "layer", "rule")


def unverified_lines(read: Read, most: int | None = None) -> list[str]:
    """One line a rule, the largest exposure first; a rule that judged nothing comes last. `most`: only so many lines."""
    rows = read(UNVERIFIED_SQL, [])
    if not rows:
        return ["Every judged rule has been checked against the printed text."]
    shown = rows[:most] if most else rows
    lines = table(_HEADER, [_cells(row) for row in shown])
    more = [f"… and {counted(len(rows) - len(shown), 'more rule')}"] if len(rows) > len(shown) else []
    return [
        *lines,
        *more,
        "",
        "class open: plants that nothing makes not green today, where this rule would bind once verified and does not pass.",
    ]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    counts = [str(row[name]).rjust(6) for name in ("open_plant_count", "plant_count", "fail_count", "pass_count", "verdict_count")]
    opened, exposed = dollars(row["open_usd"]).rjust(14), dollars(row["exposure_usd"]).rjust(14)
    return opened, counts[0], exposed, *counts[1:], row["evidence"], row["layer"], row["rule_id"]

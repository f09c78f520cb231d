"""What to check in print next: rules without printed text, by the exposure that hangs on them in the published run."""

from __future__ import annotations

from typing import Any

from pipelines.rulebook.published_sql import UNVERIFIED_SQL, Read
from pipelines.rulebook.text_table import counted, dollars

Row = dict[str, Any]

_MEANING = [
    "Listed by what checking them can change: first the exposure to plants of open class that the rule would bind once it is checked, then",
    "the exposure to all plants it judges. Read the print, then say what it says:",
    "`greencap rules verify ID --by NAME --edition TEXT --page TEXT --on DAY --value-confirmed` (or `--value-differs`).",
]


def unverified_lines(read: Read, most: int | None = None) -> list[str]:
    """What to look up, where, and what hangs on it; the largest exposure first. `most`: only so many rules, None = all."""
    rows = read(UNVERIFIED_SQL, [])
    if not rows:
        return ["Every judged rule has been checked against the printed text."]
    shown = rows[:most] if most else rows
    lines = [f"{counted(len(rows), 'active rule is', 'active rules are')} not checked against the printed text", *_MEANING]
    for no, row in enumerate(shown, start=1):
        lines += ["", *_entry(no, row)]
    more = len(rows) - len(shown)
    return [*lines, "", f"… and {counted(more, 'more rule')}: --most {len(rows)} shows all"] if more else lines


def _entry(no: int, row: Row) -> list[str]:
    link = f" <{row['href']}>" if row["href"] else ""
    note = f" ({row['evidence_note']})" if row["evidence_note"] else ""
    opened = f"{dollars(row['open_usd'])} with an open class at {counted(row['open_plant_count'], 'plant')}"
    judged = f"{dollars(row['exposure_usd'])} at {counted(row['plant_count'], 'plant')} judged"
    other = row["verdict_count"] - row["fail_count"] - row["pass_count"]
    return [
        f"{no}. {row['rule_id']} – {row['title']}",
        f"   hangs on it: {opened}; {judged}; verdicts: {row['fail_count']} FAIL, {row['pass_count']} PASS, {other} other",
        f"   look in: {row['instrument_title']}, {row['clause']}{link} ({row['layer']})",
        f"   evidence: {row['evidence']}{note}; confirmed in print by {row['people'] or 'nobody yet'}",
    ]

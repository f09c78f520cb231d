"""Rules about an indicator that are no regime of a plant today, each with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from pipelines.rulebook.explain_words import name_of
from pipelines.rulebook.rule_words import last_day
from pipelines.rulebook.text_table import counted

Row = dict[str, Any]


def absent_lines(rows: list[Row], words: dict[str, str], drafts: Collection[str]) -> list[str]:
    """Dated limits that were looked at for the plant, by the reason why they do not count today."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        draft = ", DRAFT" if row["rule_id"] in drafts else ""
        found[_reason(row, words)].add(f"{name_of(row)} ({row['entity_id']}{draft})")
    return [line for reason, names in sorted(found.items()) for line in ("", reason, *(f"  {name}" for name in sorted(names)))]


def _reason(row: Row, words: dict[str, str]) -> str:
    code = row["not_applicable_reason"]
    if row["is_applicable"] == "no":
        return f"Out of scope: {words.get(code, code)}"
    if not row["is_in_force"]:
        until = f" to {last_day(row['bound_to_date'])}" if row["bound_to_date"] else ""
        return f"Not in force on this day: binds from {row['bound_from_date']}{until}"
    if row["is_applicable"] == "unknown":
        return f"Undecided, its verdict is NO_DATA: {words.get(code, code)} [{code}]"
    if not row["is_binding_tier"]:
        age = "new" if row["is_new"] else "existing"
        return f"Another tier binds this plant: it is {age}; tier II binds new plants, III existing ones, I serves the index only"
    return "Not applicable in any period of the window, such as a stack out of operation"


def elsewhere_lines(rows: list[Row]) -> list[str]:
    """Rules that were never looked at for the plant: of another country, process or route; drafts; of another sector (counted only)."""
    near = [row for row in rows if row["is_about_sector"]]
    drafts = [row for row in near if row["status"] == "draft"]
    others = [row for row in near if row["status"] != "draft"]
    lines = [f"About another country, process or route: {counted(len(others), 'rule')}", *_named(others)] if others else []
    if drafts:
        what = "shown, never judged; `explain --rules DIR` judges those that are new or changed there"
        lines += ["", f"Drafts, {what}: {counted(len(drafts), 'rule')}", *_named(drafts)]
    far = len(rows) - len(near)
    return ["", *lines, *(["", f"About another sector: {counted(far, 'rule')}"] if far else [])]


def _named(rows: list[Row]) -> list[str]:
    return [f"  {row['rule_id']}: {row['title']}" for row in rows]

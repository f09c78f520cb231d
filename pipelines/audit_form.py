"""A finding in audit form: criteria and condition by machine; cause, effect and action as people wrote them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.ledger.findings import Finding
from pipelines.rulebook.text_table import counted

#: What fails where there is no number.
_WITHOUT_NUMBER = {"prohibited": "prohibited equipment stands there", "required": "the evidence asked for is not held"}
#: State of what was judged and does not fail.
NO_FINDING = "NO_FINDING"


def audit_form(one: Finding, row: Mapping[str, Any], exposure: str | None = None) -> dict[str, str]:
    """Part → text.

    Of what was judged and does not fail only criteria and condition.
    Args: row: of mart_findings__register, empty when no run holds it. exposure: in words, where the amount is not to be told.
    """
    source = f"{row.get('instrument_title')}, {row.get('clause') or 'no clause'}; evidence {row.get('evidence')}"
    behind = exposure or f"{row.get('exposure_usd') or 0:,.0f}"
    criteria = f"{row.get('title') or one.rule_id}; {source}"
    if one.state == NO_FINDING:
        return {"criteria": criteria, "condition": "no finding: it was judged and does not fail; the verdicts say how"}
    return {
        "criteria": criteria,
        "condition": condition(row),
        "cause": one.cause or "not said yet (greencap findings comment --part cause)",
        "effect": one.effect or f"exposure of {behind} USD stands behind the plant",
        "action": f"{one.plan}, due {one.due_date}" if one.plan else "none agreed yet (greencap findings plan)",
        "owner": one.owner or "nobody yet",
        "standing": str(row.get("standing") or "not judged by the published run").replace("_", " "),
        "cure": cure(row),
    }


def cure(row: Mapping[str, Any]) -> str:
    """Until when it has to be mended; nobody has to mend what does not bind, or passes again."""
    if row.get("is_waiting"):
        return f"passes again: closes with the data to {row['check_end_date']} if no period fails until then"
    if row.get("cure_end_date") is None:
        return "no cure period: the rule does not bind here, or is not verified"
    level = f", escalation level {row['escalation_level']}" if row["escalation_level"] else ""
    return f"{row['cure_days']} {row['cure_day_kind']} days, end {row['cure_end_date']}{level}"


def condition(row: Mapping[str, Any]) -> str:
    """What was found: the worst value against its limit, and how often."""
    if not row or row["is_not_reassessed"]:
        return "not assessed again by the published run: no data, or not judged; it stays as it was last known"
    if row["operator"] in _WITHOUT_NUMBER:
        return _WITHOUT_NUMBER[row["operator"]]
    if row["worst_value"] is None:
        return counted(row["fail_period_count"] or 0, "failing period")
    over = f", {abs(row['worst_headroom_ratio']):.1%} beyond" if row["worst_headroom_ratio"] is not None else ""
    words = f"worst {row['worst_value']:.6g} against {row['operator'].replace('_', ' ')} {row['worst_limit_value']:.6g} {row['unit']}{over}"
    return f"{words}; {counted(row['fail_period_count'], 'failing period')} from {row['first_fail_date']} to {row['last_fail_date']}"

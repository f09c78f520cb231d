"""A finding in a line of the digest: what fails where, in which period, with what weight, and what is due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.report.words import STANDINGS

#: Why a finding came back (`reopened_reason`) where no period of its own brought it back.
_CAME_BACK = {
    "WAIVER_ENDED": "its waiver ended",
    "RULE_CHANGED": "the rule it was disputed under changed",
    "RULE_RETURNED": "its rule is in force again",
    "EQUIPMENT_RETURNED": "what it is about is in service again",
}


def worst_line(row: Mapping[str, Any]) -> str:
    """A finding that is new, got worse or is due: its worst value, with the period of it."""
    return f"{_what_fails(row)}{_worst(row)}; {_weight(row)}, {_due(row)}, {_owner(row)}"


def reopened_line(row: Mapping[str, Any]) -> str:
    """A finding that came back: why, with value and limit of the period that brought it back."""
    if "reopened_reason" not in row:  # a digest of an earlier version
        return worst_line(row)
    why = _CAME_BACK.get(row["reopened_reason"])
    failed = f"{why}, {_last_failed(row)}" if why else _last_failed(row, "failed again")
    return f"{_what_fails(row)}, {failed}; {_weight(row)}, {_due(row)}, {_owner(row)}"


def pending_line(row: Mapping[str, Any]) -> str:
    """A finding that is mended, as its last period says, and perhaps people before."""
    claimed = f", said to be mended on {row['claimed_on_date']}" if row.get("claimed_on_date") else ""
    return f"{_what_fails(row)}, {_last_failed(row)}{claimed}; {_weight(row)}, {_due(row)}, {_owner(row)}"


def closed_line(row: Mapping[str, Any]) -> str:
    """A finding that nobody has to do anything about any more."""
    return f"{_what_fails(row)}; {_weight(row)}"


def retired_line(row: Mapping[str, Any]) -> str:
    """A finding that is judged no more, with why."""
    why = "it is out of service" if row["state"] == "CLOSED_OUT_OF_SERVICE" else "its rule is no longer in force"
    return f"{_what_fails(row)}: {why}; {_weight(row)}"


def _what_fails(row: Mapping[str, Any]) -> str:
    tier = "" if row.get("tier") in (None, "-") else f" ({row['tier']})"
    return f"{row['finding_id']} {row['plant_name'] or row['plant_id']}, {row['entity_id']}: {row['title'] or row['rule_id']}{tier}"


def _worst(row: Mapping[str, Any]) -> str:
    if row["worst_value"] is None:
        return ""
    period = _period(row.get("worst_start_date"), row.get("worst_end_date"))
    return f", worst {_against(row, row['worst_value'], row['worst_limit_value'])}{f' ({period})' if period else ''}"


def _last_failed(row: Mapping[str, Any], verb: str = "last failed") -> str:
    if row["last_fail_date"] is None:
        return "not assessed again"
    value = "" if row["last_fail_value"] is None else f": {_against(row, row['last_fail_value'], row['last_fail_limit_value'])}"
    return f"{verb} {_period(row['last_fail_start_date'], row['last_fail_date'])}{value}"


def _against(row: Mapping[str, Any], value: float, limit: float | None) -> str:
    if limit is None:
        return f"{value:.6g} {row['unit']}"
    return f"{value:.6g} against {str(row.get('operator') or '').replace('_', ' ')} {limit:.6g} {row['unit']}".replace("  ", " ")


def _period(first: Any, last: Any) -> str:
    return "" if last is None else str(last) if first in (None, last) else f"{first} to {last}"


def _weight(row: Mapping[str, Any]) -> str:
    return f"{STANDINGS.get(row['standing'], row['standing'])}, exposure {row['exposure_usd']:,.0f} USD"


def _due(row: Mapping[str, Any]) -> str:
    if row.get("is_waiting"):
        return f"passes since: closes with the data to {row['check_end_date']} if no period fails until then"
    return "no cure period" if row["cure_end_date"] is None else f"cure period ends {row['cure_end_date']}"


def _owner(row: Mapping[str, Any]) -> str:
    return f"owner {row['owner'] or 'nobody yet'}"

"""Words for a regime of a run: its limit as printed, its basis, the reasons of its state, why it is effective or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from pipelines.rulebook.rule_words import AVERAGES, last_day

Row = dict[str, Any]

SIGNS = {"at_most": "≤", "below": "<", "at_least": "≥", "above": ">"}
_OPERATORS = {"at_most": "at most", "below": "below", "at_least": "at least", "above": "above"}


def name_of(row: Row) -> str:
    """`rule_id`, with its tier where it has one."""
    return f"{row['rule_id']}#{row['tier']}" if row["tier"] else str(row["rule_id"])


def limit_words(row: Row) -> str:
    """`at most 400 mg/Nm3 as printed (at 10 % O2, 298.15 K), binding from 2014-03-01`; the last day is included."""
    printed = f"[{row['limit_expression']}]" if row["printed_value"] is None else f"{row['printed_value']:.6g}"
    unit = "" if row["printed_value"] is None else f" {row['printed_unit']}"
    state = [f"{row['ref_o2_pct']:.3g} % O2"] if row["ref_o2_pct"] is not None else []
    state += [f"{row['reference_temperature_k']:.5g} K"] if row["reference_temperature_k"] is not None else []
    at = f" at {', '.join(state)}" if state else ""
    until = f" to {last_day(row['bound_to_date'])}" if row["bound_to_date"] else ""
    return f"printed: {_OPERATORS[row['operator']]} {printed}{unit}{at}, binding from {row['bound_from_date']}{until}"


def basis_words(row: Row) -> str:
    """The basis of int_plants__effective_limits as a person says it."""
    words = [_basis_word(word, row["basis_o2_pct"]) for word in str(row["basis"]).split(", ")]
    if row["basis_o2_pct"] is None and {"dry", "wet"} & set(str(row["basis"]).split(", ")):
        words.append("no oxygen correction")
    return ", ".join(word for word in words if word)


def _basis_word(word: str, oxygen: float | None) -> str:
    first, _, rest = word.partition(" ")
    if first == "share_of_periods":
        share, _, over = rest.partition(" ")
        return f"{float(share) * 100:.4g} % of the periods of {over or 'a month'}"
    if first == "without":
        return f"without {rest.replace(',', '/')}"
    plain = {"every_period": "every period", "dry": "dry gas", "wet": "wet gas", "maximum": "", "minimum": "", **AVERAGES}
    plain["reference oxygen"] = f"at {oxygen:.3g} % O2" if oxygen is not None else ""
    return plain.get(word, word.replace("_", " "))


def reasons_of(rows: Iterable[Row], words: dict[str, str]) -> dict[Any, str]:
    """(threshold_id, entity_id, state) → why, in words, and how the other periods ended.

    Args: rows: of `REASONS_OF_SQL`. words: title of each reason code.
    """
    why: dict[Any, list[str]] = defaultdict(list)
    counts: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        place = row["threshold_id"], row["entity_id"]
        why[*place, row["state"]].append(_reason(row, words))
        counts[place][row["state"]] += row["period_count"]
    return {key: "; ".join(lines) + _besides(counts[key[:2]], key[2]) for key, lines in why.items()}


def _reason(row: Row, words: dict[str, str]) -> str:
    title = words.get(row["reason_code"], row["reason_code"] or "no reason given").rstrip(".")
    detail = f" ({row['reason_detail']})" if row["reason_detail"] else ""
    periods = f", {row['period_count']} periods" if row["period_count"] > 1 else ""
    return f"{title}{detail} [{row['reason_code']}{periods}, {row['first_date']} to {row['last_date']}]"


def _besides(counts: dict[str, int], state: str) -> str:
    others = ", ".join(f"{number} {other}" for other, number in sorted(counts.items()) if other != state)
    return f"; other periods: {others}" if others else ""


def why_words(row: Row, group: list[Row]) -> str:
    """`effective_reason` of int_plants__effective_limits in words."""
    binding = sum(one["is_binding"] for one in group)
    effective = next((name_of(one) for one in group if one["is_effective"]), "another limit")
    should = "the text says should, not must"
    not_law = should if row["severity"] != "error" else f"{row['layer']} does not bind here (policy effective_layers)"
    words = {
        "strictest_binding": "effective: "
        + ("the only binding limit" if binding == 1 else f"the strictest of {binding} binding limits")
        + " on this basis",
        "less_strict": f"binding, but less strict than {effective}",
        "awaiting_verification": f"would bind, but evidence {row['evidence']} is below the bar (policy evidence_bar): it moves no class",
        "set_aside": "binding, but set aside by a written justification (below)",
        "not_binding": f"for comparison: {not_law}",
        "input_missing": "effective: its limit cannot be worked out, and a binding limit that is not known is never passed",
    }
    return words.get(row["effective_reason"], str(row["effective_reason"]))


def justification_words(row: Row) -> list[str]:
    """That a law is weaker than the lender's standard, and the written reason for using it all the same, or that there is none in force."""
    weaker = "weaker than the lender's standard on this basis: relying on it needs a written justification"
    if row["justification_id"] is None:
        return [weaker] if row["needs_justification"] else []
    holds = {"given": "in force", "run_out": "run out", "not_yet": "not in force yet"}.get(row["justification_state"], "in force")
    document = f", {row['document_reference']}" if row["document_reference"] else ""
    days = f"decided {row['decided_on_date']}, last day {row['justified_to_date'] or 'open'}"
    written = f"justification {row['justification_id']} ({holds}; {days}{document}): {row['justification']}"
    return [weaker, written] if row["needs_justification"] else [written]

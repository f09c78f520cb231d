"""The restatement notice of a run: which results already issued it changes, from what to what, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.report.format import plural

SQL = "select * from mart_run__restated order by exposure_usd desc, plant_id, entity_id, rule_id, tier, period_end_date, verdict_no"
#: Why an issued result changed → words.
CAUSES = {
    "RULE_CHANGED": "the rule or its limit changed",
    "KNOWN_EARLIER": "this run was asked on what was known before that one",
    "READINGS_CORRECTED": "readings were corrected by a later file",
    "DATA_CAME_LATER": "data came later",
    "OTHER_DATA_CHANGED": "other data changed (returns, documents or facts of the plant)",
    "DATA_GONE": "no reading of its window counts any more",
    "NO_LONGER_JUDGED": "the rule is no longer judged here",
}
#: States of the months judged now in place of a period without data, in the order in which they are told.
STATES = ("FAIL", "PASS", "INDETERMINATE", "NO_DATA", "ERROR", "NOT_APPLICABLE")


def notice_text(content: Mapping[str, Any]) -> str:
    """The notice as people read it, of the digest's content; says so when nothing was changed."""
    rows, run = content["restated"], content["run"]
    lines = [f"Restatement notice of run {run['run_id']}, as of {run['as_of_date']}, root {run['root_hash']}"]
    if not rows:
        return "\n".join([*lines, "No result issued by the run before is changed."]) + "\n"
    first = rows[0]
    lines.append(f"{plural(len(rows), 'result')} issued by run {first['earlier_run_id']}, as of {first['earlier_as_of_date']}, changed:")
    return "\n".join([*lines, *(f"  {restated_line(row)}" for row in rows)]) + "\n"


def restated_line(row: Mapping[str, Any]) -> str:
    """One changed result: where, from what to what, why, and whether a correction was still to be expected."""
    period = f"{row['period_start_date']} to {row['period_end_date']}"
    place = f"{row['plant_name'] or row['plant_id']}, {row['entity_id']}: {row['title']}, {period}"
    later = ", ".join(f"{count} {state}" for state in STATES if (count := row.get(f"later_{state.lower()}_count")))
    now = f"; now judged by month: {later}" if later else f", is {_result(row, 'after')}"
    if row["cause"] == "DATA_GONE":
        now = ", is NO_DATA with the whole window"
    return f"{place}: was {_result(row, 'before')}{now}; {CAUSES[row['cause']]}; was issued as {row['status_before']}"


def _result(row: Mapping[str, Any], when: str) -> str:
    state, value, limit = row[f"state_{when}"], row[f"value_{when}"], row[f"limit_{when}"]
    if state is None:
        return "not judged"
    if value is None:
        return str(state)
    measured = f"{value:.6g}{'' if limit is None else f' against {limit:.6g}'} {row['unit'] or ''}".rstrip()
    share = row.get(f"within_{when}_ratio")
    return f"{state} ({measured}{'' if share is None else f', {share:.6g} of the averages within the limit'})"

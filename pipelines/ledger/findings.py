"""Findings as the log knows them: what runs changed and what people did, put together in the order in which it happened.

What a run makes of a finding is decided in SQL (`int_findings__states`); here it is only remembered. People act by events of the kinds in
`ACTIONS`; they never close a finding, and a run never forgets what they said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.ledger.book import PUBLISHED, Book
from pipelines.ledger.events import Event

OPEN_STATES = ("OPEN", "ACKNOWLEDGED", "IN_REMEDIATION", "PENDING_CHECK", "REOPENED")
CLOSED_STATES = ("CLOSED", "CLOSED_RULE_RETIRED", "CLOSED_OUT_OF_SERVICE")
#: Kind of event → what it does in words; the table of docs/findings.md.
ACTIONS = {
    "finding_acknowledged": "somebody has seen it and answers for it",
    "finding_assigned": "another person answers for it",
    "finding_planned": "a remedy is agreed, with the day it is due",
    "finding_claimed": "the plant says it is mended; the next data decide",
    "finding_disputed": "called a false positive by one person and confirmed by another",
    "finding_commented": "cause, effect or a remark",
    "finding_ticked": "an auditor's tick-mark",
}


@dataclass(frozen=True)
class Finding:
    """A rule that a plant, unit or stack fails, across nights. Dates are as-of days; `judged_state`: verdict of the last run.

    `worst_headroom_ratio`: of the last run that judged it with a number; `told_headroom_ratio`: when last told as new, back or worse.
    `is_mending_told`: a run told that it is mended, and no period has failed since; None = a run of an earlier version did not write it.
    """

    finding_id: str
    plant_id: str
    rule_id: str
    tier: str
    entity_id: str
    indicator_id: str
    averaging: str
    state: str
    judged_state: str | None
    rule_version: str | None
    first_seen_date: date
    opened_date: date
    last_seen_date: date
    reopened_count: int = 0
    worst_headroom_ratio: float | None = None
    told_headroom_ratio: float | None = None
    is_mending_told: bool | None = None
    owner: str | None = None
    plan: str | None = None
    due_date: date | None = None
    claimed_on_date: date | None = None
    disputed_rule_version: str | None = None
    cause: str | None = None
    effect: str | None = None
    comment_count: int = 0
    tick_count: int = 0
    history: tuple[int, ...] = field(default=())


#: Columns of a finding that a run writes into its changes.
CHANGED = (
    "finding_id",
    "plant_id",
    "rule_id",
    "tier",
    "entity_id",
    "indicator_id",
    "averaging",
    "state",
    "judged_state",
    "rule_version",
    "first_seen_date",
    "opened_date",
    "last_seen_date",
    "reopened_count",
    "worst_headroom_ratio",
    "told_headroom_ratio",
    "is_mending_told",
)
_DAYS = ("first_seen_date", "opened_date", "last_seen_date")


def findings(book: Book, events: Iterable[Event] | None = None) -> dict[str, Finding]:
    """Every finding by id, as it stands after these events (all of the log unless said)."""
    found: dict[str, Finding] = {}
    last_day: date | None = None
    for event in book.log.events() if events is None else events:
        if event.kind == PUBLISHED:
            last_day = date.fromisoformat(event.details["as_of_date"])
            for row in book.changes(event):
                found[row["finding_id"]] = _changed(found.get(row["finding_id"]), row, event.number)
        elif event.kind in ACTIONS and event.subject in found:
            found[event.subject] = _acted(found[event.subject], event)
    if last_day is None:
        return found
    return {key: replace(one, last_seen_date=last_day) if one.judged_state == "FAIL" else one for key, one in found.items()}


def finding(known: Mapping[str, Finding], wanted: str) -> Finding:
    """The finding whose id is, or begins with, `wanted`.

    Raises: WrongUseError when there is none or more than one.
    """
    hits = [one for key, one in sorted(known.items()) if key == wanted or (len(wanted) >= 4 and key.startswith(wanted))]
    if len(hits) == 1:
        return hits[0]
    what = f"{len(hits)} findings begin so; write more of it" if hits else "there is no such finding (`greencap findings` lists them)"
    raise WrongUseError(f"{wanted}: {what}")


def act(book: Book, wanted: str, kind: str, *, actor: str, reason: str = "", details: Mapping[str, Any] | None = None) -> Event:
    """Write down what a person did about a finding.

    Raises: WrongUseError when there is no such finding, or it is in a state in which that cannot be done.
    """
    one = finding(findings(book), wanted)
    if one.state in CLOSED_STATES and kind not in ("finding_commented", "finding_ticked"):
        raise WrongUseError(f"{one.finding_id}: is {one.state}; only a comment or a tick-mark can be added to it")
    return book.log.append(kind, actor=actor, subject=one.finding_id, reason=reason, details=details)


def finding_rows(known: Mapping[str, Finding]) -> list[dict[str, Any]]:
    """Rows of `raw_ledger__findings`: what was known before this run, in the order of the ids."""
    return [{name: value for name, value in asdict(known[key]).items() if name != "history"} for key in sorted(known)]


def _changed(before: Finding | None, row: Mapping[str, Any], number: int) -> Finding:
    # runs of earlier versions did not write every column
    values: dict[str, Any] = {name: date.fromisoformat(row[name]) if name in _DAYS else row[name] for name in CHANGED if name in row}
    if before is None:
        return Finding(**values, history=(number,))
    if values.get("worst_headroom_ratio") is None:
        values["worst_headroom_ratio"] = before.worst_headroom_ratio
    reopened = values["reopened_count"] > before.reopened_count
    kept = replace(before, **values, history=(*before.history, number))
    return replace(kept, claimed_on_date=None, plan=None, due_date=None) if reopened else kept


def _acted(one: Finding, event: Event) -> Finding:
    return replace(_EFFECTS[event.kind](one, event.details, event), history=(*one.history, event.number))


def _acknowledged(one: Finding, details: Mapping[str, Any], event: Event) -> Finding:
    return replace(one, state=_moved(one, "ACKNOWLEDGED"), owner=details.get("owner") or one.owner or event.actor)


def _planned(one: Finding, details: Mapping[str, Any], event: Event) -> Finding:
    due = details.get("due_date")
    return replace(one, state=_moved(one, "IN_REMEDIATION"), plan=event.reason, due_date=date.fromisoformat(due) if due else None)


def _claimed(one: Finding, details: Mapping[str, Any], event: Event) -> Finding:
    return replace(one, state=_moved(one, "PENDING_CHECK"), claimed_on_date=date.fromisoformat(details.get("on_date") or event.at[:10]))


def _disputed(one: Finding, details: Mapping[str, Any], event: Event) -> Finding:
    return replace(one, state=_moved(one, "FALSE_POSITIVE"), disputed_rule_version=one.rule_version)


def _commented(one: Finding, details: Mapping[str, Any], event: Event) -> Finding:
    counted = replace(one, comment_count=one.comment_count + 1)
    match details.get("part"):
        case "cause":
            return replace(counted, cause=event.reason)
        case "effect":
            return replace(counted, effect=event.reason)
    return counted


def _moved(one: Finding, state: str) -> str:
    """A waived or closed finding stays so, whatever people do; only runs move it."""
    return state if one.state in OPEN_STATES else one.state


_EFFECTS: dict[str, Callable[[Finding, Mapping[str, Any], Event], Finding]] = {
    "finding_acknowledged": _acknowledged,
    "finding_assigned": lambda one, details, event: replace(one, owner=details["owner"]),
    "finding_planned": _planned,
    "finding_claimed": _claimed,
    "finding_disputed": _disputed,
    "finding_commented": _commented,
    "finding_ticked": lambda one, details, event: replace(one, tick_count=one.tick_count + 1),
}

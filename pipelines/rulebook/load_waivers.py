"""Waiver files → waivers: who accepts a finding for how long and why. A waiver never changes a verdict (docs/findings.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.rulebook.files import read_rule_file, yaml_files
from pipelines.rulebook.keys import Keys
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import LawRule, PolicyRule, Rulebook

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.rulebook.fields import Section

WAIVER = Keys(
    "a waiver",
    ("scope", "reason", "compensating_control", "requester", "approver", "requested", "approved", "start", "expiry"),
    ("note",),
)
SCOPE = Keys("scope", ("rule", "plant"), ("entity",))
_ID = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


@dataclass(frozen=True)
class Waiver:
    """An accepted exception, `start` and `expiry` its first and last day; `path` and `line` serve messages, `sha256` is over the file."""

    waiver_id: str
    path: str
    line: int
    sha256: str
    rule_id: str
    plant_id: str
    entity_id: str | None
    reason: str
    compensating_control: str
    requester: str
    approver: str
    requested: date
    approved: date
    start: date
    expiry: date


def load_waivers(folder: Path, rulebook: Rulebook) -> list[Waiver]:
    """Every waiver of a folder, in the order of their names; none where there is no folder.

    Raises: RuleFileError that lists every mistake of every file as `path:line: what is wrong; what to do`.
    """
    if not folder.is_dir():
        return []
    mistakes = Mistakes()
    found = [_load(folder, path, rulebook, mistakes) for path in yaml_files(folder, folder, mistakes)]
    mistakes.raise_if_any()
    return [waiver for waiver in found if waiver]


def refuse_back_dating(waivers: list[Waiver], known: set[str], issued: date | None) -> None:
    """Refuse waivers met for the first time that reach back into results already issued.

    Args: known: sha256 of waivers that earlier runs took; issued: as-of day of the last published run, None before the first.
    Raises: RuleFileError naming each.
    """
    late = [waiver for waiver in waivers if issued and waiver.sha256 not in known and waiver.start <= issued]
    mistakes = Mistakes()
    for waiver in late:
        what = f"start {waiver.start} is not after {issued}, for which results were already issued when this text was first seen"
        mistakes.add(waiver.path, waiver.line, what, "let it start later; a change to a running waiver is a new waiver file")
    mistakes.raise_if_any()


def waiver_schema() -> pa.Schema:
    """Columns of `raw_ledger__waivers`."""
    import pyarrow as pa

    words = ("waiver_id", "rule_id", "plant_id", "entity_id", "reason", "compensating_control", "requester", "approver")
    days = ("requested_date", "approved_date", "start_date", "expiry_date")
    return pa.schema([(name, pa.string()) for name in (*words, "waiver_path", "waiver_sha256")] + [(name, pa.date32()) for name in days])


def waiver_rows(waivers: list[Waiver]) -> pa.Table:
    """`raw_ledger__waivers`: one row a waiver file."""
    import pyarrow as pa

    rows = [
        {
            "waiver_id": waiver.waiver_id,
            "rule_id": waiver.rule_id,
            "plant_id": waiver.plant_id,
            "entity_id": waiver.entity_id,
            "reason": waiver.reason,
            "compensating_control": waiver.compensating_control,
            "requester": waiver.requester,
            "approver": waiver.approver,
            "waiver_path": waiver.path,
            "waiver_sha256": waiver.sha256,
            "requested_date": waiver.requested,
            "approved_date": waiver.approved,
            "start_date": waiver.start,
            "expiry_date": waiver.expiry,
        }
        for waiver in waivers
    ]
    return pa.Table.from_pylist(rows, schema=waiver_schema())


def _load(folder: Path, path: Path, rulebook: Rulebook, mistakes: Mistakes) -> Waiver | None:
    before = len(mistakes.found)
    file = read_rule_file(folder, path, mistakes)
    if file is None:
        return None
    if not _ID.fullmatch(file.stem):
        mistakes.add(file.path, 1, f"file name {file.stem!r} is no waiver id", "write small letters and digits joined by _ or -")
    part = file.section(WAIVER)
    scope = part.section("scope", SCOPE)
    rule_id = _rule(scope, rulebook) if scope else None
    requester, approver = part.text("requester") or "", part.text("approver") or ""
    if requester and requester.casefold() == approver.casefold():
        part.wrong("approver", f"approver {approver!r} is the requester", "let another person approve it: nobody waives for himself")
    days = _days(part, rulebook)
    if len(mistakes.found) > before or scope is None or rule_id is None:
        return None
    return Waiver(
        waiver_id=file.stem,
        path=file.path,
        line=part.line("start"),
        sha256=file.sha256,
        rule_id=rule_id,
        plant_id=scope.text("plant") or "",
        entity_id=scope.text("entity"),
        reason=part.text("reason") or "",
        compensating_control=part.text("compensating_control") or "",
        requester=requester,
        approver=approver,
        **days,
    )


def _rule(scope: Section, rulebook: Rulebook) -> str | None:
    rule_id = scope.text("rule")
    known = [name for name, rule in rulebook.rules.items() if isinstance(rule, LawRule)]
    if rule_id and rule_id not in known:
        scope.wrong(
            "rule", f"rule {rule_id!r} is unknown", near_miss(rule_id, known, "name a rule that judges plants (`greencap rules show`)")
        )
        return None
    return rule_id


def _days(part: Section, rulebook: Rulebook) -> dict[str, date]:
    """Requested, approved, start, expiry, in that order and not further apart than the policy lets them be."""
    days = {key: day for key in ("requested", "approved", "start", "expiry") if (day := part.day(key))}
    for earlier, later in (("requested", "approved"), ("approved", "start"), ("start", "expiry")):
        if earlier in days and later in days and days[later] < days[earlier]:
            advice = "no waiver is given backwards in time" if later == "start" else "exchange or correct them"
            part.wrong(later, f"{later} {days[later]} is before {earlier} {days[earlier]}", advice)
    longest = _longest(rulebook)
    if longest and "start" in days and "expiry" in days and (days["expiry"] - days["start"]).days + 1 > longest:
        part.wrong("expiry", f"the waiver would last longer than {longest} days", "shorten it; policy waivers, max_term_days")
    return days


def _longest(rulebook: Rulebook) -> int | None:
    policy = rulebook.rules.get("waivers")
    values = policy.values.get("max_term_days", ()) if isinstance(policy, PolicyRule) else ()
    return int(values[0]) if values else None

"""The commands `greencap findings …`: list findings, show one, say what people did about it. Parse, call, print."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.audit_form import audit_form, condition, cure
from pipelines.errors import WrongUseError
from pipelines.ledger.book import PUBLISHED, Book
from pipelines.ledger.findings import ACTIONS, CLOSED_STATES, Finding, act, finding, findings
from pipelines.published_run import open_book, published_rows
from pipelines.report.words import STANDINGS
from pipelines.rulebook.text_table import counted

findings_app = typer.Typer(help="Findings across nights: list, show, and say what people did about them.", invoke_without_command=True)

HomeFolder = Annotated[Path | None, typer.Option("--home", help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")]
FindingId = Annotated[str, typer.Argument(metavar="FINDING", help="Finding id, or the beginning of one.")]
By = Annotated[str, typer.Option("--by", help="Who says so.")]
Text = Annotated[str, typer.Option("--text", help="What, in words.")]
_REGISTER = "select * from mart_findings__register order by finding_id"
#: Columns that people change between runs.
_SAID = ("state", "owner", "plan", "due_date", "claimed_on_date", "cause", "effect", "comment_count", "tick_count")
#: Standings that decide the class of a plant: listed unless others are asked for.
_DECIDING = ("binding", "elimination")
#: Worst verdict of the window → what a run found.
_JUDGED = {
    "FAIL": "at least one period of the window fails",
    "PASS": "every period of the window passes",
    "NO_DATA": "no period of the window is known to fail, data are missing",
    "INDETERMINATE": "no period of the window is known to fail, one cannot be decided",
    "ERROR": "no period of the window is known to fail, one could not be judged",
}


@findings_app.callback(invoke_without_command=True)
def list_findings(
    context: typer.Context,
    home: HomeFolder = None,
    plant: Annotated[str | None, typer.Option(help="Only this plant.")] = None,
    state: Annotated[str | None, typer.Option(help="Only this state, as OPEN or WAIVED.")] = None,
    standing: Annotated[str | None, typer.Option(help="Only binding, elimination, awaiting_verification or comparison.")] = None,
    most: Annotated[int, typer.Option(help="Only so many: what binds first, then the largest exposure.")] = 50,
    closed: Annotated[bool, typer.Option("--closed", help="Those that are closed too.")] = False,
    every: Annotated[bool, typer.Option("--all", help="Of every standing: those that nobody is bound by too.")] = False,
) -> None:
    """Findings that bind, or of eliminated equipment, and are not closed: what fails where, since when, who answers for it, until when."""
    if context.invoked_subcommand:
        return
    if standing and standing not in STANDINGS:
        raise WrongUseError(f"--standing {standing}: write one of {', '.join(STANDINGS)}")
    if standing and every:
        raise WrongUseError(f"--all and --standing {standing} ask for different lists: leave one out")
    wanted = tuple(STANDINGS) if every else (standing,) if standing else _DECIDING
    book = open_book(home)
    known = findings(book)
    found = [
        row
        for row in _register(home)
        if _is_wanted(known[row["finding_id"]], plant, state) and (closed or known[row["finding_id"]].state not in CLOSED_STATES)
    ]
    rows = [row for row in found if row["standing"] in wanted]
    rows.sort(key=lambda row: (list(STANDINGS).index(row["standing"]), -(row["exposure_usd"] or 0), row["finding_id"]))
    for row in rows[:most]:
        for line in _lines(known[row["finding_id"]], row):
            typer.echo(line)
    typer.echo(_count_words(found, wanted, min(most, len(rows))))


@findings_app.command("show")
def show(finding_id: FindingId, home: HomeFolder = None) -> None:
    """One finding in audit form: criteria, condition, cause, effect, action, and everything that happened to it."""
    book = open_book(home)
    one = finding(findings(book), finding_id)
    row = next((row for row in _register(home) if row["finding_id"] == one.finding_id), {})
    typer.echo(f"{one.finding_id}  {one.state}  {one.rule_id}{'' if one.tier == '-' else ' tier ' + one.tier} at {one.entity_id}")
    for name, text in audit_form(one, row).items():
        typer.echo(f"  {name:<10} {text}")
    failed = f"last failed {row['last_fail_date']}, " if row.get("last_fail_date") else ""
    typer.echo(f"  first seen {one.first_seen_date}, open since {one.opened_date}, {failed}last seen {one.last_seen_date}")
    typer.echo(f"  came back {counted(one.reopened_count, 'time')}")
    for event in book.log.events():
        if event.number in one.history:
            typer.echo(f"  event {event.number}  {event.at}  {_event_words(book, event, one)}")


@findings_app.command("acknowledge")
def acknowledge(
    finding_id: FindingId,
    by: By,
    text: Text = "",
    owner: Annotated[str | None, typer.Option(help="Who answers for it. Default: the one who says so.")] = None,
    home: HomeFolder = None,
) -> None:
    """Somebody has seen it and answers for it."""
    _act(home, finding_id, "finding_acknowledged", by, text, {"owner": owner or by})


@findings_app.command("assign")
def assign(
    finding_id: FindingId,
    by: By,
    owner: Annotated[str, typer.Option(help="Who answers for it from now on.")],
    text: Text = "",
    home: HomeFolder = None,
) -> None:
    """Another person answers for it."""
    _act(home, finding_id, "finding_assigned", by, text, {"owner": owner})


@findings_app.command("plan")
def plan(
    finding_id: FindingId,
    by: By,
    text: Text,
    due: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Day the remedy is due.")],
    home: HomeFolder = None,
) -> None:
    """A remedy is agreed: IN_REMEDIATION."""
    _act(home, finding_id, "finding_planned", by, text, {"due_date": due.date().isoformat()})


@findings_app.command("claim")
def claim(
    finding_id: FindingId,
    by: By,
    text: Text,
    on: Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="Day from which it is said to be mended.")],
    home: HomeFolder = None,
) -> None:
    """The plant says it is mended: PENDING_CHECK until data over the whole averaging period say so."""
    _act(home, finding_id, "finding_claimed", by, text, {"on_date": on.date().isoformat()})


@findings_app.command("dispute")
def dispute(
    finding_id: FindingId,
    by: By,
    text: Text,
    confirmed_by: Annotated[str, typer.Option(help="Another person who looked at it.")],
    home: HomeFolder = None,
) -> None:
    """Called a false positive by one person and confirmed by another; a new version of the rule opens it again."""
    if by.strip().casefold() == confirmed_by.strip().casefold():
        raise WrongUseError(f"--confirmed-by {confirmed_by}: is the one who disputes it; another person has to confirm")
    _act(home, finding_id, "finding_disputed", by, text, {"confirmed_by": confirmed_by})


@findings_app.command("comment")
def comment(
    finding_id: FindingId,
    by: By,
    text: Text,
    part: Annotated[str, typer.Option(help="What it is about: remark, cause or effect.")] = "remark",
    home: HomeFolder = None,
) -> None:
    """A remark, or the cause or effect in the audit form."""
    if part not in ("remark", "cause", "effect"):
        raise WrongUseError(f"--part {part}: write one of remark, cause, effect")
    _act(home, finding_id, "finding_commented", by, text, {"part": part})


@findings_app.command("tick")
def tick(finding_id: FindingId, by: By, text: Text = "", home: HomeFolder = None) -> None:
    """An auditor's tick-mark: looked at, with what was found."""
    _act(home, finding_id, "finding_ticked", by, text, {})


@findings_app.command("export")
def export(
    out: Annotated[Path, typer.Option(help="File to write, .csv, .json or .xlsx.")],
    home: HomeFolder = None,
) -> None:
    """Every finding, closed ones too, as one file: figures of the published run, and what people have said since."""
    from pipelines.report.findings_export import COLUMNS_SQL, REGISTER_SQL, write_findings
    from pipelines.report.scorecard import Column

    if not out.absolute().parent.is_dir():
        raise WrongUseError(f"--out {out}: there is no folder {out.absolute().parent}; make it first")
    known = findings(open_book(home))
    with published_rows(home) as read:
        columns = [Column(**row) for row in read(COLUMNS_SQL)]
        run = read("select run_id, as_of_date from ref_run__settings")[0]
        rows = [row | {name: getattr(known[row["finding_id"]], name) for name in _SAID} for row in read(REGISTER_SQL)]
    write_findings(out, columns, rows, run)
    typer.echo(f"{len(rows)} findings: {out}")


def _act(home: Path | None, wanted: str, kind: str, by: str, text: str, details: dict[str, Any]) -> None:
    if not by.strip():
        raise WrongUseError("--by: say who")
    book = open_book(home)
    event = act(book, wanted, kind, actor=by.strip(), reason=text, details=details)
    one = findings(book)[event.subject]
    typer.echo(f"{one.finding_id}: {ACTIONS[kind]}; it is {one.state} now (event {event.number}). The next run shows it on the scorecard.")


def _is_wanted(one: Finding, plant: str | None, state: str | None) -> bool:
    return plant in (None, one.plant_id) and state in (None, one.state)


def _count_words(found: list[dict[str, Any]], wanted: Sequence[str], shown: int) -> str:
    """How many findings of each standing there are, how many are shown, and how to see the others."""
    counts = {name: sum(row["standing"] == name for row in found) for name in STANDINGS}
    of = [f"{counts[name]} {name.replace('_', ' ')}" for name in STANDINGS if name in wanted and counts[name]]
    left_out = [f"{counts[name]} {name.replace('_', ' ')}" for name in STANDINGS if name not in wanted and counts[name]]
    listed = sum(counts[name] for name in wanted)
    words = counted(listed, "finding") + (f": {', '.join(of)}" if of else "")
    words += f", the first {shown} shown (--most)" if shown < listed else ""
    return words + (f"; not shown: {', '.join(left_out)} (--all)" if left_out else "")


def _lines(one: Finding, row: dict[str, Any]) -> list[str]:
    since = f"{_age_words(row)}; {cure(row)}"
    return [
        f"{one.finding_id}  {one.state:<14} {row['standing']}, {row['severity']}: {row['title'] or one.rule_id}",
        f"    {row['plant_name'] or one.plant_id}, {one.entity_id}: {condition(row)}; {since}; owner {one.owner or 'nobody yet'}",
    ]


def _age_words(row: dict[str, Any]) -> str:
    """Since when a finding is open and, where it came back or is closed, when it was first seen."""
    seen = f"first seen {row['first_seen_date']}, {counted(row['first_seen_days'], 'day')} ago"
    if row["open_days"] is None:
        return seen
    words = f"open for {counted(row['open_days'], 'day')}, since {row['opened_date']}"
    return words if row["first_seen_days"] == row["open_days"] else f"{words} ({seen})"


def _event_words(book: Book, event: Any, one: Finding) -> str:
    if event.kind != PUBLISHED:
        told = {key: value for key, value in event.details.items() if value}
        return f"{event.actor}: {ACTIONS[event.kind]}" + (f": {event.reason}" if event.reason else "") + (f" {told}" if told else "")
    row = next(row for row in book.changes(event) if row["finding_id"] == one.finding_id)
    return f"run {event.subject}: {row['state']}; {_JUDGED.get(row['judged_state'], 'not judged')}"


def _register(home: Path | None) -> list[dict[str, Any]]:
    with published_rows(home) as read:
        return read(_REGISTER)

"""The evidence pack of one finding: rows, sum, rule, limits, verdicts, events and manifest, from the published run and the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.audit_form import NO_FINDING, audit_form
from pipelines.errors import GateError, WrongUseError
from pipelines.ledger.book import PROGRAM, PUBLISHED, Book, PublishedRun
from pipelines.ledger.bundle import read_members
from pipelines.ledger.canonical import canonical_text
from pipelines.ledger.findings import Finding, finding, findings
from pipelines.ledger.manifest import FILE_NAME
from pipelines.ledger.pack import content_hashes

if TYPE_CHECKING:
    from pipelines.ledger.events import Event
    from pipelines.report.redaction import Redaction
    from pipelines.warehouse.evidence import FindingEvidence

#: A received file up to this size is copied into the pack; of a larger one the hash stands alone.
_COPIED_BYTES = 5_000_000
#: What the event of a run says of it; the rest are figures of the whole book.
_OF_RUN = ("run_id", "as_of_date", "root_hash", "manifest", "changes")


def make_pack(book: Book, wanted: str, period_end: date | None = None, is_redacted: bool = False) -> dict[str, bytes]:
    """Files of the pack by name, `index.html` among them: of a finding (or the beginning of its id) in the published run.

    Raises:
        WrongUseError: No run was published, the finding is unknown, or it has no verdict on the period.
        GateError: A file of the run or of what it was made from is not what it was, so nothing is proved by it.
    """
    from pipelines.report.csv_files import csv_bytes

    run = _published(book)
    one = judged_thing(book, wanted)
    evidence = _read(book, run, one, period_end)
    events = [event for event in book.log.events() if event.number in one.history]
    hidden = _redaction(book, evidence, one, events) if is_redacted else None
    notes = list(evidence.notes)
    rule_files = _rule_files(book, run, evidence)
    tables = _tables(evidence, hidden)
    received, copies = _received(book, evidence, hidden, notes)
    told = [_told_event(book, event, one, hidden) for event in events]
    form = audit_form(one, evidence.finding, str(_hide(hidden, evidence.finding)["exposure_usd"]) if hidden else None)
    files = {
        **{name: csv_bytes(list(rows[0]), rows) for name, rows in {**tables, "received.csv": received}.items() if rows},
        **copies,
        **{name: _text(hidden, content.decode("utf-8")).encode("utf-8") for name, content in rule_files.items()},
        "finding.json": _json(_hide(hidden, {"form": form, "register": _plain(evidence.finding), "rule": _plain(evidence.rule)})),
        "events.json": _json(told),
        FILE_NAME: _manifest(book, run, hidden),
    }
    return files | {"index.html": _page(run, evidence, form, tables, told, received, notes, files, rule_files, hidden)}


def judged_thing(book: Book, wanted: str) -> Finding:
    """The finding `wanted`; else what the published run judged under that id and did not find to fail.

    Raises: WrongUseError when there is neither, or more than one.
    """
    known = findings(book)
    begun = [key for key in known if key.startswith(wanted)]
    passed = [] if begun else _subjects(book, wanted)
    if len(passed) != 1 or len(wanted) < 4:
        return finding(known, wanted)
    run = _published(book)
    as_of, row = date.fromisoformat(run.manifest.made.settings["as_of_date"]), passed[0]
    words = {name: value for name, value in row.items() if name != "operator"}
    return Finding(**words, state=NO_FINDING, judged_state=None, first_seen_date=as_of, opened_date=as_of, last_seen_date=as_of)


def _subjects(book: Book, wanted: str) -> list[dict[str, Any]]:
    from pipelines.night import DATABASE
    from pipelines.warehouse import database
    from pipelines.warehouse.evidence import subjects

    con = database.connect(book.home / "runs" / _published(book).folder / DATABASE, read_only=True)
    try:
        return subjects(con, wanted)
    finally:
        con.close()


def judging_run(book: Book, one: Finding) -> PublishedRun:
    """The newest run that judged a finding; runs that looked back behind an issued day change no finding and are left out.

    Raises: WrongUseError when none did.
    """
    if one.state == NO_FINDING:
        return _published(book)
    newest = date.min
    judged: PublishedRun | None = None
    is_judged = False
    for run in book.published_runs():
        as_of = date.fromisoformat(run.manifest.made.settings["as_of_date"])
        if as_of < newest:
            continue
        newest = as_of
        row = next((row for row in book.changes(run.event) if row["finding_id"] == one.finding_id), None)
        is_judged = row["judged_state"] is not None if row else is_judged
        judged = run if is_judged else judged
    if judged is None:
        raise WrongUseError(f"{one.finding_id}: no published run judged it")
    return judged


def _published(book: Book) -> PublishedRun:
    current = book.home / "published" / "current"
    if not current.exists():
        raise WrongUseError(f"{book.home}: no run was published here; make one first (`greencap run --home {book.home}`)")
    return book.run(current.resolve().name)


def _read(book: Book, run: PublishedRun, one: Finding, period_end: date | None) -> FindingEvidence:
    from pipelines.night import DATABASE
    from pipelines.warehouse import database
    from pipelines.warehouse.evidence import read_evidence

    runs = book.home / "runs"
    if broken := book.log.first_break() or book.run_break(run, runs):
        raise GateError(f"{broken}; no evidence is made from it. Restore the home from a copy, then run `greencap verify`")
    con = database.connect(runs / run.folder / DATABASE, read_only=True)
    try:
        return read_evidence(con, one.finding_id, period_end)
    finally:
        con.close()


def _redaction(book: Book, evidence: FindingEvidence, one: Finding, events: list[Event]) -> Redaction:
    from pipelines.report.redaction import Redaction

    people = {event.actor for event in events if event.actor != PROGRAM} | {one.owner or ""}
    people |= {str(event.details[key]) for event in events for key in ("owner", "confirmed_by") if event.details.get(key)}
    people |= {row[key] for row in evidence.tables["waivers"] for key in ("requester", "approver")}
    return Redaction([*evidence.names, *people], key=book.log.events()[0].hash)


def _tables(evidence: FindingEvidence, hidden: Redaction | None) -> dict[str, list[dict[str, Any]]]:
    """Every table by the name of its CSV file."""
    from pipelines.report.evidence_steps import steps_of

    steps = steps_of(evidence.verdict, evidence.tables, evidence.sources)
    numbered = [{"step": number, **asdict(step)} for number, step in enumerate(steps, start=1)]
    found = {f"{name}.csv": rows for name, rows in {**evidence.tables, "steps": numbered}.items()}
    found |= {f"sources/{name}.csv": rows for name, rows in evidence.sources.items()}
    return {name: [_hide(hidden, row) for row in rows] for name, rows in found.items() if rows}


def _rule_files(book: Book, run: PublishedRun, evidence: FindingEvidence) -> dict[str, bytes]:
    """The rule file of that night, its instrument and the overlay that moved the limit, from the bundle of the run."""
    known = run.manifest.made.rules
    rule = next(name for name, content in known.items() if content == evidence.rule["rule_sha256"])
    instrument, overlay = f"{Path(rule).parent.as_posix()}/_instrument.yaml", evidence.verdict["overlay_id"]
    beside = [name for name in known if name == instrument or (overlay and Path(name).stem == overlay)]
    found = read_members(book.archive.path(run.manifest.knowledge), [f"rules/{name}" for name in (rule, *beside)])
    return {("rule/rule.yaml" if name == f"rules/{rule}" else f"rule/{Path(name).name}"): content for name, content in found.items()}


def _received(
    book: Book, evidence: FindingEvidence, hidden: Redaction | None, notes: list[str]
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Rows of received.csv, and the files that are copied."""
    rows, copies = [], {}
    removed = book.removed()
    for file_id, name in sorted(evidence.files.items(), key=lambda item: (item[1], item[0])):
        path = book.archive.path(file_id)
        size = path.stat().st_size if path.exists() else None
        gone = f"removed by event {removed[file_id].number}" if file_id in removed else "no longer kept here"
        is_copied = size is not None and size <= _COPIED_BYTES and not hidden
        if is_copied:
            copies[f"received/{file_id[:8]}_{Path(name).name}"] = path.read_bytes()
        why = "hidden" if hidden else "copied" if is_copied else gone if size is None else f"over {_COPIED_BYTES:,} bytes"
        rows.append({"file_name": _text(hidden, name), "sha256": file_id, "byte_count": size, "copy": why})
        if size is None:
            notes.append(f"{_text(hidden, name)}: {gone}; its rows are those that the run read")
    return rows, copies


def _told_event(book: Book, event: Event, one: Finding, hidden: Redaction | None) -> dict[str, Any]:
    """An event as the pack tells it, with the text whose sha256 is its hash where nothing is left out of it."""
    told: dict[str, Any] = asdict(event)
    if event.kind == PUBLISHED:
        told["details"] = {key: event.details[key] for key in _OF_RUN}
        told["change"] = next((row for row in book.changes(event) if row["finding_id"] == one.finding_id), None)
    else:
        told |= {"change": None, "hashed_text": canonical_text({key: value for key, value in asdict(event).items() if key != "hash"})}
    if hidden:
        told.pop("hashed_text", None)
        return dict(hidden.value(told))
    return told


def _manifest(book: Book, run: PublishedRun, hidden: Redaction | None) -> bytes:
    content = (book.home / "runs" / run.folder / FILE_NAME).read_bytes()
    return _json(hidden.value(json.loads(content))) if hidden else content


def _page(
    run: PublishedRun,
    evidence: FindingEvidence,
    form: Mapping[str, str],
    tables: Mapping[str, list[dict[str, Any]]],
    events: list[dict[str, Any]],
    received: list[dict[str, Any]],
    notes: list[str],
    files: Mapping[str, bytes],
    rule_files: Mapping[str, bytes],
    hidden: Redaction | None,
) -> bytes:
    from pipelines.report.evidence_page import PackView, render_evidence
    from pipelines.report.evidence_steps import Step

    made = run.manifest.made
    view = PackView(
        finding=_hide(hidden, evidence.finding),
        verdict=evidence.verdict,
        rule=evidence.rule,
        form=_hide(hidden, form),
        steps=[Step(row["what"], row["formula"], row["value"], row["unit"]) for row in tables["steps.csv"]],
        tables=tables,
        events=events,
        rule_text=_text(hidden, rule_files["rule/rule.yaml"].decode("utf-8")),
        commands=_commands(run, evidence, is_redacted=hidden is not None),
        received=received,
        notes=notes,
        run={"run_id": made.run_id, "root_hash": made.root_hash, "as_of_date": made.settings["as_of_date"]},
        is_redacted=hidden is not None,
        files=files,
        hashes=content_hashes(files),
    )
    return render_evidence(view).encode("utf-8")


def _commands(run: PublishedRun, evidence: FindingEvidence, is_redacted: bool) -> list[tuple[str, str]]:
    finding_id, end = evidence.finding["finding_id"], evidence.verdict["period_end_date"]
    again = f"greencap evidence {finding_id} --period {end} --out DIR{' --redacted' if is_redacted else ''}"
    return [
        (f"greencap replay {finding_id}", "judges the finding again from the archived files and rules and compares its verdicts"),
        (f"greencap replay {run.folder}", "performs the whole run again and compares every table and file"),
        ("greencap verify", "checks every hash and the chain of the log in the bank's home"),
        ("greencap verify --pack DIR", "checks the files of this pack against hashes.json"),
        (again, "makes this pack again while the run is the published one; equal to the byte"),
    ]


def _hide(hidden: Redaction | None, row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(hidden.value(row) if hidden else row)


def _text(hidden: Redaction | None, text: str) -> str:
    return hidden.text(text) if hidden else text


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")

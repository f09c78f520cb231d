"""What a home keeps of its past, in one place: log, archive, manifests and the changes of findings.

```
HOME/ledger/events.jsonl            the event log
HOME/ledger/manifests/<sha256>.json manifest of every run ever published
HOME/ledger/changes/<sha256>.json   findings that changed in a run
HOME/ledger/keeping.json            content being kept when a crash came; gone otherwise
HOME/archive/                       received files and knowledge, by content hash
```
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.hashing import file_hash
from pipelines.ledger.archive import Archive
from pipelines.ledger.bundle import pack
from pipelines.ledger.canonical import canonical_text
from pipelines.ledger.disk import copy_whole, write_whole
from pipelines.ledger.events import Break, Event, EventLog
from pipelines.ledger.manifest import FILE_NAME, Manifest, read_manifest_file

RECEIVED, KNOWLEDGE, PUBLISHED, REMOVED = "received", "knowledge_used", "run_published", "content_removed"
CHANGES = "findings_changes.json"
#: Name of the bundle of rule files, SQL models and reference tables.
KNOWLEDGE_FILE = "knowledge.tar"
#: Kind of record → file of the run's folder it is a copy of; and the key of the event that carries its hash.
_RECORDS = (("manifests", FILE_NAME), ("changes", CHANGES))
_KEYS = {"manifests": "manifest", "changes": "changes"}
#: Who acts when the program itself does.
PROGRAM = "greencap"


@dataclass(frozen=True)
class PublishedRun:
    """A run that was published: where, made from what, when."""

    event: Event
    manifest: Manifest

    @property
    def folder(self) -> str:
        """Name of its folder below `runs`, `<run_id>.<sequence>`."""
        return str(self.event.subject)


class Book:
    """The ledger of one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "ledger"
        self.log = EventLog(self.folder)
        self.archive = Archive(home / "archive")
        self._keeping = self.folder / "keeping.json"

    # ---- written by a night ----------------------------------------------------------------------------------------

    def keep_received(self, files: Mapping[str, str], folder: Path) -> int:
        """Keep what a landing folder held (name → content hash); how many contents are new. One event tells of all of them.

        Raises: SourceFileError when a file has changed since it was read.
        """
        return self._keep_contents(RECEIVED, str(folder), {content_hash: (name, folder / name) for name, content_hash in files.items()})

    def keep_knowledge(self, folders: Mapping[str, tuple[Path, list[str]]]) -> str:
        """Keep rule files, SQL models and reference tables as one bundle; its content hash."""
        self.folder.mkdir(parents=True, exist_ok=True)
        packed = self.folder / ".knowledge.tar"
        packed.write_bytes(pack(folders))
        bundle = file_hash(packed)
        self._keep_contents(KNOWLEDGE, "the program and its rule files", {bundle: (KNOWLEDGE_FILE, packed)})
        packed.unlink()
        return bundle

    def note_published(self, folder: Path, manifest: Manifest, counts: Mapping[str, Any]) -> Event:
        """Say that a finished run is the published one: one event, after which it is, whatever happens next.

        Args: folder: the run's, under its final name, with manifest and changes in it. counts: what it adds up to, for `greencap runs`.
        """
        details = {
            "run_id": manifest.made.run_id,
            "as_of_date": manifest.made.settings["as_of_date"],
            "root_hash": manifest.made.root_hash,
            "manifest": file_hash(folder / FILE_NAME),
            "changes": file_hash(folder / CHANGES),
            "waivers": sorted(manifest.made.waivers.values()),
            "counts": dict(counts),
        }
        event = self.log.append(PUBLISHED, actor=PROGRAM, subject=folder.name, details=details)
        self.copy_records(event, folder.parent)
        return event

    def copy_records(self, event: Event, runs_folder: Path) -> None:
        """Copy manifest and changes of a published run to where they outlive its folder; does nothing where they are."""
        for kind, name in _RECORDS:
            target = self._path(kind, event.details[_KEYS[kind]])
            source = runs_folder / event.subject / name
            if not target.exists() and source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                copy_whole(source, target)

    def finish_keeping(self) -> None:
        """Say in the log what a crash left kept but unsaid, and clear up what it left half copied. Call it under the home's lock."""
        for leftover in (path for kind in _KEYS for path in (self.folder / kind).glob(".*")):
            leftover.unlink()
        if not self._keeping.exists():
            return
        for leftover in self.archive.folder.glob("??/.*"):
            leftover.unlink()
        begun, known = json.loads(self._keeping.read_text(encoding="utf-8")), self.kept()
        files = {
            content: name for content, name in begun["files"].items() if content not in known and self.archive.trouble(content) is None
        }
        if files:
            self.log.append(begun["kind"], actor=PROGRAM, subject=begun["kind"], details={"origin": begun["origin"], "files": files})
        self._keeping.unlink()

    def _keep_contents(self, kind: str, origin: str, contents: Mapping[str, tuple[str, Path]]) -> int:
        self.finish_keeping()
        known = self.kept()
        new = {content_hash: found for content_hash, found in sorted(contents.items()) if content_hash not in known}
        if not new:
            return 0
        names = {content_hash: name for content_hash, (name, _) in new.items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        details = {"origin": origin, "files": names}
        write_whole(self._keeping, canonical_text({"kind": kind, **details}).encode("utf-8"))
        for content_hash, (_, path) in new.items():
            self.archive.keep(path, content_hash)
        self.log.append(kind, actor=PROGRAM, subject=kind, details=details)
        self._keeping.unlink()
        return len(new)

    # ---- read ------------------------------------------------------------------------------------------------------

    def published_runs(self, events: Iterable[Event] | None = None) -> list[PublishedRun]:
        """Every run ever published, in order."""
        found = [event for event in (self.log.events() if events is None else events) if event.kind == PUBLISHED]
        return [PublishedRun(event, read_manifest_file(self._record("manifests", event))) for event in found]

    def run(self, wanted: str) -> PublishedRun:
        """The run that `wanted` names: folder, run id or the beginning of one, root hash or its beginning, or an as-of day; the last such.

        Raises: WrongUseError when there is none; names those that there are.
        """
        runs = self.published_runs()
        for run in reversed(runs):
            made = run.manifest.made
            names = (run.folder, made.run_id, made.root_hash)
            if wanted == made.settings["as_of_date"] or any(
                name == wanted or (len(wanted) >= 6 and name.startswith(wanted)) for name in names
            ):
                return run
        known = ", ".join(run.folder for run in runs[-5:]) or "none"
        raise WrongUseError(f"{wanted}: no such run was published in {self.home}; the last ones are: {known} (`greencap runs`)")

    def changes(self, event: Event) -> list[dict[str, Any]]:
        """Findings that a published run changed."""
        content: list[dict[str, Any]] = json.loads(self._record("changes", event).read_text(encoding="utf-8"))
        return content

    def kept(self) -> dict[str, str]:
        """Name by content hash of all that the archive must hold."""
        return self._contents()[0]

    def removed(self) -> dict[str, Event]:
        """Content hash → the event that removed it, of all that was removed and did not come again."""
        return self._contents()[1]

    def _contents(self) -> tuple[dict[str, str], dict[str, Event]]:
        kept: dict[str, str] = {}
        removed: dict[str, Event] = {}
        for event in self.log.events():
            if event.kind in (RECEIVED, KNOWLEDGE):
                kept |= event.details["files"]
            elif event.kind == REMOVED:
                removed |= dict.fromkeys(event.details["files"], event)
                kept = {content: name for content, name in kept.items() if content not in event.details["files"]}
        return kept, {content: event for content, event in removed.items() if content not in kept}

    def made_from(self, run: PublishedRun) -> dict[str, str]:
        """Content hash → name of everything that a run was made from."""
        return {**{content: name for name, content in run.manifest.made.inputs.items()}, run.manifest.knowledge: KNOWLEDGE_FILE}

    def require(self, run: PublishedRun) -> None:
        """Raise WrongUseError naming everything a run was made from that is no longer kept or was changed, and what removed it."""
        removed = self.removed()
        lines = []
        for content, name in sorted(self.made_from(run).items(), key=lambda item: item[1]):
            if (what := self.archive.trouble(content)) and content in removed:
                lines.append(f"  {name}: {removal_words(removed[content])}")
            elif what:
                lines.append(f"  {name}: {what} ({self.archive.path(content)}); restore it from a copy of this home")
        if lines:
            raise WrongUseError(f"run {run.folder} cannot be performed again, not all that it was made from is kept:\n" + "\n".join(lines))

    def remove_contents(self, files: Mapping[str, str], actor: str, reason: str) -> Event:
        """Remove kept contents (hash → name): say so in the log, then do it. A crash between the two is made good by the next one."""
        event = self.log.append(REMOVED, actor=actor, subject="archive", reason=reason, details={"files": dict(files)})
        self.finish_removals()
        return event

    def finish_removals(self) -> None:
        """Remove what the log says is removed."""
        for content in self.removed():
            self.archive.remove(content)

    def _record(self, kind: str, event: Event) -> Path:
        """The copy of a record of a run; while a crash kept it from being made, the run's own file."""
        copied = self._path(kind, event.details[_KEYS[kind]])
        return copied if copied.exists() else self.home / "runs" / event.subject / dict(_RECORDS)[kind]

    def _path(self, kind: str, content_hash: str) -> Path:
        return self.folder / kind / f"{content_hash}.json"

    # ---- proved ----------------------------------------------------------------------------------------------------

    def first_break(self, runs_folder: Path) -> Break | None:
        """The first thing that is not what it was: log, manifests and changes it names, archive, stored readings, runs still there."""
        chain = self.log.first_break() or self._record_break(runs_folder)
        return chain or self._archive_break() or self._readings_break() or self._runs_break(runs_folder)

    def _record_break(self, runs_folder: Path) -> Break | None:
        named: dict[Path, Event] = {}
        for event in self.log.events():
            if event.kind == PUBLISHED:
                named |= {self._path(kind, event.details[key]): event for kind, key in _KEYS.items()}
        for path, event in named.items():
            if path.exists() and file_hash(path) != path.stem:
                return Break(path, "was changed after it was written", event.number)
            if not path.exists() and not (runs_folder / event.subject).is_dir():
                return Break(path, "is gone", event.number)
        there = (path for kind in _KEYS for path in sorted((self.folder / kind).glob("*.json")))
        return next((Break(path, "no event names it; it was put here by hand") for path in there if path not in named), None)

    def _archive_break(self) -> Break | None:
        expected = self.kept()
        if self._keeping.exists():  # a crash came while these were kept; the next run notes them
            being_kept = json.loads(self._keeping.read_text(encoding="utf-8"))["files"]
            expected |= {content_hash: name for content_hash, name in being_kept.items() if self.archive.path(content_hash).exists()}
        for content_hash, event in self.removed().items():  # a crash came before it was removed; the next run removes it
            if self.archive.path(content_hash).exists():
                expected[content_hash] = event.details["files"][content_hash]
        return self.archive.first_break(expected)

    def _readings_break(self) -> Break | None:
        """Stored readings that a published run rested on and that are not what they were, or that came of no received file."""
        store, runs = self.home / "readings", self.published_runs()
        if broken := self._stored_break(runs):
            return broken
        expected = {name for run in runs for name in run.manifest.readings}
        received = {*self.kept(), *self.removed()}
        records = (path for path in sorted(store.glob("files/*.json")) if f"files/{path.name}" not in expected)
        strangers = (path for path in records if json.loads(path.read_text(encoding="utf-8"))["file_id"] not in received)
        return next((Break(path, "no event says that its file was received; it was put here by hand") for path in strangers), None)

    def _stored_break(self, runs: Iterable[PublishedRun]) -> Break | None:
        expected = {name: (content, run.event) for run in runs for name, content in run.manifest.readings.items()}
        for name, (content, event) in sorted(expected.items()):
            path = self.home / "readings" / name
            if not path.exists() or file_hash(path) != content:
                return Break(path, "is gone" if not path.exists() else "was changed after it was written", event.number)
        return None

    def run_break(self, run: PublishedRun, runs_folder: Path) -> Break | None:
        """The first file of one run's folder, or of what it was made from, that is not what it was."""
        removed = self.removed()
        made = {content: name for content, name in self.made_from(run).items() if content not in removed}
        return self.archive.content_break(made) or self._stored_break([run]) or self._folder_break(run.event, runs_folder)

    def _runs_break(self, runs_folder: Path) -> Break | None:
        published = [event for event in self.log.events() if event.kind == PUBLISHED]
        found = (self._folder_break(event, runs_folder) for event in published if (runs_folder / event.subject).is_dir())
        return next((broken for broken in found if broken), None)

    def _folder_break(self, event: Event, runs_folder: Path) -> Break | None:
        """Only the newest folders are kept; `replay` makes the others again."""
        folder = runs_folder / event.subject
        path = folder / FILE_NAME
        if not folder.is_dir():
            return None
        if not path.exists() or file_hash(path) != event.details["manifest"]:
            return Break(path, "is not the manifest that was published", event.number)
        found = read_manifest_file(path).first_break(folder)
        return found and Break(found.file, found.what, event.number)


def removal_words(event: Event) -> str:
    """Who removed content, when and why."""
    return f"was removed by event {event.number} on {event.at[:10]}, by {event.actor}: {event.reason}"

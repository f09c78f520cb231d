"""The event log: append-only, each event carrying the hash of the one before. Nothing in it is ever edited.

```
HOME/ledger/events.jsonl   one event a line
HOME/ledger/head.json      number and hash of the last event, and the hash of the one being written: a log cut off or prolonged is seen
HOME/ledger/torn-*.txt     ends of lines that a crash left unfinished, kept aside
```
The log is the one place where a clock is read: an event says when it happened. No result is computed from that time.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipelines.errors import GateError, WrongUseError
from pipelines.ledger.canonical import canonical_text, value_hash
from pipelines.ledger.disk import sync_folder, write_whole

#: What the first event carries in place of a hash before it.
FIRST = "0" * 64


@dataclass(frozen=True)
class Event:
    """Something that happened: `number` counts from 1, `at` is UTC, `subject` is a finding, a run, a file or a waiver."""

    number: int
    at: str
    kind: str
    actor: str
    subject: str
    reason: str
    details: Mapping[str, Any] = field(default_factory=dict)
    previous: str = FIRST
    hash: str = ""

    def content_hash(self) -> str:
        """sha256 over everything but the hash itself."""
        return value_hash({name: value for name, value in asdict(self).items() if name != "hash"})


@dataclass(frozen=True)
class Break:
    """The first place where something stored is not what it was when it was written."""

    file: Path
    what: str
    event: int | None = None

    def __str__(self) -> str:
        return f"{self.file}{f', event {self.event}' if self.event else ''}: {self.what}"


class EventLog:
    """The log of one home; made where it is absent when the first event is appended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "events.jsonl"
        self.head_path = folder / "head.json"
        self._seen: tuple[tuple[int, int, int], list[Event]] | None = None

    def append(
        self, kind: str, *, actor: str, subject: str, reason: str = "", details: Mapping[str, Any] | None = None, at: datetime | None = None
    ) -> Event:
        """Add one event, through to the disk; safe against other writers and against a crash in the middle.

        Args: at: when it happened, now unless said. details: JSON values only.
        Raises: GateError when the end of the log was tampered with, so that nothing is chained to a forgery.
        """
        moment = (at or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        with self._alone():
            last = self._last()
            blank = Event(
                number=last.number + 1 if last else 1,
                at=moment,
                kind=kind,
                actor=actor,
                subject=subject,
                reason=reason,
                details=json.loads(canonical_text(details or {})),
                previous=last.hash if last else FIRST,
            )
            event = Event(**{**asdict(blank), "hash": blank.content_hash()})
            self._write(event, last)
        return event

    def events(self) -> list[Event]:
        """All events in order; read anew only when the file has changed. An unfinished last line, left by a crash, is none.

        Raises: GateError naming the line that is no event.
        """
        if not self.path.exists():
            return []
        found = self.path.stat()
        state = (found.st_ino, found.st_size, found.st_mtime_ns)
        if self._seen is None or self._seen[0] != state:
            self._seen = state, list(self._read())
        return list(self._seen[1])

    def head(self) -> str:
        """Hash of the last event; `FIRST` when there is none."""
        events = self.events()
        return events[-1].hash if events else FIRST

    def upto(self, head: str) -> list[Event]:
        """The events up to and including the one whose hash is `head`: what was known at that moment.

        Raises: WrongUseError when no event has that hash.
        """
        if head == FIRST:
            return []
        events = self.events()
        for place, event in enumerate(events, start=1):
            if event.hash == head:
                return events[:place]
        raise WrongUseError(f"{self.path}: holds no event {head[:12]}: the log of another home, or one cut off (`greencap verify`)")

    def restore(self, events: list[Event]) -> None:
        """Write the events of another log into this empty one, as they are."""
        self.folder.mkdir(parents=True)
        self.path.write_text("".join(canonical_text(asdict(event)) + "\n" for event in events), encoding="utf-8")
        self._write_head(events[-1], pending=None)

    def first_break(self) -> Break | None:
        """The first event that is not what it was or does not stand where it stood; None when the chain holds."""
        if not self.path.exists():  # a crash can come between the head and the very first event
            gone = Break(self.path, "the log is gone although events were written")
            return gone if self.head_path.exists() and self._head_break([FIRST]) else None
        previous, hashes = FIRST, [FIRST]
        for number, line in enumerate(self.path.read_bytes().splitlines(keepends=True), start=1):
            if not line.endswith(b"\n") and self._was_being_written():
                break
            if found := _line_break(line, number, previous):
                return Break(self.path, found, number)
            previous = json.loads(line)["hash"]
            hashes.append(previous)
        return self._head_break(hashes)

    def _was_being_written(self) -> bool:
        """Whether a crash came while an event was written: then the log may end in the middle of it."""
        try:
            return json.loads(self.head_path.read_text(encoding="utf-8"))["pending"] is not None
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def _head_break(self, hashes: list[str]) -> Break | None:
        """What `head.json` says against the chain: only an event being written when a crash came may be there or not."""
        try:
            text = self.head_path.read_text(encoding="utf-8")
            head = json.loads(text)
            number, expected, pending = int(head["number"]), str(head["hash"]), head["pending"]
        except (OSError, ValueError, KeyError, TypeError):
            return Break(self.head_path, "cannot be read; it holds number and hash of the last event")
        if text != canonical_text(head) + "\n":
            return Break(self.head_path, "is not written as this program writes it")
        last = len(hashes) - 1
        if number > last:
            return Break(self.path, f"ends with event {last}, but {number} were written: events were removed at the end", last + 1)
        if hashes[number] != expected:
            return Break(self.head_path, f"names another event {number} than the log holds", number)
        if hashes[number + 1 :] not in ([], [pending]):
            return Break(self.path, f"goes on after event {number}, the last one written by this program", number + 1)
        return None

    def _read(self) -> Iterator[Event]:
        for number, line in enumerate(self.path.read_bytes().splitlines(keepends=True), start=1):
            if not line.endswith(b"\n"):
                return
            try:
                yield Event(**json.loads(line))
            except (ValueError, TypeError) as error:
                raise GateError(f"{self.path}:{number}: is no event; run `greencap verify`, which names what was changed") from error

    def _last(self) -> Event | None:
        if not self.path.exists():
            if self.head_path.exists() and json.loads(self.head_path.read_text(encoding="utf-8"))["number"]:
                raise GateError(f"{self.path}: the log is gone although events were written; restore it from a copy (`greencap verify`)")
            return None
        self._set_torn_end_aside()
        line = _last_line(self.path)
        if not line:
            return None
        try:
            event = Event(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise GateError(f"{self.path}: the last line is no event; run `greencap verify`, which names what was changed") from error
        if event.content_hash() != event.hash:
            raise GateError(f"{self.path}, event {event.number}: was changed after it was written; run `greencap verify`")
        return event

    def _write(self, event: Event, last: Event | None) -> None:
        """Say what is coming, write it, say that it is there."""
        self._write_head(last, pending=event.hash)
        with self.path.open("ab") as file:
            file.write((canonical_text(asdict(event)) + "\n").encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.folder)
        self._write_head(event, pending=None)

    def _write_head(self, event: Event | None, pending: str | None) -> None:
        head = {"number": event.number if event else 0, "hash": event.hash if event else FIRST, "pending": pending}
        write_whole(self.head_path, (canonical_text(head) + "\n").encode("utf-8"))

    def _set_torn_end_aside(self) -> None:
        """A crash can leave the last line unfinished: it is no event, and is kept aside where nothing is chained to it."""
        torn = _last_line(self.path, finished=False)
        if not torn:
            return
        whole = self.path.stat().st_size - len(torn)
        write_whole(self.folder / f"torn-{whole}.txt", torn)
        with self.path.open("r+b") as file:
            file.truncate(whole)
            os.fsync(file.fileno())

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def clock_steps_back(events: list[Event]) -> list[Event]:
    """Events dated before the one that they follow. Their order is that of the chain; no result is computed from their times."""
    return [event for before, event in pairwise(events) if event.at < before.at]


def _last_line(path: Path, finished: bool = True) -> bytes:
    """The last finished line of a file, or what stands behind it; read from the end, so that its cost does not grow with the file."""
    size, step = path.stat().st_size, 1 << 16
    with path.open("rb") as file:
        while True:
            file.seek(max(0, size - step))
            tail = file.read()
            whole, _, torn = tail.rpartition(b"\n")
            if step >= size or (whole.count(b"\n") if finished else b"\n" in tail):
                return whole.rpartition(b"\n")[2] if finished else torn
            step *= 16


def _line_break(line: bytes, number: int, previous: str) -> str | None:
    if not line.endswith(b"\n"):
        return "ends in the middle of an event; the next event appended sets the torn end aside"
    try:
        event = Event(**json.loads(line))
    except (ValueError, TypeError):
        return "is no event"
    if canonical_text(asdict(event)).encode("utf-8") + b"\n" != line:
        return "is not written as this program writes an event"
    if event.number != number:
        return f"stands at place {number} but calls itself event {event.number}"
    if event.previous != previous:
        return "does not follow the event before it"
    if event.content_hash() != event.hash:
        return "does not have the hash that it had when it was written"
    return None

"""The ledger on a full disk: whatever write fails, log and archive stay whole, the last good scorecard stays, the next night works."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.crash_targets import PAGE, bare_night
from pipelines.errors import GateError
from pipelines.ledger.book import Book
from pipelines.ledger.events import EventLog
from tests.small_disk import small_disk_at

CHECKOUT = Path(__file__).parents[2]
BLOCKED = 4


class FullAt:
    """`os.fsync` that finds the disk full at its n-th call, never at 0; the rest it takes for done, for no power is cut here."""

    def __init__(self, number: int) -> None:
        self.left = number

    def __call__(self, handle: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "full")


def test_a_disk_that_is_full_at_any_write_of_a_night_leaves_the_home_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, landing = tmp_path / "home", tmp_path / "landing"
    bare_night(home, landing, 0)
    failed = 0
    for number in range(1, 200):
        full = FullAt(number)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with contextlib.suppress(OSError, GateError):
                bare_night(home, landing, number)
        if full.left > 0:
            break
        failed += 1
        assert Book(home).first_break(home / "runs") is None, number
        current = home / "published" / "current"
        assert current.readlink().name in [run.folder for run in Book(home).published_runs()[-2:]], number
        assert json.loads((current / PAGE).read_text(encoding="utf-8")), number
        if number % 4:
            continue
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", FullAt(0))
            bare_night(home, landing, 1000 + number)
        assert Book(home).first_break(home / "runs") is None, number
    assert failed > 15  # received files, log, head, manifest, copies, seal, link: each has its own write
    assert full.left > 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "200k") as disk:
        yield disk


def test_a_log_on_a_disk_that_really_fills_up_goes_on_when_there_is_space_again(small_disk: Path) -> None:
    log, written = EventLog(small_disk / "ledger"), 0
    with pytest.raises(OSError, match="No space left"):
        for number in range(1000):
            log.append("noted", actor="a", subject=str(number), reason="because " * 100)
            written = number + 1
    assert written > 10
    assert log.first_break() is None
    assert [event.subject for event in log.events()][:written] == [str(number) for number in range(written)]
    shutil.copytree(log.folder, copy := small_disk.parent / "roomier")
    other = EventLog(copy)
    other.append("noted", actor="a", subject="after")
    assert other.first_break() is None
    assert other.events()[-1].subject == "after"


def test_a_person_who_acts_on_a_full_disk_is_told_so(small_disk: Path, night_copy: Path) -> None:
    from pipelines.ledger.findings import findings

    home = small_disk / "home"
    (home / "ledger").mkdir(parents=True)
    for name in ("events.jsonl", "head.json"):
        shutil.copy(night_copy / "ledger" / name, home / "ledger" / name)
    shutil.copytree(night_copy / "ledger" / "changes", home / "ledger" / "changes")
    finding_id = next(iter(findings(Book(home))))
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    command = ["findings", "acknowledge", finding_id, "--by", "officer@example.org", "--home", str(home)]
    greencap = [sys.executable, "-c", "from pipelines.cli import main; main()", *command]
    refused = subprocess.run(greencap, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (refused.returncode, "the disk is full; free some space" in refused.stderr) == (BLOCKED, True), refused.stderr
    assert Book(home).log.first_break() is None
    filler.unlink()
    done = subprocess.run(greencap, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert Book(home).log.first_break() is None
    assert findings(Book(home))[finding_id].owner == "officer@example.org"

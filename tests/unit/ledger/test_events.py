"""The event log is append-only, and every way of tampering with it is named at its first broken link."""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import GateError, WrongUseError
from pipelines.ledger.events import FIRST, EventLog

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def log_of(folder: Path, count: int) -> EventLog:
    log = EventLog(folder)
    for number in range(1, count + 1):
        log.append("noted", actor="a.person", subject=f"F-{number}", reason="because", details={"n": number}, at=NOON)
    return log


def test_each_event_carries_the_hash_of_the_one_before(tmp_path: Path) -> None:
    events = log_of(tmp_path, 3).events()
    assert [event.previous for event in events] == [FIRST, events[0].hash, events[1].hash]
    assert [event.number for event in events] == [1, 2, 3]
    assert events[0].at == "2026-06-30T12:00:00Z"


def test_an_untouched_log_has_no_break(tmp_path: Path) -> None:
    assert EventLog(tmp_path / "none").first_break() is None
    assert log_of(tmp_path, 4).first_break() is None


def _swap(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], lines[3]]


def _doubled(lines: list[bytes]) -> list[bytes]:
    return [*lines[:2], lines[1], *lines[2:]]


def _forged(lines: list[bytes]) -> list[bytes]:
    event = json.loads(lines[1])
    event["actor"] = "somebody.else"
    return [lines[0], json.dumps(event, sort_keys=True, separators=(",", ":")).encode() + b"\n", *lines[2:]]


@pytest.mark.parametrize(
    ("change", "event"),
    [
        (lambda lines: [lines[0], lines[1].replace(b"because", b"becauze"), *lines[2:]], 2),
        (_forged, 2),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: lines[:-1], 4),
        (lambda lines: [], 1),
        (_swap, 2),
        (_doubled, 3),
        (lambda lines: [*lines, lines[-1]], 5),
        (lambda lines: [*lines, b"x"], 5),
        (lambda lines: [*lines, b"\n"], 5),
        (lambda lines: [lines[0], lines[1][:-1] + b" \n", *lines[2:]], 2),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], 4),
    ],
    ids=["changed", "forged", "removed", "cut", "emptied", "swapped", "doubled", "repeated", "byte", "line", "blank", "unfinished"],
)
def test_tampering_is_named_at_its_first_event(tmp_path: Path, change: Callable[[list[bytes]], list[bytes]], event: int) -> None:
    log = log_of(tmp_path, 4)
    log.path.write_bytes(b"".join(change(log.path.read_bytes().splitlines(keepends=True))))
    found = log.first_break()
    assert found is not None
    assert found.event == event


def test_every_changed_byte_is_caught(tmp_path: Path) -> None:
    log = log_of(tmp_path, 2)
    whole = log.path.read_bytes()
    for place in range(len(whole)):
        log.path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert log.first_break() is not None, place


def test_a_log_that_is_gone_is_not_taken_for_a_new_one(tmp_path: Path) -> None:
    log = log_of(tmp_path, 2)
    log.path.unlink()
    assert log.first_break() is not None
    with pytest.raises(GateError, match="gone"):
        log.append("noted", actor="a", subject="s")


def test_nothing_is_chained_to_a_forged_last_event(tmp_path: Path) -> None:
    log = log_of(tmp_path, 2)
    log.path.write_bytes(log.path.read_bytes().replace(b"F-2", b"F-9"))
    with pytest.raises(GateError, match="event 2"):
        log.append("noted", actor="a", subject="s")


def test_an_event_torn_by_a_crash_is_kept_aside_and_the_log_goes_on(tmp_path: Path) -> None:
    log = log_of(tmp_path, 2)
    head = json.loads(log.head_path.read_text())
    log.head_path.write_text(json.dumps({**head, "pending": "0" * 64}, sort_keys=True, separators=(",", ":")) + "\n")
    with log.path.open("ab") as file:
        file.write(b'{"actor":"a.per')
    assert log.first_break() is None  # a crash, no tampering
    assert len(log.events()) == 2
    log.append("noted", actor="a", subject="s")
    assert log.first_break() is None
    assert [event.number for event in log.events()] == [1, 2, 3]
    assert [path.read_bytes() for path in tmp_path.glob("torn-*")] == [b'{"actor":"a.per']


def test_what_was_known_at_a_moment_can_be_asked(tmp_path: Path) -> None:
    log = log_of(tmp_path, 3)
    events = log.events()
    assert log.upto(events[1].hash) == events[:2]
    assert log.upto(FIRST) == []
    with pytest.raises(WrongUseError, match="holds no event"):
        log.upto("f" * 64)


def _append_some(folder: Path, who: str) -> None:
    for number in range(20):
        EventLog(folder).append("noted", actor=who, subject=str(number))


def test_two_writers_at_once_lose_nothing_and_break_nothing(tmp_path: Path) -> None:
    writers = [multiprocessing.get_context("spawn").Process(target=_append_some, args=(tmp_path, who)) for who in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    log = EventLog(tmp_path)
    assert log.first_break() is None
    assert sorted((event.actor, int(event.subject)) for event in log.events()) == [(who, n) for who in ("a", "b") for n in range(20)]


def test_a_long_last_line_is_read_whole(tmp_path: Path) -> None:
    log = log_of(tmp_path, 1)
    log.append("noted", actor="a", subject="s", reason="x" * 300_000)
    log.append("noted", actor="a", subject="t")
    assert log.first_break() is None
    assert len(log.events()) == 3

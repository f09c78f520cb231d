"""One byte changed in any kind of stored file is caught and named; a run is performed again from what was kept, to the byte."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import WrongUseError
from pipelines.ledger.book import Book
from pipelines.warehouse.publish import open_home

EQUAL, DIFFERENT = 0, 4


@pytest.fixture
def home(night_copy: Path) -> Path:
    return night_copy


def greencap(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def _one(home: Path, pattern: str) -> Path:
    return min(path for path in home.glob(pattern) if path.is_file())


def _change_byte(path: Path) -> None:
    path.chmod(0o644)
    content = path.read_bytes()
    middle = len(content) // 2
    path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])


def _prolong(path: Path) -> None:
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"\n")


def _swap(path: Path) -> None:
    """Exchange the first two neighbours that differ."""
    path.chmod(0o644)
    content = bytearray(path.read_bytes())
    place = next(place for place in range(len(content) // 2, len(content) - 1) if content[place] != content[place + 1])
    content[place], content[place + 1] = content[place + 1], content[place]
    path.write_bytes(content)


def _remove(path: Path) -> None:
    path.unlink()


def test_an_untouched_home_is_whole_wherever_it_was_copied(home: Path) -> None:
    code, said = greencap("verify", "--home", str(home))
    assert (code, said[:6]) == (EQUAL, "Whole:")


@pytest.mark.parametrize("change", [_change_byte, _prolong, _swap, _remove])
@pytest.mark.parametrize(
    "kind",
    [
        "archive/*/*",
        "readings/parts/*/*",
        "readings/files/*.json",
        "ledger/events.jsonl",
        "ledger/head.json",
        "ledger/manifests/*.json",
        "ledger/changes/*.json",
        "runs/*/manifest.json",
        "runs/*/scorecard.html",
        "runs/*/scorecard.json",
        "runs/*/verdicts.parquet",
        "runs/*/green_capacity.duckdb",
        "runs/*/run_summary.json",
        "runs/*/csv/*.csv",
        "runs/*/data_docs/*.html",
    ],
)
def test_every_kind_of_stored_file_is_guarded(home: Path, kind: str, change: Callable[[Path], None]) -> None:
    touched = _one(home, kind)
    if change is _remove and kind.split("/")[1] in ("manifests", "changes"):
        shutil.rmtree(home / "runs")  # while the run is there, its own file stands in for the copy
    change(touched)
    code, said = greencap("verify", "--home", str(home))
    assert code == DIFFERENT
    assert touched.name in said or (change is _remove and "events.jsonl" in said) or touched.parent.parent.name in said, said


def test_readings_that_came_of_no_received_file_are_named(home: Path) -> None:
    record = _one(home, "readings/files/*.json")
    forged = record.with_name("0" * 32 + ".json")
    file_id = json.loads(record.read_text(encoding="utf-8"))["file_id"]
    forged.write_text(record.read_text(encoding="utf-8").replace(file_id, "0" * 64), encoding="utf-8")
    code, said = greencap("verify", "--home", str(home))
    assert (code, f"{forged}: no event says that its file was received" in said) == (DIFFERENT, True), said


@pytest.mark.parametrize("place", ["archive/ab/" + "ab" * 32, "ledger/manifests/" + "0" * 64 + ".json", "runs/{run}/extra.csv"])
def test_a_file_put_there_by_hand_is_named(home: Path, place: str) -> None:
    stranger = home / place.format(run=_one(home, "runs/*/manifest.json").parent.name)
    stranger.parent.mkdir(parents=True, exist_ok=True)
    stranger.write_text("mine")
    code, said = greencap("verify", "--home", str(home))
    assert code == DIFFERENT
    assert stranger.name in said


def test_a_run_is_performed_again_to_the_byte_from_what_was_kept(home: Path, tmp_path: Path) -> None:
    code, said = greencap("replay", "2025-12-31", "--home", str(home), "--out", str(tmp_path / "again"))
    assert code == EQUAL, said
    assert "Equal:" in said
    current = home / "published" / "current"
    for name in ("scorecard.html", "scorecard.json", "verdicts.parquet"):
        assert (tmp_path / "again" / name).read_bytes() == (current / name).read_bytes()


def test_what_is_no_longer_kept_is_named_and_the_run_cannot_be_performed_again(home: Path) -> None:
    book = Book(home)
    inputs = book.run("2025-12-31").manifest.made.inputs
    for name in ("loans.csv", "plants.csv"):
        book.archive.path(inputs[name]).unlink()
    _change_byte(book.archive.path(inputs["covenants.csv"]))
    code, said = greencap("verify", "2025-12-31", "--home", str(home))
    assert (code, "is gone" in said) == (DIFFERENT, True)
    refused = CliRunner().invoke(app, ["replay", "2025-12-31", "--home", str(home)]).exception
    assert isinstance(refused, WrongUseError)
    for words in ("loans.csv: is gone", "plants.csv: is gone", "covenants.csv: was changed"):
        assert words in str(refused)


def test_a_run_that_the_log_calls_published_becomes_current_after_a_crash(home: Path) -> None:
    (home / "published" / "current").unlink()  # killed between the log and the link
    opened = open_home(home)
    with opened.lock():
        from pipelines.record import Record

        Record(home).begin(opened)
    assert opened.current() == home / "runs" / Book(home).published_runs()[-1].folder


def test_runs_are_listed_and_a_run_is_equal_to_itself(home: Path) -> None:
    code, said = greencap("runs", "--home", str(home))
    assert (code, said.count("root ")) == (EQUAL, 1)
    name = said.split()[0]
    assert greencap("runs", "diff", name, name, "--home", str(home))[0] == EQUAL


@pytest.mark.parametrize("command", [["verify", "no-such-run"], ["replay", "no-such-run"], ["runs", "diff", "a", "b"]])
def test_an_unknown_run_is_wrong_use_and_the_known_ones_are_named(home: Path, command: list[str]) -> None:
    done = CliRunner().invoke(app, [*command, "--home", str(home)])
    assert isinstance(done.exception, WrongUseError)
    assert "2025-12-31" in str(done.exception)

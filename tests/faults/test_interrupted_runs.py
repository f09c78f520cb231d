"""A run that is starved of disk or locked out leaves the last good scorecard readable; kills are in test_crashes.py."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.warehouse.publish import open_home
from tests.nights import last_run, published_id
from tests.small_disk import small_disk_at

GREENCAP = [sys.executable, "-c", "from pipelines.cli import main; main()"]
BLOCKED = 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "2m") as disk:
        yield disk


def _command(landing: Path, home: Path) -> list[str]:
    return [*GREENCAP, "run", "--landing", str(landing), "--home", str(home)]


def _run(landing: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(landing, home), capture_output=True, text=True, timeout=300, check=False)


def test_a_second_run_at_the_same_time_is_told_so_and_changes_nothing(night_copy: Path, one_landing: Path) -> None:
    before = published_id(night_copy)
    with open_home(night_copy).lock():
        second = _run(one_landing, night_copy)
    assert second.returncode == BLOCKED
    assert "is under way here" in second.stderr
    assert str(os.getpid()) in second.stderr
    assert published_id(night_copy) == before


def test_a_full_disk_is_named_and_nothing_is_published(small_disk: Path, one_landing: Path) -> None:
    done = _run(one_landing, small_disk / "home")
    assert done.returncode == BLOCKED, done.stderr
    assert "disk is full" in done.stderr
    assert published_id(small_disk / "home") is None


def test_a_home_that_cannot_be_written_is_named(one_landing: Path, small_disk: Path) -> None:
    mount = shutil.which("mount")
    assert mount
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    done = _run(one_landing, small_disk / "home")
    assert done.returncode == BLOCKED
    assert "read-only" in done.stderr
    assert str(small_disk) in done.stderr


def test_a_landing_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = _run(tmp_path / "nowhere", tmp_path / "home")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "greencap init" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_empty_landing_folder_blocks_and_says_what_to_put_there(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    done = _run(tmp_path / "landing", tmp_path / "home")
    assert done.returncode == BLOCKED
    assert "no file to read" in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_there_notes_that_nothing_was_received(tmp_path: Path, night_copy: Path) -> None:
    before = published_id(night_copy)
    done = _run(tmp_path / "nowhere", night_copy)
    assert done.returncode == 2
    assert "nowhere" in last_run(night_copy)["reason"]
    assert published_id(night_copy) == before


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_says_so_and_publishes_nothing(night_copy: Path, one_landing: Path, told: signal.Signals) -> None:
    before = published_id(night_copy)
    with subprocess.Popen(_command(one_landing, night_copy), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "int_… tables" in line:
                process.send_signal(told)
                break
        said = process.stderr.read()
    assert process.returncode == BLOCKED
    assert "the run was interrupted and published nothing" in said
    assert published_id(night_copy) == before
    assert last_run(night_copy)["reason"] == "interrupted"

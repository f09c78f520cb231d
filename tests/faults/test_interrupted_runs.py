"""A run that is killed, starved of disk or locked out leaves the last good scorecard readable, and the next run succeeds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.warehouse.publish import open_home
from tests.nights import published_id, small_landing
from tests.small_disk import small_disk_at

GREENCAP = [sys.executable, "-c", "from pipelines.cli import main; main()"]
BLOCKED = 4


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_landing(tmp_path_factory.mktemp("interrupted"))


@pytest.fixture(scope="module")
def good_home(tmp_path_factory: pytest.TempPathFactory, landing: Path) -> Path:
    """A home with one published run."""
    home = tmp_path_factory.mktemp("good") / "home"
    done = _run(landing, home)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "2m") as disk:
        yield disk


def _command(landing: Path, home: Path) -> list[str]:
    return [*GREENCAP, "run", "--landing", str(landing), "--home", str(home)]


def _run(landing: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(landing, home), capture_output=True, text=True, timeout=300, check=False)


def test_a_run_killed_half_way_leaves_the_last_good_scorecard_and_the_next_run_starts_clean(good_home: Path, landing: Path) -> None:
    before = published_id(good_home)
    process = subprocess.Popen(_command(landing, good_home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 120
    while not list((good_home / "building").glob("*/green_capacity.duckdb")):
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < limit
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert published_id(good_home) == before
    again = _run(landing, good_home)
    assert again.returncode == 0, again.stderr
    assert published_id(good_home) == before
    assert list((good_home / "building").iterdir()) == []


def test_a_second_run_at_the_same_time_is_told_so_and_changes_nothing(good_home: Path, landing: Path) -> None:
    before = published_id(good_home)
    with open_home(good_home).lock():
        second = _run(landing, good_home)
    assert second.returncode == BLOCKED
    assert "is under way here" in second.stderr
    assert str(os.getpid()) in second.stderr
    assert published_id(good_home) == before


def test_a_full_disk_is_named_and_nothing_is_published(small_disk: Path, landing: Path) -> None:
    done = _run(landing, small_disk / "home")
    assert done.returncode == BLOCKED, done.stderr
    assert "disk is full" in done.stderr
    assert published_id(small_disk / "home") is None


def test_a_home_that_cannot_be_written_is_named(landing: Path, small_disk: Path) -> None:
    mount = shutil.which("mount")
    assert mount
    subprocess.run([mount, "-o", "remount,ro", str(small_disk)], check=True)
    done = _run(landing, small_disk / "home")
    assert done.returncode == BLOCKED
    assert "read-only" in done.stderr
    assert str(small_disk) in done.stderr


def test_a_landing_folder_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    done = _run(tmp_path / "nowhere", tmp_path / "home")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "greencap init" in done.stderr


def test_an_empty_landing_folder_blocks_and_says_what_to_put_there(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    done = _run(tmp_path / "landing", tmp_path / "home")
    assert done.returncode == BLOCKED
    assert "no file to read" in done.stderr

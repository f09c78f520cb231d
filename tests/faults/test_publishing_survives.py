"""Kills, two runs at once, readers during the swap, full and read-only disks: the last good scorecard stays, the next run starts clean."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines.errors import GateError
from pipelines.warehouse import publish
from pipelines.warehouse.publish import Home, open_home
from tests.small_disk import small_disk_at

CHECKOUT = Path(__file__).parents[2]

#: A run that builds, says where it is and hangs there until it is killed. argv: home, run id, where.
HANGING_RUN = """
import sys, time
from pathlib import Path
from pipelines.warehouse import publish

def hang(*_):
    print("here", flush=True)
    time.sleep(600)

home, run_id, where = publish.open_home(Path(sys.argv[1])), sys.argv[2], sys.argv[3]
with home.lock():
    building = home.start(run_id)
    (building / "scorecard.html").write_text("half a scorecard")
    if where == "building":
        hang()
    if where == "before_rename":
        publish._seal = hang
    if where == "before_swap":
        publish.os.replace = hang
    home.make_current(home.finish(building))
"""


@contextmanager
def hanging_run(home: Path, run_id: str, where: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HANGING_RUN, str(home), run_id, where]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "here\n"
            yield child
        finally:
            child.kill()


def publish_run(home: Home, run_id: str, text: str) -> Path:
    with home.lock():
        building = home.start(run_id)
        (building / "scorecard.html").write_text(text)
        finished = home.finish(building)
        home.make_current(finished)
        return finished


def published_text(home: Home) -> str:
    return (home.published / "current" / "scorecard.html").read_text()


@pytest.mark.parametrize("where", ["building", "before_rename", "before_swap"])
def test_a_killed_run_leaves_the_last_good_one_and_the_next_run_starts_clean(tmp_path: Path, where: str) -> None:
    home = open_home(tmp_path)
    good = publish_run(home, "good", "good")
    with hanging_run(tmp_path, "killed", where) as child:
        child.send_signal(signal.SIGKILL)
        assert child.wait(30) == -signal.SIGKILL
    assert published_text(home) == "good"
    assert home.current() == good
    publish_run(home, "next", "next")
    assert published_text(home) == "next"
    assert list(home.building.iterdir()) == []
    assert [path.name for path in home.published.iterdir()] == ["current"]
    assert good.is_dir()


def test_a_run_killed_before_the_first_one_is_published_leaves_nothing_current(tmp_path: Path) -> None:
    with hanging_run(tmp_path, "killed", "before_swap") as child:
        child.kill()
        child.wait(30)
    assert open_home(tmp_path).current() is None


def test_two_runs_at_once_the_second_is_told_which_process_holds_the_home(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    publish_run(home, "good", "good")
    with hanging_run(tmp_path, "2025-12-31-aaaaaaaaaaaa", "building") as child:
        with pytest.raises(GateError, match=f"run 2025-12-31-aaaaaaaaaaaa of process {child.pid} is under way here"), home.lock():
            pass
        assert (home.building / "2025-12-31-aaaaaaaaaaaa.2" / "scorecard.html").exists()
    assert published_text(home) == "good"


def test_a_reader_never_misses_a_file_while_runs_are_published(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    publish_run(home, "run", "0")
    seen: list[int] = []
    failures: list[OSError] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                seen.append(int(published_text(home)))
            except OSError as error:
                failures.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 60):
        publish_run(home, "run", str(number))
    done.set()
    reader.join()
    assert failures == []
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_a_long_reader_keeps_the_run_that_it_opened(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    publish_run(home, "run", "first")
    with (home.published / "current" / "scorecard.html").open() as reader:
        for number in range(publish.KEPT_RUNS + 2):
            publish_run(home, "run", str(number))
        assert reader.read() == "first"


def refuse(number: int) -> object:
    def failing(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "scorecard.html")

    return failing


@pytest.mark.parametrize(("number", "words"), [(errno.ENOSPC, "the disk is full"), (errno.EROFS, "read-only"), (errno.EDQUOT, "quota")])
def test_trouble_with_the_disk_while_publishing_is_said_and_keeps_the_last_good_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    home = open_home(tmp_path)
    good = publish_run(home, "good", "good")
    with monkeypatch.context() as patched, pytest.raises(GateError, match=f"scorecard.html: .*{words}.*Nothing was published"):
        patched.setattr(publish.os, "fsync", refuse(number))
        publish_run(home, "bad", "bad")
    assert home.current() == good
    assert published_text(home) == "good"
    publish_run(home, "next", "next")
    assert published_text(home) == "next"


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EPERM])
def test_a_home_that_cannot_be_written_is_refused_before_anything_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(Path, "write_bytes", refuse(number))
    with pytest.raises(GateError, match="choose another folder with --home"):
        open_home(tmp_path)


def test_an_error_that_is_not_the_disks_is_not_called_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), publish.disk_errors(tmp_path):
        (tmp_path / "absent").read_text()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk_at(tmp_path / "disk", "1m") as disk:
        yield disk


def test_a_disk_that_really_fills_up_keeps_the_last_good_run(small_disk: Path) -> None:
    home = open_home(small_disk)
    publish_run(home, "good", "good")
    with home.lock(), pytest.raises(GateError, match="the disk is full"), publish.disk_errors(home.path):
        (home.start("bad") / "green_capacity.duckdb").write_bytes(bytes(2**21))
    assert published_text(home) == "good"
    publish_run(home, "next", "next")
    assert published_text(home) == "next"


def test_a_disk_mounted_read_only_is_refused(small_disk: Path) -> None:
    publish_run(open_home(small_disk), "good", "good")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(GateError, match="the disk is read-only"):
        open_home(small_disk)

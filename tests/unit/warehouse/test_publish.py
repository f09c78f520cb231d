"""The folder of runs in quiet weather; kills and full disks are in tests/faults."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from pipelines.errors import GateError, WrongUseError
from pipelines.warehouse.publish import KEPT_RUNS, Home, open_home


def publish_run(home: Home, run_id: str, text: str = "scorecard") -> Path:
    with home.lock():
        building = home.start(run_id)
        (building / "data_docs").mkdir()
        (building / "data_docs" / "index.html").write_text("docs")
        (building / "scorecard.html").write_text(text)
        finished = home.finish(building)
        home.make_current(finished)
        return finished


def test_nothing_is_current_before_the_first_run(tmp_path: Path) -> None:
    assert open_home(tmp_path / "home").current() is None


def test_the_newest_published_run_is_current(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    publish_run(home, "2025-12-31-aaaaaaaaaaaa", "first")
    finished = publish_run(home, "2025-12-31-bbbbbbbbbbbb", "second")
    assert home.current() == finished
    assert (tmp_path / "published" / "current" / "scorecard.html").read_text() == "second"


def test_the_link_is_relative_so_that_the_home_can_be_moved(tmp_path: Path) -> None:
    publish_run(open_home(tmp_path / "here"), "r")
    (tmp_path / "here").rename(tmp_path / "there")
    assert (tmp_path / "there" / "published" / "current" / "scorecard.html").read_text() == "scorecard"


def test_equal_runs_get_folders_of_their_own(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert [publish_run(home, "same").name for _ in range(3)] == ["same.1", "same.2", "same.3"]


def test_only_the_newest_runs_are_kept(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    for number in range(KEPT_RUNS + 3):
        publish_run(home, f"run{number}")
    assert sorted(folder.name for folder in home.runs.iterdir()) == [f"run{n}.{n + 1}" for n in range(3, KEPT_RUNS + 3)]
    assert list(home.building.iterdir()) == []


def test_the_published_run_and_the_one_before_it_are_never_removed(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    before = publish_run(home, "published_before")
    for number in range(2, 30):  # finished later but never made current: kills between rename and link
        (home.runs / f"never_current.{number}").mkdir()
    current = publish_run(home, "now")
    assert before.is_dir()
    assert current.is_dir()
    assert len(list(home.runs.iterdir())) == KEPT_RUNS + 1


def test_a_home_behind_a_link_keeps_the_run_before_too(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    home = open_home(tmp_path / "link")
    before = publish_run(home, "before")
    for number in range(2, 30):
        (home.runs / f"never_current.{number}").mkdir()
    publish_run(home, "now")
    assert before.is_dir()


def test_published_files_are_read_only(tmp_path: Path) -> None:
    finished = publish_run(open_home(tmp_path), "r")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in finished.rglob("*") if path.is_file()}
    assert modes == {0o444}


def test_starting_removes_what_killed_runs_left_and_nothing_else(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    published = publish_run(home, "good")
    (home.building / "killed.7").mkdir()
    (home.building / "killed.7" / "half.duckdb").write_text("half")
    (home.building / "stray_file").write_text("")
    (home.published / ".current-99").symlink_to("../runs/nowhere")
    with home.lock():
        started = home.start("next")
    assert list(home.building.iterdir()) == [started]
    assert [path.name for path in home.published.iterdir()] == ["current"]
    assert (published / "scorecard.html").read_text() == "scorecard"


def test_a_second_run_is_told_who_holds_the_home(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    with home.lock():
        home.start("2025-12-31-aaaaaaaaaaaa")
        with pytest.raises(GateError, match=rf"run 2025-12-31-aaaaaaaaaaaa of process {os.getpid()} is under way"), home.lock():
            pass


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    with pytest.raises(RuntimeError), home.lock():
        raise RuntimeError
    with home.lock():
        assert home.start("next").is_dir()


def test_the_last_attempt_is_noted_whole(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    home.write_last_run({"is_published": False, "reason": "gate: 流标"})
    assert json.loads((tmp_path / "last_run.json").read_text(encoding="utf-8")) == {"is_published": False, "reason": "gate: 流标"}
    assert not (tmp_path / ".last_run.json").exists()


@pytest.mark.parametrize("inside", ["", "deeper/home"])
def test_a_file_in_place_of_the_home_is_wrong_use(tmp_path: Path, inside: str) -> None:
    (tmp_path / "home").write_text("a file")
    with pytest.raises(WrongUseError, match="a file stands where a folder is needed"):
        open_home(tmp_path / "home" / inside)


def test_a_run_is_compared_with_the_newest_other_run_of_its_day_or_before(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    assert home.earlier("2025-12-31-aaaaaaaaaaaa", "2025-12-31") is None
    first = publish_run(home, "2025-12-31-aaaaaaaaaaaa")
    assert home.earlier("2025-12-31-aaaaaaaaaaaa", "2025-12-31") is None, "the same night done again has the same earlier run"
    publish_run(home, "2026-03-31-bbbbbbbbbbbb")
    backfilled = publish_run(home, "2025-11-30-cccccccccccc")
    assert home.earlier("2026-01-31-dddddddddddd", "2026-01-31") == first
    assert home.earlier("2025-12-01-dddddddddddd", "2025-12-01") == backfilled
    assert home.earlier("2025-10-31-dddddddddddd", "2025-10-31") is None

"""A night killed while it takes readings in, while it folds them and while it judges is completed by the next one, to the byte."""

from __future__ import annotations

import hashlib
import json
import re
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.nights import small_landing

ROOT = Path(__file__).parents[2]
#: `greencap run`, killed from inside: at a file taken in, before a piece of the fold has its name, when it has, when stacks are judged.
_CHILD = """
import os, pathlib, signal, sys
from pipelines.warehouse import database, readings_ingest

where, landing, home = sys.argv[1:]

def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def killing(owner, name, is_time):
    function = getattr(owner, name)

    def wrapped(*args, **options):
        result = function(*args, **options) if name != "replace" or not is_time(args) else kill()
        if name != "replace" and is_time(args):
            kill()
        return result

    setattr(owner, name, wrapped)

if where == "ingest":
    killing(readings_ingest, "stage_file", lambda args: True)
if where == "unnamed piece":
    killing(pathlib.Path, "replace", lambda args: args[0].suffix == ".arriving" and "int_monitoring__folded" in str(args[0]))
if where == "fold":
    killing(database, "write_query", lambda args: args[1].name == "int_monitoring__folded")
if where == "judge":
    killing(database, "build_model", lambda args: args[1].name == "int_plants__verdicts")
sys.argv = ["greencap", "run", "--landing", landing, "--home", home]
from pipelines.cli import main
main()
"""
#: Differ by nature: durations, a database whose pages lie as they were written, and what the home held before the night.
_UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_OF_THE_ATTEMPT = ("run_summary.json", "green_capacity.duckdb", "manifest.json")


def _run(where: str, landing: Path, home: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _CHILD, where, str(landing), str(home)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=7200)


def _published(home: Path) -> dict[str, bytes]:
    """Every file that a reader sees. The hash over the manifest, which is that of one home, and ids made of it are taken out."""
    folder = (home / "published" / "current").resolve()
    root = json.loads((home / "last_run.json").read_text(encoding="utf-8"))["root_hash"].encode()
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in _OF_THE_ATTEMPT]
    found: dict[str, bytes] = {}
    for path in files:
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}/{part}": book.read(part).replace(root, b"root") for part in book.namelist()}
            continue
        content = path.read_bytes().replace(root, b"root").replace(root[:16], b"root")
        found[name] = _UUID.sub(b"id", content) if path.suffix == ".jsonl" else content
    return found


def _folds(home: Path) -> dict[str, str]:
    folder = home / "readings" / "folds"
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_landing(tmp_path_factory.mktemp("killed"))


def test_a_night_killed_in_every_step_of_the_readings_ends_as_an_undisturbed_one(landing: Path, tmp_path: Path) -> None:
    home, other = tmp_path / "killed", tmp_path / "undisturbed"
    for where in ("ingest", "unnamed piece", "fold", "judge"):
        killed = _run(where, landing, home)
        assert killed.returncode == -signal.SIGKILL, (where, killed.stdout, killed.stderr)
        assert not (home / "published" / "current").exists()
    kept = _folds(home)
    assert kept, "what was folded before the kill is kept"
    for each in (home, other):
        done = _run("nowhere", landing, each)
        assert done.returncode == 0, done.stderr
    assert kept.items() <= _folds(home).items(), "no kept piece was made anew"
    assert _folds(home).keys() == _folds(other).keys()
    one, two = _published(home), _published(other)
    assert len(one) > 50
    assert [name for name in sorted(one.keys() | two.keys()) if one.get(name) != two.get(name)] == []

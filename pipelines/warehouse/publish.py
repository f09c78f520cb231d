"""Where finished runs live, and the one atomic step that makes a run the published one.

```
HOME/lock                   held by the run under way, with its process and run id
HOME/building/<folder>/     the run being built
HOME/runs/<folder>/         finished runs; folder = <run_id>.<sequence>
HOME/published/current      link to ../runs/<folder>
HOME/last_run.json          outcome of the last attempt
```
A killed run leaves the link, and what it points at, untouched.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pipelines.errors import GateError, WrongUseError

#: Finished runs kept beside the published one and the one before it.
KEPT_RUNS = 5

_DISK_TROUBLES = {
    errno.ENOSPC: "the disk is full; free some space",
    errno.EDQUOT: "the disk quota is used up; free some space",
    errno.EROFS: "the disk is read-only; choose another folder with --home",
    errno.EACCES: "writing is not allowed; choose another folder with --home, or ask for the right to write",
    errno.EPERM: "writing is not allowed; choose another folder with --home, or ask for the right to write",
}


def disk_words(error: OSError) -> str | None:
    """What is wrong with the disk and what to do; None when something else is wrong."""
    return _DISK_TROUBLES.get(error.errno or 0)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full or read-only disk met inside into a `GateError` that names `path`; other errors pass."""
    try:
        yield
    except OSError as error:
        words = disk_words(error)
        if words is None:
            raise
        where = error.filename or path
        raise GateError(f"{where}: {words}. Nothing was published; the last good scorecard stays") from error


def open_home(home: Path) -> Home:
    """The home at `home`, made when it is absent.

    Raises:
        WrongUseError: A file stands in the way.
        GateError: It cannot be written (read-only, full, not allowed).
    """
    opened = Home(home.absolute())
    try:
        with disk_errors(home):
            for folder in (opened.path, opened.building, opened.runs, opened.published):
                folder.mkdir(parents=True, exist_ok=True)
            probe = opened.building / f".probe-{os.getpid()}"
            probe.write_bytes(b"can this folder be written?")
            probe.unlink()
    except FileNotFoundError as error:
        raise WrongUseError(f"{error.filename}: no folder can be made here; choose another --home") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise WrongUseError(f"{error.filename}: a file stands where a folder is needed; choose another --home or move the file") from error
    return opened


@dataclass(frozen=True)
class Home:
    """The folder of runs; made by `open_home`."""

    path: Path

    @property
    def building(self) -> Path:
        """Folder of the run under way."""
        return self.path / "building"

    @property
    def runs(self) -> Path:
        """Folder of the finished runs."""
        return self.path / "runs"

    @property
    def published(self) -> Path:
        """Folder of the link `current`."""
        return self.path / "published"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home for one run; the lock falls with the process, however it ends.

        Raises:
            GateError: Another run holds it; says which.
        """
        with disk_errors(self.path):
            file = (self.path / "lock").open("a+", encoding="utf-8")
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                todo = "wait until it has ended, or use another --home"
                raise GateError(f"{self.path}: {_holder(file)} is under way here; {todo}") from error
            with disk_errors(self.path):
                self._sign("")
            yield

    def start(self, run_id: str) -> Path:
        """An empty folder to build run `run_id` in. Call it under the lock: removes what killed runs left, never a finished run."""
        with disk_errors(self.path):
            for leftover in self.building.iterdir():
                _remove(leftover)
            for link in self.published.glob(".current-*"):
                link.unlink()
            folder = self.building / f"{run_id}.{self._next_sequence()}"
            folder.mkdir()
            self._sign(run_id)
        return folder

    def finish(self, building: Path) -> Path:
        """Seal a built run and put it among the finished ones; its folder there. Readers still see the run before it."""
        with disk_errors(self.path):
            _seal(building)
            finished = self.runs / building.name
            building.rename(finished)
            _sync(self.runs)
        return finished

    def make_current(self, finished: Path) -> None:
        """Point readers at a finished run, in one step: they see the old run or the new one.

        Older runs go, but for the newest `KEPT_RUNS`, the published one and the one published before it (somebody may be reading it).
        """
        with disk_errors(self.path):
            previous = self.current()
            if previous == finished:
                return
            self._point_current_at(finished)
            self._prune({finished, previous})

    def current(self) -> Path | None:
        """Folder of the published run, None before the first one."""
        link = self.published / "current"
        return self.runs / link.readlink().name if link.exists() else None

    def earlier(self, run_id: str, as_of: str) -> Path | None:
        """Folder of the run to compare `run_id` with: the newest of another id whose day is not after `as_of`; None before the first one.

        Args: as_of: ISO date. A run id begins with the day of its run.
        """
        others = [folder for folder in self.runs.iterdir() if folder.name.rpartition(".")[0] != run_id and folder.name[:10] <= as_of]
        return max(others, key=lambda folder: (folder.name[:10], _sequence(folder)), default=None)

    def write_last_run(self, outcome: Mapping[str, Any]) -> None:
        """Note how the last attempt ended, in `last_run.json`, in one step."""
        with disk_errors(self.path):
            arriving = self.path / ".last_run.json"
            with arriving.open("w", encoding="utf-8") as file:
                json.dump(outcome, file, indent=2, sort_keys=True, ensure_ascii=False, default=str)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            arriving.replace(self.path / "last_run.json")

    def _sign(self, run_id: str) -> None:
        (self.path / "lock").write_text(json.dumps({"pid": os.getpid(), "run_id": run_id}), encoding="utf-8")

    def _point_current_at(self, finished: Path) -> None:
        arriving = self.published / f".current-{os.getpid()}"
        arriving.unlink(missing_ok=True)
        arriving.symlink_to(Path("..") / "runs" / finished.name, target_is_directory=True)
        os.replace(arriving, self.published / "current")
        _sync(self.published)

    def _next_sequence(self) -> int:
        return max((_sequence(folder) for folder in self.runs.iterdir()), default=0) + 1

    def _prune(self, in_use: set[Path | None]) -> None:
        newest_first = sorted(self.runs.iterdir(), key=_sequence, reverse=True)
        for old in newest_first[KEPT_RUNS:]:
            if old not in in_use:
                leaving = self.building / old.name  # a run is whole or gone, even when this is killed half way
                old.rename(leaving)
                _remove(leaving)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    try:
        holder = json.loads(file.read())
        return f"run {holder['run_id'] or 'that is starting'} of process {holder['pid']}"
    except (ValueError, KeyError):
        return "another run"


def _sequence(folder: Path) -> int:
    number = folder.name.rpartition(".")[2]
    return int(number) if number.isdigit() else 0


def _seal(folder: Path) -> None:
    """Write every file through to the disk and make it read-only."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o444)
        _sync(path)
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()

"""Crash trials: `kill -9` at random points of runs and of writes of the ledger, while another process reads the published scorecard.

    python -m bench.crash_trials --kills 50 --seed 2026        # real runs; some minutes
    python -m bench.crash_trials --kills 500 --bare            # nights without a warehouse: only what publishing and the ledger do

After every kill the home must be whole as it lies there (`greencap verify`), the last good scorecard readable at every moment, and nothing
published, kept or found twice; the next run must succeed. tests/faults/test_crashes.py performs a smaller number of the same trials.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.crash_targets import append_on, bare_night, nights_on, read_on
from pipelines.ledger.book import PUBLISHED, Book
from pipelines.ledger.events import EventLog
from pipelines.ledger.findings import findings

GREENCAP = [sys.executable, "-c", "from pipelines.cli import main; main()"]


@dataclass
class Seen:
    """What a series of kills showed."""

    kills: int = 0
    events: int = 0
    published_by_killed: int = 0
    torn: int = 0
    reads: int = 0
    troubles: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        told = f"{self.kills} kills, {self.published_by_killed} of them between the log and the link of a run; {self.events} events, "
        told += f"{self.torn} torn ends; {self.reads} reads of the published scorecard by another process; "
        return told + (f"{len(self.troubles)} troubles: {self.troubles[:5]}" if self.troubles else "no trouble")


@contextlib.contextmanager
def reader(home: Path, seen: Seen) -> Iterator[None]:
    """Another process that reads as long as the block lasts."""
    told = home.parent / "reader.json"
    process = multiprocessing.get_context("spawn").Process(target=read_on, args=(home, told))
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()
        found = json.loads(told.read_text(encoding="utf-8"))
        seen.reads += found["reads"]
        seen.troubles += found["troubles"]


def kill_after(target: Callable[..., None], args: tuple[object, ...], seconds: float) -> None:
    """Start a process, wait until it works and so long after, `kill -9`."""
    works = _CONTEXT.Event()
    process = _CONTEXT.Process(target=target, args=(works, *args))
    process.start()
    works.wait(60)
    time.sleep(seconds)
    process.kill()
    process.join()


_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["bench.crash_targets"])


def kill_log_writes(folder: Path, kills: int, seed: int) -> Seen:
    """Kill a writer of the log over and over: no acknowledged event may be lost, none may stand twice, the chain must hold."""
    chance, seen = random.Random(seed), Seen()
    log, told = EventLog(folder / "ledger"), folder / "acknowledged.txt"
    folder.mkdir(parents=True, exist_ok=True)
    told.touch()
    while seen.kills < kills:
        before = len(log.events())
        kill_after(append_on, (log.folder, told, before + 1), chance.uniform(0, 0.15))
        seen.kills += 1
        if broken := log.first_break():
            seen.troubles.append(str(broken))
        written = [event.subject for event in log.events()]
        if written != [str(number) for number in range(1, len(written) + 1)]:
            seen.troubles.append(f"kill {seen.kills}: an event is lost or stands twice")
        if missing := {line.decode() for line in told.read_bytes().splitlines()} - set(written):
            seen.troubles.append(f"kill {seen.kills}: acknowledged and lost: {sorted(missing)[:3]}")
    seen.torn, seen.events = len(list(log.folder.glob("torn-*"))), len(log.events())
    return seen


def kill_bare_nights(folder: Path, kills: int, seed: int) -> Seen:
    """Kill nights without a warehouse, so that most kills meet the archive, the log, the manifest or the swap."""
    chance, seen = random.Random(seed), Seen()
    home, landing = folder / "home", folder / "landing"
    folder.mkdir(parents=True, exist_ok=True)
    bare_night(home, landing, 1)
    with reader(home, seen):
        while seen.kills < kills:
            number = 1 + len(_published(home))
            kill_after(nights_on, (home, landing, number * 1000 + seen.kills), chance.uniform(0, 0.4))
            seen.kills += 1
            _check(home, seen)
        bare_night(home, landing, 10**9)
        _check(home, seen)
    _check_finished(home, seen)
    return seen


def kill_runs(folder: Path, landing: Path, kills: int, seed: int, full_every: int = 10) -> Seen:
    """Kill `greencap run` at random points: half of them over the whole run, half while it writes and publishes."""
    chance, seen = random.Random(seed), Seen()
    home = folder / "home"
    started = time.monotonic()
    clean = _run(landing, home)
    duration = time.monotonic() - started
    if clean.returncode:
        raise RuntimeError(clean.stderr)
    found = set(findings(Book(home)))
    with reader(home, seen):
        while seen.kills < kills:
            was_killed = _kill_run(landing, home, chance, duration, is_late=seen.kills % 2 == 1)
            seen.kills += was_killed
            _check(home, seen)
            if was_killed and (seen.kills % full_every == 0 or seen.kills == kills):
                done = _run(landing, home)
                seen.troubles += [f"after kill {seen.kills}: {done.stderr[-300:]}"] if done.returncode else []
                _check(home, seen)
    _check_finished(home, seen)
    if set(findings(Book(home))) != found or any(one.reopened_count for one in findings(Book(home)).values()):
        seen.troubles.append("findings are not those of a run that nobody killed")
    return seen


def _kill_run(landing: Path, home: Path, chance: random.Random, duration: float, is_late: bool) -> bool:
    """Whether it was killed; one that ended first counts for nothing."""
    events = len(_published(home))
    with subprocess.Popen(_command(landing, home), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        if is_late:
            for line in process.stderr:
                if "write the scorecards" in line:
                    break
            time.sleep(chance.uniform(0, duration / 4))
        else:
            time.sleep(chance.uniform(0, duration))
        process.kill()
    assert len(_published(home)) <= events + 1
    return process.returncode == -signal.SIGKILL


def _command(landing: Path, home: Path) -> list[str]:
    return [*GREENCAP, "run", "--landing", str(landing), "--home", str(home)]


def _run(landing: Path, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(_command(landing, home), capture_output=True, text=True, check=False)


def _published(home: Path) -> list[str]:
    return [event.subject for event in Book(home).log.events() if event.kind == PUBLISHED]


def _check(home: Path, seen: Seen) -> None:
    """The home as a crash left it: whole, with a scorecard, nothing twice."""
    book = Book(home)
    if broken := book.first_break(home / "runs"):
        seen.troubles.append(f"kill {seen.kills}: {broken}")
    published = _published(home)
    current = (home / "published" / "current").readlink().name
    if len(set(published)) != len(published) or current not in published[-2:]:
        seen.troubles.append(f"kill {seen.kills}: {current} is current, published were {published[-3:]}")
    seen.published_by_killed += current != published[-1]
    kept = [content for event in book.log.events() for content in event.details.get("files", {})]
    if len(set(kept)) != len(kept):
        seen.troubles.append(f"kill {seen.kills}: content was taken in twice")


def _check_finished(home: Path, seen: Seen) -> None:
    """After a run that nobody killed: it is current, nothing is left of the killed ones."""
    published = _published(home)
    if (home / "published" / "current").readlink().name != published[-1] or list((home / "building").iterdir()):
        seen.troubles.append("the last run is not current, or something is left of a killed one")
    seen.torn, seen.events = len(list((home / "ledger").glob("torn-*"))), len(Book(home).log.events())


def main() -> None:
    """Perform the trials that the command line names and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--bare", action="store_true", help="nights without a warehouse, and writes of the log")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="crash-trials-") as place:
        if options.bare:
            print("log writes:", kill_log_writes(Path(place) / "log", options.kills, options.seed))
            print("bare nights:", kill_bare_nights(Path(place) / "bare", options.kills, options.seed))
            return
        from tests.nights import small_landing

        print("runs:", kill_runs(Path(place), small_landing(Path(place)), options.kills, options.seed))


if __name__ == "__main__":
    main()

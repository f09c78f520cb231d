"""What the crash trials start and kill: a reader of the published scorecard, nights without a warehouse, a writer of the log."""

from __future__ import annotations

import hashlib
import json
import signal
import time
from multiprocessing.synchronize import Event
from pathlib import Path

from pipelines.hashing import file_hash
from pipelines.ledger.events import EventLog
from pipelines.ledger.manifest import FILE_NAME, Made, read_manifest_file
from pipelines.record import Record
from pipelines.warehouse.publish import open_home

PAGE = "scorecard.json"
#: Between two reads, so that the reader leaves the machine to what is being killed.
_PAUSE_SECONDS = 0.002
_FINDING = {
    "finding_id": "F-000000000000",
    "plant_id": "P",
    "rule_id": "r",
    "tier": "-",
    "entity_id": "plant:P",
    "indicator_id": "-",
    "averaging": "-",
    "state": "OPEN",
    "judged_state": "FAIL",
    "rule_version": "1",
    "first_seen_date": "2026-01-01",
    "opened_date": "2026-01-01",
    "last_seen_date": "2026-01-01",
    "reopened_count": 0,
    "worst_headroom_ratio": None,
}


def read_on(home: Path, told: Path) -> None:
    """Read the published scorecard over and over and hold it against the manifest beside it; note reads and troubles in `told`."""
    stopped: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
    count, troubles = 0, []
    while not stopped:
        current = home / "published" / "current"
        folder = home / "runs" / current.readlink().name
        try:
            content = (folder / PAGE).read_bytes()
            json.loads(content)
            if hashlib.sha256(content).hexdigest() != read_manifest_file(folder / FILE_NAME).outputs[PAGE]:
                troubles.append(f"{folder.name}: {PAGE} is not what the manifest says")
        except Exception as error:  # a run that is no longer kept went while it was read, or there was nothing to read
            if current.readlink().name == folder.name:
                troubles.append(f"{type(error).__name__}: {error}")
        count += 1
        time.sleep(_PAUSE_SECONDS)
    told.write_text(json.dumps({"reads": count, "troubles": troubles}), encoding="utf-8")


def bare_night(home: Path, landing: Path, number: int) -> None:
    """A night without a warehouse: takes in two files, builds a scorecard, publishes it; by the calls of a real night."""
    opened = open_home(home)
    with opened.lock():
        record = Record(home)
        record.begin(opened)
        landing.mkdir(exist_ok=True)
        for name in ("loans.csv", "plants.csv"):
            (landing / name).write_text(f"{name} of night {number}\n" * 500, encoding="utf-8")
        received = {path.name: file_hash(path) for path in landing.iterdir()}
        record.book.keep_received(received, landing)
        record.bundle = record.book.keep_knowledge({"rules": (landing, ["plants.csv"])})
        building = opened.start(f"2026-01-01-{number:012d}")
        (building / PAGE).write_text(json.dumps({"night": number, "rows": ["row"] * 20_000}), encoding="utf-8")
        options = {"as_of_date": "2026-01-01", "portfolio": None, "known_at": None}
        record.made = Made(f"2026-01-01-{number:012d}", options, received, {}, {}, {}, {}, "bench", {}, {})
        record.publish(opened, building, [] if record.runs else [_FINDING], {}, {})


def nights_on(works: Event, home: Path, landing: Path, first: int) -> None:
    """Bare nights until killed."""
    works.set()
    for number in range(first, first + 1_000_000):
        bare_night(home, landing, number)


def append_on(works: Event, folder: Path, told: Path, first: int) -> None:
    """Events until killed; each number that was acknowledged goes to `told`."""
    works.set()
    with told.open("ab", buffering=0) as file:
        for number in range(first, first + 1_000_000):
            EventLog(folder).append("noted", actor="a", subject=str(number), reason="because " * (number % 50))
            file.write(b"%d\n" % number)

"""A night that is killed at any step of taking readings in leaves a store that the next night completes to the very same content."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.warehouse.readings_store import FileRecord
from tests.readings import KNOWN, Readings, hour, text

ROOT = Path(__file__).parents[2]
#: Takes the landing folder argv[2] into the home argv[1] and kills itself at call number argv[4] of the function argv[3].
_CHILD = """
import importlib, itertools, os, signal, sys
from pathlib import Path
from tests.readings import Readings

home, landing, name, number = sys.argv[1:]
module, _, attribute = name.partition(":")
owner = importlib.import_module(module)
*classes, last = attribute.split(".")
for part in classes:
    owner = getattr(owner, part)
function, numbers = getattr(owner, last), itertools.count(1)

def killing(*args, **options):
    call = next(numbers)  # two files are taken in at once
    result = function(*args, **options)
    if call == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(owner, last, killing)
Readings(Path(home)).night(Path(landing))
"""
STORE, INGEST = "pipelines.warehouse.readings_store", "pipelines.warehouse.readings_ingest"
#: After which call of what the night is killed; every step of taking two files in is among them.
POINTS = [
    (f"{STORE}:ReadingsStore.sweep", 1),
    (f"{INGEST}:stage_file", 1),
    (f"{INGEST}:_Ingest._write_part", 1),
    (f"{INGEST}:_Ingest._write_part", 2),
    (f"{INGEST}:file_hash", 1),
    (f"{STORE}:_sync", 1),
    (f"{STORE}:_sync", 4),
    (f"{STORE}:write_json", 1),
    (f"{INGEST}:stage_file", 2),
    (f"{STORE}:_sync", 9),
]


def landing(folder: Path) -> Path:
    """Two files over two months, with a repeat and a bad line."""
    folder.mkdir()
    lines = [
        f"S1,nox,{hour(date(2025, month, day), number)},{number},mg/m3,dry,10" for month in (1, 2) for day in (1, 2) for number in (1, 2)
    ]
    (folder / "a.csv").write_text(text(*lines, lines[0], "bad"))
    (folder / "b.csv").write_text(text(*(line.replace("S1", "S2") for line in lines), lines[0].replace(",1,mg", ",7,mg")))
    return folder


def content(readings: Readings) -> dict[str, Any]:
    """All that a store holds: its records without the order in which they came, its files by hash, its readings."""
    import hashlib

    def plain(record: FileRecord) -> dict[str, Any]:
        return {name: value for name, value in vars(record).items() if name != "sequence"}

    parquet = list(readings.store.folder.rglob("*.parquet"))
    files = {path.relative_to(readings.store.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in parquet}
    return {"records": [plain(record) for record in readings.store.records()], "files": files, "rows": readings.rows()}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A landing folder, and what the store holds when nothing goes wrong."""
    folder = tmp_path_factory.mktemp("undisturbed")
    received = landing(folder / "landing")
    readings = Readings(folder / "home")
    readings.night(received, KNOWN)
    return received, content(readings)


@pytest.mark.parametrize(("function", "call"), POINTS, ids=lambda value: str(value).rpartition(":")[2])
def test_a_killed_night_is_completed_by_the_next_one(
    tmp_path: Path, undisturbed: tuple[Path, dict[str, Any]], function: str, call: int
) -> None:
    received, expected = undisturbed
    command = [sys.executable, "-c", _CHILD, str(tmp_path / "home"), str(received), function, str(call)]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    readings = Readings(tmp_path / "home")
    known = {record.ingest_key for record in readings.store.records()}
    left = {path.stem for path in readings.store.folder.rglob("*.parquet")}
    parts = {part.part_id for record in readings.store.records() for part in record.parts}
    assert left <= parts | known, "what a killed night left is gone before the next one begins"
    readings.night(received, KNOWN)
    assert content(readings) == expected


def test_a_night_that_was_cut_short_goes_on_at_the_moment_it_had_begun_with(tmp_path: Path) -> None:
    store = Readings(tmp_path / "home").store
    begun = store.begin_night(KNOWN)
    assert store.begin_night(KNOWN) == begun
    store.end_night()
    assert store.begin_night(KNOWN) == begun, "nothing was taken in: the night is the same"


def test_a_night_a_hundred_times_the_usual_one_fits_into_the_memory_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.night_readings import receive_readings
    from pipelines.sources.landing import read_landing

    monkeypatch.setenv("GREENCAP_MEMORY", "80MB")
    rows = 300_000
    for name, count in (("usual", rows // 100), ("large", rows)):
        folder = tmp_path / name
        folder.mkdir()
        lines = (
            f"S{number // 720:05d},nox,{hour(date(2025, 6, 1 + number % 720 // 24), number % 24)},{number},mg/m3,dry,10"
            for number in range(count)
        )
        (folder / "r.csv").write_text(text(*lines))
        home = tmp_path / f"home_{name}"
        home.mkdir()
        readings = receive_readings(home, read_landing(folder, lambda said: None, public=[]), date(2025, 6, 30), None)
        assert sum(record.row_count for record in readings.tonight) == count
        assert sum(part.row_count for part in readings.index.parts("2025-06")) == count

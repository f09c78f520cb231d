"""A past run performed again from what its home kept, and compared with what was published then."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.ledger.book import Book, PublishedRun
from pipelines.ledger.bundle import unpack
from pipelines.ledger.manifest import FILE_NAME, NOT_REPEATABLE, Manifest, read_manifest_file
from pipelines.rulebook.text_table import counted

if TYPE_CHECKING:
    from pipelines.ledger.findings import Finding
    from pipelines.night import Night

#: Parts of `made` that are compared name by name.
_PARTS = ("inputs", "rules", "models", "reference", "waivers", "tables")
#: Names told of a part that is put in one line.
_NAMED = 5


@dataclass(frozen=True)
class Replay:
    """What came of performing a run again: the run, the manifest of the second time, and every difference in words."""

    run: PublishedRun
    again: Manifest
    differences: list[str]


@contextmanager
def replayed(book: Book, run: PublishedRun, progress: Callable[[str], None] = lambda _: None) -> Iterator[tuple[Replay, Path]]:
    """Perform a run again in a folder of its own, which is gone when the block ends; nothing of the home is written.

    Yields: what differs, and the folder of the second run with all its files.
    Raises: WrongUseError when what the run was made from is no longer kept, or not what it was.
    """
    from pipelines.defs.run import perform

    with tempfile.TemporaryDirectory(prefix="greencap-replay-") as place:
        folder = Path(place)
        night = _night(book, run, folder)
        night.progress = progress
        night.known_earlier = _earlier(book, run, folder, progress)
        perform(night)
        assert night.published is not None
        again = read_manifest_file(night.published / FILE_NAME)
        yield Replay(run, again, differences(run.manifest, again)), night.published


def differences(then: Manifest, now: Manifest, most: int | None = None) -> list[str]:
    """Everything in which two runs differ, in words; empty when they are equal. Durations and the pages of the database file aside.

    Args: most: tables, files and the like of which more differ are told in one line, the first of them by name; None = each in its own.
    """
    found = []
    if then.made.code != now.made.code:
        found.append(f"program: was {then.made.code}, is {now.made.code}")
    found += [f"setting {name}: {_setting_words(old, new)}" for name, old, new in _changed(then.made.settings, now.made.settings)]
    for part in _PARTS:
        found += _part_lines(part, getattr(then.made, part), getattr(now.made, part), most)
    outputs = [{name: value for name, value in made.outputs.items() if name not in NOT_REPEATABLE} for made in (then, now)]
    return found + _part_lines("files", outputs[0], outputs[1], most)


def _setting_words(old: Any, new: Any) -> str:
    """Of a list of contents, as of the files of readings, how many; a hash tells a reader nothing."""
    if not isinstance(old or new, list):
        return f"was {old}, is {new}"
    before, after = set(old or ()), set(new or ())
    counts = f"was {counted(len(before), 'file')}, is {counted(len(after), 'file')}"
    return f"{counts}; {len(after - before)} new, {len(before - after)} gone"


def _part_lines(part: str, then: Mapping[str, str], now: Mapping[str, str], most: int | None) -> list[str]:
    changed = [(name, _how(old, new)) for name, old, new in _changed(then, now)]
    if most is None or len(changed) <= most:
        return [f"{part}: {name} {how}" for name, how in changed]
    first = ", ".join(name for name, _ in changed[:_NAMED])
    return [f"{part}: {len(changed)} of {len({*then, *now})} differ: {first} and {len(changed) - _NAMED} more"]


def verdict_differences(book: Book, run: PublishedRun, again: Path, one: Finding) -> tuple[list[str], list[str]]:
    """The verdicts of a finding in a run performed again, in words, and how they differ from those of the first time.

    Where the folder of the first time is no longer kept, all verdicts of the run are held against their hash in its manifest.
    Args: again: folder of the second run.
    """
    from pipelines.night import DATABASE

    kept = book.home / "runs" / run.folder / DATABASE
    now = _verdicts(again / DATABASE, one)
    words = [_verdict_words(row) for row in now]
    if not kept.exists():
        table = "int_plants__verdicts"
        hashes = [manifest.made.tables.get(table) for manifest in (run.manifest, read_manifest_file(again / FILE_NAME))]
        return words, [] if hashes[0] == hashes[1] else [f"table {table} differs, and the first one is no longer kept to say where"]
    then = _verdicts(kept, one)
    old, new = [{(row["threshold_id"], row["period_end_date"]): row for row in rows} for rows in (then, now)]
    return words, [f"verdict {key[0]} to {key[1]}: {_how_row(first, second)}" for key, first, second in _changed(old, new)]


def _verdicts(path: Path, one: Finding) -> list[dict[str, Any]]:
    from pipelines.warehouse import database
    from pipelines.warehouse.evidence import verdict_rows

    con = database.connect(path, read_only=True)
    try:
        return verdict_rows(con, asdict(one))
    finally:
        con.close()


def _verdict_words(row: Mapping[str, Any]) -> str:
    value = f"{row['measured_value']} against {row['limit_value']} {row['unit'] or ''}".strip()
    return f"{row['period_start_date']} to {row['period_end_date']}: {row['state']} ({row['reason_code']}), {value}"


def _how_row(old: Any, new: Any) -> str:
    if old is None or new is None:
        return _how(old, new)
    return ", ".join(f"{name} was {first}, is {second}" for name, first, second in _changed(old, new))


def _night(book: Book, run: PublishedRun, folder: Path) -> Night:
    from pipelines.night import Night

    made = run.manifest.made
    book.require(run)
    book.archive.lay_out(made.inputs, folder / "landing")
    unpack(book.archive.path(run.manifest.knowledge), folder)
    _lay_out_past(book, run, folder / "home")
    _lay_out_readings(book, run, folder / "home")
    return Night(
        landing=folder / "landing",
        home=folder / "home",
        rules=folder / "rules",
        waivers=folder / "waivers",
        as_of=date.fromisoformat(made.settings["as_of_date"]),
        portfolio=made.settings["portfolio"],
        known_at=datetime.fromisoformat(known_at) if (known_at := made.settings.get("known_at")) else None,
        known_run_id=made.run_id,
    )


def _earlier(book: Book, run: PublishedRun, folder: Path, progress: Callable[[str], None]) -> Path | None:
    """Database of the run that the headline was compared with: the one kept, else made again, uncompared, from what it was made from."""
    from pipelines.defs.run import perform
    from pipelines.night import DATABASE

    run_id = run.manifest.made.history.get("compared_run_id")
    if run_id is None:
        return None
    earlier = book.run(run_id)
    kept = book.home / "runs" / earlier.folder / DATABASE
    if kept.exists():
        return kept
    night = _night(book, earlier, folder / "earlier")
    night.progress = progress
    perform(night)
    assert night.published is not None
    return night.published / DATABASE


def _lay_out_past(book: Book, run: PublishedRun, home: Path) -> None:
    """What the home knew when the run began: the log up to then, with the records it names."""
    past = book.log.upto(run.manifest.events_head)
    if not past:
        return
    other = Book(home)
    other.log.restore(past)
    for kind in ("manifests", "changes"):
        if (book.folder / kind).is_dir():
            shutil.copytree(book.folder / kind, other.folder / kind)


def _lay_out_readings(book: Book, run: PublishedRun, home: Path) -> None:
    """The readings of earlier nights that the run used, each file of them held against its hash."""
    from pipelines.warehouse.readings_store import ReadingsStore, copy_records, open_store

    copy_records(ReadingsStore(book.home / "readings"), open_store(home), run.manifest.made.settings.get("readings", []))


def _changed(then: Mapping[Any, Any], now: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    return [(name, then.get(name), now.get(name)) for name in sorted({*then, *now}) if then.get(name) != now.get(name)]


def _how(old: object, new: object) -> str:
    return "is new" if old is None else "is gone" if new is None else "differs"

"""Which pieces of the models made piece by piece are kept (`chunks.py`): those that one of the newest nights used.

A piece can always be made again from the store of readings, so one that is gone costs time and no result.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

#: As many as runs are kept: going back and forth between the days of these makes nothing again.
NIGHTS = 5
#: In the folder of pieces: what each of these nights used, the newest first.
NOTE = "nights.json"


def remove_unused(folder: Path, used: Iterable[Path]) -> int:
    """Note what tonight used and remove what none of the newest nights did; the number of removed pieces.

    Args: folder: of all pieces; may be missing. used: files in it. Called by the one run that holds the lock of the home.
    """
    if not folder.is_dir():
        return 0
    tonight = sorted({path.relative_to(folder).as_posix() for path in used})
    earlier = _noted(folder / NOTE)
    nights = [tonight, *(names for names in earlier if names != tonight)][:NIGHTS]
    beside = folder / f"{NOTE}.new"
    beside.write_text(json.dumps(nights), encoding="utf-8")
    beside.replace(folder / NOTE)
    wanted = {name for names in nights for name in names}
    unused = [path for path in folder.rglob("*.parquet") if path.relative_to(folder).as_posix() not in wanted]
    for path in unused:
        path.unlink()
    return len(unused)


def _noted(note: Path) -> list[list[str]]:
    return list(json.loads(note.read_text(encoding="utf-8"))) if note.exists() else []

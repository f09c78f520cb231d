"""Small landing folders and nights for the tests that run the whole path in this process."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.night import Night
from pipelines.sources.init import write_landing_folder

Rows = list[dict[str, str]]


def small_landing(folder: Path) -> Path:
    """A landing folder with the filled example of every format, as `greencap init` writes it."""
    made = folder / "made_by_init"
    write_landing_folder(made)
    landing = folder / "landing"
    shutil.copytree(made / "_examples", landing)
    shutil.rmtree(made)
    return landing


def edit_csv(path: Path, change: Callable[[Rows], Rows | None]) -> None:
    """Rewrite a CSV file after `change` has seen its rows."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    headers = list(rows[0])
    rows = change(rows) or rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=headers)
        writer.writeheader()
        writer.writerows(rows)


def perform(
    landing: Path, home: Path, *, rules: Path = settings.RULES_FOLDER, as_of: date | None = None, portfolio: str | None = None
) -> Night:
    """Run a night in this process; raises what blocks it."""
    from pipelines.defs.run import perform as perform_night

    night = Night(landing=landing, home=home, rules=rules, as_of=as_of, portfolio=portfolio)
    perform_night(night)
    return night


def published_id(home: Path) -> str | None:
    """Run id of the published scorecard; None when there is none."""
    path = home / "published" / "current" / "scorecard.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["run"]["run_id"]) if path.exists() else None


def last_run(home: Path) -> dict[str, Any]:
    """What `last_run.json` says."""
    found: dict[str, Any] = json.loads((home / "last_run.json").read_text(encoding="utf-8"))
    return found

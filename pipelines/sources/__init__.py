"""Received files → typed rows and rejected rows with reasons. Nothing here writes into the warehouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.sources.received import Received


def read_landing(folder: Path, progress: Callable[[str], None]) -> Received:
    """Everything that a landing folder holds; see `pipelines.sources.landing.read_landing`. Imported when called."""
    from pipelines.sources.landing import read_landing as read

    return read(folder, progress)

"""The published run of a home, opened to be read: what the commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.ledger.book import Book

#: SQL, and a list of its parameters where it has any → rows.
Read = Callable[..., list[dict[str, Any]]]


def open_book(home: Path | None) -> Book:
    """The ledger of a home; None = the default one. Raises WrongUseError when there is no such folder."""
    folder = (home or settings.default_home()).absolute()
    if not folder.is_dir():
        raise WrongUseError(f"{folder}: there is no such home; make a run first (`greencap run --home {folder}`)")
    return Book(folder)


def published_folder(home: Path | None) -> Path:
    """Folder of the published run. Raises WrongUseError when there is none."""
    folder = home or settings.default_home()
    current = folder / "published" / "current"
    if not current.is_dir():
        raise WrongUseError(f"{folder}: no run is published here; make one with `greencap run --home {folder}`, or name another --home")
    return current


def published_database(home: Path | None) -> Path:
    """Database of the published run. Raises WrongUseError when there is none."""
    from pipelines.night import DATABASE

    return published_folder(home) / DATABASE


@contextmanager
def published_rows(home: Path | None) -> Iterator[Read]:
    """Rows of the published run, opened read-only."""
    from pipelines.warehouse import database

    con = database.connect(published_database(home), read_only=True)
    try:
        yield lambda sql, params=(): database.read_rows(con, sql, params)
    finally:
        database.close(con, read_only=True)

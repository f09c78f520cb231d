"""How long kept content stays: what the archive holds, when a published run last used it, and what may go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.errors import WrongUseError
from pipelines.ledger.book import KNOWLEDGE, RECEIVED, Book, PublishedRun
from pipelines.ledger.events import Event


@dataclass(frozen=True)
class Kept:
    """Content of the archive: name it came under, event that took it in, newest as-of day of a published run made from it."""

    content_hash: str
    name: str
    event: Event
    byte_count: int
    last_used: date | None

    @property
    def day(self) -> date:
        """The day from which its term counts: last use, else the day it was first seen."""
        return self.last_used or date.fromisoformat(self.event.at[:10])


def kept_contents(book: Book) -> list[Kept]:
    """All that the archive holds, what was used longest ago first."""
    taken_in = {content: event for event in book.log.events() if event.kind in (RECEIVED, KNOWLEDGE) for content in event.details["files"]}
    used = _last_use(book, book.published_runs())
    found = [
        Kept(content, name, taken_in[content], book.archive.byte_count(content), used.get(content)) for content, name in book.kept().items()
    ]
    return sorted(found, key=lambda one: (one.day, one.name, one.content_hash))


def contents_due(book: Book, keep_days: int) -> list[Kept]:
    """What no published run of the last `keep_days` days before the newest as-of day was made from; nothing before the first run."""
    runs = book.published_runs()
    if not runs:
        return []
    newest = max(date.fromisoformat(run.manifest.made.settings["as_of_date"]) for run in runs)
    return [one for one in kept_contents(book) if one.day < newest - timedelta(days=keep_days)]


def remove_contents(book: Book, wanted: Sequence[str], actor: str, reason: str) -> Event:
    """Remove contents by hash, or its beginning, through one event of the log. Call it while no run is under way.

    Raises: WrongUseError when one is not kept, is named by too little, or the published run was judged by it.
    """
    kept = book.kept()
    files = {content: kept[content] for content in (_one(kept, name) for name in wanted)}
    runs = book.published_runs()
    if runs and runs[-1].manifest.knowledge in files:
        raise WrongUseError(f"{runs[-1].manifest.knowledge[:12]}: the published run was judged by these rule files; they stay while it is")
    return book.remove_contents(files, actor, reason)


def runs_made_from(book: Book, contents: Mapping[str, str]) -> list[PublishedRun]:
    """Published runs that cannot be performed again without these contents."""
    return [run for run in book.published_runs() if not contents.keys().isdisjoint(book.made_from(run))]


def _one(kept: Mapping[str, str], wanted: str) -> str:
    hits = [content for content in kept if content == wanted or (len(wanted) >= 8 and content.startswith(wanted))]
    if len(hits) != 1:
        what = "more than one kept content begins so; write more of it" if hits else "no such content is kept (see `greencap archive`)"
        raise WrongUseError(f"{wanted}: {what}")
    return hits[0]


def _last_use(book: Book, runs: Sequence[PublishedRun]) -> dict[str, date]:
    used: dict[str, date] = {}
    for run in runs:
        day = date.fromisoformat(run.manifest.made.settings["as_of_date"])
        for content in book.made_from(run):
            used[content] = max(day, used.get(content, day))
    return used

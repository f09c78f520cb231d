"""The commands `greencap archive …`: what is kept, and its removal through a logged event. Parse, call, print."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from pipelines.errors import WrongUseError
from pipelines.ledger.book import Book
from pipelines.published_run import open_book, published_rows

archive_app = typer.Typer(
    help="Received files and rule files that are kept: list them, remove them through a logged event.", invoke_without_command=True
)

HomeFolder = Annotated[Path | None, typer.Option("--home", help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")]
By = Annotated[str, typer.Option("--by", help="Who removes it; stands in the log.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; stands in the log.")]

_KEEP_DAYS = "select value from ref_rules__policy where policy_id = 'retention' and key = 'keep_days'"


@archive_app.callback(invoke_without_command=True)
def list_contents(
    context: typer.Context,
    most: Annotated[int, typer.Option(help="Only so many, those used longest ago first.")] = 50,
    home: HomeFolder = None,
) -> None:
    """What the archive holds: content hash, bytes, when it was first seen, the newest as-of day that used it, name."""
    if context.invoked_subcommand:
        return
    from pipelines.ledger.retention import kept_contents

    found = kept_contents(open_book(home))
    for one in found[:most]:
        used = f"last used as of {one.last_used}" if one.last_used else "used by no published run"
        typer.echo(f"{one.content_hash[:16]}  {one.byte_count:>12,}  first seen {one.event.at}  {used}  {one.name}")
    typer.echo(f"{len(found)} contents, {sum(one.byte_count for one in found):,} bytes")


@archive_app.command()
def remove(
    contents: Annotated[list[str], typer.Argument(metavar="HASH…", help="Content hashes, or at least 8 signs of each.")],
    by: By,
    reason: Reason,
    home: HomeFolder = None,
) -> None:
    """Remove contents, such as a file that should never have been sent. Runs made from them can no longer be performed again."""
    from pipelines.ledger.retention import remove_contents

    _check_words(by, reason)
    book = open_book(home)
    with _held(book):
        event = remove_contents(book, contents, by.strip(), reason.strip())
    _tell(book, event.number, event.details["files"])


@archive_app.command()
def prune(
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why; stands in the log.")] = "end of the retention term",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    home: HomeFolder = None,
) -> None:
    """Remove what no published run of the retention term was made from (`keep_days` of rules/policy/retention.yaml)."""
    from pipelines.ledger.retention import contents_due

    _check_words(by, reason)
    book = open_book(home)
    with published_rows(home) as read:
        days = [int(row["value"]) for row in read(_KEEP_DAYS)]
    if not days:
        raise WrongUseError("the published run has no policy `retention`, so no term: add rules/policy/retention.yaml and run again")
    with _held(book):
        due = {one.content_hash: one.name for one in contents_due(book, days[0])}
        for content, name in due.items():
            typer.echo(f"{content[:16]}  {name}")
        if not due or dry_run:
            typer.echo(f"{len(due)} contents {'would go' if due else 'are past the term'}, {days[0]} days before the newest as-of day")
            return
        event = book.remove_contents(due, by.strip(), reason.strip())
    _tell(book, event.number, due)


def _held(book: Book) -> AbstractContextManager[None]:
    """The home, held so that no run takes in what is being removed."""
    from pipelines.warehouse.publish import open_home

    return open_home(book.home).lock()


def _check_words(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise WrongUseError("--by and --reason: say who removes it and why; both stand in the log")


def _tell(book: Book, number: int, files: Mapping[str, str]) -> None:
    from pipelines.ledger.retention import runs_made_from

    runs = runs_made_from(book, files)
    typer.echo(f"{len(files)} contents removed (event {number}); {len(runs)} published runs can no longer be performed again")

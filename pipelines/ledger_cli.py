"""The commands on what a home kept of its past: `greencap runs`, `verify`, `replay`. Parse, call, print."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.ledger.book import Book

DONE, DIFFERS = 0, 4

HomeFolder = Annotated[Path | None, typer.Option("--home", help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")]

runs_app = typer.Typer(help="Runs that were published: list them, compare two.", invoke_without_command=True)


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(runs_app, name="runs")
    app.command()(verify)
    app.command()(replay)


@runs_app.callback(invoke_without_command=True)
def list_runs(context: typer.Context, home: HomeFolder = None) -> None:
    """Every run ever published, the newest last: folder, as-of day, when, root hash, headline."""
    if context.invoked_subcommand:
        return
    book = _book(home)
    runs = book.published_runs()
    for run in runs:
        made = run.manifest.made
        kept = "" if (book.home / "runs" / run.folder).is_dir() else "  (folder no longer kept; `greencap replay` makes it again)"
        typer.echo(f"{run.folder}  as of {made.settings['as_of_date']}  published {run.event.at}  root {made.root_hash[:16]}{kept}")
        for row in run.event.details["counts"].get("headline", []):
            typer.echo(f"    {row['portfolio_id']}: {_share(row['assessed_rate_ratio'])} green, coverage {_share(row['coverage_ratio'])}")
    if not runs:
        typer.echo(f"No run was published in {book.home} yet")


@runs_app.command("diff")
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="Run: folder, id, root hash or as-of day.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The run to compare it with.")],
    home: HomeFolder = None,
) -> None:
    """What went in and came out differently in two runs. Exit code 4 when they differ."""
    from pipelines.replay import differences

    book = _book(home)
    a, b = book.run(first), book.run(second)
    typer.echo(f"A {a.folder}, root {a.manifest.made.root_hash[:16]}\nB {b.folder}, root {b.manifest.made.root_hash[:16]}")
    _print_differences(differences(a.manifest, b.manifest), "The two runs are equal")


def verify(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Only this run: folder, id, root hash or as-of day. Default: all.")
    ] = None,
    home: HomeFolder = None,
) -> None:
    """Check every hash and the chain of the log, without a network. Names the first broken link; exit code 4 then."""
    book = _book(home)
    found = book.log.first_break() if run else book.first_break(book.home / "runs")
    if run and not found:
        found = book.run_break(book.run(run), book.home / "runs")
    if found:
        typer.echo(f"Broken: {found}", err=True)
        raise typer.Exit(DIFFERS)
    events, runs = book.log.events(), book.published_runs()
    typer.echo(f"Whole: {len(events)} events, {len(runs)} published runs, {len(book.kept())} kept contents")
    if runs:
        typer.echo(f"Last root hash {runs[-1].manifest.made.root_hash}, log ends with {events[-1].hash}")


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN", help="Run: folder, id, root hash or as-of day.")],
    home: HomeFolder = None,
    out: Annotated[Path | None, typer.Option(help="Keep the files of the second run in this folder.")] = None,
) -> None:
    """Perform a past run again from what was kept, at the rules of that night; report equal, or what differs (exit code 4)."""
    import shutil

    from pipelines.replay import replayed

    book = _book(home)
    wanted = book.run(run)
    if out and out.exists():
        raise WrongUseError(f"--out {out}: is there already; name a folder that is not")
    with replayed(book, wanted, _show) as (again, folder):
        if out:
            shutil.copytree(folder, out)
        typer.echo(f"Run {wanted.folder}, root {wanted.manifest.made.root_hash}")
        _print_differences(again.differences, f"Equal: {len(again.again.outputs)} files and {len(again.again.made.tables)} tables")


def _print_differences(differences: list[str], equal: str) -> None:
    if not differences:
        typer.echo(equal)
        return
    for line in differences:
        typer.echo(f"  {line}")
    typer.echo(f"{len(differences)} differences", err=True)
    raise typer.Exit(DIFFERS)


def _show(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K… {what}")
        sys.stderr.flush()


def _share(text: str | None) -> str:
    return "not assessable" if text is None else f"{float(text):.1%}"


def _book(home: Path | None) -> Book:
    folder = (home or settings.default_home()).absolute()
    if not folder.is_dir():
        raise WrongUseError(f"{folder}: there is no such home; make a run first (`greencap run --home {folder}`)")
    return Book(folder)

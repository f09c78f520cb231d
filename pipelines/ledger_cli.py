"""The commands on what a home kept of its past: `greencap runs`, `sign`, `verify`, `replay`, `evidence`. Parse, call, print."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.errors import WrongUseError
from pipelines.evidence import judged_thing, judging_run, make_pack
from pipelines.ledger.events import clock_steps_back
from pipelines.progress import Progress
from pipelines.published_run import open_book
from pipelines.rulebook.text_table import counted
from pipelines.run_changes import run_change_lines, share

if TYPE_CHECKING:
    from pipelines.ledger.book import Book, PublishedRun
    from pipelines.ledger.events import Event

DONE, DIFFERS = 0, 4
#: Tables, files and the like of which more differ go in one line of `greencap runs diff`.
_LINES_OF_A_PART = 10

HomeFolder = Annotated[Path | None, typer.Option("--home", help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")]

runs_app = typer.Typer(help="Runs that were published: list them, compare two.", invoke_without_command=True)


def add_commands(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(runs_app, name="runs")
    app.command()(sign)
    app.command()(verify)
    app.command()(replay)
    app.command()(evidence)


@runs_app.callback(invoke_without_command=True)
def list_runs(context: typer.Context, home: HomeFolder = None) -> None:
    """Every run ever published, the newest last: folder, as-of day, when, root hash, headline."""
    if context.invoked_subcommand:
        return
    book = open_book(home)
    runs = book.published_runs()
    for run in runs:
        made = run.manifest.made
        kept = "" if (book.home / "runs" / run.folder).is_dir() else "  (folder no longer kept; `greencap replay` makes it again)"
        typer.echo(f"{run.folder}  as of {made.settings['as_of_date']}  published {run.event.at}  root {made.root_hash[:16]}{kept}")
        for row in run.event.details["counts"].get("headline", []):
            typer.echo(f"    {row['portfolio_id']}: {share(row['assessed_rate_ratio'])} green, coverage {share(row['coverage_ratio'])}")
    if not runs:
        typer.echo(f"No run was published in {book.home} yet")


@runs_app.command("diff")
def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="Run: folder, id, root hash or as-of day.")],
    second: Annotated[str, typer.Argument(metavar="B", help="The run to compare it with.")],
    home: HomeFolder = None,
    every: Annotated[bool, typer.Option("--all", help="Name every table and file that differs.")] = False,
) -> None:
    """What became of the headline and the findings, and what went in and came out differently. Exit code 4 when two runs differ."""
    from pipelines.replay import differences

    book = open_book(home)
    a, b = book.run(first), book.run(second)
    typer.echo(f"A {a.folder}, root {a.manifest.made.root_hash[:16]}\nB {b.folder}, root {b.manifest.made.root_hash[:16]}")
    found = differences(a.manifest, b.manifest)
    for line in run_change_lines(book, a, b) if found else ():
        typer.echo(f"  {line}")
    shown = found if every else differences(a.manifest, b.manifest, most=_LINES_OF_A_PART)
    _print_differences(shown, "The two runs are equal", len(found))


def sign(
    key: Annotated[Path, typer.Option(help="Private key of the bank: Ed25519, PEM without a password.")],
    by: Annotated[str, typer.Option(help="Who signs.")],
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Run: folder, id, root hash or as-of day. Default: the last published.")
    ] = None,
    home: HomeFolder = None,
) -> None:
    """Sign a published run, and with it its root hash and every file, with a key that the bank holds; the log keeps the signature."""
    from pipelines.ledger.signing import sign_run

    if not by.strip():
        raise WrongUseError("--by: say who")
    book = open_book(home)
    runs = [book.run(run)] if run else book.published_runs()[-1:]
    if not runs:
        raise WrongUseError(f"{book.home}: no run was published here yet; make one first (`greencap run`)")
    broken = book.log.first_break() or book.run_break(runs[0], book.home / "runs")
    if broken:
        typer.echo(f"Broken, nothing was signed: {broken}", err=True)
        raise typer.Exit(DIFFERS)
    event = sign_run(book, runs[0], key, by.strip())
    typer.echo(f"Run {runs[0].folder}, root {runs[0].manifest.made.root_hash}: signed by {event.actor} (event {event.number})")


def verify(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Only this run: folder, id, root hash or as-of day. Default: all.")
    ] = None,
    home: HomeFolder = None,
    public_key: Annotated[Path | None, typer.Option(help="Also check that this Ed25519 public key (PEM) confirms a signature.")] = None,
    pack: Annotated[Path | None, typer.Option(help="Check this evidence pack instead, folder or zip file; it needs no home.")] = None,
) -> None:
    """Check every hash and the chain of the log, without a network. Names the first broken link; exit code 4 then.

    With a public key every run checked must carry a signature that the key confirms.
    """
    from pipelines.ledger.signing import signature_break

    if pack:
        _verify_pack(pack)
        return
    book = open_book(home)
    found = book.log.first_break() if run else book.first_break(book.home / "runs")
    if run and not found:
        found = book.run_break(book.run(run), book.home / "runs")
    if public_key and not found:
        found = signature_break(book, [book.run(run)] if run else book.published_runs(), public_key)
    if found:
        typer.echo(f"Broken: {found}", err=True)
        raise typer.Exit(DIFFERS)
    events, runs, removed = book.log.events(), book.published_runs(), book.removed()
    typer.echo(f"Whole: {len(events)} events, {len(runs)} published runs, {len(book.kept())} kept contents, {len(removed)} removed")
    for line in _notes(book, events, [book.run(run)] if run else runs):
        typer.echo(f"  {line}")
    if runs:
        typer.echo(f"Last root hash {runs[-1].manifest.made.root_hash}, log ends with {events[-1].hash}")
    if public_key:
        typer.echo(f"Signed with the key of {public_key}: {run or 'every published run'}")


def _notes(book: Book, events: list[Event], runs: list[PublishedRun]) -> Iterator[str]:
    """What is no break and yet worth knowing: runs whose input was removed, and a clock that went back."""
    removed = book.removed()
    for run in runs:
        gone = sorted({removed[content].number for content in book.made_from(run) if content in removed})
        if gone:
            yield f"run {run.folder} cannot be performed again: event {', '.join(map(str, gone))} removed what it was made from"
    for event in clock_steps_back(events):
        yield f"event {event.number} is dated {event.at}, before the event that it follows: the clock of its machine was set back"


def replay(
    run: Annotated[str, typer.Argument(metavar="RUN|FINDING", help="Run (folder, id, root hash or as-of day), or finding id.")],
    home: HomeFolder = None,
    out: Annotated[Path | None, typer.Option(help="Keep the files of the second run in this folder.")] = None,
) -> None:
    """Perform a past run again from what was kept, at the rules of that night; report equal, or what differs (exit code 4).

    Of a finding: the run that judged it last, and only the verdicts of the finding are compared.
    """
    import shutil

    from pipelines.replay import replayed, verdict_differences

    book = open_book(home)
    one = judged_thing(book, run) if run.startswith("F-") else None
    wanted = judging_run(book, one) if one else book.run(run)
    if out and out.exists():
        raise WrongUseError(f"--out {out}: is there already; name a folder that is not")
    progress = Progress()
    progress.show(f"perform {wanted.folder} again, as long as a night takes")
    with replayed(book, wanted, progress.show) as (again, folder):
        progress.end()
        if out:
            shutil.copytree(folder, out)
        typer.echo(f"Run {wanted.folder}, root {wanted.manifest.made.root_hash}")
        if one:
            verdicts, found = verdict_differences(book, wanted, folder, one)
            for line in verdicts:
                typer.echo(f"  {line}")
            _print_differences(found, f"Equal: {len(verdicts)} verdicts of {one.finding_id}")
            return
        _print_differences(again.differences, f"Equal: {len(again.again.outputs)} files and {len(again.again.made.tables)} tables")


def evidence(
    finding_id: Annotated[str, typer.Argument(metavar="FINDING", help="Finding id, or the beginning of one (`greencap findings`).")],
    out: Annotated[Path, typer.Option(help="Folder to write, or a file that ends in .zip; must not be there.")],
    home: HomeFolder = None,
    period: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Verdict that ends this day. Default: the worst failing one.")
    ] = None,
    redacted: Annotated[bool, typer.Option("--redacted", help="Names as hashes, amounts as bands, no received files.")] = False,
) -> None:
    """Everything behind one finding of the published run, for an auditor: rows, sum, rule, limits, events, hashes. Open index.html."""
    from pipelines.ledger.pack import check_target, write_pack

    check_target(out)
    files = make_pack(open_book(home), finding_id, period.date() if period else None, redacted)
    write_pack(out, files)
    typer.echo(f"{len(files) + 1} files in {out}; open index.html, check with `greencap verify --pack {out}`")


def _verify_pack(pack: Path) -> None:
    from pipelines.ledger.pack import first_break

    if found := first_break(pack):
        typer.echo(f"Broken: {found}", err=True)
        raise typer.Exit(DIFFERS)
    typer.echo(f"Whole: every file of {pack} is what its hashes.json says")


def _print_differences(differences: list[str], equal: str, count: int | None = None) -> None:
    """Args: count: how many there are, where not every line tells of one."""
    if not differences:
        typer.echo(equal)
        return
    for line in differences:
        typer.echo(f"  {line}")
    more = " (--all names each)" if count and count > len(differences) else ""
    typer.echo(f"{counted(count or len(differences), 'difference')}{more}", err=True)
    raise typer.Exit(DIFFERS)

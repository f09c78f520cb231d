"""The command `greencap`: parse, call, print. Heavy libraries are imported where they are called."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from pipelines import __version__, settings
from pipelines.archive_cli import archive_app
from pipelines.assess_cli import add_assess_command
from pipelines.digest_cli import add_digest_command
from pipelines.errors import GateError, GreenCapacityError, WrongUseError
from pipelines.findings_cli import findings_app
from pipelines.ledger_cli import add_commands
from pipelines.pacta_cli import add_pacta_commands
from pipelines.progress import Progress
from pipelines.rulebook.text_table import counted
from pipelines.rules_cli import rules_app
from pipelines.sample_cli import add_sample_command

if TYPE_CHECKING:
    from pipelines.night import Night

#: Plants and reasons of ERROR verdicts that the summary names; the page has them all.
_SHOWN_ERRORS = 5
#: Notices that it names.
_SHOWN_NOTICES = 10
DONE, WRONG_USE, DONE_WITH_ERRORS, BLOCKED = 0, 2, 3, 4

app = typer.Typer(
    name="greencap",
    help="How much of the cement, steel and flat-glass capacity behind a loan book is green, proved to an auditor.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    """Entry point of the command: turns an error that a person can mend into its message and exit code."""
    try:
        app()
    except SystemExit as ending:
        if sys.argv[1:2] == ["run"]:
            _leave(ending)
        raise
    except GreenCapacityError as error:
        typer.echo(f"greencap: {error}", err=True)
        sys.exit(WRONG_USE if isinstance(error, WrongUseError) else BLOCKED)
    except OSError as error:
        from pipelines.warehouse.publish import disk_words

        words = disk_words(error)
        if words is None:
            raise
        typer.echo(f"greencap: {error.filename or 'the home'}: {words}", err=True)
        sys.exit(BLOCKED)


def _leave(ending: SystemExit) -> NoReturn:
    """End a night's process as it stands: taking its million objects apart one by one would take a second."""
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(ending.code if isinstance(ending.code, int) else DONE if ending.code is None else 1)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"greencap {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")] = False,
) -> None: ...


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="Landing folder to make; must be empty or absent.")]) -> None:
    """Make a landing folder with a header-only template and a filled example of each format."""
    from pipelines.sources.init import write_landing_folder

    written = write_landing_folder(folder)
    typer.echo(f"{len(written)} files written to {folder}. Read {folder / 'README.md'} next.")


@app.command()
def run(
    landing: Annotated[
        Path | None, typer.Option(help="Folder of received files. Default: GREENCAP_LANDING, else the committed samples.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option(help="Folder of runs and the published scorecard. Default: GREENCAP_HOME, else ./greencap_home.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="Folder of rule files. Default: the shipped ones.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Day it is true for: judges the twelve months over by then. Default: newest reporting date."
        ),
    ] = None,
    portfolio: Annotated[str | None, typer.Option(help="Only this portfolio.")] = None,
    known_at: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only readings known then (UTC; a day means its end). Default: all."),
    ] = None,
    due: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%dT%H:%M"], help="Moment (UTC) by which it was promised; run_summary.json says whether it was held."),
    ] = None,
    waivers: Annotated[
        Path | None, typer.Option(help="Folder of waiver files. Default: GREENCAP_WAIVERS, else waivers in the home.")
    ] = None,
) -> None:
    """Read the landing folder, judge, score and publish.

    Exit code 0 done, 2 wrong use, 3 done but some rules crashed, 4 blocked (nothing published).
    """
    from pipelines.night import Night

    gc.set_threshold(200_000, 50, 50)  # the imports make a million objects that stay: with the default they are looked at over and over
    progress = Progress()
    night = Night(
        landing=(landing or settings.default_landing()).absolute(),
        home=(home or settings.default_home()).absolute(),
        rules=(rules or settings.RULES_FOLDER).absolute(),
        as_of=as_of.date() if as_of else None,
        portfolio=portfolio,
        known_at=_moment(known_at),
        due_at=due,
        waivers=waivers.absolute() if waivers else settings.default_waivers(),
        progress=progress.show,
    )
    night.refuse_landing_without_data()
    try:
        _perform(night)
    except GateError as error:
        progress.end()
        typer.echo(f"\nBlocked, nothing was published:\n{error}", err=True)
        typer.echo(_what_stands(night), err=True)
        raise typer.Exit(BLOCKED) from error
    progress.end()
    _print_summary(night)
    if night.crashed_rules:
        typer.echo(f"Done, but {len(night.crashed_rules)} rules crashed and count as ERROR: {', '.join(night.crashed_rules)}", err=True)
        raise typer.Exit(DONE_WITH_ERRORS)


def _moment(known_at: datetime | None) -> datetime | None:
    """A day without a time means its end."""
    return known_at if known_at is None or known_at.time() != time() else datetime.combine(known_at.date(), time(23, 59, 59))


def _perform(night: Night) -> None:
    from pipelines.defs.run import perform

    perform(night)


def _print_summary(night: Night) -> None:
    counts = night.counts
    typer.echo(f"Run {night.run_id}, as of {night.as_of}")
    typer.echo(f"  received   {_listed(counts['files'])} files; rejected rows: {_listed(counts['rejects']) or 'none'}")
    typer.echo(f"  loans      {_listed(counts['loans'])}; plants behind them: {_listed(counts['plants'])}")
    typer.echo(f"  verdicts   {_listed(counts['verdicts'])} (on all plants received)")
    errors = list(counts["verdict_errors"].items())
    for what, number in errors[:_SHOWN_ERRORS]:
        typer.echo(f"  ! {counted(number, 'verdict')} could not be computed: {what}")
    if more := sum(number for _, number in errors[_SHOWN_ERRORS:]):
        typer.echo(f"  ! {counted(more, 'more verdict')} of {len(errors) - _SHOWN_ERRORS} kinds: run_summary.json")
    for what, number in counts["loan_errors"].items():
        typer.echo(f"  ! {counted(number, 'loan')} left out of the figures, {what}")
    for notice in night.notices[:_SHOWN_NOTICES]:
        typer.echo(f"  ! {notice}")
    if len(night.notices) > _SHOWN_NOTICES:
        typer.echo(f"  ! {counted(len(night.notices) - _SHOWN_NOTICES, 'more notice')}: run_summary.json")
    for row in counts["headline"]:
        typer.echo(f"  {row['portfolio_id']}: {_headline(row)}")
    published = night.home / "published" / "current"
    typer.echo(f"Scorecard: {published / 'site' / 'index.html'}\nFor mail:  {published / 'scorecard.html'}")


def _headline(row: dict[str, Any]) -> str:
    if row["assessed_rate_ratio"] is None:
        return "not assessable; " + _range(row)
    return f"{row['assessed_rate_ratio']:.1%} of assessed exposure is green; coverage {row['coverage_ratio']:.1%}; " + _range(row)


def _range(row: dict[str, Any]) -> str:
    if row["lower_ratio"] is None:
        return "no exposure in scope"
    if row["upper_ratio"] - row["lower_ratio"] > 1 - 1e-9:
        return "open: nothing that is known bounds the share"
    return f"between {row['lower_ratio']:.1%} and {row['upper_ratio']:.1%} whatever the unknowns are"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())


def _what_stands(night: Night) -> str:
    current = night.home / "published" / "current"
    return f"The last good scorecard stays: {current / 'scorecard.html'}" if current.exists() else "There is no earlier scorecard."


# In the order of use, as `--help` lists them behind `init` and `run`.
add_assess_command(app)
add_digest_command(app)
add_commands(app)
add_sample_command(app)
add_pacta_commands(app)
app.add_typer(findings_app, name="findings")
app.add_typer(rules_app, name="rules")
app.add_typer(archive_app, name="archive")


if __name__ == "__main__":
    main()

"""The command `greencap assess`: a plant or an association assesses itself from one workbook. Parse, call, print."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.errors import GateError, WrongUseError
from pipelines.progress import Progress
from pipelines.rulebook.text_table import counted

if TYPE_CHECKING:
    from pipelines.assessment import Assessment

TEMPLATE, PAGES = Path("greencap_assessment.xlsx"), Path("greencap_assessment")
DONE_WITH_ERRORS, BLOCKED = 3, 4
#: Pages of plants that the summary names.
_SHOWN = 20


def add_assess_command(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(assess)


def assess(
    file: Annotated[Path | None, typer.Argument(help="Filled workbook.")] = None,
    template: Annotated[bool, typer.Option("--template", help="Write the empty workbook and end.")] = False,
    as_of: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the result is true for. Default: last day of returns and readings.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder of the pages; with --template the workbook. Default: {PAGES} here, {TEMPLATE}.")
    ] = None,
    rules: Annotated[Path | None, typer.Option(help="Folder of rule files. Default: the shipped ones.")] = None,
) -> None:
    """Judge one's own plants without any loan: fill one workbook, get a page a plant and an anonymous benchmark.

    Exit code 0 done, 2 wrong use, 3 done but some rules crashed, 4 a cell or sheet cannot be read (nothing written).
    """
    folder = (rules or settings.RULES_FOLDER).absolute()
    if template:
        if file:
            raise WrongUseError(f"--template writes an empty workbook and reads none; leave out {file}, or use --out {file}")
        _write_template(out or TEMPLATE, folder)
        return
    if file is None:
        raise WrongUseError("name the filled workbook, or write one to fill with `greencap assess --template`")
    _assess(file, out or PAGES, folder, as_of)


def _write_template(path: Path, rules: Path) -> None:
    from pipelines.assessment import template_words
    from pipelines.assessment_template import write_template
    from pipelines.rulebook.load import load_rulebook

    if path.suffix.lower() != ".xlsx":
        raise WrongUseError(f"--out {path}: name a file that ends in .xlsx")
    if path.exists():
        raise WrongUseError(f"--out {path}: is there already and may be filled; name another file")
    write_template(path, template_words(load_rulebook(rules)))
    typer.echo(f"{path} written. Its sheet `guide` says how to fill it; then run `greencap assess {path}`.")


def _assess(file: Path, out: Path, rules: Path, as_of: datetime | None) -> None:
    from pipelines.assessment import assess as judge

    progress = Progress()
    try:
        night = judge(file, rules, as_of.date() if as_of else None, out, progress.show)
    except GateError as error:
        progress.end()
        typer.echo(f"\nNothing was judged; mend the workbook and run again:\n{error}", err=True)
        raise typer.Exit(BLOCKED) from error
    progress.end()
    _print_summary(night, out)
    if night.crashed_rules:
        typer.echo(f"Done, but {len(night.crashed_rules)} rules crashed and count as ERROR: {', '.join(night.crashed_rules)}", err=True)
        raise typer.Exit(DONE_WITH_ERRORS)


def _print_summary(night: Assessment, out: Path) -> None:
    verdicts = ", ".join(f"{number} {state}" for state, number in night.counts["verdicts"].items())
    typer.echo(f"{counted(len(night.pages), 'plant')} as of {night.as_of}: {verdicts}")
    for notice in night.notices:
        typer.echo(f"  ! {notice}")
    for page in night.pages[:_SHOWN]:
        typer.echo(f"  {page}")
    if len(night.pages) > _SHOWN:
        typer.echo(f"  … and {len(night.pages) - _SHOWN} more")
    typer.echo(f"All plants and the benchmark: {out / 'index.html'}")

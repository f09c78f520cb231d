"""The commands `greencap rules …`: parse, call, print. Heavy libraries are imported where they are called."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.errors import WrongUseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.rulebook.model import Rulebook

BLOCKED = 4

rules_app = typer.Typer(help="Rule files: check, read, compare, try out, verify.", no_args_is_help=True)

Rules = Annotated[Path | None, typer.Option("--rules", help="Folder of rule files. Default: the shipped ones.")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Day to look at.")]


@rules_app.command("check")
def check(rules: Rules = None) -> None:
    """Check every rule file and list all mistakes at once. Exit code 4 when there is any."""
    from pipelines.rulebook.check_rulebook import check_rules

    folder = _folder(rules)
    mistakes = check_rules(folder)
    _print(mistakes)
    if mistakes:
        typer.echo(f"{len(mistakes)} mistakes in {folder}", err=True)
        raise typer.Exit(BLOCKED)
    typer.echo(f"No mistake in {folder}")


@rules_app.command("show")
def show(rule_id: Annotated[str, typer.Argument(metavar="ID", help="Rule id.")], on: Day = None, rules: Rules = None) -> None:
    """One rule in words: dated values, scope, method, citation, evidence, verifications."""
    from pipelines.rulebook.find import find_rule
    from pipelines.rulebook.show import rule_lines
    from pipelines.rulebook.verification import people_needed

    rulebook = _rulebook(rules)
    _print(rule_lines(find_rule(rulebook, rule_id), _day(on), people_needed(rulebook.rules)))


@rules_app.command("compare")
def compare(
    indicator: Annotated[str, typer.Argument(help="Indicator id, or a name that files use for it.")],
    sector: Annotated[str | None, typer.Option(help="Only rules about this sector.")] = None,
    on: Day = None,
    rules: Rules = None,
) -> None:
    """Every regime for an indicator side by side, the strictest first."""
    from pipelines.rulebook.compare import compare_lines
    from pipelines.rulebook.find import find_indicator, find_word

    rulebook = _rulebook(rules)
    if sector:
        find_word(sector, rulebook.vocabulary.words("sectors"), "sector")
    _print(compare_lines(rulebook, find_indicator(rulebook, indicator), sector, _day(on)))


def _folder(rules: Path | None) -> Path:
    folder = rules or settings.RULES_FOLDER
    if not folder.is_dir():
        raise WrongUseError(f"{folder}: there is no such folder of rule files")
    return folder


def _rulebook(rules: Path | None) -> Rulebook:
    from pipelines.rulebook.load import load_rulebook

    return load_rulebook(_folder(rules))


def _day(on: datetime | None) -> date | None:
    return on.date() if on else None


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)

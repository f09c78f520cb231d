"""The commands `greencap rules …`: parse, call, print. Heavy libraries are imported where they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.published_run import published_database, published_rows

if TYPE_CHECKING:
    from pipelines.rulebook.model import Rulebook
    from pipelines.rulebook.published_sql import Read
    from pipelines.rulebook.trial import Trial

BLOCKED = 4

rules_app = typer.Typer(help="Rule files: check, read, compare, try out, verify.", no_args_is_help=True)


def read_day(text: str) -> date:
    """A day as a person writes it on the command line. Raises BadParameter (exit 2) with the form wanted."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write year-month-day, such as 2026-06-30") from None


Rules = Annotated[Path | None, typer.Option("--rules", help="Folder of rule files. Default: the shipped ones.")]
HomeFolder = Annotated[
    Path | None, typer.Option("--home", help="Folder of the published run. Default: GREENCAP_HOME, else ./greencap_home.")
]
Day = Annotated[date | None, typer.Option("--on", parser=read_day, metavar="DAY", help="Day to look at, as 2026-06-30.")]


@rules_app.command("check")
def check(rules: Rules = None) -> None:
    """Check every rule file and list all mistakes at once. Exit code 4 when there is any. Names unfilled drafts and doubtful figures."""
    from pipelines.rulebook.check_rulebook import check_and_notes
    from pipelines.rulebook.text_table import counted

    folder = _folder(rules)
    mistakes, todo, doubtful = check_and_notes(folder)
    _print(mistakes)
    for title, notes in (
        ("Drafts to be filled in (no mistake, but they are judged by nothing):", todo),
        ("Figures to look at again in print (no mistake, they are judged):", doubtful),
    ):
        _print([title, *(f"  {note}" for note in notes)] if notes else [])
    if mistakes:
        typer.echo(f"{counted(len(mistakes), 'mistake')} in {folder}", err=True)
        raise typer.Exit(BLOCKED)
    typer.echo(f"No mistake in {folder}")


@rules_app.command("show")
def show(rule_id: Annotated[str, typer.Argument(metavar="ID", help="Rule id.")], on: Day = None, rules: Rules = None) -> None:
    """One rule in words: dated values, scope, method, citation, evidence, verifications."""
    from pipelines.rulebook.find import find_rule
    from pipelines.rulebook.show import rule_lines
    from pipelines.rulebook.verification import people_needed

    rulebook = _rulebook(rules)
    _print(rule_lines(find_rule(rulebook, rule_id), on, people_needed(rulebook.rules)))


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
    _print(compare_lines(rulebook, find_indicator(rulebook, indicator), sector, on))


@rules_app.command("explain")
def explain(
    plant: Annotated[str, typer.Argument(help="Plant id.")],
    indicator: Annotated[str, typer.Argument(help="Indicator id, or a name that files use for it.")],
    on: Annotated[
        date | None,
        typer.Option(
            "--on",
            parser=read_day,
            metavar="DAY",
            help="Judge the twelve months that are over on another day. Default: the day of the run.",
        ),
    ] = None,
    home: HomeFolder = None,
    rules: Annotated[
        Path | None,
        typer.Option("--rules", help="Judge by this folder, its drafts as if active. Default: as the run judged."),
    ] = None,
) -> None:
    """Every regime for an indicator of a plant, on one basis and one ruler: which one counts and why."""
    from pipelines.rulebook.explain import effective_lines, explain_lines, find_asked, find_plant
    from pipelines.rulebook.trial import trial_lines

    with published_rows(home) as read:
        find_plant(read, plant)
        trial = _trial(rules, read) if rules else None
        if trial is None and on in (None, _as_of(read)):
            _print(explain_lines(read, find_asked(read, plant, indicator)))
            return
    wanted = ("int_plants__effective_limits", "int_plants__rule_standing")
    with _rejudged(home, trial, wanted, on, plant) as (read, run):
        asked = find_asked(read, plant, indicator)
        _print([f"Judged again on the data of the published run{f' by {rules}' if rules else ''}. The run itself, as of {_as_of(run)}:"])
        _print(f"  {line}" for line in effective_lines(run, asked))
        _print(["  It received data for its own window only; days outside it have none."] if on else [])
        _print([*(trial_lines(trial) if trial else []), ""])
        _print(explain_lines(read, asked, trial.drafts if trial else ()))


@rules_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="REV1", help="Revision of git (commit, branch, tag), or a folder of rule files.")],
    new: Annotated[str, typer.Argument(metavar="REV2", help="The later one.")],
    home: HomeFolder = None,
    rules: Rules = None,
) -> None:
    """What changed between two states of the rules, in words, with the periods concerned; with --home also the plants."""
    from pipelines.rulebook.diff import diff_lines
    from pipelines.rulebook.load import load_rulebook
    from pipelines.rulebook.revisions import rules_at

    folder = _folder(rules)
    with rules_at(old, folder) as before, rules_at(new, folder) as after:
        earlier, later = load_rulebook(_folder(before)), load_rulebook(_folder(after))
        concerned = (_plants_in_scope(home, earlier), _plants_in_scope(home, later)) if home else None
    _print(diff_lines(earlier, later, concerned))


@rules_app.command("impact")
def impact(
    rules: Annotated[Path, typer.Option("--rules", help="Folder of the draft rule set; its drafts are judged as if active.")],
    home: HomeFolder = None,
) -> None:
    """Judge last night's data by a draft rule set: plants, loans and exposure that would flip. The published run stays untouched."""
    from pipelines.rulebook.impact import impact_lines
    from pipelines.rulebook.trial import trial_lines
    from pipelines.warehouse.rejudge import PUBLISHED

    with published_rows(home) as read:
        trial = _trial(rules, read)
    with _rejudged(home, trial) as (read, _):
        changes, *rest = impact_lines(read, PUBLISHED)
        _print([*changes, *trial_lines(trial), *(line for part in rest for line in part)])


@rules_app.command("unverified")
def unverified(
    home: HomeFolder = None,
    most: Annotated[int, typer.Option("--most", min=1, help="Only so many rules.")] = 20,
) -> None:
    """What to check in print next, by the exposure that hangs on it."""
    from pipelines.rulebook.unverified import unverified_lines

    with published_rows(home) as read:
        _print(unverified_lines(read, most))


@rules_app.command("docs")
def docs(
    out: Annotated[Path, typer.Option("--out", help="Folder to write; empty, absent, or made by this command.")],
    rules: Rules = None,
) -> None:
    """Write the library as Markdown: an index with counts and a page an instrument."""
    from pipelines.rulebook.rule_pages import write_pages

    written = write_pages(_rulebook(rules), out)
    typer.echo(f"{len(written)} pages written; begin with {out / 'index.md'}")


@rules_app.command("new")
def new(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="<instrument id>__<subject>_<measure>, such as id_p19_2017__kiln_so2.")],
    kind: Annotated[str, typer.Option(help="limit, prohibition or requirement.")],
    sector: Annotated[str, typer.Option(help="Sector it is about.")] = "cement",
    process: Annotated[str | None, typer.Option(help="Process it is about. Default: the first of the sector.")] = None,
    indicator: Annotated[str | None, typer.Option(help="Indicator of a limit, or item of evidence of a requirement.")] = None,
    unit: Annotated[str | None, typer.Option(help="Unit as printed. Default: that of the indicator.")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="ISO3 country, province or EU, IFC, GLOBAL. Default: as the id says.")] = None,
    layer: Annotated[str, typer.Option(help="Layer of a new instrument.")] = "host_law",
    title: Annotated[str | None, typer.Option(help="Title of the rule.")] = None,
    rules: Rules = None,
) -> None:
    """Write a draft rule file to fill in (and its instrument, where that is new). Nothing is overwritten."""
    from pipelines.rulebook.new_rule import Wish, write_rule

    wish = Wish(rule_id, kind, sector, process, indicator, unit, jurisdiction, layer, title)
    folder = _folder(rules)
    _print(f"written: {path}" for path in write_rule(folder, wish))
    typer.echo("Fill in every line that says TODO and delete the word (a comment behind # may go, too). Then:")
    typer.echo(f"  greencap rules check --rules {folder}")


@rules_app.command("verify")
def verify(
    rule_id: Annotated[str, typer.Argument(metavar="ID", help="Rule id.")],
    by: Annotated[str, typer.Option(help="Who read the print.")],
    edition: Annotated[str, typer.Option(help="Edition that was read, as it names itself.")],
    page: Annotated[str, typer.Option(help="Page, table or clause where the figure stands.")],
    on: Annotated[date, typer.Option(parser=read_day, metavar="DAY", help="Day it was read, as 2026-06-30; not after today.")],
    is_confirmed: Annotated[bool, typer.Option("--value-confirmed/--value-differs", help="Whether the print says what the rule says.")],
    rules: Rules = None,
) -> None:
    """Record who held a rule against the printed text; raises the evidence when enough people have."""
    from pipelines.rulebook.verify import Check, record_verification

    _print(record_verification(_folder(rules), rule_id, Check(by, on, edition, page, is_confirmed), datetime.now().astimezone().date()))


def _folder(rules: Path | None) -> Path:
    folder = rules or settings.RULES_FOLDER
    if not folder.is_dir():
        raise WrongUseError(f"{folder}: there is no such folder of rule files; name one with --rules, or leave the option out")
    if not (folder / "vocabulary.yaml").is_file() and not (folder / "units.yaml").is_file():
        inner = folder / "rules"
        advice = f"perhaps {inner}" if (inner / "units.yaml").is_file() else "name the folder that holds units.yaml and vocabulary.yaml"
        raise WrongUseError(f"{folder}: is no folder of rule files; {advice}")
    return folder


def _trial(rules: Path | None, read: Read) -> Trial:
    """The rules of a folder, with those drafts active that the published run does not hold."""
    from pipelines.rulebook.published_sql import HASHES_SQL
    from pipelines.rulebook.trial import as_if_active

    return as_if_active(_rulebook(rules), {row["rule_id"]: row["rule_sha256"] for row in read(HASHES_SQL, [])})


@contextmanager
def _rejudged(
    home: Path | None, trial: Trial | None, wanted: Collection[str] = (), day: date | None = None, plant: str | None = None
) -> Iterator[tuple[Read, Read]]:
    """The published run judged again beside it, and the run itself.

    Args: trial: rules to judge by; None = as the run. wanted: models needed. day: to which the run is moved. plant: only this one.
    """
    from pipelines.given_tables import given_schemas
    from pipelines.rulebook.compile import rulebook_tables
    from pipelines.run_readings import READINGS_TABLE, stored_readings
    from pipelines.run_settings import moved_settings
    from pipelines.warehouse import database
    from pipelines.warehouse.rejudge import one_plant, rejudged
    from pipelines.warehouse.sql_models import load_models

    tables = rulebook_tables(trial.rulebook) if trial else {}
    models = load_models(settings.SQL_FOLDER, database.arrow_types(given_schemas()))
    with published_rows(home) as run:
        if day:
            tables["ref_run__settings"] = moved_settings(run("select * from ref_run__settings", [])[0], day)
        only = one_plant(plant) if plant else None
        readings = stored_readings(run, (home or settings.default_home()).absolute())
        sources = {READINGS_TABLE: readings} if readings else None
        with rejudged(published_database(home), tables, models, settings.memory_limit(), wanted, only, sources) as con:
            yield lambda sql, params: database.read_rows(con, sql, params), run


def _plants_in_scope(home: Path, rulebook: Rulebook) -> dict[str, list[str]]:
    """Rule id → plants of the published run in its scope, drafts included; a plant that may be in scope has a question mark."""
    from pipelines.rulebook.published_sql import IN_SCOPE_SQL
    from pipelines.rulebook.trial import as_if_active

    found: dict[str, list[str]] = {}
    with _rejudged(home, as_if_active(rulebook, {}), ["int_rules__applicability"]) as (read, _):
        for row in read(IN_SCOPE_SQL, []):
            found.setdefault(row["rule_id"], []).append(row["plant_id"] + ("" if row["is_certain"] else "?"))
    return found


def _as_of(read: Read) -> date:
    from pipelines.rulebook.published_sql import RUN_SQL

    day: date = read(RUN_SQL, [])[0]["as_of_date"]
    return day


def _rulebook(rules: Path | None) -> Rulebook:
    from pipelines.rulebook.load import load_rulebook

    return load_rulebook(_folder(rules))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)

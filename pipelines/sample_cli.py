"""The command `greencap sample`: draw verdicts for an auditor and write the working paper. Parse, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from pipelines.errors import WrongUseError
from pipelines.published_run import published_rows

#: What the population may be divided by.
STRATA = ("state", "sector", "layer", "family", "kind", "severity", "evidence", "country_iso3")
_RUN = "select run_id, as_of_date from ref_run__settings"


def add_sample_command(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(sample)


def sample(
    out: Annotated[Path, typer.Option(help="Working paper to write, .xlsx.")],
    n: Annotated[int, typer.Option("--n", help="How many verdicts.")] = 59,
    seed: Annotated[str, typer.Option(help="Any number or word; the same one draws the same verdicts on any machine.")] = "1",
    stratify: Annotated[str | None, typer.Option(help=f"Draw from each by its share: {', '.join(STRATA)}. Default: not at all.")] = None,
    weight: Annotated[str | None, typer.Option(help="exposure: the larger the exposure behind the plant, the likelier.")] = None,
    home: Annotated[Path | None, typer.Option(help="Folder of runs. Default: GREENCAP_HOME, else ./greencap_home.")] = None,
) -> None:
    """Draw an audit sample over everything that passed or failed in the published run, and write it as a working paper."""
    from pipelines.ledger.sampling import draw
    from pipelines.report.working_paper import write_working_paper
    from pipelines.report.working_paper_items import ITEMS_SQL

    _check_options(out, stratify, weight)
    with published_rows(home) as read:
        rows, run = read(ITEMS_SQL), read(_RUN)[0]
    taken = draw(
        rows,
        n,
        seed,
        key=_key,
        stratum=(lambda row: row[stratify]) if stratify else None,
        weight=(lambda row: row["exposure_usd"]) if weight else None,
    )
    about = {
        "Run": run["run_id"],
        "As of": run["as_of_date"],
        "Population": f"{len(rows)} verdicts that pass or fail, of all plants received",
        "Without exposure": f"{sum(row['exposure_usd'] <= 0 for row in rows)} of them; never drawn" if weight else "drawn like the others",
        "Items": len(taken),
        "Seed": seed,
        "Strata": stratify or "none",
        "Weight": weight or "none; each verdict alike",
        "Drawn by": "the smallest -ln(u)/weight, u from the first 64 bits of sha256 over seed|threshold|entity|last day of the period",
        "What it proves": "nothing: the chances of items differ" if stratify or weight else _conclusion(len(taken), len(rows)),
        "Again": _command(n, seed, stratify, weight),
    }
    write_working_paper(out, taken, about)
    typer.echo(f"{len(taken)} of {len(rows)} verdicts that pass or fail, seed {seed}: {out}")
    for name in ("Without exposure", "Strata", "What it proves"):
        typer.echo(f"  {name}: {about[name]}")


def _check_options(out: Path, stratify: str | None, weight: str | None) -> None:
    if out.suffix.lower() != ".xlsx":
        raise WrongUseError(f"--out {out}: name a file that ends in .xlsx")
    if not out.absolute().parent.is_dir():
        raise WrongUseError(f"--out {out}: there is no folder {out.absolute().parent}; make it first")
    if stratify is not None and stratify not in STRATA:
        raise WrongUseError(f"--stratify {stratify}: write one of {', '.join(STRATA)}")
    if weight not in (None, "exposure"):
        raise WrongUseError(f"--weight {weight}: write exposure, or leave it out")


def _key(row: Any) -> str:
    """Names a verdict: threshold, entity and last day of the period."""
    return f"{row['threshold_id']}|{row['entity_id']}|{row['period_end_date']}"


def _conclusion(count: int, population: int) -> str:
    """Largest share of wrong items that would still show none in the sample in one case of twenty: 1 - 0.05^(1/n)."""
    if count == population:
        return "everything: no verdict is left out"
    return f"if no item is wrong, with 95 % confidence at most {1 - 0.05 ** (1 / count):.2%} of the population are"


def _command(n: int, seed: str, stratify: str | None, weight: str | None) -> str:
    parts = [f"greencap sample --n {n} --seed {seed}", f"--stratify {stratify}" if stratify else "", f"--weight {weight}" if weight else ""]
    return " ".join(filter(None, [*parts, "--out FILE.xlsx --home HOME"]))

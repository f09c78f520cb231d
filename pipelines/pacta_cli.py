"""The commands `greencap match`, `prioritize` and `align`: PACTA's files in, PACTA's files out. Parse, call, write."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import settings
from pipelines.errors import WrongUseError

Out = Annotated[Path, typer.Option("--out", help="CSV file to write.")]


def add_pacta_commands(app: typer.Typer) -> None:
    """Give the command its PACTA parts."""
    app.command("match")(match)
    app.command("prioritize")(prioritize)
    app.command("align")(align)


def match(
    loanbook: Annotated[Path, typer.Option("--loanbook", help="Loan book in the columns of r2dii.data.")],
    companies: Annotated[Path, typer.Option("--companies", help="Company data (abcd): name_company, sector …")],
    classification: Annotated[Path, typer.Option("--classification", help="Sector codes: sector, borderline, code, code_system.")],
    out: Out,
    min_score: Annotated[float, typer.Option("--min-score", min=0, max=1, help="Lowest score of a candidate.")] = 0.8,
    by_sector: Annotated[bool, typer.Option("--by-sector/--no-by-sector", help="Compare within the loan's sector only.")] = True,
    method: Annotated[str, typer.Option("--method", help="jw (Jaro-Winkler), lv (Levenshtein) or osa.")] = "jw",
    prefix_weight: Annotated[float, typer.Option("--prefix-weight", min=0, max=0.25, help="p of Jaro-Winkler; 0 is plain Jaro.")] = 0.1,
    overwrite: Annotated[
        Path | None, typer.Option("--overwrite", help="Names and sectors set by hand: level, id_2dii, name, sector, source.")
    ] = None,
) -> None:
    """Match the borrowers of a loan book to companies by name, as PACTA's match_name() does."""
    from pipelines.matching.pacta_match import ADDED_COLUMNS, Scoring, match_loanbook
    from pipelines.matching.similarity import METHODS
    from pipelines.sources import pacta_tables as tables

    if method not in METHODS:
        raise WrongUseError(f"--method {method}: unknown; use one of {', '.join(METHODS)}")
    loans = tables.read_table(loanbook, tables.LOANBOOK_COLUMNS)
    tables.hold_unique_loans(loanbook, loans)
    rows = match_loanbook(
        loans,
        tables.companies(companies),
        tables.classification(classification),
        Scoring(min_score, method, prefix_weight, by_sector),
        tables.read_table(overwrite, tables.OVERWRITE_COLUMNS) if overwrite else (),
    )
    tables.write_table(out, [*(loans[0] if loans else tables.LOANBOOK_COLUMNS), *ADDED_COLUMNS], rows)
    sure = sum(row["score"] == "1" for row in rows)
    matched = len({row["id_loan"] for row in rows})
    typer.echo(f"{len(rows)} rows, {sure} of them with score 1, for {matched} of {len(loans)} loans: {out}")
    typer.echo(
        "Look at every row below 1: write 1 where it is the same company, delete the row where it is not. Then `greencap prioritize`."
    )


def prioritize(
    matched: Annotated[Path, typer.Option("--matched", help="What `greencap match` wrote, looked through.")],
    out: Out,
    last_level_first: Annotated[bool, typer.Option("--last-level-first", help="Ultimate parent before direct borrower.")] = False,
    coverage: Annotated[Path | None, typer.Option("--coverage", help="Also write how much of the book was matched, by sector.")] = None,
    loanbook: Annotated[Path | None, typer.Option("--loanbook", help="The whole loan book, for --coverage.")] = None,
    classification: Annotated[Path | None, typer.Option("--classification", help="Sector codes, for --coverage.")] = None,
) -> None:
    """One row a loan and sector: of the matches with score 1 the direct borrower's before its parents', as PACTA's prioritize() does."""
    from pipelines.matching.pacta_match import prioritize_matches
    from pipelines.sources import pacta_tables as tables

    rows = tables.read_table(matched, tables.MATCHED_COLUMNS)
    tables.hold_scores(matched, rows)
    chosen = prioritize_matches(rows, (lambda levels: levels[::-1]) if last_level_first else None)
    tables.write_table(out, list(rows[0]) if rows else tables.MATCHED_COLUMNS, chosen)
    typer.echo(f"{len(chosen)} matches of {len({row['id_loan'] for row in chosen})} loans: {out}")
    if coverage:
        if not loanbook or not classification:
            raise WrongUseError("--coverage compares the matches with the whole book; give --loanbook and --classification too")
        _write_coverage(coverage, loanbook, classification, chosen)


def _write_coverage(coverage: Path, loanbook: Path, classification: Path, chosen: list[dict[str, str | None]]) -> None:
    from pipelines.matching.pacta_coverage import COLUMNS, coverage_rows
    from pipelines.sources import pacta_tables as tables

    loans = tables.read_table(loanbook, [*tables.LOANBOOK_COLUMNS, "loan_size_outstanding"])
    tables.hold_unique_loans(loanbook, loans)
    tables.hold_numbers(loanbook, loans, ("loan_size_outstanding",))
    tables.write_table(coverage, COLUMNS, coverage_rows(loans, chosen, tables.classification(classification)))
    typer.echo(f"Coverage by sector: {coverage}")


def align(
    matched: Annotated[Path, typer.Option("--matched", help="What `greencap prioritize` wrote.")],
    companies: Annotated[Path, typer.Option("--companies", help="Company data (abcd) with production and emission_factor by year.")],
    scenario: Annotated[Path, typer.Option("--scenario", help="Emission factors: scenario_source, scenario, sector, region, year …")],
    regions: Annotated[Path, typer.Option("--regions", help="Countries of regions: region, isos, source.")],
    out: Out,
    by_company: Annotated[bool, typer.Option("--by-company", help="A target for each company instead of the book.")] = False,
    weight: Annotated[str, typer.Option("--weight", help="outstanding or credit-limit.")] = "outstanding",
) -> None:
    """Sectoral Decarbonization targets of a matched book, as PACTA's target_sda() gives them."""
    from pipelines.sources.pacta_alignment import WEIGHTS, alignment_tables
    from pipelines.sources.pacta_tables import write_table
    from pipelines.warehouse.alignment import pacta_targets

    if weight not in WEIGHTS:
        raise WrongUseError(f"--weight {weight}: unknown; use one of {', '.join(WEIGHTS)}")
    tables = alignment_tables(matched, companies, scenario, regions, weight)
    rows = pacta_targets(settings.SQL_FOLDER, tables, by_company)
    names = ["name_abcd"] if by_company else []
    columns = ["sector", "year", "region", "scenario_source", *names, "emission_factor_metric", "emission_factor_value"]
    write_table(out, columns, [row | {"emission_factor_value": _digits(row["emission_factor_value"])} for row in rows])
    typer.echo(f"{len(rows)} rows for {', '.join(sorted({row['sector'] for row in rows})) or 'no sector'}: {out}")


def _digits(value: float | None) -> str | None:
    return None if value is None else f"{value:.17g}"

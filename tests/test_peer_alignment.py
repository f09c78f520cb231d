"""Targets and alignment scores equal the peer's (r2dii.analysis 0.5.3, pacta.multi.loanbook 0.1.1), as sets of rows to 1e-9."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.settings import SQL_FOLDER
from pipelines.sources.pacta_alignment import alignment_tables
from pipelines.warehouse.alignment import pacta_targets
from pipelines.warehouse.database import build_model, connect, read_rows, write_table
from pipelines.warehouse.sql_models import named_models

CASES = Path(__file__).parents[2] / "shared" / "cases"
INPUTS, SDA, ALIGNMENT = CASES / "pacta_inputs", CASES / "pacta_sda", CASES / "pacta_alignment"
MICRO = sorted(path.name.removesuffix("_abcd.csv") for path in (SDA / "micro").glob("*_abcd.csv"))
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the peer cases are not beside this checkout (../shared/cases)")


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def hold_equal(rows: list[dict[str, Any]], expected: Path, is_by_company: bool) -> None:
    names = ("sector", "year", "region", "scenario_source", "emission_factor_metric") + (("name_abcd",) if is_by_company else ())
    found = {tuple(str(row[name]) for name in names): row["emission_factor_value"] for row in rows}
    theirs = {tuple(row[name] for name in names): float(row["emission_factor_value"]) for row in cells(expected)}
    assert len(found) == len(rows)
    assert found.keys() == theirs.keys()
    assert max(abs(found[key] - theirs[key]) for key in theirs) < 1e-9


def demo(matched: Path, weight: str = "outstanding") -> dict[str, pa.Table]:
    files = (INPUTS / "abcd_demo.csv", INPUTS / "co2_intensity_scenario_demo.csv", INPUTS / "region_isos_demo.csv")
    return alignment_tables(matched, *files, weight)


@pytest.mark.parametrize(
    ("expected", "weight", "is_by_company"),
    [("portfolio", "outstanding", False), ("by_company", "outstanding", True), ("credit_limit", "credit-limit", False)],
)
def test_targets_of_the_demo_book_are_the_peers(expected: str, weight: str, is_by_company: bool) -> None:
    tables = demo(CASES / "pacta_match" / "expected_prioritize_default.csv", weight)
    hold_equal(pacta_targets(SQL_FOLDER, tables, is_by_company), SDA / f"expected_target_sda_{expected}.csv", is_by_company)


def test_targets_of_the_book_of_a_thousand_loans_are_the_peers() -> None:
    tables = demo(CASES / "pacta_scale" / "expected_1k_prioritize.csv")
    hold_equal(pacta_targets(SQL_FOLDER, tables, False), CASES / "pacta_scale" / "expected_1k_target_sda.csv", False)


@pytest.mark.parametrize("is_by_company", [False, True])
@pytest.mark.parametrize("case", MICRO)
def test_targets_of_the_small_worlds_are_the_peers(case: str, is_by_company: bool) -> None:
    folder = SDA / "micro"
    files = (folder / f"{case}_matched.csv", folder / f"{case}_abcd.csv", folder / f"{case}_scenario.csv", folder / "region_isos.csv")
    rows = pacta_targets(SQL_FOLDER, alignment_tables(*files, "outstanding"), is_by_company)
    hold_equal(rows, folder / f"{case}_expected_{'by_company' if is_by_company else 'portfolio'}.csv", is_by_company)


@cache
def score_models() -> tuple[Any, ...]:
    return tuple(named_models(SQL_FOLDER, ["int_alignment__company_exposure", "mart_portfolio__alignment_score"]))


def score_tables(matched: Path, companies: Path, groups: tuple[str, ...]) -> dict[str, pa.Table]:
    """A book a group of loans; a company's score is the same in each."""
    book: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in cells(matched):
        group = "|".join(row[name] for name in groups)
        key = {"portfolio_id": group, "company_id": row["name_abcd"], "sector": row["sector"]}
        book.setdefault((group, row["id_loan"], row.get("group_id", "")), key | {"loan_id": row["id_loan"], "weight_amount": 0.0})
        book[group, row["id_loan"], row.get("group_id", "")]["weight_amount"] += float(row["loan_size_outstanding"])
    portfolios = sorted({row["portfolio_id"] for row in book.values()})
    held = {(row["portfolio_id"], row["company_id"]) for row in book.values()}
    same = ("scenario_source", "scenario", "sector", "region", "direction")
    scores = [
        {name: row[name] for name in same}
        | {
            "portfolio_id": group,
            "company_id": row["name_abcd"],
            "year": int(row["year"]),
            "alignment_ratio": float(row["alignment_metric"]),
        }
        for row in cells(companies)
        for group in portfolios
        if (group, row["name_abcd"]) in held
    ]
    return {"int_alignment__book": pa.Table.from_pylist(list(book.values())), "int_alignment__company_scores": pa.Table.from_pylist(scores)}


@pytest.mark.parametrize(
    ("name", "companies", "groups"),
    [
        ("net", "net", ()),
        ("net_by_foo", "net", ("foo",)),
        ("net_by_foo_bar", "net", ("foo", "bar")),
        ("net_by_group", "net", ("group_id",)),
        ("bopo", "bopo", ()),
        ("bopo_by_foo", "bopo", ("foo",)),
    ],
)
def test_scores_of_books_and_their_parts_are_the_peers(name: str, companies: str, groups: tuple[str, ...]) -> None:
    matched = ALIGNMENT / ("micro_matched_grouped.csv" if groups else "micro_matched.csv")
    with connect(":memory:") as con:
        for table, rows in score_tables(matched, ALIGNMENT / f"micro_company_{companies}.csv", groups).items():
            write_table(con, table, rows)
        for model in score_models():
            build_model(con, model)
        found = read_rows(con, "select * from mart_portfolio__alignment_score")
        weights = read_rows(con, "select * from int_alignment__company_exposure")
    expected = cells(ALIGNMENT / f"expected_micro_{name}_aggregate.csv")
    by_key = {(row["portfolio_id"], row["sector"], row["direction"]): row for row in found}
    assert by_key.keys() == {("|".join(row[group] for group in groups), row["sector"], row["direction"]) for row in expected}
    for row in expected:
        mine = by_key["|".join(row[group] for group in groups), row["sector"], row["direction"]]
        assert (mine["company_count"], mine["aligned_company_count"]) == (int(row["n_companies"]), int(row["n_companies_aligned"]))
        assert mine["alignment_ratio"] == pytest.approx(float(row["exposure_weighted_net_alignment"]), abs=1e-9)
        if "sum_loan_size_outstanding" in row:
            assert mine["exposure_amount"] == float(row["sum_loan_size_outstanding"])
            assert mine["aligned_exposure_ratio"] == pytest.approx(float(row["share_exposure_aligned"]), abs=1e-9)
    by_company = {(row["portfolio_id"], row["company_id"]): row["exposure_weight_ratio"] for row in weights}
    for row in cells(ALIGNMENT / f"expected_micro_{name}_company.csv"):
        weight = by_company["|".join(row[group] for group in groups), row["name_abcd"]]
        assert weight == pytest.approx(float(row["exposure_weight"]), abs=1e-9)

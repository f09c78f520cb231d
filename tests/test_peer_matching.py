"""Names, scores, matches and coverage equal the peer's (r2dii.match 0.4.1), as sets of rows and to the last digit."""

from __future__ import annotations

import csv
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from pipelines.matching.pacta_alias import aliases
from pipelines.matching.pacta_coverage import coverage_rows
from pipelines.matching.pacta_match import Row, Scoring, match_loanbook, prioritize_matches
from pipelines.matching.similarity import similarities
from pipelines.sources.pacta_tables import classification, companies, read_table

CASES = Path(__file__).parents[2] / "shared" / "cases"
INPUTS = CASES / "pacta_inputs"
pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="the peer cases are not beside this checkout (../shared/cases)")


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def inputs() -> tuple[list[tuple[str, str]], dict[tuple[str, str], tuple[str, str]]]:
    return companies(INPUTS / "abcd_demo.csv"), classification(INPUTS / "sector_classifications.csv")


def matched(book: Path, scoring: Scoring | None = None, overwrite: Path | None = None) -> list[Row]:
    return match_loanbook(read_table(book, []), *inputs(), scoring or Scoring(), read_table(overwrite, []) if overwrite else ())


def as_set(rows: list[Row]) -> dict[tuple[str | None, ...], float]:
    columns = ("id_loan", "level", "name_abcd", "sector_abcd", "id_2dii", "sector", "name", "source", "borderline")
    found = {tuple(row[column] for column in columns): float(row["score"] or "nan") for row in rows}
    assert len(found) == len(rows)
    return found


def hold_equal(rows: list[Row], expected: Path) -> None:
    found, theirs = as_set(rows), as_set(read_table(expected, []))
    assert found.keys() == theirs.keys()
    assert max(abs(found[key] - theirs[key]) for key in theirs) < 1e-9


@pytest.mark.parametrize(("is_removed", "column"), [(False, "alias"), (True, "alias_ownership_removed")])
def test_aliases_of_every_script_are_the_peers(is_removed: bool, column: str) -> None:
    rows = cells(CASES / "pacta_alias" / "expected_aliases.csv")[1:]  # the first is a missing name
    assert len(rows) == 46
    assert aliases([row["name"] for row in rows], is_removed) == [row[column] for row in rows]


def test_aliases_of_all_demo_names_are_the_peers() -> None:
    rows = cells(CASES / "pacta_alias" / "expected_aliases_demo.csv")
    assert len(rows) == 641
    assert aliases([row["name"] for row in rows]) == [row["alias"] for row in rows]


@pytest.mark.parametrize(
    ("column", "method", "weight"), [("jw_p0.1", "jw", 0.1), ("jaro_p0", "jw", 0.0), ("lv", "lv", 0.0), ("osa", "osa", 0.0)]
)
def test_similarities_are_the_peers(column: str, method: str, weight: float) -> None:
    rows = cells(CASES / "pacta_alias" / "expected_similarity_pairs.csv")
    scores = similarities([row["a"] for row in rows], [row["b"] for row in rows], method, weight)
    assert len(rows) == 406
    assert max(abs(score - float(row[column])) for score, row in zip(scores.tolist(), rows, strict=True)) < 1e-12


@pytest.mark.parametrize(
    ("name", "scoring", "overwrite"),
    [
        ("default", Scoring(), None),
        ("min_score_0.9", Scoring(min_score=0.9), None),
        ("by_sector_false", Scoring(is_by_sector=False), None),
        ("method_lv", Scoring(method="lv"), None),
        ("p0", Scoring(prefix_weight=0.0), None),
        ("overwrite_demo", Scoring(), INPUTS / "overwrite_demo.csv"),
    ],
)
def test_matches_of_the_demo_book_are_the_peers(name: str, scoring: Scoring, overwrite: Path | None) -> None:
    hold_equal(matched(INPUTS / "loanbook_demo.csv", scoring, overwrite), CASES / "pacta_match" / f"expected_match_name_{name}.csv")


@pytest.mark.parametrize(("name", "is_reversed"), [("default", False), ("rev", True)])
def test_priorities_of_the_demo_book_are_the_peers(name: str, is_reversed: bool) -> None:
    rows = prioritize_matches(matched(INPUTS / "loanbook_demo.csv"), (lambda levels: levels[::-1]) if is_reversed else None)
    hold_equal(rows, CASES / "pacta_match" / f"expected_prioritize_{name}.csv")


def test_matches_of_the_book_of_a_thousand_loans_are_the_peers() -> None:
    rows = matched(CASES / "pacta_scale" / "loanbook_1k.csv")
    hold_equal(rows, CASES / "pacta_scale" / "expected_1k_match_name.csv")
    first = {(row["id_loan"], row["level"]): row for row in reversed(rows) if row["score"] == "1"}
    hold_equal(prioritize_matches(list(first.values())), CASES / "pacta_scale" / "expected_1k_prioritize.csv")


def test_ten_thousand_loans_have_the_matches_of_their_names_one_by_one() -> None:
    """The peer's answer for this book is not kept; a sample of its names matched alone must give the same."""
    rows = matched(CASES / "pacta_scale" / "loanbook_10k.csv")
    book = read_table(CASES / "pacta_scale" / "loanbook_10k.csv", [])[::400]
    alone = [row for loan in book for row in match_loanbook([loan], *inputs())]
    key = lambda row: (row["id_loan"], row["level"], row["name_abcd"], row["score"])  # noqa: E731
    chosen = {loan["id_loan"] for loan in book}
    assert len(book) == 25
    assert alone
    assert sorted(map(key, alone)) == sorted(key(row) for row in rows if row["id_loan"] in chosen)


def test_the_matched_share_of_the_book_is_the_peers() -> None:
    folder = CASES / "pacta_coverage"
    book = read_table(folder / "loanbook_two_mismatches.csv", [])
    rows = coverage_rows(book, prioritize_matches(match_loanbook(book, *inputs())), inputs()[1])
    money = {(row["matched"], row["sector"]): (row["loan_size_outstanding"], row["loans"]) for row in rows}
    theirs = {
        (row["matched"], row["sector"] or None): (Decimal(row["loan_size_outstanding"]), int(row["n"]))
        for row in cells(folder / "expected_value_by_matched_sector.csv")
    }
    assert money == theirs
    counts = {(row["sector"], row["matched"]): row["companies"] for row in rows}
    assert counts == {
        (row["sector"] or None, row["matched"]): int(row["no_companies"]) for row in cells(folder / "expected_companies_by_sector.csv")
    }
    for name, is_in_scope in (("by_matched", False), ("by_matched_in_scope", True)):
        for row in cells(folder / f"expected_value_{name}.csv"):
            kept = [
                mine
                for mine in rows
                if mine["matched"] == row["matched"] and not (is_in_scope and mine["sector"] in ("not in scope", None))
            ]
            assert sum(int(mine["loans"]) for mine in kept) == int(row["n"])  # type: ignore[call-overload]
            assert sum(mine["loan_size_outstanding"] for mine in kept) == Decimal(row["loan_size_outstanding"])  # type: ignore[misc]

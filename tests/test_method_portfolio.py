"""The method page of the portfolio: its worked sums come out, and its lists are those of the models and the policies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_policy import POLICIES
from pipelines.settings import RULES_FOLDER, SQL_FOLDER
from tests.sql_cases import models

PAGE = (Path(__file__).parents[1] / "docs" / "method_portfolio.md").read_text(encoding="utf-8")
#: A worked sum of the page: numbers, signs and brackets, an equals sign, a result.
SUM = re.compile(r"`([\d.,+−×/() ]+) = ([\d.,]+)`")


def computed(words: str) -> float:
    plain = words.replace(",", "").replace("×", "*").replace("−", "-")
    # digits and signs only, so that it can be computed as it stands
    assert re.fullmatch(r"[\d.+\-*/() ]+", plain), words
    return float(eval(plain))


def test_the_worked_sums_come_out() -> None:
    sums = SUM.findall(PAGE)
    assert len(sums) >= 15, sums
    for words, printed in sums:
        digits = len(printed.partition(".")[2])
        assert round(computed(words), digits) == pytest.approx(float(printed.replace(",", ""))), f"{words} = {printed}"


def test_the_formulas_have_their_worked_numbers_in_the_cases_of_the_models() -> None:
    cases = "".join(path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "sql").glob("*.yaml")))
    for number in (1, 2, 3, 4, 5, 7, 8, 11, 14, 17):
        assert re.search(rf"\bF{number}\b", cases), f"F{number} has no case"
        assert re.search(rf"\bF{number}\b", PAGE), f"F{number} is not on the page"


def test_every_table_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:int|mart)_[a-z_]+)`", PAGE))
    assert len(named) >= 20
    assert named - {path.stem for path in SQL_FOLDER.rglob("*.sql")} == set()


def test_every_weighting_is_explained() -> None:
    columns = [column.name for column in models()["int_loans__weights"].columns]
    weights = set(columns[columns.index("outstanding") :])
    table = PAGE[PAGE.index("## 6.") : PAGE.index("## 7.")]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", table, re.MULTILINE)) == weights


def test_the_keys_of_the_policies_and_the_numbers_they_hold_are_those_of_the_page() -> None:
    for policy, keys in {
        "attribution": ("across_sectors", "split_penalty", "ownership_penalty"),
        "weighting": ("warning_ratio",),
        "early_warning": ("enter_below_ratio", "exit_above_ratio"),
    }.items():
        assert set(keys) <= set(POLICIES[policy])
        assert all(f"`{key}`" in PAGE for key in keys)
    fx = load_rulebook(RULES_FOLDER).rules["fx"].values  # type: ignore[union-attr]
    assert f"up to {fx['max_age_days_day'][0]} days old" in PAGE
    assert f"up to {fx['max_age_days_month'][0]} days" in PAGE

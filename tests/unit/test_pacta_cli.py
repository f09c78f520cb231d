"""`greencap match` and `prioritize`: files in, files out, mistakes named."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import GreenCapacityError

LOANBOOK = """\
id_loan,id_direct_loantaker,name_direct_loantaker,id_ultimate_parent,name_ultimate_parent,loan_size_outstanding,\
sector_classification_system,sector_classification_direct_loantaker
L1,C1,Alpha Cement AG,U1,NA,100,NACE,C23.51
L2,C2,"Beta, Cemant",U1,,50,NACE,C23.51
L3,C3,Nobody,U1,,25,NACE,C23.51
"""
COMPANIES = "name_company,sector,plant_location\nAlpha Cement AG,cement,NA\nBeta Cement,cement,DE\n"
CODES = "sector,borderline,code,code_system\ncement,FALSE,C23.51,NACE\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("loans", LOANBOOK), ("companies", COMPANIES), ("codes", CODES)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def call(folder: Path, command: str) -> str:
    """Output of a command in which `@name` is a file of the folder."""
    words = [str(folder / f"{word[1:]}.csv") if word.startswith("@") else word for word in command.split()]
    done = CliRunner().invoke(app, words)
    if done.exception and isinstance(done.exception, GreenCapacityError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


MATCH = "match --loanbook @loans --companies @companies --classification @codes --out @matched"


def test_matching_reviewing_and_prioritising_go_through_files(folder: Path) -> None:
    assert "2 rows, 1 of them with score 1, for 2 of 3 loans" in call(folder, MATCH)
    found = rows(folder / "matched.csv")
    assert [(row["id_loan"], row["level"], row["name_abcd"]) for row in found] == [
        ("L1", "direct_loantaker", "Alpha Cement AG"),
        ("L2", "direct_loantaker", "Beta Cement"),
    ]
    text = (folder / "matched.csv").read_text(encoding="utf-8").replace(found[1]["score"], "1")
    (folder / "matched.csv").write_text(text, encoding="utf-8")
    call(folder, "prioritize --matched @matched --out @chosen --coverage @coverage --loanbook @loans --classification @codes")
    assert [row["id_loan"] for row in rows(folder / "chosen.csv")] == ["L1", "L2"]
    assert [tuple(row.values()) for row in rows(folder / "coverage.csv")] == [
        ("cement", "Matched", "150", "2", "2"),
        ("cement", "Not Matched", "25", "1", "1"),
    ]


def test_the_lowest_score_is_the_callers(folder: Path) -> None:
    assert "1 rows" in call(folder, MATCH + " --min-score 0.99")
    assert "1 rows" in call(folder, MATCH + " --method lv --min-score 0.95")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("loans", "id_loan,", "loan,", "loans.csv, row 1: column id_loan is missing"),
        ("loans", "L2,", "L1,", "loans.csv, row 3: id_loan L1 stands here a second time"),
        ("loans", "L2,", ",", "loans.csv, row 3: id_loan is missing"),
        ("loans", '"Beta, Cemant"', "Beta, Cemant", "loans.csv, row 3: it has not the 8 cells"),
        (
            "codes",
            "FALSE,C23.51,NACE\n",
            "FALSE,C23.51,NACE\nsteel,FALSE,C23.51,NACE\n",
            "codes.csv, row 3: code C23.51 of NACE has a second",
        ),
        ("companies", "name_company,sector", "sector,sector", "companies.csv, row 1: column name_company is missing"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_row(folder: Path, name: str, old: str, new: str, message: str) -> None:
    path = folder / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GreenCapacityError, match=message.replace(".", r"\.")):
        call(folder, MATCH)


@pytest.mark.parametrize("score", ["", "1.5", "yes"])
def test_a_score_that_is_none_is_refused(folder: Path, score: str) -> None:
    (folder / "matched.csv").write_text(
        f"id_loan,level,name_abcd,sector_abcd,sector,score\nL1,direct_loantaker,A,cement,cement,{score}\n", encoding="utf-8"
    )
    with pytest.raises(GreenCapacityError, match=r"matched\.csv, row 2: score"):
        call(folder, "prioritize --matched @matched --out @chosen")


def test_wrong_use_is_told(folder: Path) -> None:
    with pytest.raises(GreenCapacityError, match="--method cosine: unknown"):
        call(folder, MATCH + " --method cosine")
    with pytest.raises(GreenCapacityError, match="there is no such file"):
        call(folder, MATCH.replace("@codes", "@absent"))
    call(folder, MATCH)
    with pytest.raises(GreenCapacityError, match="give --loanbook and --classification"):
        call(folder, "prioritize --matched @matched --out @chosen --coverage @coverage")


MATCHED = """\
id_loan,name_abcd,sector_abcd,loan_size_outstanding,loan_size_outstanding_currency,loan_size_credit_limit,loan_size_credit_limit_currency
L1,Alpha,steel,75,EUR,10,EUR
L2,Beta,steel,25,EUR,10,EUR
"""
PRODUCERS = """\
name_company,sector,technology,year,production,emission_factor,plant_location
Alpha,steel,bof,2020,1,2.0,NA
Alpha,steel,bof,2021,1,1.9,NA
Beta,steel,eaf,2020,1,1.0,DE
Beta,steel,eaf,2021,,1.0,DE
Gamma,steel,eaf,2020,2,1.5,DE
"""
SCENARIO = "scenario_source,scenario,sector,region,year,emission_factor\ns,nze,steel,global,2020,2\ns,nze,steel,global,2024,0.4\n"
REGIONS = "region,isos,source\nglobal,na,s\nglobal,de,s\nasia,cn,other\n"
ALIGN = "align --matched @matched --companies @producers --scenario @scenario --regions @regions --out @out"


@pytest.fixture
def world(tmp_path: Path) -> Path:
    for name, text in (("matched", MATCHED), ("producers", PRODUCERS), ("scenario", SCENARIO), ("regions", REGIONS)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    return tmp_path


def values(path: Path, metric: str) -> dict[str, float]:
    return {row["year"]: float(row["emission_factor_value"]) for row in rows(path) if row["emission_factor_metric"] == metric}


def test_targets_start_at_the_book_and_end_at_the_adjusted_scenario(world: Path) -> None:
    call(world, ALIGN)
    assert values(world / "out.csv", "projected") == {"2020": 1.75, "2021": 0.75 * 1.9}
    assert values(world / "out.csv", "corporate_economy") == {"2020": 1.5, "2021": 1.9}
    target = values(world / "out.csv", "target_nze")
    assert target["2020"] == pytest.approx(1.75)
    assert target["2022"] == pytest.approx((1.75 - 0.3) * 0.5 + 0.3)  # half of the way, and the end is added
    assert target["2024"] == values(world / "out.csv", "adjusted_scenario_nze")["2024"] == pytest.approx(0.4 * 1.5 / 2)


def test_targets_by_company_and_by_credit_limit(world: Path) -> None:
    call(world, ALIGN + " --by-company")
    starts = {row["name_abcd"]: float(row["emission_factor_value"]) for row in rows(world / "out.csv") if row["year"] == "2020"}
    assert starts["Alpha"] == 2.0
    assert starts["Beta"] == 1.0
    call(world, ALIGN + " --weight credit-limit")
    assert values(world / "out.csv", "projected")["2020"] == 1.5


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("matched", "L2,", "L1,", "matched.csv, row 3: id_loan L1 stands here a second time"),
        ("matched", "Beta", "", "matched.csv, row 3: name_abcd is missing"),
        ("matched", "25,EUR", "25,USD", "matched.csv: loan_size_outstanding_currency has EUR, USD"),
        ("matched", "L2,Beta,steel,25", "L2,Beta,steel,", "matched.csv, row 3: loan_size_outstanding None is no number"),
        ("producers", "1,2.0", "1,two", "producers.csv, row 2: emission_factor 'two' is no number"),
        ("producers", "emission_factor", "factor", "producers.csv, row 1: column emission_factor is missing"),
        ("scenario", "2024,0.4", "2024,", "scenario.csv, row 3: emission_factor None is no number"),
    ],
)
def test_a_mistake_in_a_file_of_alignment_is_told_with_its_row(world: Path, name: str, old: str, new: str, message: str) -> None:
    path = world / f"{name}.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(GreenCapacityError, match=message.replace(".", r"\.")):
        call(world, ALIGN)


def test_an_unknown_weight_is_told(world: Path) -> None:
    with pytest.raises(GreenCapacityError, match="--weight money: unknown"):
        call(world, ALIGN + " --weight money")

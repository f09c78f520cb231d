"""The commands on findings and the audit sample on a whole night; waivers across nights are acted out in test_acceptance.py."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import WrongUseError
from pipelines.night import DATABASE
from pipelines.warehouse import database


def rows(home: Path, sql: str) -> list[dict[str, Any]]:
    con = database.connect(home / "published" / "current" / DATABASE, read_only=True)
    try:
        return database.read_rows(con, sql)
    finally:
        con.close()


def greencap(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, one_night: Path) -> Path:
    return Path(shutil.copytree(one_night, tmp_path_factory.mktemp("findings") / "home", symlinks=True))


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    found = rows(home, "select * from mart_findings__register order by finding_id")
    assert found, "the examples hold no failing rule"
    return found[0]


def test_a_finding_is_listed_shown_and_answered_for(home: Path, first: dict[str, Any]) -> None:
    assert first["finding_id"] in greencap("findings", "--all", "--home", str(home))
    greencap(
        "findings",
        "comment",
        first["finding_id"],
        "--by",
        "plant@example.org",
        "--text",
        "Old filter",
        "--part",
        "cause",
        "--home",
        str(home),
    )
    shown = greencap("findings", "show", first["finding_id"], "--home", str(home))
    assert "cause      Old filter" in shown
    assert "plant@example.org" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "F-000000000000"], "no such finding"),
        (["acknowledge", "F-", "--by", "a"], "no such finding"),
        (["dispute", "{id}", "--by", "a", "--text", "no", "--confirmed-by", " A "], "another person"),
        (["comment", "{id}", "--by", "a", "--text", "t", "--part", "story"], "remark, cause, effect"),
        (["acknowledge", "{id}", "--by", "  "], "say who"),
        (["--standing", "comparison", "--all"], "leave one out"),
        (["--standing", "serious"], "binding, elimination, awaiting_verification, comparison"),
    ],
)
def test_wrong_use_of_findings_says_what_to_do(home: Path, first: dict[str, Any], arguments: list[str], said: str) -> None:
    words = [word.replace("{id}", first["finding_id"]) for word in arguments]
    with pytest.raises(WrongUseError, match=said):
        CliRunner().invoke(app, ["findings", *words, "--home", str(home)], catch_exceptions=False)


def test_an_audit_sample_covers_every_pass_and_fail_and_its_paper_agrees_with_the_run(home: Path, tmp_path: Path) -> None:
    papers = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    said = [greencap("sample", "--n", "15", "--seed", "2026", "--out", str(paper), "--home", str(home)) for paper in papers]
    count = rows(home, "select count(*) as n from int_plants__verdicts where state in ('PASS', 'FAIL')")[0]["n"]
    assert f"15 of {count} verdicts" in said[0]
    assert papers[0].read_bytes() == papers[1].read_bytes()
    assert "95 % confidence" in said[0]
    assert "no verdict is left out" in greencap("sample", "--n", str(count), "--out", str(papers[1]), "--home", str(home))
    items = list(load_workbook(papers[0], data_only=True)["Items"].iter_rows(values_only=True))
    taken = [dict(zip(items[0], item, strict=True)) for item in items[1:]]
    assert len(taken) == 15
    assert {item["Agrees"] for item in taken} <= {"yes", "look at the evidence"}
    assert "yes" in {item["Agrees"] for item in taken}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "w.csv"], "ends in .xlsx"),
        (["--out", "absent/w.xlsx"], "there is no folder"),
        (["--out", "w.xlsx", "--stratify", "colour"], "write one of state, sector"),
        (["--out", "w.xlsx", "--weight", "tonnes"], "write exposure"),
        (["--out", "w.xlsx", "--n", "0"], "at least one item"),
        (["--out", "w.xlsx", "--n", "1", "--stratify", "state"], "there are 2 strata"),
    ],
)
def test_wrong_use_of_sample_says_what_to_do(home: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(WrongUseError, match=said):
        CliRunner().invoke(app, ["sample", *arguments, "--home", str(home)], catch_exceptions=False)

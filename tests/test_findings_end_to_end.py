"""Findings on whole nights: what a loan officer, a risk manager and an auditor meet of waivers, cure periods and the audit form."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import RuleFileError, WrongUseError
from pipelines.ledger.book import Book
from pipelines.ledger.findings import findings
from pipelines.night import DATABASE
from pipelines.warehouse import database
from tests.nights import perform, small_landing

NIGHTS = (date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28))
WAIVER = """\
scope: {{rule: {rule_id}, plant: {plant_id}}}
reason: The unit closes this winter
compensating_control: Weekly visits
requester: {requester}
approver: risk.manager@example.org
requested: 2026-01-02
approved: 2026-01-03
start: {start}
expiry: 2026-02-15
"""


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
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_landing(tmp_path_factory.mktemp("findings"))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, landing: Path) -> Path:
    home = tmp_path_factory.mktemp("across_nights") / "home"
    perform(landing, home, as_of=NIGHTS[0])
    return home


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    """A finding that stays whatever the window: prohibited or failing equipment, else the first one."""
    found = rows(home, "select * from mart_findings__register order by case when operator = 'prohibited' then 0 else 1 end, finding_id")
    assert found, "the examples hold no failing rule"
    return found[0]


def waive(home: Path, first: dict[str, Any], requester: str = "loan.officer@example.org", start: str = "2026-01-03") -> None:
    (home / "waivers").mkdir(exist_ok=True)
    text = WAIVER.format(rule_id=first["rule_id"], plant_id=first["plant_id"], requester=requester, start=start)
    (home / "waivers" / "w1.yaml").write_text(text, encoding="utf-8")


def test_a_finding_lives_across_nights_with_its_waiver_and_never_improves_the_score(
    home: Path, landing: Path, first: dict[str, Any]
) -> None:
    finding_id = first["finding_id"]
    headline = rows(home, "select portfolio_id, sector, green_usd, not_green_usd, unknown_usd from mart_portfolio__headline order by all")
    assert findings(Book(home))[finding_id].state == "OPEN"

    waive(home, first, requester="Risk.Manager@example.org")
    with pytest.raises(RuleFileError, match="is the requester"):
        perform(landing, home, as_of=NIGHTS[1])
    waive(home, first, start="2025-12-31")
    with pytest.raises(RuleFileError, match=r"before approved"):
        perform(landing, home, as_of=NIGHTS[1])
    assert rows(home, "select as_of_date from ref_run__settings") == [{"as_of_date": NIGHTS[0]}]  # the last good run stays

    waive(home, first)
    greencap("findings", "acknowledge", finding_id, "--by", "officer@example.org", "--home", str(home))
    perform(landing, home, as_of=NIGHTS[1])
    held = rows(home, f"select * from mart_findings__register where finding_id = '{finding_id}'")[0]
    assert (held["state"], held["waiver_id"], held["owner"], held["open_days"]) == ("WAIVED", "w1", "officer@example.org", 31)
    (waiver,) = rows(home, "select * from mart_findings__waivers")
    assert (waiver["waiver_state"], waiver["days_to_expiry"], waiver["reminder"]) == ("ACTIVE", 15, "FIRST")
    totals = rows(home, "select sum(gross_count) as gross, sum(waived_count) as waived from mart_portfolio__findings")[0]
    assert totals["gross"] >= totals["waived"] >= 1
    now = rows(home, "select portfolio_id, sector, green_usd, not_green_usd, unknown_usd from mart_portfolio__headline order by all")
    without = [{**row} for row in headline]
    assert [row["green_usd"] for row in now] == [row["green_usd"] for row in without]

    perform(landing, home, as_of=NIGHTS[2])
    again = rows(home, f"select * from mart_findings__register where finding_id = '{finding_id}'")[0]
    assert (again["state"], again["change"], again["reopened_count"], again["waiver_id"]) == ("REOPENED", "REOPENED", 1, None)
    page = (home / "published" / "current" / "scorecard.html").read_text(encoding="utf-8")
    assert "Findings across nights" in page

    shown = greencap("findings", "show", finding_id, "--home", str(home))
    assert "criteria" in shown
    assert shown.count("event ") >= 4
    assert "officer@example.org" in shown
    assert Book(home).first_break(home / "runs") is None


def test_a_run_that_looks_back_changes_no_finding(home: Path, landing: Path) -> None:
    before = findings(Book(home))
    perform(landing, home, as_of=NIGHTS[1])
    after = findings(Book(home))
    assert {key: one.state for key, one in after.items()} == {key: one.state for key, one in before.items()}
    assert json.loads((home / "published" / "current" / "findings_changes.json").read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "F-000000000000"], "no such finding"),
        (["acknowledge", "F-", "--by", "a"], "no such finding"),
        (["dispute", "{id}", "--by", "a", "--text", "no", "--confirmed-by", " A "], "another person"),
        (["comment", "{id}", "--by", "a", "--text", "t", "--part", "story"], "remark, cause, effect"),
        (["acknowledge", "{id}", "--by", "  "], "say who"),
        (["--standing", "serious"], "binding, awaiting_verification, comparison"),
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

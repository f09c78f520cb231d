"""The pages an auditor reads: complete, in the rule's own words, offline, and the same bytes for the same results."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook import expectations
from pipelines.rulebook.compliance_sql import COUNT_COLUMNS, FAILING_COLUMNS
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import QualityRule, Rulebook
from tests.unit.rulebook.rule_folder import LIMIT, limit_folder

ROOT = Path(__file__).parents[3]
KILN = "xx_law__kiln_nox"
QUALITY = """\
title: Loans have an id
kind: quality
table: raw_bank__loans
check: no_rows_where
where: t.loan_id is null and 1 < 2
columns: [loan_id]
severity: error
message: the id is missing
what_to_do: ask the bank
owner: owner@example.org
"""
OTHERS = {
    "xx_law__met": LIMIT.replace("kilns", "mills").replace("clinker_kiln", "cement_mill"),
    "xx_law__partly": LIMIT.replace("kilns", "dryers").replace("clinker_kiln", "dryer"),
    "xx_law__nobody": LIMIT.replace("kilns", "coolers").replace("clinker_kiln", "clinker_cooler"),
    "xx_law__lost": LIMIT.replace("kilns", "raw mills").replace("clinker_kiln", "raw_mill"),
}
Build = Callable[[str], Path]


class Page(HTMLParser):
    """Text and attributes of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._in_style = False
        self.feed(path.read_text(encoding="utf-8"))
        self.text = re.sub(r"\s+", " ", self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        self.tags.append((tag, dict(attrs)))
        self.text += " " if tag in ("td", "th", "div") else ""

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        self.text += "" if self._in_style else data


@pytest.fixture(scope="module")
def rulebook(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    rules = limit_folder(tmp_path_factory.mktemp("rulebook"), LIMIT, **OTHERS)
    (rules / "quality").mkdir()
    (rules / "quality/loans__id.yaml").write_text(QUALITY, encoding="utf-8")
    return load_rulebook(rules)


def failing(number: int, **cells: Any) -> dict[str, Any]:
    row = dict.fromkeys(FAILING_COLUMNS) | {"rule_id": KILN, "entity_id": f"stack:S{number}", "period_end_date": date(2025, 1, 31)}
    return row | {"measured_value": 500.0, "limit_value": 400.0, "unit": "mg/Nm3", "operator": "at_most"} | cells


def results(rule_id: str, **counts: int) -> dict[str, Any]:
    row = {
        "rule_id": rule_id,
        **dict.fromkeys(COUNT_COLUMNS, 0),
        "worst_headroom_ratio": -0.25 if "fail_count" in counts else None,
    } | counts
    return row | {"assessed_count": row["pass_count"] + row["fail_count"]}


@pytest.fixture(scope="module")
def build(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> Build:
    """Build the pages of one and the same run into a folder of this name."""

    def into(name: str) -> Path:
        rows = [failing(number) for number in range(24)] + [failing(24, entity_id="stack:<script>alert(1)</script>", plant_id="=1+1")]
        rows.insert(0, rows.pop())
        counted = [
            results(KILN, pass_count=1_234, fail_count=25, no_data_count=3),
            results("xx_law__met", pass_count=2),
            results("xx_law__partly", pass_count=2, no_data_count=1),
            results("xx_law__nobody", no_data_count=4),
        ]
        quality_rule = rulebook.rules["loans__id"]
        assert isinstance(quality_rule, QualityRule)
        sample = "a.csv row 3: loan_id $x <b>${y}</b> & $$"
        profile = {"rule_id": "loans__id", "checked_count": 9, "failed_count": 1, "samples": sample, "error": None}
        quality = expectations.judge_quality([quality_rule], [profile])
        compliance = expectations.judge_compliance(rulebook, counted, rows)
        folder = tmp_path_factory.mktemp(name) / "data_docs"
        return expectations.build_data_docs(folder, rulebook, quality, compliance, rows, "2025-01-31-abc", date(2025, 1, 31))

    return into


@pytest.fixture(scope="module")
def index(build: Build) -> Path:
    return build("one")


@pytest.fixture(scope="module")
def law(index: Path) -> Page:
    return Page(index.parent / "xx_law.html")


def test_there_is_a_page_for_each_instrument_one_for_the_data_and_the_failing_rows(index: Path) -> None:
    assert sorted(path.name for path in index.parent.iterdir()) == ["index.html", "quality.html", "xx_law.failing.csv", "xx_law.html"]


@pytest.mark.parametrize("name", ["index.html", "quality.html", "xx_law.html"])
def test_a_page_loads_nothing_from_anywhere(index: Path, name: str) -> None:
    page, html = Page(index.parent / name), (index.parent / name).read_text(encoding="utf-8")
    assert {tag for tag, _ in page.tags} & {"script", "link", "img", "iframe", "object", "embed", "base", "source"} == set()
    assert [attributes for tag, attributes in page.tags if tag != "a" and ("src" in attributes or "href" in attributes)] == []
    assert re.findall(r"url\(|@import|@font-face|http-equiv|\son\w+=", html) == []


@pytest.mark.parametrize("name", ["index.html", "quality.html", "xx_law.html"])
def test_links_lead_to_files_that_are_there_or_to_the_cited_pages(index: Path, name: str) -> None:
    targets = {attributes["href"] for tag, attributes in Page(index.parent / name).tags if tag == "a"}
    assert targets
    for target in targets - {"../site/index.html"}:
        assert target is not None
        assert target == "https://example.org/standard" or (index.parent / target).is_file()


def test_equal_results_give_equal_bytes(index: Path, build: Build) -> None:
    again = build("two")
    assert index.parent != again.parent
    for path in sorted(index.parent.iterdir()):
        assert (again.parent / path.name).read_bytes() == path.read_bytes()


def test_a_rule_stands_there_in_its_own_words(law: Page) -> None:
    for words in (
        "Invented standard",
        "Run 2025-01-31-abc, as of 2025-01-31",
        "NOx from cement kilns",
        "at most 400 mg/Nm3, from 2014-03-01",
        "Stated in Table 1",
        "cement, clinker_kiln",
        "hourly means; every period",
        "dry gas, 273.15 K, 10 % oxygen",
        "Severity must",
        "Evidence read in a secondary source, not in the printed text",
        f"Rule {KILN}",
    ):
        assert words in law.text, words
    assert ("a", {"href": "https://example.org/standard"}) in law.tags


def test_counts_of_the_six_states_and_the_worst_headroom_are_shown(law: Page) -> None:
    shown = "PASS 1,234 FAIL 25 ERROR 0 NO_DATA 3 INDETERMINATE 0 NOT_APPLICABLE 0 worst headroom -25.0 %"
    assert shown in law.text


def test_each_result_has_its_own_sign_and_words(law: Page) -> None:
    signs = re.findall(r"(✔ Met where assessed|✔ Met|✘ Not met|○ Not assessed|⚠ Could not be evaluated)", law.text)
    assert signs == ["✘ Not met", "⚠ Could not be evaluated", "○ Not assessed", "✔ Met", "✔ Met where assessed"]
    assert "Could not be evaluated: the run gave no result for rule xx_law__lost" in law.text


def test_the_first_twenty_failing_keys_are_shown_and_all_stand_in_the_file_beside(index: Path, law: Page) -> None:
    assert "Failing: 20 of 25 shown" in law.text
    assert law.text.count("to 2025-01-31: 500 mg/Nm3 (at most 400)") == 20
    with (index.parent / "xx_law.failing.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["entity_id"] for row in rows][1:] == [f"stack:S{number}" for number in range(24)]
    assert list(rows[0]) == list(FAILING_COLUMNS)


def test_received_text_is_shown_as_text_and_never_run(index: Path, law: Page) -> None:
    assert "stack:<script>alert(1)</script> to 2025-01-31" in law.text
    quality = Page(index.parent / "quality.html")
    assert "a.csv row 3: loan_id $x <b>${y}</b> & $$" in quality.text
    assert "t.loan_id is null and 1 < 2" in quality.text


def test_a_cell_that_a_spreadsheet_would_run_is_quoted(index: Path) -> None:
    with (index.parent / "xx_law.failing.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["plant_id"] == "'=1+1"


def test_the_index_counts_results_and_unverified_rules_by_page(index: Path) -> None:
    text = Page(index).text
    assert "Invented standard home law 1 1 1 1 1 ·" in text
    assert "Is the data usable? · 1 · ·" in text


def test_no_page_names_a_folder_of_the_machine(index: Path) -> None:
    for path in index.parent.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "Traceback" not in text
        assert str(ROOT) not in text
        assert str(index.parent) not in text

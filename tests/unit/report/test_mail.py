"""scorecard.html: whole in one file, everything on it leads somewhere, nothing is loaded, nothing received runs as markup."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from pipelines.errors import ModelFileError
from pipelines.report.portfolio_view import PortfolioView
from pipelines.report.scorecard import collect
from pipelines.report.site.words import WORDS
from pipelines.report.words import PARTS, STATES, Mark
from tests.site import PageReader, site_of
from tests.unit.report.book import Tables, headline, make_reader, verdict
from tests.unit.report.mails import coverage_of, mail_of, material_of, text_of

CHECKOUT = Path(__file__).parents[3]


def test_every_link_has_a_target_when_the_file_lies_beside_the_site(database: Path, tmp_path: Path) -> None:
    site = site_of(database, tmp_path / "site")
    page = PageReader((tmp_path / "scorecard.html").read_text(encoding="utf-8"))
    assert (page.open, page.unbalanced) == ([], [])
    assert len(page.ids) == len(set(page.ids))
    targets = [link.partition("#")[0] for link in page.links if not link.startswith("#")]
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert any(target == "site/plants/A.html" for target in targets)
    beside = {"rejects.csv", "data_docs/index.html"}
    missing = [target for target in targets if target not in beside and not (site.parent / target).is_file()]
    assert missing == []


def test_the_file_loads_nothing_and_only_its_own_style_and_script_may_run(rendered: str) -> None:
    page = PageReader(rendered)
    assert page.loads == []
    style, script = (re.search(rf"<{tag}>(.*?)</{tag}>", rendered, flags=re.DOTALL) for tag in ("style", "script"))
    assert style
    assert script
    assert "url(" not in style[1].replace("url(#", "")
    assert "@import" not in style[1]
    hashes = ["sha256-" + base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode() for found in (style, script)]
    assert f"default-src 'none'; style-src '{hashes[0]}'; script-src '{hashes[1]}'" in rendered
    assert rendered.count("<script") == rendered.count("<style") == 1
    assert not re.search(r"""\s(style|on[a-z]+)=["']""", rendered)


def test_words_of_the_page_are_in_it_for_the_language_switch(rendered: str) -> None:
    assert PageReader(rendered).words
    assert all(f'"{key}":' in rendered for key in PageReader(rendered).words)


def test_received_text_is_shown_and_never_runs(tables: Tables) -> None:
    tables["mart_portfolio__plants"][0]["plant_name"] = '<img src=x onerror="alert(1)">'
    tables["mart_portfolio__unassessable"][0]["counterparty_name"] = "<script>alert(1)</script>"
    page = mail_of(tables)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert page.count("<script>") == 1


def test_the_files_are_the_same_to_the_byte_in_another_time_zone_language_and_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.report.scorecard import collect, write_reports; "
        "from tests.unit.report.book import book, make_reader; from tests.unit.report.mails import mail_of; "
        "folder = Path(sys.argv[1]); write_reports(folder, collect(make_reader(book()), {})); "
        "(folder / 'scorecard.html').write_text(mail_of(book()), encoding='utf-8')"
    )
    folders = [tmp_path / "one", tmp_path / "two"]
    places = [
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
    ]
    for folder, place in zip(folders, places, strict=True):
        folder.mkdir()
        subprocess.run([sys.executable, "-c", code, str(folder)], cwd=CHECKOUT, env={**os.environ, **place}, check=True, timeout=120)
    one, two = ({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in folders)
    assert len(one) > 10
    assert one == two


def test_a_book_without_answers_says_not_assessable_and_names_no_share(rendered: str) -> None:
    page = text_of(rendered)
    section = page[page.index("Portfolio book_b") : page.index("Portfolios are not added up")]
    assert "Not assessable" in section
    assert "No statement about the green share is possible" in section
    assert "of assessed exposure is green" not in section


def test_amounts_never_stand_without_currency_and_basis(rendered: str) -> None:
    page = text_of(rendered)
    assert "Assessed: 80% of the exposure in scope (USD 1,000, outstanding amounts)" in page
    assert "Amounts in USD." in page
    heads = [text_of(head) for head in re.findall(r"<th.*?(?=<th|<tbody)", rendered)]
    heads = [head for head in heads if "xposure" in head]
    assert heads
    assert [head for head in heads if "USD" not in head] == []


@pytest.mark.parametrize(
    ("kind", "mark"),
    [*(("part", mark) for mark in PARTS.values()), *(("state", mark) for mark in STATES.values())],
    ids=lambda given: getattr(given, "code", given),
)
def test_every_state_has_a_symbol_a_word_and_a_meaning_in_the_legend(rendered: str, kind: str, mark: Mark) -> None:
    style = rendered[rendered.index("<style>") : rendered.index("</style>")]
    assert f'.{mark.style}::before {{ content: "{mark.symbol} "' in style
    page = text_of(rendered)
    assert f"{mark.word} {WORDS[f'meaning.{kind}.{mark.code}'][0]}" in page[page.index("What the marks mean") :]


def test_verdicts_of_plants_without_a_book_are_ordered_worst_first(tables: Tables) -> None:
    tables["int_loans__attribution"] = []
    tables["int_plants__verdicts"] = [
        verdict("A", state, entity_id=f"stack:{state}", headroom_ratio=headroom, is_binding_tier=binding)
        for state, headroom, binding in [
            ("PASS", 0.1, True),
            ("INDETERMINATE", 0, True),
            ("FAIL", -0.5, False),
            ("FAIL", -0.1, True),
            ("ERROR", None, True),
            ("NO_DATA", None, True),
            ("FAIL", -0.9, True),
        ]
    ]
    found = [(row["state"], row["headroom_ratio"]) for row in collect(make_reader(tables), {}).verdicts]
    assert found == [
        ("FAIL", -0.9),
        ("FAIL", -0.1),
        ("FAIL", -0.5),
        ("ERROR", None),
        ("NO_DATA", None),
        ("INDETERMINATE", 0),
        ("PASS", 0.1),
    ]


def test_what_asks_for_attention_is_told_first_with_reason_and_remedy(tables: Tables) -> None:
    tables["ref_rules__reason_codes"].append({"reason_code": "INPUT_MISSING", "title": "An input is missing.", "what_to_do": "Ask for it."})
    tables["int_plants__verdicts"] = [
        verdict("B", "ERROR", reason_code="INPUT_MISSING", reason_detail="scrap_share"),
        verdict("D", "ERROR", reason_code="INPUT_MISSING"),
    ]
    tables["mart_portfolio__findings"] = [
        {"portfolio_id": "book_a", "standing": "binding", "new_count": 2, "reopened_count": 1, "resolved_count": 0, "overdue_count": 1}
    ]
    waiver = {"waiver_id": "W1", "waiver_expiry_date": date(2026, 1, 15)}
    tables["mart_findings__register"] = [
        {"finding_id": "F-1", "plant_id": "B", "standing": "binding", "state": "WAIVED", **waiver},
        {"finding_id": "F-2", "plant_id": "B", "standing": "binding", "state": "OPEN", "days_to_cure_end": 12},
    ]
    page = text_of(mail_of(tables))
    first = page[page.index("What to look at first") : page.index("Why it moved", page.index("What to look at first"))]
    assert (
        "Correct 1 loan without a usable amount They stand in no figure: L9, Lost Ltd: No exchange rate is young enough. Send the rate."
        in first
    )
    assert "Mend what could not be computed at 1 plant An input is missing: scrap share – Works B. Ask for it." in first
    assert "Works D" not in first
    assert "1 finding is past its day to mend binding: breach of law or of the lender’s standard." in first
    assert (
        "See to 1 finding not closed binding: breach of law or of the lender’s standard; new or back again: 3; "
        "the first is to be mended by 12 Jan 2026." in first
    )
    assert "1 waiver of a finding ends within 30 days" in first
    assert "Review 1 plant that is not green The largest: Works B (USD 300)" in first
    assert "Ask for data on the plants of 1 loan The largest: L3, 水泥 C (USD 200)" in first


def test_whoever_asks_for_data_reads_the_heaviest_open_indicators(tables: Tables) -> None:
    row = {"plant_id": "C", "index_id": "x", "group_id": "energy", "indicator_title": "kiln heat", "has_unverified": True}
    tables["int_plants__index"] = [{"plant_id": "C", "index_id": "x", "indicator_count": 1, "unknown_indicator_count": 1}]
    tables["int_plants__index_indicators"] = [{**row, "group_weight_ratio": 0.8, "weight_ratio": 0.5}]
    assert "Works C – heaviest open indicators: kiln heat (40 points of the index)." in text_of(mail_of(tables))


def test_a_loan_without_an_answer_leads_to_the_plant_that_lacks_data(rendered: str) -> None:
    gaps = rendered[rendered.index('id="book_5f_a-coverage"') : rendered.index('id="book_5f_b-book"')]
    assert "<a href=site/plants/C.html>Works C</a>" in gaps
    assert "site/plants/A.html" not in gaps


def test_files_that_brought_nothing_are_named(rendered: str) -> None:
    page = text_of(rendered)
    assert "1 file brought no rows." in page
    assert "loans_2.csv: header only, no rows. ask the sender" in page


def test_a_run_without_any_loan_still_makes_a_file_that_says_so(tables: Tables) -> None:
    for name in list(tables):
        if name.startswith(("mart_portfolio", "int_loans")):
            tables[name] = []
    page = mail_of(tables)
    assert "No portfolio:" in text_of(page)
    assert "nan" not in text_of(page).lower().split()
    assert (PageReader(page).open, PageReader(page).unbalanced) == ([], [])


def test_long_tables_say_how_many_rows_they_leave_out(tables: Tables) -> None:
    plant = tables["mart_portfolio__plants"][0]
    tables["mart_portfolio__plants"] = [{**plant, "plant_id": f"P{i:04}", "plant_name": None} for i in range(61)]
    page = mail_of(tables)
    assert "The first 60 of 61 rows; all of them stand in csv/mart_portfolio__plants.csv" in text_of(page)
    assert "P0059" in page
    assert "P0060" not in page


def test_a_mart_without_a_column_that_the_reports_need_is_named(tables: Tables) -> None:
    read = make_reader(tables)
    read("alter table mart_portfolio__headline drop column coverage_ratio")
    with pytest.raises(ModelFileError, match=r"mart_portfolio__headline.sql:1: the reports need the column\(s\) coverage_ratio; add"):
        collect(read, {})


def test_a_part_that_an_unverified_rule_carries_is_called_so(tables: Tables) -> None:
    tables["mart_portfolio__evidence"].append({**tables["mart_portfolio__evidence"][0], "evidence": "unverified"})
    assert "not verified" in text_of(mail_of(tables))


def test_failing_rules_that_bind_stand_apart_from_those_that_wait_or_compare(tables: Tables) -> None:
    row = tables["mart_portfolio__failing_rules"][0]
    tables["mart_portfolio__failing_rules"] = [
        {**row, "rule_id": "binding", "title": "Binding rule"},
        {**row, "rule_id": "waiting", "title": "Waiting rule", "standing": "awaiting_verification", "binding_plant_count": 0},
        {**row, "rule_id": "compared", "title": "Compared rule", "standing": "comparison", "binding_plant_count": 0},
        {**row, "rule_id": "kiln", "title": "Kiln rule", "standing": "elimination", "binding_plant_count": 0},
    ]
    found = PortfolioView(material_of(tables).scorecard, "book_a").failing_rules
    titles = {group: [one["title"] for one in rows] for group, rows in found.items()}
    assert titles == {
        "binding": ["Binding rule"],
        "elimination": ["Kiln rule"],
        "awaiting_verification": ["Waiting rule"],
        "comparison": ["Compared rule"],
    }
    page = text_of(mail_of(tables))
    assert "Binding rule" in page
    assert "Waiting rule" not in page, "the mail has only what decides"


def test_targets_of_development_goals_stand_in_the_order_of_their_numbers(tables: Tables) -> None:
    targets = [
        {"portfolio_id": "book_a", "sdg_target": target, "sdg_goal": int(target.split(".")[0])} for target in ("9.4", "12.10", "12.2")
    ]
    tables["mart_portfolio__sdg"] = targets
    assert [row["sdg_target"] for row in PortfolioView(material_of(tables).scorecard, "book_a").sdg] == ["9.4", "12.2", "12.10"]


def test_what_would_be_if_rules_were_verified_is_told_where_the_run_says_it(tables: Tables, rendered: str) -> None:
    asked = "If the rules that await verification counted: 80% of assessed exposure green, coverage 100%; 1 plant would change class."
    assert asked not in text_of(rendered)
    waiting = {key: value for key, value in headline("book_a", green=800, not_green=200).items() if not key.endswith("_count")}
    for name in ("out_of_scope_usd", "undrawn_usd"):
        waiting.pop(name)
    tables["mart_portfolio__awaiting_verification"] = [waiting | {"changed_plant_count": 1, "changed_usd": 300.0}]
    assert asked in text_of(mail_of(tables))


def test_a_provisional_run_says_until_when_it_is_final(tables: Tables) -> None:
    status = {"known_at": None, "final_until_date": date(2026, 6, 20), "provisional_verdict_count": 3, "result_status": "PROVISIONAL"}
    tables["mart_run__status"] = [status]
    words = text_of(mail_of(tables))
    assert "PROVISIONAL: 3 verdicts on periods that ended after 20 Jun 2026 can still change through late corrections" in words
    known_at = datetime(2026, 7, 1)  # noqa: DTZ001 stored in UTC
    tables["mart_run__status"] = [{**status, "result_status": "FINAL", "provisional_verdict_count": 0, "known_at": known_at}]
    words = text_of(mail_of(tables))
    assert "FINAL: the time for corrections is over" in words
    assert "Known at 2026-07-01 00:00:00 UTC; readings that became known later are left out" in words


def test_the_run_is_named_with_its_id_hash_days_and_version(tables: Tables) -> None:
    tables["int_loans__exposure"] = [{"reporting_date": date(2025, 11, 30)}]
    words = text_of(mail_of(tables, {"code_version": "9.9.9", "root_hash": "ab" * 32, "portfolio": "book_a"}))
    for part in ("2025-12-31-abc", "ab" * 32, "Program version 9.9.9", "Data as of 31 Dec 2025", "STALE", "Only portfolio book_a"):
        assert part in words, part


def test_restated_readings_and_rows_not_taken_over_stand_on_the_coverage_page(tables: Tables) -> None:
    assert "later deliveries changed" not in text_of(coverage_of(tables))
    tables["mart_monitoring__restatements"] = [
        {
            "stack_id": "B-S1",
            "indicator": "nox",
            "day_date": date(2026, 1, 1),
            "plant_id": "B",
            "reading_count": 3,
            "old_mean_value": 15.0,
            "new_mean_value": 40.5,
            "old_file_name": "first.csv",
            "new_file_name": "corrected.csv",
        }
    ]
    words = text_of(coverage_of(tables))
    assert "Readings that later deliveries changed: 3, on 1 stack-days" in words
    assert "15 40.5 first.csv → corrected.csv" in words
    assert "Rows not taken over: 1" in words
    assert "loans.csv 9 currency_code =XXX unknown currency" in words

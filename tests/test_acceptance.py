"""The acceptance scripts of the people who use the scorecard, acted out on real nights (tests/acceptance_nights.py), one test a script."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.evidence import judged_thing, make_pack
from pipelines.ledger.book import Book
from pipelines.ledger.findings import findings
from pipelines.replay import Replay, replayed, verdict_differences
from pipelines.report.format import plural
from pipelines.report.site.addresses import portfolio_address
from tests.acceptance_nights import CRASHING_RULE, STRICTER_RULE, WAIVED_RULE, Nights

pytestmark = pytest.mark.slow
#: Columns of a verdict that say what was found, and not by which run or program.
VERDICTS = "select * exclude (run_id) from int_plants__verdicts order by all"


@pytest.fixture(scope="module")
def second_again(nights: Nights) -> Iterator[tuple[Replay, Path]]:
    """The run of 1 December performed again, when six further attempts were made, and its folder."""
    book = Book(nights.home)
    with replayed(book, book.run(nights.published["second"].name)) as (again, folder):
        yield again, folder


def summary(nights: Nights, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(nights.text(name, "run_summary.json"))
    return found


def test_loan_officer_covenant_cure_day_13_of_30_then_pending_check(nights: Nights) -> None:
    """Cure 30 days from notice 10 November: on the 23rd "day 13 of 30, ends 10 December"; met on 1 December, it waits to be checked."""
    columns = "outcome, cure_state, cure_day, cure_days, cure_end_date::varchar as ends"
    sql = f"select {columns} from mart_portfolio__covenants where covenant_id = 'CV-002'"
    breach = {"outcome": "BREACH", "cure_state": "IN_CURE", "cure_day": 13, "cure_days": 30, "ends": "2025-12-10"}
    assert nights.rows("first", sql) == [breach]
    (met,) = nights.rows("second", sql)
    assert met["cure_state"] == "PENDING_CHECK"
    assert met["outcome"] in ("COMPLIANT", "WARNING")
    (book,) = nights.rows("first", "select portfolio_id from mart_portfolio__covenants where covenant_id = 'CV-002'")
    assert "day 13 of 30, ends on 10 Dec 2025" in nights.text("first", f"site/{portfolio_address(book['portfolio_id'])}")


def test_risk_manager_own_waiver_refused_then_held_then_ended(nights: Nights) -> None:
    """Asks and approves the own waiver: refused. Approved by another: in gross fails and under waiver. Then reopened, in the digest."""
    assert nights.codes["own waiver"] == 4
    assert "is the requester" in nights.said["own waiver"]
    columns = "finding_id, state, change, waiver_id, owner"
    sql = f"select {columns} from mart_findings__register where rule_id = '{WAIVED_RULE}' and plant_id = 'PL-01'"
    (before,), (held,), (ended,) = (nights.rows(name, sql) for name in ("first", "second", "third"))
    assert (before["state"], held["state"], held["waiver_id"]) == ("OPEN", "WAIVED", "w1")
    counted = "select sum(gross_count)::int as gross, sum(waived_count)::int as waived from mart_portfolio__findings"
    (gross,) = nights.rows("second", counted)
    assert gross["gross"] > gross["waived"] >= 1
    judged = f"select state from int_plants__verdicts where rule_id = '{WAIVED_RULE}' and plant_id = 'PL-01' and measured_value is not null"
    assert nights.rows("second", judged) == [{"state": "FAIL"}]  # the waiver changes no verdict
    (waiver,) = nights.rows("second", "select waiver_state, days_to_expiry, reminder from mart_findings__waivers")
    assert waiver == {"waiver_state": "ACTIVE", "days_to_expiry": 8, "reminder": "FIRST"}
    (ending,) = json.loads(nights.text("second", "digest.json"))["waivers_ending"]
    assert (ending["waiver_id"], ending["expiry_date"]) == ("w1", "2025-12-09")
    assert "w1 on cn_gb_4915_2013__kiln_nox at PL-01: 8 days to go" in nights.text("second", "digest.txt")
    assert held["owner"] == "officer@example.org"
    shown = nights.greencap("findings", "show", ended["finding_id"])
    assert "officer@example.org" in shown
    assert shown.count("event ") >= 4
    assert (ended["state"], ended["change"], ended["waiver_id"]) == ("REOPENED", "REOPENED", None)
    digest = json.loads(nights.text("third", "digest.json"))
    assert ended["finding_id"] in [row["finding_id"] for row in digest["findings"]["reopened"]]
    (line,) = [line for line in nights.text("third", "digest.txt").splitlines() if f"{ended['finding_id']} Contoh Cement Works" in line]
    assert ", its waiver ended, last failed " in line
    ages = "open_days, first_seen_days, last_fail_start_date, last_fail_date"
    (age,) = nights.rows("third", f"select {ages} from mart_findings__register where finding_id = '{ended['finding_id']}'")
    assert f"last failed {age['last_fail_start_date']} to {age['last_fail_date']}: " in line
    assert (age["open_days"], age["first_seen_days"] > 0) == (0, True)
    assert f"0 (first seen {age['first_seen_days']} days ago)" in nights.text("third", "site/findings.rows.js")


def test_data_steward_late_data_restates_and_the_old_night_can_still_be_had(nights: Nights) -> None:
    """A plant corrects three days inside the correction window: provisional, then restated; the old night replays to the old value."""
    told = json.loads(nights.text("second", "scorecard.json"))["run"]
    assert told["result_status"] == "PROVISIONAL"
    rows = nights.rows("corrected", "select * from mart_run__restated")
    corrected = {row["rule_id"]: row for row in rows if row["cause"] == "READINGS_CORRECTED"}
    nox = corrected[WAIVED_RULE]
    assert nox["status_before"] == "PROVISIONAL"
    assert nox["value_after"] == pytest.approx(nox["value_before"] * 1.1, rel=1e-3)
    stricter = [row for row in rows if row["cause"] == "RULE_CHANGED"]
    assert {row["rule_id"] for row in stricter} == {STRICTER_RULE}
    moved = ("limit_before", "limit_after", "state_before", "state_after")
    assert {tuple(row[name] for name in moved) for row in stricter} == {(20, 10, "PASS", "FAIL")}
    notice = nights.text("corrected", "restatement_notice.txt")
    assert f"{plural(len(rows), 'result')} issued by run" in notice
    assert "was PASS" in notice
    assert "readings were corrected by a later file" in notice
    assert f"Issued results that changed: {len(rows)}" in nights.text("corrected", "digest.txt")
    days = nights.rows("corrected", "select day_date, reading_count, new_file_name from mart_monitoring__restatements order by day_date")
    found = [(row["day_date"].day, row["reading_count"], row["new_file_name"]) for row in days]
    assert found == [(day, 24, "correction.csv") for day in (18, 19, 20)]
    # asked again on what was known on 1 December, by the rules of then
    assert nights.rows("again", VERDICTS) == nights.rows("second", VERDICTS)
    assert nights.rows("again", "select * from mart_monitoring__restatements") == []
    back = nights.text("again", "restatement_notice.txt")  # against the corrected run, which was published in between
    assert "this run was asked on what was known before that one" in back
    changes = json.loads(nights.text("again", "findings_changes.json"))
    assert changes == []  # it looks back, so no finding moves


def test_data_steward_an_empty_feed_leaves_the_last_good_score_marked_stale(nights: Nights) -> None:
    """A file arrives with its header only: blocked, the last score stays as stale, the digest says "feed empty", nothing turns green."""
    assert nights.codes["empty"] == 4
    digest = nights.said["digest when empty"].splitlines()
    assert digest[0].startswith("STALE")
    assert any("periodic_returns.csv: feed empty" in line for line in digest)
    assert any("as of 2025-12-10" in line for line in digest)  # the figures are those of the last good night


def test_scheduler_owner_one_rule_crashes_and_the_service_level_is_told(nights: Nights) -> None:
    """One rule cannot be evaluated: the others have results, that one is ERROR, exit code 3, and the summary says if it was in time."""
    assert nights.codes["first"] == 3
    assert f"1 rules crashed and count as ERROR: {CRASHING_RULE}" in nights.said["first"]
    told = summary(nights, "first")
    assert told["crashed_rules"] == [CRASHING_RULE]
    assert told["published"] is True
    assert told["due_at"] == "2025-11-24T05:00:00Z"
    assert told["is_in_time"] == (told["late_seconds"] <= 0)
    assert sum(told["counts"]["verdicts"].values()) > 100
    assert summary(nights, "second")["crashed_rules"] == []
    assert summary(nights, "second")["is_in_time"] is None


def test_auditor_sampling_same_items_each_with_a_pack_and_two_performed_again(
    nights: Nights, second_again: tuple[Replay, Path], tmp_path: Path
) -> None:
    """59 items, seed 2026: the same on any machine, from a population that is the run's; each has an evidence pack; two perform again."""
    papers = [tmp_path / "1.xlsx", tmp_path / "2.xlsx"]
    said = [nights.greencap("sample", "--n", "59", "--seed", "2026", "--out", str(paper)) for paper in papers]
    population = nights.rows("again", "select count(*) as n from int_plants__verdicts where state in ('PASS', 'FAIL')")[0]["n"]
    wanted = min(59, population)
    assert f"{wanted} of {population} verdicts" in said[0]
    assert papers[0].read_bytes() == papers[1].read_bytes()
    lines = list(load_workbook(papers[0], data_only=True)["Items"].iter_rows(values_only=True))
    items = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    assert len(items) == wanted
    assert {item["Agrees"] for item in items} <= {"yes", "look at the evidence"}
    assert {"equipment", "document", "value"} <= {item["Judged by"] for item in items if item["Agrees"] == "yes"}
    book = Book(nights.home)
    for item in items:
        pack = make_pack(book, item["Id for greencap evidence"], item["Period to"].date())
        verdicts = list(csv.DictReader(io.StringIO(pack["verdicts.csv"].decode("utf-8"))))
        assert (item["Rule"], item["State by the run"]) in {(row["rule_id"], row["state"]) for row in verdicts}
        assert len(pack["steps.csv"].splitlines()) > 1
    again, folder = second_again
    for item in random.Random(2026).sample(items, 2):
        words, found = verdict_differences(book, again.run, folder, judged_thing(book, item["Id for greencap evidence"]))
        assert words
        assert found == []


def test_auditor_tamper_one_byte_of_an_event_names_file_and_event(nights: Nights, tmp_path: Path) -> None:
    """One byte changed in a stored event: `verify` names the file and the event, and ends with another code than 0."""
    copied = Path(shutil.copytree(nights.home, tmp_path / "home", symlinks=True))
    log = copied / "ledger" / "events.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    place = lines[4].index(b'"actor":"') + len(b'"actor":"')
    lines[4] = lines[4][:place] + bytes([lines[4][place] ^ 1]) + lines[4][place + 1 :]
    log.write_bytes(b"".join(lines))
    done = CliRunner().invoke(app, ["verify", "--home", str(copied)])
    assert done.exit_code == 4
    assert "events.jsonl, event 5: does not have the hash" in done.output


def test_auditor_replays_an_old_night_after_newer_ones_other_rules_and_an_empty_landing_folder(
    nights: Nights, second_again: tuple[Replay, Path]
) -> None:
    """1 December as it was first published, after further nights, another limit and without the landing folder: equal to the byte."""
    assert not nights.landing.exists()
    assert not (nights.folder / "landing").exists()
    again, folder = second_again
    assert again.differences == []
    for name in ("scorecard.html", "scorecard.json", "verdicts.parquet", "digest.txt", "restatement_notice.txt"):
        assert (folder / name).read_bytes() == (nights.published["second"] / name).read_bytes(), name


def test_the_log_of_all_nights_holds_and_a_reader_kept_its_file_through_two_further_nights(nights: Nights) -> None:
    assert nights.greencap("verify").startswith("Whole:")
    assert [answer[0] for answer in nights.held] == ["2025-11-23"] * 3
    assert nights.held[0] == nights.held[1] == nights.held[2]
    states = {one.state for one in findings(Book(nights.home)).values()}
    assert "REOPENED" in states

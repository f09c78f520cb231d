"""Content leaves the archive through a logged event only: `verify` knows a removal from a loss, `replay` names the event."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import GateError, WrongUseError
from pipelines.hashing import file_hash
from pipelines.ledger.book import PROGRAM, RECEIVED, REMOVED, Book
from pipelines.ledger.retention import kept_contents
from pipelines.replay import replayed
from pipelines.warehouse.publish import open_home


def greencap(*arguments: str) -> str:
    done = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def _loans(home: Path) -> str:
    return Book(home).published_runs()[-1].manifest.made.inputs["loans.csv"]


def test_a_logged_removal_is_no_loss_and_says_what_can_no_longer_be_done(night_copy: Path) -> None:
    home, loans = night_copy, _loans(night_copy)
    said = greencap("archive", "remove", loans[:12], "--by", "records@example.org", "--reason", "sent by mistake", "--home", str(home))
    book = Book(home)
    number = book.log.events()[-1].number
    assert f"1 contents removed (event {number}); 1 published runs can no longer be performed again" in said
    assert not book.archive.path(loans).exists()
    said = greencap("verify", "--home", str(home))
    assert "1 removed" in said
    assert f"cannot be performed again: event {number} removed what it was made from" in said
    assert "cannot be performed again" in greencap("verify", "2025-12-31", "--home", str(home))
    because = f"loans.csv: was removed by event {number} on .* by records@example.org: sent by mistake"
    with pytest.raises(WrongUseError, match=because), replayed(book, book.published_runs()[-1]):
        pass


def test_a_loss_beside_a_removal_is_still_a_loss(night_copy: Path) -> None:
    book = Book(night_copy)
    inputs = book.published_runs()[-1].manifest.made.inputs
    book.remove_contents({inputs["loans.csv"]: "loans.csv"}, "records@example.org", "sent by mistake")
    book.archive.path(inputs["plants.csv"]).unlink()
    broken = book.first_break(night_copy / "runs")
    assert broken is not None
    assert "plants.csv is gone" in broken.what


def test_a_crash_between_the_event_and_the_removal_is_made_good(night_copy: Path) -> None:
    book, loans = Book(night_copy), _loans(night_copy)
    book.log.append(REMOVED, actor="records@example.org", subject="archive", reason="r", details={"files": {loans: "loans.csv"}})
    assert book.first_break(night_copy / "runs") is None
    book.finish_removals()
    assert not book.archive.path(loans).exists()
    assert book.first_break(night_copy / "runs") is None


def test_what_comes_again_is_kept_again(night_copy: Path, one_landing: Path) -> None:
    book, loans = Book(night_copy), _loans(night_copy)
    book.remove_contents({loans: "loans.csv"}, "records@example.org", "sent by mistake")
    assert book.keep_received({"loans.csv": loans}, one_landing) == 1
    assert loans in book.kept()
    assert book.removed() == {}
    assert book.first_break(night_copy / "runs") is None


def test_only_what_no_run_of_the_term_was_made_from_goes(night_copy: Path, tmp_path: Path) -> None:
    book, old = Book(night_copy), tmp_path / "old.csv"
    old.write_text("used by no published run\n", encoding="utf-8")
    content = file_hash(old)
    book.archive.keep(old, content)
    details = {"origin": "landing", "files": {content: "old.csv"}}
    book.log.append(RECEIVED, actor=PROGRAM, subject=RECEIVED, details=details, at=datetime(2015, 12, 30, tzinfo=UTC))
    listed = {one.name: one for one in kept_contents(book)}
    assert (listed["loans.csv"].last_used, listed["old.csv"].last_used) == (date(2025, 12, 31), None)
    assert "old.csv" in greencap("archive", "--most", "1", "--home", str(night_copy))
    words = ["archive", "prune", "--by", "records@example.org", "--home", str(night_copy)]
    assert "1 contents would go, 3653 days before" in greencap(*words, "--dry-run")
    assert book.archive.path(content).exists()
    assert "1 contents removed" in greencap(*words)
    assert not book.archive.path(content).exists()
    assert "0 contents are past the term" in greencap(*words)
    assert "the clock of its machine was set back" in greencap("verify", "--home", str(night_copy))


def test_rule_files_of_the_published_run_stay_and_a_run_under_way_is_not_disturbed(night_copy: Path) -> None:
    knowledge = Book(night_copy).published_runs()[-1].manifest.knowledge
    words = ["--by", "records@example.org", "--reason", "r", "--home", str(night_copy)]
    with pytest.raises(WrongUseError, match="was judged by these rule files"):
        CliRunner().invoke(app, ["archive", "remove", knowledge, *words], catch_exceptions=False)
    with pytest.raises(WrongUseError, match="no such content is kept"):
        CliRunner().invoke(app, ["archive", "remove", "0" * 64, *words], catch_exceptions=False)
    with pytest.raises(WrongUseError, match="say who removes it and why"):
        CliRunner().invoke(app, ["archive", "remove", knowledge, "--by", " ", "--reason", "r"], catch_exceptions=False)
    with open_home(night_copy).lock(), pytest.raises(GateError, match="under way"):
        CliRunner().invoke(app, ["archive", "remove", _loans(night_copy), *words], catch_exceptions=False)

"""The headline tells rate, coverage and range, and says so when nothing can be assessed."""

from __future__ import annotations

import pytest

from pipelines.report.headline import Headline
from pipelines.report.site.names import Names
from tests.unit.report.book import Tables, headline
from tests.unit.report.mails import mail_of, text_of


def _told(tables: Tables, **amounts: float) -> str:
    """The headline as the mail words it."""
    tables["mart_portfolio__headline"] = [headline("book_a", **amounts)]
    words = text_of(mail_of(tables))
    return words[words.index("Portfolio book_a") : words.index("What to look at first")]


def test_the_worked_book_reads_62_5_percent_coverage_80_range_50_to_70(tables: Tables) -> None:
    words = _told(tables, green=500, not_green=300, unknown=200)
    assert "62.5% of assessed exposure is green" in words
    assert "Assessed: 80% of the exposure in scope (USD 1,000, outstanding amounts)" in words
    assert "the green share of all exposure in scope lies between 50% and 70%." in words
    parts = [str(Names.share(segment)) for segment in Headline(headline("book", green=500, not_green=300, unknown=200)).segments]
    assert parts == ["50%", "none", "30%", "20%", "none"]


@pytest.mark.parametrize("amounts", [{"unknown": 100.0}, {"unmatched": 100.0}, {"unknown": 40.0, "unmatched": 60.0}])
def test_nothing_assessable_is_neither_0_nor_100_percent(tables: Tables, amounts: dict[str, float]) -> None:
    words = _told(tables, **amounts)
    assert "Not assessable" in words
    assert "of assessed exposure is green" not in words
    assert "lies between" not in words
    assert "nothing unknown counts as green" in words


def test_no_exposure_is_said_and_draws_nothing(tables: Tables) -> None:
    assert "No exposure in scope: there is nothing to assess." in _told(tables)
    found = Headline(headline("book"))
    assert not found.is_assessable
    assert {segment.width for segment in found.segments} == {0}


def test_a_book_that_is_wholly_known_has_no_range(tables: Tables) -> None:
    assert "Everything in scope is known: 50% of it is green." in _told(tables, green=250, transition=250)


def test_a_tiny_part_is_not_rounded_away_in_words(tables: Tables) -> None:
    words = _told(tables, green=1_000_000, not_green=1)
    assert "not green under 0.1%" in words
    assert "over 99.9% of assessed exposure is green" in words


def test_little_coverage_asks_to_read_the_range(tables: Tables) -> None:
    asked = "Little is known: read the range, not the rate."
    assert asked not in _told(tables, green=500, not_green=300, unknown=200)
    assert asked in _told(tables, green=500, not_green=299, unknown=201)

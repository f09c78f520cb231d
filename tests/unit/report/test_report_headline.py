"""The headline tells rate, coverage and range, and says so when nothing can be assessed."""

from __future__ import annotations

import pytest

from pipelines.report.headline import Headline
from pipelines.report.views import level_interval
from tests.unit.report.book import headline


def test_the_worked_book_reads_62_5_percent_coverage_80_range_50_to_70() -> None:
    found = Headline(headline("book", green=500, not_green=300, unknown=200), "USD")
    assert found.sentences == [
        "62.5 % of assessed exposure is green.",
        "80 % of the exposure in scope (USD 1,000, outstanding amounts) could be assessed.",
        "Depending on what is not known, the share lies between 50 % and 70 %.",
    ]
    assert found.spoken == "green 50 %; transition none; not green 30 %; unknown 20 %; unmatched none"


@pytest.mark.parametrize("amounts", [{"unknown": 100.0}, {"unmatched": 100.0}, {"unknown": 40.0, "unmatched": 60.0}])
def test_nothing_assessable_is_neither_0_nor_100_percent(amounts: dict[str, float]) -> None:
    found = Headline(headline("book", **amounts), "USD")
    assert found.rate == "not assessable"
    assert found.range == "open"
    assert "%" not in " ".join(found.sentences)


def test_no_exposure_is_said_and_draws_nothing() -> None:
    found = Headline(headline("book"), "USD")
    assert found.sentences == ["No exposure in scope: there is nothing to assess."]
    assert not found.is_assessable
    assert {segment.width for segment in found.segments} == {0}
    assert found.basis == "basis not stated"


def test_a_book_that_is_wholly_known_has_no_range() -> None:
    found = Headline(headline("book", green=250, transition=250), "USD")
    assert found.sentences[2] == "Everything in scope is known, so the green share of all exposure in scope is 50 %."


def test_a_tiny_part_is_not_rounded_away_in_words() -> None:
    found = Headline(headline("book", green=1_000_000, not_green=1), "USD")
    assert "not green under 0.1 %" in found.spoken
    assert found.rate == "over 99.9 %"


@pytest.mark.parametrize(
    ("best", "worst", "text"),
    [("II", "II", "II"), ("II", "unrated", "II–unrated"), (None, None, "no index"), ("no index", "no index", "no index")],
)
def test_levels_are_intervals(best: str | None, worst: str | None, text: str) -> None:
    assert level_interval(best, worst) == text

"""The worked book as a scorecard."""

from __future__ import annotations

import pytest

from pipelines.report.page import render
from pipelines.report.scorecard import Scorecard, collect
from tests.unit.report.book import Tables, book, make_reader


@pytest.fixture
def tables() -> Tables:
    return book()


@pytest.fixture
def scorecard(tables: Tables) -> Scorecard:
    return collect(make_reader(tables), {"code_version": "0.1.0"})


@pytest.fixture(scope="session")
def rendered() -> str:
    """The page of the worked book; made once, for it takes longer than any look at it."""
    return render(collect(make_reader(book()), {"code_version": "0.1.0"}))

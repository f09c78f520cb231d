"""The worked book as a scorecard."""

from __future__ import annotations

import pytest

from pipelines.report.scorecard import Scorecard, collect
from tests.unit.report.book import Tables, book, make_reader


@pytest.fixture
def tables() -> Tables:
    return book()


@pytest.fixture
def scorecard(tables: Tables) -> Scorecard:
    return collect(make_reader(tables), {"reason_words": {"LIMIT_EXCEEDED": "Beyond the limit."}, "code_version": "0.1.0"})

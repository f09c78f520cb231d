"""The window is twelve months of the calendar: on any day of the next month a night says what it said on the last day of the one before."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.night import DATABASE
from pipelines.run_settings import assessment_window
from pipelines.settings import SAMPLES_FOLDER
from pipelines.warehouse.database import connect, read_rows
from tests.nights import perform

DAYS = st.dates(date(2001, 2, 1), date(2099, 11, 30))


@given(DAYS)
def test_the_window_is_twelve_whole_months_and_no_month_that_is_over_lies_after_it(as_of: date) -> None:
    first, last = assessment_window(as_of).values()
    assert first.day == 1
    assert (last + timedelta(days=1)).day == 1
    assert (last.year - first.year) * 12 + last.month - first.month == 11
    assert timedelta(0) <= as_of - last < timedelta(days=31)
    assert (as_of + timedelta(days=1)).month == as_of.month or last == as_of


@pytest.mark.parametrize(
    ("as_of", "first", "last"),
    [
        (date(2026, 6, 30), date(2025, 7, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2025, 7, 1), date(2026, 6, 30)),
        (date(2026, 7, 30), date(2025, 7, 1), date(2026, 6, 30)),
        (date(2024, 2, 28), date(2023, 2, 1), date(2024, 1, 31)),
        (date(2024, 2, 29), date(2023, 3, 1), date(2024, 2, 29)),
        (date(2025, 12, 31), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_the_window_ends_with_the_last_month_that_is_over(as_of: date, first: date, last: date) -> None:
    assert assessment_window(as_of) == {"window_start_date": first, "window_end_date": last}


@pytest.fixture(scope="module")
def mid_month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The samples a fortnight after their last reading, published."""
    night = perform(SAMPLES_FOLDER, tmp_path_factory.mktemp("mid_month"), as_of=date(2026, 7, 14))
    assert night.published is not None
    return night.published


@pytest.mark.parametrize(
    "query",
    [
        "select plant_id, plant_class, class_reason, score_low, score_high from mart_plants__scorecard order by all",
        "select portfolio_id, assessed_rate_ratio, coverage_ratio, lower_ratio, upper_ratio from mart_portfolio__headline order by all",
        """select threshold_id, entity_id, measured_value, state, reason_code, reason_detail, capture_ratio from int_plants__verdicts
        order by all""",
        "select entity_id, indicator_id, period_end_date, value, capture_ratio from int_returns__indicators order by all",
        "select plant_id, scope, emissions_tco2e from int_plants__emissions order by all",
    ],
)
def test_a_night_in_the_middle_of_a_month_judges_the_months_that_are_over_as_before(query: str, sample_run: Path, mid_month: Path) -> None:
    found = [_read(folder, query) for folder in (sample_run, mid_month)]
    assert len(found[0]) > 1
    assert found[0] == found[1]


def _read(folder: Path, query: str) -> list[dict[str, Any]]:
    with connect(folder / DATABASE, read_only=True) as con:
        return read_rows(con, query)


def test_pages_of_such_a_night_say_what_stands_of_the_month_that_is_running(mid_month: Path, sample_run: Path) -> None:
    overview = [(folder / "site" / "index.html").read_text(encoding="utf-8") for folder in (mid_month, sample_run)]
    assert "Measurements judged: 1 Jul 2025 to 30 Jun 2026" in overview[0]
    assert "Of the month that is running, up to 14 Jul 2026, stands only what has already failed for good" in overview[0]
    assert "Of the month that is running" not in overview[1]

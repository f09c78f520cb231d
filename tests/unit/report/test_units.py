"""Units and headings come from the names of columns."""

from __future__ import annotations

import pytest

from pipelines.report.units import heading_of, unit_of


@pytest.mark.parametrize(
    ("column", "unit", "heading"),
    [
        ("exposure_usd", "USD", "Exposure, USD"),
        ("coverage_ratio", "ratio (1 = 100 %)", "Coverage, %"),
        ("capacity_t_per_year", "t/year", "Capacity, t/year"),
        ("points_per_100m_usd", "percentage points per 100 million USD", "Points, percentage points per 100 million USD"),
        ("financed_tco2e_per_musd", "t CO2e per million USD", "Financed, t CO2e per million USD"),
        ("loan_count", "count", "Loan count"),
        ("open_days", "days", "Open days"),
        ("cure_end_date", "ISO date", "Cure end date"),
        ("fx_rate", "local currency per USD", "FX rate, local currency per USD"),
        ("score_low", "points 0-100", "Score low, points 0-100"),
        ("has_other_year", "", "Has other year"),
        ("rule_id", "", "Rule ID"),
        ("state", "", "State"),
    ],
)
def test_the_end_of_a_name_is_its_unit(column: str, unit: str, heading: str) -> None:
    assert (unit_of(column), heading_of(column)) == (unit, heading)


def test_a_value_has_the_unit_that_its_row_names_where_there_is_one() -> None:
    assert unit_of("measured_value", ["measured_value", "unit"]) == "as the column unit says"
    assert unit_of("measured_value", ["measured_value"]) == ""

"""A small made-up book for the tests of the portfolio step: loans, companies, holdings, plants and their emissions."""

from __future__ import annotations

from typing import Any

from tests.sql_chain import Rows

AS_OF = "2026-06-30"
POLICY = [
    {"policy_id": "fx", "key": "max_age_days_day", "value": "10"},
    {"policy_id": "fx", "key": "max_age_days_month", "value": "45"},
    {"policy_id": "fx", "key": "year_rate", "value": "same_year"},
    {"policy_id": "attribution", "key": "across_sectors", "value": "plant_count"},
    {"policy_id": "attribution", "key": "split_penalty", "value": "1"},
    {"policy_id": "attribution", "key": "ownership_penalty", "value": "1"},
    {"policy_id": "concentration", "key": "top_count", "value": "10"},
]


def book(
    loans: Rows, companies: Rows, plants: Rows, holdings: Rows | None = None, emissions: Rows | None = None, classes: Rows | None = None
) -> dict[str, Rows]:
    """The given tables of a chain of models; what a row leaves out has the plainest value."""
    return {
        "ref_run__settings": [{"run_id": "r", "as_of_date": AS_OF, "window_start_date": "2025-07-01", "window_end_date": AS_OF}],
        "ref_rules__policy": POLICY,
        "stg_bank__loans": [loan(**row) for row in loans],
        "stg_bank__counterparties": [{"accounts_currency_code": "USD", "accounts_date": "2025-12-31", **row} for row in companies],
        "stg_bank__ownership": [{"valid_from_date": "1900-01-01", **row} for row in holdings or []],
        "stg_plants__plants": [{"sector": "cement", "status": "operating", "country_iso3": "IDN", **row} for row in plants],
        "int_plants__emissions": [emission(**row) for row in emissions or []],
        "int_plants__class": classes or [],
        "raw_matching__unmatched": [],
    }


def loan(**row: Any) -> dict[str, Any]:
    """A loan in US dollars, active, to a cement company."""
    plain = {
        "portfolio_id": "B", "reporting_date": AS_OF, "fx_date": AS_OF, "status": "active", "currency_code": "USD", "sector": "cement",
        "counterparty_name": str(row.get("counterparty_id")), "source_file_id": "f", "source_row_number": 1,
    }  # fmt: skip
    return plain | row


def emission(**row: Any) -> dict[str, Any]:
    """Reported emissions of scope 1 over the window."""
    return {"scope": "1", "period_start_date": "2025-07-01", "period_end_date": AS_OF, "pcaf_option": "1b", "pcaf_score": 2} | row

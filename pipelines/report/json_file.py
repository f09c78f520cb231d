"""scorecard.json: the marts for a machine. Keys in a fixed order, numbers rounded by the name of their column."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.report.format import decimal, rounded
from pipelines.report.marts import FILES, HEADLINE, MARTS, PLANTS, RULES, Mart
from pipelines.report.portfolio_view import PortfolioView
from pipelines.report.scorecard import Row, Scorecard
from pipelines.report.words import PARTS, STATES

#: docs/scorecard.schema.json describes this version.
SCHEMA_VERSION = 1
#: Decimals by the end of a column's name; any other number has six.
DECIMALS = {"_usd": 2, "_amount": 2, "_ratio": 6, "score_low": 2, "score_high": 2}
_OTHER_DECIMALS = 6
_DRIVER_COLUMNS = ("driver", "shapley_points", "ordered_points", "note")


def write_json(path: Path, scorecard: Scorecard) -> Path:
    """Write the scorecard as UTF-8 JSON, described by docs/scorecard.schema.json; equal scorecards give equal bytes."""
    text = json.dumps(document(scorecard), ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
    return path


def document(scorecard: Scorecard) -> dict[str, Any]:
    """The content of scorecard.json. Amounts are of the reporting currency, ratios lie between 0 and 1, dates are ISO text."""
    run = scorecard.run
    keys = (
        "run_id",
        "as_of_date",
        "known_at",
        "result_status",
        "final_until_date",
        "data_kinds",
        "window_start_date",
        "window_end_date",
        "reporting_currency_code",
        "code_version",
        "portfolio",
        "root_hash",
    )
    return {
        "schema_version": SCHEMA_VERSION,
        "run": {key: value(key, run.get(key)) for key in keys},
        "portfolios": [portfolio(scorecard, portfolio_id) for portfolio_id in scorecard.portfolio_ids],
        **{mart.part: records(mart, scorecard.rows(mart)) for mart in (PLANTS, RULES, FILES)},
        "rejects": scorecard.reject_counts,
        "meaning": {
            "parts": {mark.code: mark.meaning for mark in PARTS.values()},
            "states": {mark.code: mark.meaning for mark in STATES.values()},
        },
    }


def portfolio(scorecard: Scorecard, portfolio_id: str) -> dict[str, Any]:
    """One portfolio: its headline (null without a row for all sectors), the sectors, and the other marts of portfolios."""
    headlines = records(HEADLINE, scorecard.rows(HEADLINE, portfolio_id))
    others = [mart for mart in MARTS if mart.is_per_portfolio and mart is not HEADLINE]
    return {
        "portfolio_id": portfolio_id,
        "headline": next((row for row in headlines if row["sector"] == "all"), None),
        "sectors": [row for row in headlines if row["sector"] != "all"],
        **{mart.part: records(mart, scorecard.rows(mart, portfolio_id)) for mart in others},
        "change": change(PortfolioView(scorecard, portfolio_id)),
    }


def change(portfolio: PortfolioView) -> dict[str, Any] | None:
    """Why the headline moved: the words, both ends, and the drivers that changed."""
    if portfolio.change is None:
        return None
    summary = {name: value(name, raw) for name, raw in portfolio.change.items() if name != "portfolio_id"}
    drivers = [{name: value(name, row[name]) for name in _DRIVER_COLUMNS} for row in portfolio.change_drivers]
    return {**summary, "drivers": drivers}


def records(mart: Mart, rows: list[Row]) -> list[dict[str, Any]]:
    """Rows with the columns of the contract, in its order."""
    return [{name: value(name, row[name]) for name in mart.columns} for row in rows]


def value(column: str, raw: Any) -> Any:
    """A cell as JSON: numbers rounded by `DECIMALS`, dates as ISO text, what is not a number (NaN, infinity) as null."""
    if isinstance(raw, date):
        return raw.isoformat()
    if isinstance(raw, (float, Decimal)):
        exact = decimal(raw)
        return None if exact is None else float(rounded(exact, _decimals(column)))
    return raw


def _decimals(column: str) -> int:
    found = (digits for end, digits in DECIMALS.items() if column.endswith(end))
    return next(found, _OTHER_DECIMALS)

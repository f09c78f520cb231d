"""What is not known, and how much exposure stands behind it: unmatched, not received, not computable; and the files that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.report.marts import FILES, HEADLINE, LEFT_OUT, RESTATEMENTS, SILENT_FEEDS, UNASSESSABLE
from pipelines.report.silent_feeds import silent_stacks
from pipelines.report.site.addresses import COVERAGE, HOME
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.page import Page
from pipelines.report.site.words import t
from pipelines.report.words import PARTS

#: Rows of one table; what is beyond stands in the CSV file that the page names.
ROWS_SHOWN = 200
_OPEN = """
select * from mart_portfolio__open_inputs
order by portfolio_id, exposure_usd desc nulls last, binding_plant_count desc, plant_count desc, indicator_id, state, reason_code
"""


def coverage_pages(material: Material) -> Iterator[Page]:
    """One page for all portfolios."""
    yield Page(COVERAGE, t("nav.coverage"), HOME, "site/coverage.html.j2", lambda: _content(material))


def _content(material: Material) -> Mapping[str, Any]:
    scorecard = material.scorecard
    gaps, inputs = grouped(scorecard.rows(UNASSESSABLE), "portfolio_id"), grouped(material.read(_OPEN), "portfolio_id")
    headlines = grouped(scorecard.rows(HEADLINE), "portfolio_id")
    return {
        "portfolios": [
            (portfolio_id, headlines[portfolio_id], gaps.get(portfolio_id, []), inputs.get(portfolio_id, []))
            for portfolio_id in scorecard.portfolio_ids
        ],
        "parts": PARTS.values(),
        "silent_feeds": silent_stacks(scorecard.extra(SILENT_FEEDS)),
        "files": scorecard.rows(FILES),
        "rejects": scorecard.rejects,
        "reject_counts": scorecard.reject_counts,
        "left_out": sorted(scorecard.extra(LEFT_OUT), key=lambda row: -row["hour_count"]),
        "restatements": scorecard.extra(RESTATEMENTS),
        "rows_shown": ROWS_SHOWN,
    }

"""One page a borrower, over all portfolios, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pipelines.report.marts import LOANS
from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import BORROWERS, HOME, borrower_address
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.page import Page
from pipelines.report.site.words import t

def borrower_pages(material: Material) -> Iterator[Page]:
    """The list, then every borrower in the order of the ids."""
    loans = grouped(material.scorecard.rows(LOANS), "borrower_id")
    yield Page(BORROWERS, t("nav.borrowers"), HOME, "site/borrowers.html.j2", lambda: {"borrowers": list(loans.values())})
    for borrower_id, rows in loans.items():
        yield Page(borrower_address(borrower_id), rows[0]["counterparty_name"], BORROWERS, "site/borrower.html.j2", partial(_content, rows))


def _content(rows: list[Row]) -> Mapping[str, Any]:
    return {"loans": rows}

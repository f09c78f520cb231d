"""The first page with all portfolios, and one page a portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pipelines.report.site.addresses import HOME, portfolio_address
from pipelines.report.site.material import Material
from pipelines.report.site.page import Page
from pipelines.report.site.words import t
from pipelines.report.views import PortfolioView


def portfolio_pages(material: Material) -> Iterator[Page]:
    """The overview, then the portfolios in the order of their names."""
    views = [PortfolioView(material.scorecard, portfolio_id) for portfolio_id in material.scorecard.portfolio_ids]
    yield Page(HOME, t("home.title"), None, "site/home.html.j2", lambda: {"portfolios": views}, t("nav.home"))
    for view in views:
        title = t("portfolio.title", view.portfolio_id)
        yield Page(portfolio_address(view.portfolio_id), title, HOME, "site/portfolio.html.j2", partial(_content, view))


def _content(view: PortfolioView) -> Mapping[str, Any]:
    return {"portfolio": view}

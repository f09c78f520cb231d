"""Which kinds of page a site has, in the order of the navigation."""

from __future__ import annotations

from pipelines.report.site.addresses import BORROWERS, HOME, PLANTS
from pipelines.report.site.borrowers import borrower_pages
from pipelines.report.site.page import Kind
from pipelines.report.site.plants import plant_pages
from pipelines.report.site.portfolios import portfolio_pages

KINDS: tuple[Kind, ...] = (
    Kind("portfolios", "nav.home", HOME, portfolio_pages),
    Kind("borrowers", "nav.borrowers", BORROWERS, borrower_pages),
    Kind("plants", "nav.plants", PLANTS, plant_pages),
)

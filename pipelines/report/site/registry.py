"""Which kinds of page a site has, in the order of the navigation."""

from __future__ import annotations

from pipelines.report.site.addresses import BORROWERS, COUNTRIES, COVERAGE, FINDINGS, HOME, METHOD, PLANTS, RULES
from pipelines.report.site.borrowers import borrower_pages
from pipelines.report.site.countries import country_pages
from pipelines.report.site.coverage import coverage_pages
from pipelines.report.site.findings import findings_pages
from pipelines.report.site.method import method_pages
from pipelines.report.site.page import Kind
from pipelines.report.site.plants import plant_pages
from pipelines.report.site.portfolios import portfolio_pages
from pipelines.report.site.rules import rule_pages

KINDS: tuple[Kind, ...] = (
    Kind("portfolios", "nav.home", HOME, portfolio_pages),
    Kind("borrowers", "nav.borrowers", BORROWERS, borrower_pages),
    Kind("plants", "nav.plants", PLANTS, plant_pages),
    Kind("findings", "nav.findings", FINDINGS, findings_pages),
    Kind("rules", "nav.rules", RULES, rule_pages),
    Kind("countries", "nav.countries", COUNTRIES, country_pages),
    Kind("coverage", "nav.coverage", COVERAGE, coverage_pages),
    Kind("method", "nav.method", METHOD, method_pages),
)

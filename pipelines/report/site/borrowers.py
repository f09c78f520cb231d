"""One page a borrower, over all portfolios, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pipelines.report.marts import LOANS, MEASURES, OVERCAPACITY, PLANTS
from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import BORROWERS, HOME, borrower_address
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.measures import measures_of
from pipelines.report.site.page import Page
from pipelines.report.site.tasks import Tasks
from pipelines.report.site.words import t

_COUNTERPARTIES = """
select counterparty_id, min(country_iso3) as country_iso3, min(lei) as lei, min(national_id) as national_id, min(sector) as sector
from stg_bank__counterparties
group by counterparty_id
order by counterparty_id
"""
_LOAN_FACTS = """
select portfolio_id, loan_id, facility_type, maturity_date from int_loans__exposure order by portfolio_id, loan_id
"""
_OWNERS = """
select owner_id, reached_id as plant_id, share_ratio, depth from int_ownership__chains order by owner_id, reached_id
"""
#: Emissions of a loan's plants after its last day, as the bank would finance them, added over plants and units in decimals.
_LOCK_IN = """
select portfolio_id, loan_id, sum(after_maturity_tco2e::decimal(28, 6))::double as after_maturity_tco2e
from mart_portfolio__lock_in
group by portfolio_id, loan_id
order by portfolio_id, loan_id
"""
#: What is sent until then still changes a provisional result of the last period; later it restates an issued one.
_CORRECTED_UNTIL = "select (as_of_date + correction_days::integer)::date as corrected_until_date from mart_run__status"


def borrower_pages(material: Material) -> Iterator[Page]:
    """The list, then every borrower in the order of the ids."""
    more = _More(material)
    yield Page(BORROWERS, t("nav.borrowers"), HOME, "site/borrowers.html.j2", lambda: {"borrowers": more.all})
    for borrower_id, rows in sorted(more.by_borrower.items()):
        name = rows[0]["borrower_name"] or borrower_id
        yield Page(borrower_address(borrower_id), name, BORROWERS, "site/borrower.html.j2", partial(_content, borrower_id, rows, more))


class _More:
    """Rows of all borrowers, read once."""

    def __init__(self, material: Material) -> None:
        extra = material.scorecard.extra
        self.all = sorted(
            extra("mart_portfolio__borrowers"), key=lambda row: (row["portfolio_id"], -(row["exposure_usd"] or 0), row["borrower_id"])
        )
        self.by_borrower = grouped(self.all, "borrower_id")
        self.loans = grouped(material.scorecard.rows(LOANS), "borrower_id")
        self.plants_of_loans = grouped(material.scorecard.plants_of_loans, "portfolio_id", "loan_id")
        self.plants = {row["plant_id"]: row for row in material.scorecard.rows(PLANTS)}
        self.groups = {(row["plant_id"], row["family"]): row for row in extra("mart_plants__group_states")}
        self.parties = {row["counterparty_id"]: row for row in material.read(_COUNTERPARTIES)}
        self.facts = {(row["portfolio_id"], row["loan_id"]): row for row in material.read(_LOAN_FACTS)}
        self.after = {(row["portfolio_id"], row["loan_id"]): row["after_maturity_tco2e"] for row in material.read(_LOCK_IN)}
        self.owned = grouped(material.read(_OWNERS), "owner_id")
        self.flagged = grouped((row for row in extra(OVERCAPACITY) if row["has_overcapacity_flag"]), "portfolio_id", "loan_id")
        self.tasks = Tasks(material.scorecard, material.read(_CORRECTED_UNTIL)[0]["corrected_until_date"])
        # what would help a plant is the same in every portfolio; its effect on the headline stands on the portfolio's page
        self.measures = {row["plant_id"]: row for row in extra(MEASURES) if row["action_count"]}
        self.steps = measures_of(material)


def _content(borrower_id: str, portfolios: list[Row], more: _More) -> Mapping[str, Any]:
    loans = [more.facts.get((row["portfolio_id"], row["loan_id"]), {}) | row for row in more.loans[borrower_id]]
    behind = {row["plant_id"] for loan in loans for row in more.plants_of_loans[loan["portfolio_id"], loan["loan_id"]]}
    shares = {row["plant_id"]: row["share_ratio"] for row in more.owned[borrower_id]}
    return {
        "borrower_id": borrower_id,
        "party": more.parties.get(borrower_id),
        "portfolios": portfolios,
        "loans": loans,
        "plants_of": {
            (loan["portfolio_id"], loan["loan_id"]): more.plants_of_loans[loan["portfolio_id"], loan["loan_id"]] for loan in loans
        },
        "plants": [more.plants[plant_id] for plant_id in sorted(behind) if plant_id in more.plants],
        "shares": shares,
        "groups": more.groups,
        "families": sorted({family for _, family in more.groups}),
        "after": more.after,
        "flagged": more.flagged,
        "tasks": more.tasks.of(loans, behind),
        "measures": [more.measures[plant_id] for plant_id in sorted(behind) if plant_id in more.measures],
        "steps_of": more.steps,
    }

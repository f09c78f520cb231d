"""The first page with all portfolios, the table of them, and one page a portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pipelines.report.marts import SILENT_FEEDS
from pipelines.report.portfolio_view import PortfolioView
from pipelines.report.scorecard import Row
from pipelines.report.silent_feeds import silent_stacks
from pipelines.report.site.addresses import HOME, PORTFOLIOS, portfolio_address, slug
from pipelines.report.site.formats import percent, signed_points
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.measures import measures_of
from pipelines.report.site.names import Names
from pipelines.report.site.page import Page
from pipelines.report.site.words import Text, t

Step = tuple[float, float]

#: Rows of a table on a portfolio page; the others stand in the CSV file that the table names.
SHOWN = 25
_GAPS = 200
#: Plants of the heat map where all portfolios stand in one file.
SHORT = 60
#: What is open today by standing: how long, and what ends soon. Days are those of the register.
_AGEING = """
select p.portfolio_id, f.standing, count(*) as open_count, max(f.open_days) as oldest_days,
    min(s.as_of_date + f.days_to_cure_end::integer)::date as next_cure_date,
    sum(case when f.days_to_cure_end < 0 then 1 else 0 end)::bigint as overdue_count,
    sum(case when f.days_to_cure_end between 0 and 30 then 1 else 0 end)::bigint as ending_count,
    sum(case when f.is_waiting then 1 else 0 end)::bigint as waiting_count,
    sum(case when f.waiver_id is not null then 1 else 0 end)::bigint as waived_count,
    sum(case when f.waiver_expiry_date <= s.as_of_date + interval 30 day then 1 else 0 end)::bigint as expiring_count
from mart_findings__register as f
inner join mart_portfolio__plants as p on f.plant_id = p.plant_id
cross join ref_run__settings as s
where f.state not like 'CLOSED%' and f.state <> 'FALSE_POSITIVE'
group by p.portfolio_id, f.standing
order by p.portfolio_id, f.standing
"""


def portfolio_pages(material: Material) -> Iterator[Page]:
    """The overview, all portfolios beside each other, then each in the order of their names."""
    views = [PortfolioView(material.scorecard, portfolio_id) for portfolio_id in material.scorecard.portfolio_ids]
    more = More(material)
    overview = partial(_overview, views, more)
    yield Page(HOME, t("home.title"), None, "site/home.html.j2", overview, t("nav.home"))
    yield Page(PORTFOLIOS, t("portfolios"), HOME, "site/portfolios.html.j2", lambda: {"portfolios": views}, t("portfolios.short"))
    for view in views:
        title = t("portfolio.title", view.portfolio_id)
        content = partial(_content, view, more)
        yield Page(portfolio_address(view.portfolio_id), title, PORTFOLIOS, "site/portfolio.html.j2", content)


class More:
    """Rows beside the view of a portfolio, read once for all portfolios."""

    def __init__(self, material: Material) -> None:
        extra = material.scorecard.extra
        self.trend = grouped(extra("mart_portfolio__trend"), "portfolio_id")
        self.borrowers = grouped(extra("mart_portfolio__borrowers"), "portfolio_id")
        self.movers = grouped(extra("mart_portfolio__change_plants"), "portfolio_id")
        self.concentration = grouped(extra("mart_portfolio__concentration"), "portfolio_id")
        self.top = grouped(extra("mart_portfolio__top_exposures"), "portfolio_id")
        self.ageing = grouped(material.read(_AGEING), "portfolio_id")
        self.in_force = sorted(extra("mart_rules__came_into_force"), key=lambda row: (row["instrument_title"], row["instrument_id"]))
        self.groups = {(row["plant_id"], row["family"]): row for row in extra("mart_plants__group_states")}
        self.steps = measures_of(material)
        self.silent = silent_stacks(extra(SILENT_FEEDS))


def _overview(views: list[PortfolioView], more: More) -> Mapping[str, Any]:
    return {"books": [short_book(view, more) for view in views], "silent_feeds": more.silent}


def _content(view: PortfolioView, more: More) -> Mapping[str, Any]:
    places = {"heading": "h2", "prefix": "", "is_short": False, "plants_shown": len(view.plants), "gaps_shown": _GAPS}
    return {"book": book(view, more) | places}


def short_book(view: PortfolioView, more: More) -> Mapping[str, Any]:
    """The same for a page that has all portfolios: headings one step lower, ids of its own, tables cut sooner."""
    prefix = f"{slug(view.portfolio_id)}-"
    return book(view, more) | {"heading": "h3", "prefix": prefix, "is_short": True, "plants_shown": SHORT, "gaps_shown": SHOWN}


def book(view: PortfolioView, more: More) -> dict[str, Any]:
    """What the parts of a portfolio show (`templates/site/portfolio_parts.html.j2`, `portfolio_more.html.j2`)."""
    portfolio_id = view.portfolio_id
    trend = sorted((row for row in more.trend[portfolio_id] if row["sector"] == "all"), key=lambda row: row["as_of_date"])
    plants = more.movers[portfolio_id]
    movers = [row for row in plants if signed_points(row["shapley_points"]) != "0"]
    movers.sort(key=lambda row: (-abs(row["shapley_points"] or 0), row["plant_id"], row["driver"]))
    borrowers = sorted(more.borrowers[portfolio_id], key=lambda row: (-(row["exposure_usd"] or 0), row["borrower_id"]))
    largest = sorted((row for row in more.top[portfolio_id] if row["exposure_rank"] == 1), key=lambda row: row["dimension"])
    return {
        "portfolio": view,
        "moved": moved(view, plants),
        "bridge": bridge_steps(view),
        "trend": trend,
        "in_force": more.in_force if view.change else [],
        "movers": movers[:SHOWN],
        "borrowers": borrowers,
        "ageing": {row["standing"]: row for row in more.ageing[portfolio_id]},
        "findings": {row["standing"]: row for row in view.findings},
        "concentration": {row["dimension"]: row for row in more.concentration[portfolio_id]},
        "largest_buckets": largest,
        "borrower_of": {row["loan_id"]: row["borrower_id"] for row in view.loans},
        "groups": more.groups,
        "steps_of": more.steps,
        "families": sorted({family for _, family in more.groups}, key=_family_place),
        "shown": SHOWN,
    }


def moved(view: PortfolioView, movers: Sequence[Row] = ()) -> Text:
    """Why the headline moved, in one sentence: from what to what, each driver's part, and the plant that moved it most.

    The sentence of the change bridge (`mart_portfolio__change_summary`) names the verdicts that changed too; here the table of movers does.
    """
    change = view.change
    if change is None:
        return t("moved.none")
    if change["state"] == "no_earlier_run":
        return t("moved.first")
    told = [row for row in _largest_first(view.change_drivers) if signed_points(row["shapley_points"]) != "0"]
    if not told:
        return Text(change["sentence"], t("moved.same").zh)
    name, ends = Names.of("metric", change["metric"]), (percent(change["before_ratio"]), percent(change["after_ratio"]))
    parts = [(Names.of("driver", row["driver"]), signed_points(row["shapley_points"])) for row in told]
    points = signed_points(change["change_points"])
    most = _moved_most(movers)
    english = f"The {name} went from {ends[0]} to {ends[1]} ({points} points): {', '.join(f'{driver} {part}' for driver, part in parts)}"
    english += f"; above all {most[0]} ({most[1]})." if most else "."
    chinese = f"{Text.chinese(name)}由 {Text.chinese(ends[0])} 变为 {Text.chinese(ends[1])}（{points} 个百分点）："
    chinese += "，".join(f"{Text.chinese(driver)} {part}" for driver, part in parts)
    chinese += f"；其中 {most[0]}（{most[1]}）。" if most else "。"
    return Text(english, chinese)


def _moved_most(movers: Sequence[Row]) -> tuple[str, str] | None:
    """Name and points of the plant that moved the portfolio most, by all drivers together."""
    first = next((row for row in movers if row["plant_place"] == 1 and signed_points(row["plant_points"]) != "0"), None)
    return (first["plant_name"], signed_points(first["plant_points"])) if first else None


def bridge_steps(view: PortfolioView) -> list[tuple[Row | None, Step]]:
    """The bridge as steps from the share before to the share now, each with its driver's row; the two ends have none."""
    change, drivers = view.change, view.change_drivers
    if change is None or not drivers or change["before_ratio"] is None or change["after_ratio"] is None:
        return []
    at = float(change["before_ratio"]) * 100
    steps: list[tuple[Row | None, Step]] = [(None, (at, at))]
    for row in drivers:
        steps.append((row, (at, at + float(row["shapley_points"]))))
        at += float(row["shapley_points"])
    return [*steps, (None, (float(change["after_ratio"]) * 100,) * 2)]


def _largest_first(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-abs(row["shapley_points"] or 0), row["driver_no"]))


def _family_place(family: str) -> tuple[int, str]:
    order = ("air", "energy", "carbon", "water", "waste", "equipment", "management")
    return (order.index(family) if family in order else len(order)), family

"""Host countries: exposure and what is known of it, on a map and in a table; demand and capacity; values of countries beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipelines.report.marts import COUNTRY_VARIANCE
from pipelines.report.scorecard import Row
from pipelines.report.site import formats
from pipelines.report.site.addresses import COUNTRIES, HOME
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.names import Names
from pipelines.report.site.page import Page
from pipelines.report.site.words import t
from pipelines.report.site.world_map import Place, country_map, outlines
from pipelines.report.words import PARTS

_COUNTRIES = "select * from mart_portfolio__countries order by portfolio_id, exposure_usd desc, country_iso3"
_NEED = "select * from mart_portfolio__country_need order by portfolio_id, country_iso3, sector"
_CAPACITY = """
select c.*
from mart_country__capacity as c
inner join (
    select country_iso3, sector, max(year) as year from mart_country__capacity group by country_iso3, sector
) as n on c.country_iso3 = n.country_iso3 and c.sector = n.sector and c.year = n.year
where exists (select 1 from mart_portfolio__countries as h where h.country_iso3 = c.country_iso3)
order by c.country_iso3, c.sector
"""


def country_pages(material: Material) -> Iterator[Page]:
    """One page for all countries."""
    yield Page(COUNTRIES, t("nav.countries"), HOME, "site/countries.html.j2", lambda: _content(material))


def _content(material: Material) -> Mapping[str, Any]:
    names = Names(material.scorecard)
    countries, need = grouped(material.read(_COUNTRIES), "portfolio_id"), grouped(material.read(_NEED), "portfolio_id")
    variance = material.scorecard.extra(COUNTRY_VARIANCE)
    hidden = {
        (row["indicator_id"], row["sector"], row["process"], row["ref_o2_pct"], row["country_iso3"])
        for row in variance
        if not row["is_shown"]
    }
    return {
        "portfolios": [
            (portfolio_id, rows, _map(portfolio_id, rows, names), _not_drawn(rows), need.get(portfolio_id, []))
            for portfolio_id, rows in countries.items()
        ],
        "capacity": material.read(_CAPACITY),
        "variance": [row for row in variance if row["is_shown"]],
        "withheld_count": len(hidden),
        "parts": PARTS.values(),
    }


def _map(portfolio_id: str, rows: Sequence[Row], names: Names) -> Any:
    places = {row["country_iso3"]: _place(row, names) for row in rows if row["country_iso3"] != "-"}
    return country_map(places, t("map.title", portfolio_id), t("map.how"))


def _not_drawn(rows: Sequence[Row]) -> list[str]:
    return [row["country_iso3"] for row in rows if row["country_iso3"] not in outlines() and row["country_iso3"] != "-"]


def _place(row: Row, names: Names) -> Place:
    """A country is filled by the largest part of its exposure, an equal one by the first in the order of the headline bar from its end."""
    mark = max(reversed(PARTS.values()), key=lambda mark: row[f"{mark.code}_usd"])
    words = t("map.country", names.country(row["country_iso3"]), formats.money(row["exposure_usd"]), names.of("part", mark.code))
    return Place(mark.style, mark.symbol, words)

"""One page a plant behind the book, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pipelines.report.marts import EMISSIONS, ENERGY_ESTIMATES, LOANS, SILENT_FEEDS, SUSPICIONS
from pipelines.report.marts import PLANTS as SCORECARDS
from pipelines.report.plant_view import PlantView, plant_view
from pipelines.report.portfolio_view import NO_LEGAL
from pipelines.report.scorecard import Row
from pipelines.report.silent_feeds import silent_stacks
from pipelines.report.site.addresses import HOME, PLANTS, plant_address
from pipelines.report.site.indicator_view import IndicatorView, indicator_views
from pipelines.report.site.indicators import days_of, indicator_pages
from pipelines.report.site.material import Material, grouped
from pipelines.report.site.page import Asset, Page
from pipelines.report.site.plant_rows import PlantRows
from pipelines.report.site.words import t


def plant_pages(material: Material) -> Iterator[Page | Asset]:
    """The list, then every plant that a loan leads to (in a run without loans, every plant), each followed by its indicators."""
    is_without_loans = not material.scorecard.plants_of_loans
    plants = [row for row in material.scorecard.rows(SCORECARDS) if row["loan_count"] or is_without_loans]
    by_size = sorted(plants, key=lambda row: (-(row["exposure_usd"] or 0), row["plant_id"]))
    more = _More(material)
    yield Page(PLANTS, t("nav.plants"), HOME, "site/plants.html.j2", lambda: {"plants": by_size} | more.heat)
    views = {row["plant_id"]: indicator_views(more.rows, row["plant_id"]) for row in plants}
    days = days_of(material, (view for found in views.values() for view in found))
    for row in plants:
        title, found = row["plant_name"] or row["plant_id"], views[row["plant_id"]]
        yield Page(plant_address(row["plant_id"]), title, PLANTS, "site/plant.html.j2", partial(_content, row, found, more))
        yield from indicator_pages(found, days)


class _More:
    """Rows of all plants, read once."""

    def __init__(self, material: Material) -> None:
        extra = material.scorecard.extra
        self.scorecard = material.scorecard
        self.rows = PlantRows(material)
        self.loans = {(row["portfolio_id"], row["loan_id"]): row for row in material.scorecard.rows(LOANS)}
        self.behind = grouped(material.scorecard.plants_of_loans, "plant_id")
        self.suspicions = grouped(extra(SUSPICIONS), "plant_id")
        self.emissions = grouped(extra(EMISSIONS), "plant_id")
        self.energy = grouped(extra(ENERGY_ESTIMATES), "plant_id")
        self.silent_feeds = grouped(silent_stacks(extra(SILENT_FEEDS)), "plant_id")
        groups = {(row["plant_id"], row["family"]): row for row in extra("mart_plants__group_states")}
        self.heat = {"groups": groups, "families": sorted({family for _, family in groups})}


def _content(row: Row, indicators: list[IndicatorView], more: _More) -> Mapping[str, Any]:
    plant_id = row["plant_id"]
    required = [v for v in more.rows.verdicts[plant_id] if v["kind"] == "requirement"]
    view: PlantView = plant_view(more.scorecard, row)
    return {
        "plant": row,
        "register": more.rows.plants.get(plant_id, {}),
        "view": view,
        "legal": more.scorecard.legal.get(plant_id, NO_LEGAL),
        "units": more.rows.units[plant_id],
        "equipment": grouped((v for v in more.rows.verdicts[plant_id] if v["kind"] == "prohibition"), "unit_id"),
        "required": [(v, more.rows.facts[plant_id, v["indicator_id"]], more.rows.indicators.get(v["indicator_id"], {})) for v in required],
        "owners": more.rows.owners[plant_id],
        "loans": [more.loans.get((one["portfolio_id"], one["loan_id"]), {}) | one for one in more.behind[plant_id]],
        "indicators": indicators,
        "monthly": [indicator for indicator in indicators if indicator.months],
        "compared": [indicator for indicator in indicators if indicator.regimes and indicator.row["measured_value"] is not None],
        "silent": grouped(more.rows.silent[plant_id], "reason_code"),
        "silent_feeds": more.silent_feeds[plant_id],
        "groups_of": {one["family"]: one for one in more.rows.groups[plant_id]},
        "emissions": sorted(more.emissions[plant_id], key=lambda one: one["scope"]),
        "energy": sorted(more.energy[plant_id], key=lambda one: one["item"]),
    } | more.heat

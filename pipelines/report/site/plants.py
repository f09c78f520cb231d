"""One page a plant behind the book, and the list of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pipelines.report.marts import PLANTS as SCORECARDS
from pipelines.report.scorecard import Row
from pipelines.report.site.addresses import HOME, PLANTS, plant_address
from pipelines.report.site.material import Material
from pipelines.report.site.page import Page
from pipelines.report.site.words import t


def plant_pages(material: Material) -> Iterator[Page]:
    """The list, then every plant that a loan leads to, in the order of the ids."""
    plants = [row for row in material.scorecard.rows(SCORECARDS) if row["loan_count"]]
    yield Page(PLANTS, t("nav.plants"), HOME, "site/plants.html.j2", lambda: {"plants": plants})
    for row in plants:
        title = row["plant_name"] or row["plant_id"]
        yield Page(plant_address(row["plant_id"]), title, PLANTS, "site/plant.html.j2", partial(_content, row))


def _content(row: Row) -> Mapping[str, Any]:
    return {"plant": row}

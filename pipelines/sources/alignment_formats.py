"""Canonical formats of alignment and of reviewed matches, part of `formats.FORMATS`: pathways, regions, plants by year, decisions."""

from __future__ import annotations

from typing import Annotated, Literal

from pipelines.sources.columns import AS_WORD, WORD, CountryCode, Date, Format, Quantity, Text, Year, optional, required, required_column

PathwaySector = Annotated[Literal["cement", "steel", "flat_glass"], AS_WORD, WORD]
YearTier = Annotated[Literal["reported", "planned", "estimated"], AS_WORD, WORD]


class ScenarioPathway(Format):
    """One row per scenario, sector, region and published year: the emission intensity a sector has to reach. None is shipped."""

    scenario_source: Text = required("publisher and edition, e.g. weo_2024; regions are looked up under it")
    scenario: Text = required("scenario, e.g. nze_2050")
    sector: PathwaySector = required("sector")
    region: Text = required("region; `global` is all countries, `belt_and_road` the members by memorandum")
    year: Year = required("calendar year")
    intensity_t_per_t: Quantity = required("emission intensity", unit="t CO2 per t of product")
    product: Text | None = optional("tonne of what, e.g. cement, crude steel", empty="the sector's usual product")
    reference: Text | None = optional("table or link it was taken from", empty="not reported")


class ScenarioRegion(Format):
    """One row per region of a scenario and country in it."""

    scenario_source: Text = required("scenario the region belongs to, as in `scenario_pathways`")
    region: Text = required("region")
    country_iso3: CountryCode = required("country in it")


class PlantYear(Format):
    """One row per plant and calendar year: what it made at which emission intensity, in the past or by plan."""

    plant_id: Text = required("plant, as in `plants`")
    year: Year = required("calendar year")
    production_t: Quantity | None = required_column("production of the sector's product", empty="not known", unit="t")
    intensity_t_per_t: Quantity | None = required_column("scope 1 emission intensity", empty="not known", unit="t CO2 per t")
    evidence_tier: YearTier | None = optional("how the figures came about", empty="reported")
    note: Text | None = optional("remark for a reader", empty="none")


class MatchDecision(Format):
    """One row per loan and plant that somebody has accepted or rejected. Runs replay it until a name or the register changes."""

    portfolio_id: Text | None = optional("portfolio of the loan", empty="every portfolio with this loan id")
    loan_id: Text = required("loan, as in `loans`")
    plant_id: Text = required("plant, as in `plants`")
    decision: Annotated[Literal["accepted", "rejected"], AS_WORD, WORD] = required("whether the loan finances the plant")
    decided_by: Text = required("who decided")
    decided_on: Date = required("day of the decision")
    reason: Text = required("why")
    fingerprint: Text = required("what was decided on: copied from `mart_portfolio__match_review`")

"""The canonical formats of plants: sites, units, stacks, what a site states, returns and papers. `formats.py` gathers all formats."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

from pipelines.sources.columns import (
    AS_WORD,
    WORD,
    Count,
    CountryCode,
    Date,
    Format,
    Latitude,
    Longitude,
    Number,
    Quantity,
    Text,
    YesNo,
    check_order,
    optional,
    refused_cell,
    required,
    required_column,
)
from pipelines.sources.reading_formats import TimeLabel

PlantSector = Annotated[Literal["cement", "steel", "flat_glass"], AS_WORD, WORD]
PlantStatus = Annotated[Literal["operating", "construction", "announced", "mothballed", "retired", "cancelled", "unknown"], AS_WORD, WORD]
Route = Annotated[Literal["integrated", "grinding", "bf_bof", "eaf", "dri_eaf", "float", "other"], AS_WORD, WORD]
RegionClass = Annotated[Literal["general", "key_region"], AS_WORD, WORD]
Process = Annotated[
    Literal[
        "clinker_kiln", "cement_mill", "clinker_cooler", "raw_mill", "coal_mill", "dryer", "crusher", "packer",
        "material_handling", "bag_line", "site_boundary",
        "coke_oven", "coke_charging", "coke_pushing", "coke_dry_quenching", "coke_handling", "sinter_strand", "sinter_tail",
        "pellet_plant", "blast_furnace", "bf_hot_stove", "bf_cast_house", "bf_stockhouse", "hot_metal_pretreatment",
        "bof_converter", "bof_secondary", "refining_furnace", "casting_cutting", "slag_treatment", "electroslag_remelting",
        "steelmaking_other", "lime_kiln", "eaf", "dri_furnace", "induction_furnace", "open_hearth", "reheating_furnace",
        "heat_treatment_furnace", "pickling_line", "iron_casting", "ferroalloy_furnace", "power_boiler", "gas_turbine",
        "rolling_mill",
        "float_line", "sheet_glass_line", "rolled_glass_line", "batch_preparation", "glass_coating",
    ],
    AS_WORD,
    WORD,
]  # fmt: skip
Technology = Annotated[str, AS_WORD, WORD]
EvidenceTier = Annotated[Literal["measured", "reported", "estimated"], AS_WORD, WORD]
EvidenceStatus = Annotated[Literal["yes", "no", "unknown"], AS_WORD, WORD]
#: Routes that exist in a sector, and technologies of the processes that the rules tell apart.
ROUTES = {
    "cement": ("integrated", "grinding"),
    "steel": ("bf_bof", "eaf", "dri_eaf"),
    "flat_glass": ("float", "other"),
}
KILN_TECHNOLOGIES = (
    "new_dry_precalciner", "dry_preheater", "dry_hollow", "dry_unspecified", "wet", "semi_dry", "shaft", "lepol", "earth_kiln", "unknown",
)  # fmt: skip
GLASS_TECHNOLOGIES = ("float", "float_scr", "float_ordinary", "flat_draw", "rolled", "unknown")
TECHNOLOGIES = {
    "clinker_kiln": KILN_TECHNOLOGIES,
    "float_line": GLASS_TECHNOLOGIES,
    "sheet_glass_line": GLASS_TECHNOLOGIES,
    "rolled_glass_line": GLASS_TECHNOLOGIES,
}


class Plant(Format):
    """One row per plant (site)."""

    plant_id: Text = required("id of the plant, unique")
    plant_name: Text = required("name, in Latin script where there is one")
    plant_name_local: Text | None = optional("name in the local script", empty="not reported")
    alternative_names: Text | None = optional("other names, separated by `;`", empty="none known")
    country_iso3: CountryCode = required("host country")
    region_name: Text | None = optional("province or state", empty="not reported")
    city: Text | None = optional("municipality", empty="not reported")
    latitude: Latitude | None = optional("latitude, WGS 84", empty="not reported", unit="degrees")
    longitude: Longitude | None = optional("longitude, WGS 84", empty="not reported", unit="degrees")
    sector: PlantSector = required("sector")
    route: Route | None = optional(
        "production route; cement: integrated, grinding; steel: bf_bof, eaf, dri_eaf; flat glass: float, other", empty="unknown"
    )
    status: PlantStatus | None = optional("state of the plant", empty="unknown")
    commissioning_date: Date | None = optional("first day of operation", empty="unknown")
    owner_id: Text | None = optional("direct owner, as in `counterparties`", empty="not reported")
    owner_name: Text | None = optional("name of the direct owner", empty="not reported")
    parent_id: Text | None = optional("ultimate parent, as in `counterparties`", empty="not reported")
    parent_name: Text | None = optional("name of the ultimate parent", empty="not reported")
    region_class: RegionClass | None = optional("class of the region for limits that differ by region", empty="unknown")
    altitude_m: Number | None = optional("altitude above sea level", empty="not reported", unit="m")
    capacity_t_per_year: Quantity | None = optional("yearly capacity of the main product", empty="not reported", unit="t/year")
    product: Text | None = optional("main product", empty="not reported")
    note: Text | None = optional("remark for a reader", empty="none")

    @model_validator(mode="after")
    def _route_exists_in_the_sector(self) -> Self:
        known = ROUTES[self.sector]
        if self.route is not None and self.route not in known:
            reason = f"route '{self.route}' does not exist in sector {self.sector}"
            raise refused_cell("route", self.route, reason, f"use {_one_of(known)}, or leave the cell empty")
        return self


class ProcessUnit(Format):
    """One row per process unit of a plant: kiln, mill, furnace, converter, line."""

    unit_id: Text = required("id of the unit, unique")
    plant_id: Text = required("plant it stands in, as in `plants`")
    unit_name: Text | None = optional("name on site", empty="not reported")
    process: Process = required("what the unit does")
    technology: Technology | None = optional(
        f"how it does it; clinker_kiln: {', '.join(KILN_TECHNOLOGIES)}; glass lines: {', '.join(GLASS_TECHNOLOGIES)}; "
        "any word for other processes",
        empty="unknown",
    )
    capacity_t_per_year: Quantity | None = optional("yearly capacity", empty="not reported", unit="t/year")
    size_value: Quantity | None = optional("size by which rules tell small from large units", empty="unknown", unit="`size_unit`")
    size_unit: Text | None = optional("unit of the size: m3, m2, m, t, t/d", empty="unknown")
    commissioning_date: Date | None = optional("first day of operation", empty="unknown")
    retirement_date: Date | None = optional("last day of operation", empty="none known")
    mothballed_from_date: Date | None = optional("first day of the last period out of service", empty="none known")
    mothballed_to_date: Date | None = optional("last day of that period", empty="still out of service, where it began")
    status: PlantStatus | None = optional("state of the unit", empty="unknown")
    fuel: Text | None = optional("main fuel", empty="unknown")
    raw_material: Text | None = optional("main raw material", empty="unknown")
    last_overhaul_date: Date | None = optional("day the last relining or rebuild ended", empty="none known")
    note: Text | None = optional("remark for a reader", empty="none")

    @model_validator(mode="after")
    def _technology_belongs_to_the_process(self) -> Self:
        known = TECHNOLOGIES.get(self.process)
        if known and self.technology is not None and self.technology not in known:
            reason = f"technology '{self.technology}' is not known for process {self.process}"
            raise refused_cell("technology", self.technology, reason, f"use {_one_of(known)}")
        return self

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self, "commissioning_date", "retirement_date")
        check_order(self, "mothballed_from_date", "mothballed_to_date")
        return self


class EmissionPoint(Format):
    """One row per stack or other emission point."""

    stack_id: Text = required("id of the stack, unique")
    plant_id: Text = required("plant, as in `plants`")
    unit_id: Text | None = optional("process unit that it serves, as in `process_units`", empty="unknown")
    stack_name: Text | None = optional("name on site", empty="not reported")
    time_zone: Text | None = optional(
        "zone of the place, which tells local days, and of readings that have none of their own: IANA name or UTC±hh:mm",
        empty="unknown; local days are taken as sent",
    )
    time_label: TimeLabel | None = optional("what the time of a reading marks", empty="hour_beginning")
    has_cems: YesNo | None = optional("continuous monitor installed", empty="unknown")
    interval_minutes: Count | None = optional("length of the averaging interval", empty="seen from the readings", unit="min")
    flag_scheme: Text | None = optional("scheme of the flags, as in `data/reference/monitoring_flags.csv`", empty="hj_212")
    uncertainty_pct: Quantity | None = optional(
        "expanded uncertainty of a measurement at the limit, from the certificate of the analyser", empty="that of the rule", unit="%"
    )


class SiteInput(Format):
    """One row per plant or unit and input of a formula that no other format carries: what a permit, survey or assay says about the site."""

    plant_id: Text = required("plant, as in `plants`")
    unit_id: Text | None = optional("process unit, as in `process_units`", empty="the whole plant")
    input: Text = required(
        "area_coefficient, limestone_pyritic_sulphur_pct, laterite_ore_share_pct … (expression_inputs of the vocabulary)"
    )
    value: Number | None = required_column("its value", empty="not known", unit="as the name says")
    valid_from_date: Date | None = optional("first day it is true", empty="not stated, true since ever")
    valid_to_date: Date | None = optional("last day it is true", empty="still true")
    document_reference: Text | None = optional("document it rests on", empty="none")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self, "valid_from_date", "valid_to_date")
        return self


class PeriodicReturn(Format):
    """One row per plant, unit, item and period: production, fuel, electricity, water, CO2, waste."""

    plant_id: Text = required("plant, as in `plants`")
    unit_id: Text | None = optional("process unit, as in `process_units`", empty="the whole plant")
    period_start_date: Date = required("first day of the period")
    period_end_date: Date = required("last day of the period")
    item: Text = required("what is returned, e.g. production_clinker, electricity_used")
    value: Number | None = required_column("amount in the period", empty="not reported", unit="`unit`")
    unit: Text = required("unit of the value, e.g. t, kWh, m3, GJ, t CO2e")
    evidence_tier: EvidenceTier | None = optional("how the value came about", empty="reported")
    note: Text | None = optional("remark for a reader", empty="none")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self, "period_start_date", "period_end_date")
        return self


class ManagementEvidence(Format):
    """One row per plant and item: permit, EIA, certificate, installed monitor, grievance channel."""

    plant_id: Text = required("plant, as in `plants`")
    item: Text = required("environmental_permit, eia_approval, iso_14001, iso_50001, cems_installed, grievance_channel …")
    status: EvidenceStatus = required("whether the plant has it")
    document_reference: Text | None = optional("document it rests on", empty="none")
    valid_from_date: Date | None = optional("first day of validity", empty="not stated")
    valid_to_date: Date | None = optional("last day of validity", empty="no end")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        check_order(self, "valid_from_date", "valid_to_date")
        return self


def _one_of(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]

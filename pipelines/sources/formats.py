"""The canonical formats: what a bank or a plant sends, each defined once. Schema, template, page and raw table follow from here.

A class is a format, its docstring says what one row is, a field is a column. `FORMATS` and `TABLES` name them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from pipelines.sources.alignment_formats import MatchDecision, PlantYear, ScenarioPathway, ScenarioRegion
from pipelines.sources.columns import (
    AS_WORD,
    WORD,
    Amount,
    Balance,
    Count,
    CountryCode,
    CurrencyCode,
    Date,
    Format,
    Latitude,
    Longitude,
    Number,
    Quantity,
    Rate,
    Ratio,
    Score,
    Text,
    Year,
    YesNo,
    optional,
    required,
    required_column,
)
from pipelines.sources.reading_formats import StackColumn, StackFile, StackReading, TimeLabel

LoanSector = Annotated[Literal["cement", "steel", "flat_glass", "other"], AS_WORD, WORD]
PlantSector = Annotated[Literal["cement", "steel", "flat_glass"], AS_WORD, WORD]
LoanStatus = Annotated[Literal["active", "repaid", "written_off", "pipeline"], AS_WORD, WORD]
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
Measure = Annotated[Literal["capacity", "production", "consumption", "imports", "exports"], AS_WORD, WORD]
TonnesUnit = Annotated[Literal["t", "kt", "Mt"], WORD]
DataKind = Annotated[Literal["synthetic", "trial"], AS_WORD, WORD]
StatisticsTier = Annotated[Literal["reported", "estimated"], AS_WORD, WORD]
Frequency = Annotated[Literal["day", "month", "year"], AS_WORD, WORD]
EquatorCategory = Annotated[Literal["a", "b", "c"], AS_WORD, WORD]
Operator = Annotated[Literal["below", "at_most", "at_least", "above"], AS_WORD, WORD]
Period = Annotated[Literal["month", "quarter", "half_year", "year"], AS_WORD, WORD]
DayKind = Annotated[Literal["calendar", "business"], AS_WORD, WORD]

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


def _refuse(column: str, value: object, reason: str, what_to_do: str) -> PydanticCustomError:
    """The error of a check over several columns, pinned on one of them."""
    context: dict[str, Any] = {"column": column, "value": str(value), "reason": reason, "what_to_do": what_to_do}
    return PydanticCustomError("cell", "{reason}", context)


def _check_order(row: Format, first: str, last: str) -> None:
    """Refuse a period that ends before it begins."""
    start, end = getattr(row, first), getattr(row, last)
    if start is not None and end is not None and end < start:
        raise _refuse(last, end, f"{last} {end} lies before {first} {start}", "check both dates")


class Loan(Format):
    """One row per loan, portfolio and reporting date, as the bank's ledger has it; amounts are in the loan's currency."""

    portfolio_id: Text = required("portfolio that holds the loan")
    loan_id: Text = required("id of the loan, unique in its portfolio and reporting date")
    reporting_date: Date = required("day the amounts are true for")
    counterparty_id: Text | None = optional("id of the borrower, as in `counterparties`", empty="the book has none; the name is matched")
    counterparty_name: Text = required("name of the borrower")
    facility_type: Text | None = optional("term_loan, revolving, project_finance, bond …", empty="not reported")
    currency_code: CurrencyCode = required("currency of all amounts of the row")
    fx_date: Date | None = optional("day whose exchange rate converts the amounts", empty="the reporting date")
    outstanding_amount: Balance | None = optional("drawn and not repaid, own share", empty="not reported", unit="loan currency")
    undrawn_amount: Balance | None = optional("committed and not drawn, own share", empty="not reported", unit="loan currency")
    commitment_amount: Balance | None = optional(
        "committed in all, own share; only where the book knows nothing else", empty="not reported", unit="loan currency"
    )
    facility_amount: Balance | None = optional("whole facility of all lenders", empty="not reported", unit="loan currency")
    participation_ratio: Ratio | None = optional("own share of the facility", empty="not reported", unit="ratio 0-1")
    origination_date: Date | None = optional("day of first signing", empty="not reported")
    maturity_date: Date | None = optional("day of final maturity", empty="not reported")
    sector: LoanSector | None = optional("sector of the financed activity", empty="not reported")
    country_iso3: CountryCode | None = optional("country of the financed activity", empty="not reported")
    status: LoanStatus | None = optional("state of the loan", empty="active")
    project_name: Text | None = optional("project or purpose", empty="not reported")
    latitude: Latitude | None = optional("latitude of what is financed, WGS 84", empty="not reported", unit="degrees")
    longitude: Longitude | None = optional("longitude of what is financed, WGS 84", empty="not reported", unit="degrees")
    lender_name: Text | None = optional("lender, where the portfolio holds several", empty="not reported")
    lei: Text | None = optional("legal entity identifier of the borrower", empty="not reported")
    ep_category: EquatorCategory | None = optional("category under the Equator Principles", empty="not reported")
    project_equity_amount: Amount | None = optional(
        "equity of the financed project, for project finance", empty="that of the borrower counts", unit="loan currency"
    )
    project_debt_amount: Balance | None = optional(
        "debt of the financed project, all lenders, for project finance", empty="that of the borrower counts", unit="loan currency"
    )
    note: Text | None = optional("remark for a reader", empty="none")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self, "origination_date", "maturity_date")
        return self


class Counterparty(Format):
    """One row per borrower or owner."""

    counterparty_id: Text = required("id of the company, unique")
    counterparty_name: Text = required("legal name")
    country_iso3: CountryCode | None = optional("country of registration", empty="not reported")
    lei: Text | None = optional("legal entity identifier", empty="not reported")
    national_id: Text | None = optional("number in the national company register", empty="not reported")
    sector: LoanSector | None = optional("main sector", empty="not reported")
    total_equity_amount: Amount | None = optional("balance-sheet equity; may be negative", empty="not reported", unit="accounts currency")
    total_debt_amount: Balance | None = optional("balance-sheet debt", empty="not reported", unit="accounts currency")
    total_assets_amount: Balance | None = optional("balance-sheet total", empty="not reported", unit="accounts currency")
    evic_amount: Balance | None = optional(
        "enterprise value including cash, of a listed company", empty="not listed, or not reported", unit="accounts currency"
    )
    accounts_currency_code: CurrencyCode | None = optional("currency of the amounts of the row", empty="not reported")
    accounts_date: Date | None = optional("balance-sheet day", empty="not reported")
    revenue_amount: Balance | None = optional("revenue of the year", empty="not reported", unit="accounts currency")
    market_cap_amount: Balance | None = optional("market value of the shares", empty="not reported", unit="accounts currency")
    enterprise_value_amount: Amount | None = optional("enterprise value, cash deducted", empty="not reported", unit="accounts currency")
    cash_amount: Balance | None = optional("cash and equivalents", empty="not reported", unit="accounts currency")


class Ownership(Format):
    """One row per holding of one company in another company or in a plant."""

    owner_id: Text = required("company that owns, as in `counterparties`")
    owner_name: Text | None = optional("its name", empty="not reported")
    owned_id: Text = required("company or plant that is owned, as in `counterparties` or `plants`")
    share_ratio: Ratio | None = required_column("share held", empty="share unknown", unit="ratio 0-1")
    valid_from_date: Date | None = optional("first day of the holding", empty="not stated, held since ever")
    valid_to_date: Date | None = optional("last day of the holding", empty="still held")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self, "valid_from_date", "valid_to_date")
        return self


class LoanPlantLink(Format):
    """One row per loan and plant it finances, where somebody knows and states it."""

    portfolio_id: Text | None = optional("portfolio of the loan", empty="every portfolio with this loan id")
    loan_id: Text = required("loan, as in `loans`")
    plant_id: Text = required("plant, as in `plants`")
    allocation_ratio: Ratio | None = optional("part of the loan that finances this plant", empty="not stated", unit="ratio 0-1")
    decided_by: Text | None = optional("person or desk that states it", empty="not reported")
    decided_on: Date | None = optional("day it was stated", empty="not reported")
    reason: Text | None = optional("why", empty="not reported")


class ControlTotal(Format):
    """One row per portfolio, reporting date and currency: what the ledger adds up to, so that a lost loan is noticed."""

    portfolio_id: Text = required("portfolio")
    reporting_date: Date = required("day the totals are true for")
    currency_code: CurrencyCode = required("currency of the total")
    loan_count: Count = required("number of loans in the ledger", unit="loans")
    outstanding_amount: Balance = required("sum of the outstanding amounts in the ledger", unit="loan currency")


class Covenant(Format):
    """One row per covenant of a loan, or per target of a sustainability-linked loan, with its latest certificate, notice and waiver."""

    covenant_id: Text = required("id of the covenant, unique")
    portfolio_id: Text | None = optional("portfolio of the loan", empty="every portfolio with this loan id")
    loan_id: Text = required("loan, as in `loans`")
    plant_id: Text | None = optional("plant it speaks of, as in `plants`", empty="every plant behind the loan, the worst counts")
    metric: Text = required("what is tested: an indicator, a rule, or a metric of the borrower's certificate")
    operator: Operator = required("how value and level are compared for the covenant to hold")
    level: Number = required("level of the covenant, or target of the sustainability-linked loan", unit="`unit`")
    unit: Text | None = optional("unit of level and values; of an indicator its own unit", empty="that of the indicator, or a ratio")
    period: Period | None = optional("length of the period that a value stands for", empty="year")
    first_test_date: Date = required("first day of test")
    test_frequency: Period | None = optional("how often it is tested", empty="year")
    reported_value: Number | None = optional("value of the latest certificate of the borrower", empty="none sent", unit="`unit`")
    reported_date: Date | None = optional("last day of the period of that value", empty="none sent")
    notice_date: Date | None = optional("day of the notice of a breach; the cure period runs from it", empty="none given")
    cure_days: Count | None = optional("length of the cure period", empty="no cure", unit="days")
    cure_day_kind: DayKind | None = optional("which days count", empty="calendar")
    calendar_code: Text | None = optional("calendar of the business days, as in `calendar_days`", empty="Monday to Friday")
    waived_from_date: Date | None = optional("first day of a waiver", empty="none")
    waived_to_date: Date | None = optional("last day of the waiver", empty="none")
    waiver_reference: Text | None = optional("document of the waiver", empty="none")
    baseline_value: Number | None = optional(
        "value the target of a sustainability-linked loan starts from", empty="a plain covenant", unit="`unit`"
    )
    margin_step_bp: Number | None = optional("change of the margin when the target is met", empty="none", unit="basis points")
    note: Text | None = optional("remark for a reader", empty="none")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self, "waived_from_date", "waived_to_date")
        return self

    @model_validator(mode="after")
    def _a_value_has_its_day(self) -> Self:
        if self.reported_value is not None and self.reported_date is None:
            raise _refuse("reported_date", None, "a reported value stands without the day of its period's end", "add reported_date")
        return self


class CalendarDay(Format):
    """One row per day on which a business calendar differs from Monday to Friday: a holiday, or a working day at a weekend."""

    calendar_code: Text = required("calendar, e.g. a country code")
    day_date: Date = required("day")
    is_business_day: YesNo = required("whether banks are open")
    day_name: Text | None = optional("name of the day", empty="none")


class DataLabel(Format):
    """One row per thing that a reader has to know of all that is received. Every page, the workbook and the JSON show it."""

    data_kind: DataKind = required(
        "synthetic: invented, about no real plant, company or loan; trial: sent to try the program, not to decide"
    )


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
            raise _refuse("route", self.route, reason, f"use {_one_of(known)}, or leave the cell empty")
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
            raise _refuse("technology", self.technology, reason, f"use {_one_of(known)}")
        return self

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        _check_order(self, "commissioning_date", "retirement_date")
        _check_order(self, "mothballed_from_date", "mothballed_to_date")
        return self


class EmissionPoint(Format):
    """One row per stack or other emission point."""

    stack_id: Text = required("id of the stack, unique")
    plant_id: Text = required("plant, as in `plants`")
    unit_id: Text | None = optional("process unit that it serves, as in `process_units`", empty="unknown")
    stack_name: Text | None = optional("name on site", empty="not reported")
    time_zone: Text | None = optional("zone of the readings: IANA name or UTC±hh:mm", empty="unknown; local days are taken as sent")
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
        _check_order(self, "valid_from_date", "valid_to_date")
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
        _check_order(self, "period_start_date", "period_end_date")
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
        _check_order(self, "valid_from_date", "valid_to_date")
        return self


class FxRate(Format):
    """One row per currency and day, month or year. USD itself needs no row."""

    currency_code: CurrencyCode = required("currency")
    rate_date: Date = required("day of the rate; for a month or year its last day")
    units_per_usd: Rate = required("how much of the currency one US dollar buys", unit="currency per USD")
    frequency: Frequency | None = optional("what the rate stands for: one day, or the mean of a month or year", empty="day")
    rate_source: Text | None = optional("who published it", empty="not reported")


class Country(Format):
    """One row per country, with facts that rules and scorecards need."""

    country_iso3: CountryCode = required("country")
    country_name: Text = required("English short name")
    country_iso2: Text | None = optional("two-letter code (NA is Namibia, not a blank)", empty="not reported")
    bri_joined_year: Year | None = optional("year of the Belt-and-Road memorandum", empty="none")
    water_stress_score: Score | None = optional("baseline water stress", empty="not reported", unit="score 0-5")
    air_quality_zone: Text | None = optional("air-quality zone of the whole country", empty="none")


class KpiTarget(Format):
    """One row per loan and target of a sustainability-linked loan, as the loan agreement states it."""

    portfolio_id: Text = required("portfolio that holds the loan")
    loan_id: Text = required("loan")
    kpi_id: Text = required("name of the key performance indicator, unique in the loan")
    plant_id: Text = required("plant whose performance counts")
    indicator: Text = required("indicator id, as in rules/indicators")
    unit: Text = required("unit of both values, spelt as in rules/units.yaml")
    baseline_value: Number = required("performance the target is measured from", unit="as in `unit`")
    target_value: Number = required("sustainability performance target", unit="as in `unit`")
    target_date: Date = required("day by which it is due")
    verified_on: Date | None = optional("day of the last external verification", empty="never verified")
    note: Text | None = optional("remark for a reader", empty="none")


class CountryDemand(Format):
    """One row per country, sector, year and measure: what the country can make, makes, uses and trades."""

    country_iso3: CountryCode = required("country")
    sector: PlantSector = required("sector")
    year: Year = required("calendar year, or the fiscal year that ends in it")
    measure: Measure = required("what is measured")
    value: Quantity = required("amount of cement, crude steel or flat glass; capacity a year", unit="as in `unit`")
    unit: TonnesUnit = required("tonnes, thousand or million tonnes")
    source: Text = required("who published it, and where")
    evidence_tier: StatisticsTier | None = optional("whether the publisher reports or estimates it", empty="reported")


def _one_of(words: tuple[str, ...]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


#: Format name (= reader id) → model, in the order of the documentation.
FORMATS: dict[str, type[Format]] = {
    "loans": Loan,
    "counterparties": Counterparty,
    "ownership": Ownership,
    "loan_plant_links": LoanPlantLink,
    "control_totals": ControlTotal,
    "covenants": Covenant,
    "match_decisions": MatchDecision,
    "plants": Plant,
    "process_units": ProcessUnit,
    "emission_points": EmissionPoint,
    "site_inputs": SiteInput,
    "stack_readings": StackReading,
    "stack_files": StackFile,
    "stack_columns": StackColumn,
    "periodic_returns": PeriodicReturn,
    "management_evidence": ManagementEvidence,
    "fx_rates": FxRate,
    "countries": Country,
    "calendar_days": CalendarDay,
    "plant_years": PlantYear,
    "scenario_pathways": ScenarioPathway,
    "scenario_regions": ScenarioRegion,
    "country_demand": CountryDemand,
    "kpi_targets": KpiTarget,
    "data_labels": DataLabel,
}
_SUBJECTS = {
    "bank": ("loans", "counterparties", "ownership", "loan_plant_links", "control_totals", "covenants", "match_decisions", "kpi_targets"),
    "plants": ("plants", "process_units", "emission_points", "site_inputs"),
    "monitoring": ("stack_readings", "stack_files", "stack_columns", "periodic_returns", "management_evidence", "plant_years"),
    "landing": ("data_labels",),
    "reference": ("fx_rates", "countries", "calendar_days", "scenario_pathways", "scenario_regions", "country_demand"),
}
#: Format name → raw table.
TABLES = {name: f"raw_{subject}__{name}" for subject, names in _SUBJECTS.items() for name in names}

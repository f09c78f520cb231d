"""The canonical formats: what a bank or a plant sends, each defined once. Schema, template, page and raw table follow from here.

A class is a format, its docstring says what one row is, a field is a column. `FORMATS` and `TABLES` name them.
"""

from __future__ import annotations

from pipelines.sources.alignment_formats import MatchDecision, PlantYear, ScenarioPathway, ScenarioRegion
from pipelines.sources.bank_formats import ControlTotal, Counterparty, Covenant, KpiTarget, Loan, LoanPlantLink, Ownership
from pipelines.sources.columns import Format
from pipelines.sources.plant_formats import EmissionPoint, ManagementEvidence, PeriodicReturn, Plant, ProcessUnit, SiteInput
from pipelines.sources.reading_formats import StackColumn, StackFile, StackReading
from pipelines.sources.reference_formats import CalendarDay, Country, CountryDemand, DataLabel, FxRate

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

"""The tables that the report reads (docs/architecture.md section 6): columns it relies on, and the order of their rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mart:
    """A mart as the report needs it.

    Args: name of the table; part: its key in scorecard.json; columns: those shown; order: the `order by` that makes rows stand still.
    """

    name: str
    part: str
    columns: tuple[str, ...]
    order: str

    @property
    def is_per_portfolio(self) -> bool:
        return self.name.startswith("mart_portfolio__")


def _mart(name: str, part: str, columns: str, order: str) -> Mart:
    return Mart(name, part, tuple(columns.split()), order)


HEADLINE = _mart(
    "mart_portfolio__headline",
    "headline",
    """portfolio_id sector loan_count scope_loan_count closed_loan_count plant_count exposure_usd
    green_usd transition_usd not_green_usd unknown_usd unmatched_usd assessed_rate_ratio coverage_ratio
    lower_ratio upper_ratio error_loan_count out_of_scope_usd undrawn_usd exposure_basis""",
    "portfolio_id, sector",
)
LEVELS = _mart(
    "mart_portfolio__levels",
    "levels",
    "portfolio_id sector index_level_worst index_level_best plant_count exposure_usd",
    "portfolio_id, sector, index_level_worst, index_level_best",
)
ELIMINATED_EQUIPMENT = _mart(
    "mart_portfolio__eliminated_equipment",
    "eliminated_equipment",
    """portfolio_id plant_id unit_id rule_id plant_name country_iso3 process technology size_value size_unit prohibition_class state
    exposure_usd title instrument_title clause evidence""",
    "portfolio_id, exposure_usd desc nulls last, plant_id, unit_id, rule_id",
)
FAILING_RULES = _mart(
    "mart_portfolio__failing_rules",
    "failing_rules",
    """portfolio_id rule_id tier title instrument_title layer kind evidence severity is_binding_tier is_verified binding_plant_count
    plant_count exposure_usd worst_headroom_ratio""",
    "portfolio_id, (binding_plant_count > 0) desc, is_binding_tier desc, exposure_usd desc nulls last, rule_id, tier",
)
UNASSESSABLE = _mart(
    "mart_portfolio__unassessable",
    "unassessable",
    "portfolio_id loan_id gap counterparty_name sector country_iso3 exposure_usd reason_code reason",
    "portfolio_id, exposure_usd desc nulls first, loan_id, gap",
)
EVIDENCE = _mart(
    "mart_portfolio__evidence",
    "evidence",
    "portfolio_id evidence rule_count verdict_count fail_count plant_count exposure_usd",
    "portfolio_id, evidence",
)
LOANS = _mart(
    "mart_portfolio__loans",
    "loans",
    """portfolio_id loan_id counterparty_name lender_name sector country_iso3 status currency_code exposure_amount exposure_basis
    exposure_usd undrawn_usd fx_rate fx_rate_date exposure_state reason_code is_in_scope plant_count match_method match_score match_reason
    best_candidate green_usd transition_usd not_green_usd unknown_usd unmatched_usd""",
    "portfolio_id, exposure_usd desc nulls first, loan_id",
)
PORTFOLIO_PLANTS = _mart(
    "mart_portfolio__plants",
    "plants",
    "portfolio_id plant_id plant_name country_iso3 sector plant_class class_reason loan_count exposure_usd",
    "portfolio_id, exposure_usd desc nulls last, plant_id",
)
PLANTS = _mart(
    "mart_plants__scorecard",
    "plants",
    """plant_id plant_name country_iso3 sector route status owner_name capacity_t_per_year plant_class class_best class_worst class_reason
    legal_state elimination_state index_level_best index_level_worst score_low score_high pass_count fail_count indeterminate_count
    no_data_count not_applicable_count error_count loan_count exposure_usd""",
    "plant_id",
)
RULES = _mart(
    "mart_rules__results",
    "rules",
    """rule_id instrument_id instrument_title title kind status layer family evidence severity assessed_count
    pass_count fail_count indeterminate_count no_data_count not_applicable_count error_count worst_headroom_ratio""",
    "rule_id",
)
FILES = _mart(
    "mart_landing__files",
    "files",
    "file_id file_name byte_count reader sheet row_count reject_count skipped_count state message",
    "file_name, sheet, file_id",
)

MARTS = (HEADLINE, LEVELS, ELIMINATED_EQUIPMENT, FAILING_RULES, UNASSESSABLE, EVIDENCE, LOANS, PORTFOLIO_PLANTS, PLANTS, RULES, FILES)

#: Marts that the page shows where the run made them; every column of them goes to csv/ alone.
AWAITING_VERIFICATION = "mart_portfolio__awaiting_verification"
SDG = "mart_portfolio__sdg"
FINDINGS = "mart_portfolio__findings"
WAIVERS = "mart_findings__waivers"
COUNTRY_VARIANCE = "mart_country_variance"
RESTATEMENTS = "mart_monitoring__restatements"
SILENT_FEEDS = "mart_monitoring__silent_feeds"
LEFT_OUT = "mart_monitoring__left_out"
INDEX_SENSITIVITY = "mart_plants__index_sensitivity"
REGIMES = "mart_plants__regimes"
WEIGHTINGS = "mart_portfolio__weightings"
PCAF = "mart_portfolio__pcaf"
COVENANTS = "mart_portfolio__covenants"
WATCH_LIST = "mart_portfolio__watch_list"
TOP_EXPOSURES = "mart_portfolio__top_exposures"
CHANGE = "mart_portfolio__change"
CHANGE_SUMMARY = "mart_portfolio__change_summary"
MEASURES = "mart_portfolio__measures"
OVERCAPACITY = "mart_portfolio__overcapacity"
EMISSIONS = "mart_plants__emissions"
ENERGY_ESTIMATES = "mart_plants__energy_estimates"
RETURN_CHECKS = "mart_plants__return_checks"
SUSPICIONS = "mart_plants__suspicions"

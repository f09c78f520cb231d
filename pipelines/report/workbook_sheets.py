"""Which sheets scorecard.xlsx has, from which table, and which of its columns, in order. Words and units come from the SQL models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipelines.report import words
from pipelines.report.scorecard import Column
from pipelines.report.spreadsheet import Field, Row
from pipelines.report.units import heading_of
from pipelines.report.words import Mark

Link = Callable[[Row], str | None]

VERDICTS = "int_plants__verdicts"
#: Columns of codes → what is shown for each: symbol, word and colour.
MARKS: dict[str, Mapping[str, Mark]] = {
    "plant_class": words.PARTS,
    "class_best": words.PARTS,
    "class_worst": words.PARTS,
    "legal_state": words.STATES,
    "elimination_state": words.STATES,
    "judged_state": words.STATES,
    "state": words.STATES,
    "evidence": words.EVIDENCE_MARKS,
}
_FINDING_MARKS = words.FINDING_STATES
#: Columns of codes → words for each, without a colour.
WORDS: dict[str, Mapping[str, str]] = {
    "layer": words.LAYERS,
    "standing": words.STANDINGS,
    "severity": words.SEVERITIES,
    "operator": words.OPERATORS,
    "gap": words.GAPS,
    "tier": words.TIERS,
    "match_method": words.MATCH_METHODS,
    "exposure_basis": words.BASES,
}
#: Columns of codes that read well with blanks for underscores.
_PLAIN = (
    "sector",
    "route",
    "status",
    "kind",
    "family",
    "change",
    "review_state",
    "exposure_state",
    "result_status",
    "reference_kind",
    "region_rule",
)
_KINDS = {"coverage_ratio": "coverage", "headroom_ratio": "headroom", "worst_headroom_ratio": "headroom", "days_to_cure_end": "days_left"}
_KINDS_OF_ENDS = {"_usd": "money", "_amount": "money", "_ratio": "ratio", "year": "year", "row_number": "year"}
_KINDS_OF_TYPES = {
    "DATE": "date",
    "TIMESTAMP": "moment",
    "BIGINT": "whole",
    "INTEGER": "whole",
    "DOUBLE": "number",
    "DECIMAL": "number",
    "BOOLEAN": "yes_no",
}
#: Width by what a column's name ends in or is, the first that fits.
_WIDTHS = (
    (("title", "reason", "measures", "what_to_do", "match_reason", "class_reason"), 44),
    (("rule_id",), 40),
    (("_name", "clause", "layer", "standing", "entity_id", "best_candidate"), 28),
    (("evidence", "borrower_id", "finding_id", "fingerprint", "portfolio_id", "_usd", "_amount"), 20),
)


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook.

    Args: name: on its tab. table: of the database. columns: those shown; `table.column` is one that is joined to the rows, and explained by
        that table. frozen: columns that stay in view. links: column → kind of the page that it leads to. whole: file of the run that holds
        every row and column, where it is not the CSV file of the table.
    """

    name: str
    table: str
    columns: tuple[str, ...]
    frozen: int
    links: Mapping[str, str]
    whole: str = ""

    @property
    def file(self) -> str:
        """File of the run that holds every row and every column."""
        return self.whole or f"csv/{self.table}.csv"

    def places(self) -> list[tuple[str, str]]:
        """Table and column of each column shown."""
        return [(table or self.table, column) for table, _, column in (name.rpartition(".") for name in self.columns)]


def _sheet(name: str, table: str, columns: str, frozen: int, links: Mapping[str, str], whole: str = "") -> Sheet:
    return Sheet(name, table, tuple(columns.split()), frozen, links, whole)


SHEETS = (
    _sheet(
        "portfolio",
        "mart_portfolio__headline",
        """portfolio_id sector assessed_rate_ratio coverage_ratio lower_ratio upper_ratio exposure_usd green_usd transition_usd
        not_green_usd unknown_usd unmatched_usd exposure_basis loan_count scope_loan_count closed_loan_count error_loan_count
        plant_count out_of_scope_usd undrawn_usd""",
        2,
        {"portfolio_id": "portfolio"},
    ),
    _sheet(
        "borrowers",
        "mart_portfolio__borrowers",
        """borrower_name portfolio_id borrower_id exposure_usd assessed_rate_ratio coverage_ratio lower_ratio upper_ratio green_usd
        transition_usd not_green_usd unknown_usd unmatched_usd binding_finding_count overdue_finding_count waived_finding_count
        next_cure_end_date loan_count scope_loan_count closed_loan_count error_loan_count plant_count out_of_scope_usd undrawn_usd""",
        1,
        {"borrower_name": "borrower"},
    ),
    _sheet(
        "loans",
        "mart_portfolio__loans",
        """loan_id portfolio_id counterparty_name borrower_id sector country_iso3 status exposure_state is_in_scope exposure_usd green_usd
        transition_usd not_green_usd unknown_usd unmatched_usd undrawn_usd exposure_amount currency_code exposure_basis fx_rate
        fx_rate_date plant_count match_method match_score match_reason reason_code best_candidate lender_name""",
        1,
        {"counterparty_name": "borrower"},
    ),
    _sheet(
        "plants",
        "mart_plants__scorecard",
        """plant_name plant_id country_iso3 sector route status owner_name capacity_t_per_year plant_class class_reason class_best
        class_worst legal_state elimination_state index_level_best index_level_worst score_low score_high fail_count error_count
        no_data_count indeterminate_count pass_count not_applicable_count loan_count exposure_usd""",
        1,
        {"plant_name": "plant"},
    ),
    _sheet(
        "verdicts",
        VERDICTS,
        """mart_plants__scorecard.plant_name plant_id entity_id state mart_rules__results.title mart_findings__register.clause tier
        measured_value operator limit_value unit headroom_ratio capture_ratio within_ratio reason_code reason_detail period_start_date
        period_end_date is_binding_tier layer evidence severity result_status rule_id mart_landing__files.file_name source_row_number""",
        3,
        {"entity_id": "indicator"},
        "verdicts.parquet",
    ),
    _sheet(
        "findings",
        "mart_findings__register",
        """finding_id state check_end_date change reopened_reason standing plant_name plant_id entity_id title instrument_title clause
        tier worst_value operator worst_limit_value unit worst_headroom_ratio worst_start_date worst_end_date is_worse
        fail_period_count first_fail_date last_fail_start_date last_fail_date last_fail_value last_fail_limit_value first_seen_date
        first_seen_days opened_date open_days cure_end_date days_to_cure_end escalation_level reopened_count owner plan due_date
        waiver_id waiver_expiry_date judged_state is_not_reassessed severity layer evidence loan_count exposure_usd rule_id
        country_iso3 sector""",
        1,
        {"plant_name": "plant", "title": "rule"},
    ),
    _sheet(
        "rules",
        "mart_rules__results",
        """title rule_id instrument_title kind status layer family evidence severity assessed_count fail_count error_count no_data_count
        indeterminate_count pass_count not_applicable_count worst_headroom_ratio""",
        1,
        {"title": "rule"},
    ),
    _sheet(
        "coverage",
        "mart_portfolio__unassessable",
        "loan_id portfolio_id counterparty_name borrower_id sector country_iso3 gap exposure_usd reason_code reason what_to_do",
        1,
        {"counterparty_name": "borrower"},
    ),
    _sheet(
        "alignment",
        "mart_portfolio__alignment",
        """company_name portfolio_id company_id sector region scenario_source scenario year intensity_t_per_t market_intensity_t_per_t
        reference_intensity_t_per_t target_intensity_t_per_t target_deviation_ratio reference_deviation_ratio base_year
        base_intensity_t_per_t reference_kind region_rule is_estimate loan_count company_count weight_ratio sector_exposure_usd
        reason_code""",
        1,
        {},
    ),
    _sheet(
        "match review",
        "mart_portfolio__match_review",
        """loan_id portfolio_id counterparty_name project_name country_iso3 plant_id plant_name owner_name review_state match_method
        match_score match_reason decided_by decided_on fingerprint""",
        1,
        {"plant_name": "plant"},
    ),
)


def fields_of(sheet: Sheet, columns: Mapping[str, Sequence[Column]], reasons: Mapping[str, str], pages: Mapping[str, Link]) -> list[Field]:
    """Columns of a sheet as they are written.

    Args: columns: of each table. reasons: words of reason codes. pages: by kind, where the page of a row is.
    """
    types = {(table, column.name): column.type for table, found in columns.items() for column in found}
    beside = [column for _, column in sheet.places()]
    return [
        Field(
            name,
            heading_of(name, beside),
            kind_of(name, types.get((table, name), "")),
            _width(name),
            _FINDING_MARKS if (sheet.name, name) == ("findings", "state") else MARKS.get(name, {}),
            _words(name, reasons),
            pages.get(sheet.links.get(name, "")),
        )
        for table, name in sheet.places()
    ]


def kind_of(name: str, kind: str) -> str:
    """How a column is formatted (`spreadsheet.NUMBER_FORMATS`), by its name and its type in the database."""
    if name in _KINDS:
        return _KINDS[name]
    by_name = next((found for end, found in _KINDS_OF_ENDS.items() if name.endswith(end)), None)
    return by_name or _KINDS_OF_TYPES.get(kind.partition("(")[0], "text")


def _words(name: str, reasons: Mapping[str, str]) -> Callable[[str], str] | None:
    """What a code of the column is called; None for columns of free text."""
    if name in ("reason_code", "class_reason"):
        return lambda code: ", ".join((reasons.get(part.strip()) or words.plain(part.strip())).rstrip(".") for part in code.split(","))
    if name in WORDS:
        return lambda code: WORDS[name].get(code) or words.plain(code)
    return words.plain if name in _PLAIN else None


def _width(name: str) -> float:
    return next((width for ends, width in _WIDTHS if name.endswith(ends)), 14)

"""The canonical formats of a bank: its loans, borrowers, owners, covenants and totals. `formats.py` gathers all formats."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import model_validator

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
    Ratio,
    Text,
    check_order,
    optional,
    refused_cell,
    required,
    required_column,
)

LoanSector = Annotated[Literal["cement", "steel", "flat_glass", "other"], AS_WORD, WORD]
LoanStatus = Annotated[Literal["active", "repaid", "written_off", "pipeline"], AS_WORD, WORD]
EquatorCategory = Annotated[Literal["a", "b", "c"], AS_WORD, WORD]
Operator = Annotated[Literal["below", "at_most", "at_least", "above"], AS_WORD, WORD]
Period = Annotated[Literal["month", "quarter", "half_year", "year"], AS_WORD, WORD]
DayKind = Annotated[Literal["calendar", "business"], AS_WORD, WORD]


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
        check_order(self, "origination_date", "maturity_date")
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
        check_order(self, "valid_from_date", "valid_to_date")
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
        check_order(self, "waived_from_date", "waived_to_date")
        return self

    @model_validator(mode="after")
    def _a_value_has_its_day(self) -> Self:
        if self.reported_value is not None and self.reported_date is None:
            raise refused_cell("reported_date", None, "a reported value stands without the day of its period's end", "add reported_date")
        return self


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

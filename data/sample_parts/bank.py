"""The invented banks' books: loans, counterparties, ownership, decided links, control totals and exchange rates."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from sample_parts.files import read_table

REPORTING_DATE, NEXT_REPORTING_DATE = "2026-06-30", "2026-07-31"
LOAN_COLUMNS = (
    "portfolio_id loan_id reporting_date counterparty_id counterparty_name facility_type currency_code outstanding_amount undrawn_amount "
    "commitment_amount facility_amount participation_ratio origination_date maturity_date sector country_iso3 status project_name "
    "lender_name lei ep_category project_equity_amount project_debt_amount note"
).split()
COUNTERPARTY_COLUMNS = (
    "counterparty_id counterparty_name country_iso3 lei national_id sector total_equity_amount total_debt_amount total_assets_amount "
    "evic_amount accounts_currency_code accounts_date revenue_amount market_cap_amount enterprise_value_amount cash_amount"
).split()
OWNERSHIP_COLUMNS = "owner_id owner_name owned_id share_ratio valid_from_date valid_to_date".split()
LINK_COLUMNS = "portfolio_id loan_id plant_id allocation_ratio decided_by decided_on reason".split()
TOTAL_COLUMNS = "portfolio_id reporting_date currency_code loan_count outstanding_amount".split()
COVENANT_COLUMNS = (
    "covenant_id portfolio_id loan_id plant_id metric operator level unit period first_test_date test_frequency reported_value "
    "reported_date notice_date cure_days cure_day_kind calendar_code waived_from_date waived_to_date waiver_reference baseline_value "
    "margin_step_bp note"
).split()
CALENDAR_COLUMNS = "calendar_code day_date is_business_day day_name".split()
RATE_COLUMNS = "currency_code rate_date units_per_usd frequency rate_source".split()

PORTFOLIOS = {"silk_road_industrial": "Silk Caravan Bank (invented)", "green_bridge": "Green Bridge Development Bank (invented)"}
_SHORT = {"S": "silk_road_industrial", "G": "green_bridge"}

# amounts in millions of the currency; own share = facility x participation; an empty participation means the whole facility

# accounts in millions

# holding -> intermediate -> plant company; the rows from company to plant are made from the plants table


_MILLION = 1_000_000


def loans() -> list[dict[str, str]]:
    """The loan tape of both portfolios, columns as `LOAN_COLUMNS`, amounts in the loan's currency."""
    return _tape(read_table("loans"), REPORTING_DATE)


def next_loans() -> list[dict[str, str]]:
    """The tape a month later: a row of `loans_next_month` is a new loan, or what changed of an old one (a blank cell stays)."""
    rows = {row["loan_id"]: row for row in read_table("loans")}
    for changed in read_table("loans_next_month"):
        rows[changed["loan_id"]] = rows.get(changed["loan_id"], changed) | {name: text for name, text in changed.items() if text}
    return _tape(list(rows.values()), NEXT_REPORTING_DATE)


def _tape(rows: list[dict[str, str]], reporting_date: str) -> list[dict[str, str]]:
    leis = {row["counterparty_id"]: row["lei"] for row in counterparties()}
    return [_loan(row, leis, reporting_date) for row in rows]


def _loan(row: dict[str, str], leis: dict[str, str], reporting_date: str) -> dict[str, str]:
    portfolio_id = _SHORT[row["loan_id"][0]]
    in_millions = ("outstanding", "undrawn", "facility", "project_equity", "project_debt")
    amounts = {f"{name}_amount": _amount(row.pop(name)) for name in in_millions}
    return {
        **row,
        **amounts,
        "portfolio_id": portfolio_id,
        "reporting_date": reporting_date,
        "participation_ratio": row["participation_ratio"] or "1",
        "lender_name": PORTFOLIOS[portfolio_id],
        "lei": leis.get(row["counterparty_id"], ""),
    }


def counterparties() -> list[dict[str, str]]:
    """Borrowers and their parents with their last accounts, columns as `COUNTERPARTY_COLUMNS`."""
    return [_counterparty(row) for row in read_table("counterparties")]


def _counterparty(row: dict[str, str]) -> dict[str, str]:
    accounts = {"total_equity_amount": "equity", "total_debt_amount": "debt", "total_assets_amount": "assets", "evic_amount": "evic"}
    accounts |= {f"{name}_amount": name for name in ("revenue", "market_cap", "enterprise_value", "cash")}
    kept = ("counterparty_id", "counterparty_name", "country_iso3", "sector", "accounts_currency_code", "accounts_date")
    return {
        **{name: row[name] for name in kept},
        **{name: _amount(row[short]) for name, short in accounts.items()},
        "lei": lei(row["counterparty_id"]) if row["has_lei"] else "",
    }


def lei(counterparty_id: str) -> str:
    """A well-formed identifier (ISO 17442 check digits) under the unassigned prefix 9999: nobody's."""
    stem = "999900" + counterparty_id.replace("-", "").rjust(12, "0")
    digits = "".join(str(int(letter, 36)) for letter in f"{stem}00")
    return f"{stem}{98 - int(digits) % 97:02d}"


def ownership(plants: list[dict[str, str]]) -> list[dict[str, str]]:
    """Chains of owners, and each plant under the company that runs it from its first day on."""
    names = {row["counterparty_id"]: row["counterparty_name"] for row in counterparties()}
    direct = [
        {
            "owner_id": plant["owner_id"],
            "owner_name": names[plant["owner_id"]],
            "owned_id": plant["plant_id"],
            "share_ratio": "1",
            "valid_from_date": plant["commissioning_date"],
        }
        for plant in plants
    ]
    return [*read_table("ownership"), *direct]


def parents() -> dict[str, str]:
    """The owner in force of each owned counterparty."""
    return {row["owned_id"]: row["owner_id"] for row in read_table("ownership") if not row["valid_to_date"]}


def loan_plant_links() -> list[dict[str, str]]:
    """Links decided by a person, columns as `LINK_COLUMNS`."""
    return [{**row, "portfolio_id": _SHORT[row["loan_id"][0]]} for row in read_table("loan_plant_links")]


def control_totals(tape: list[dict[str, str]]) -> list[dict[str, str]]:
    """Count and outstanding amount per portfolio and currency, as the banks' ledgers would state them."""
    sums: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for loan in tape:
        sums[loan["portfolio_id"], loan["reporting_date"], loan["currency_code"]].append(Decimal(loan["outstanding_amount"]))
    return [
        {
            "portfolio_id": portfolio_id,
            "reporting_date": reporting_date,
            "currency_code": currency_code,
            "loan_count": str(len(amounts)),
            "outstanding_amount": str(sum(amounts)),
        }
        for (portfolio_id, reporting_date, currency_code), amounts in sorted(sums.items())
    ]


def covenants() -> list[dict[str, str]]:
    """Covenants and targets, columns as `COVENANT_COLUMNS`."""
    return read_table("covenants")


def calendar_days() -> list[dict[str, str]]:
    """Days on which a calendar differs from Monday to Friday, columns as `CALENDAR_COLUMNS`."""
    return read_table("calendar_days")


def fx_rates(last_date: str = REPORTING_DATE) -> list[dict[str, str]]:
    """Daily rates of the currencies of the book up to a day, invented."""
    return [
        {
            "currency_code": currency_code,
            "rate_date": row["rate_date"],
            "units_per_usd": rate,
            "frequency": "day",
            "rate_source": "invented for the samples",
        }
        for row in read_table("fx_rates")
        if row["rate_date"] <= last_date
        for currency_code, rate in {"USD": "1", **{name: rate for name, rate in row.items() if name != "rate_date"}}.items()
    ]


def _amount(millions: str) -> str:
    return f"{Decimal(millions) * _MILLION:.2f}" if millions else ""

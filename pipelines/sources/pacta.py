"""PACTA loan book (the columns of `r2dii.data`): loans, their borrowers and ultimate parents."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from pipelines.settings import REFERENCE_FOLDER
from pipelines.sources.country_names import country_iso3
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Row, Sheet

#: The format has neither: a book may add the columns `portfolio_id` and `reporting_date`, else these stand in.
PORTFOLIO_ID = "pacta"
#: First year of the scenarios and production data published with the format.
REPORTING_DATE = date(2020, 12, 31)
_REQUIRED = (
    "id_loan",
    "id_direct_loantaker",
    "name_direct_loantaker",
    "loan_size_outstanding",
    "loan_size_outstanding_currency",
    "loan_size_credit_limit",
    "loan_size_credit_limit_currency",
    "sector_classification_system",
    "sector_classification_direct_loantaker",
)
_OPTIONAL = (
    "id_ultimate_parent",
    "name_ultimate_parent",
    "lei_direct_loantaker",
    "isin_direct_loantaker",
    "portfolio_id",
    "reporting_date",
    "country_iso3",
)
_MISSING = {"", "na"}


def read_loanbook(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Loans, counterparties, and ownership of borrowers by their ultimate parents (share unknown).

    Undrawn is the credit limit less what is drawn, where both are in one currency and the limit is not below.
    """
    loans: list[Row] = []
    companies: dict[str, Row] = {}
    holdings: dict[tuple[str, str], Row] = {}
    for number, cells in numbered_cells(sheet):
        loans.append(_loan(number, cells))
        for level in ("direct_loantaker", "ultimate_parent"):
            company_id = _known(cells.get(f"id_{level}"))
            name = _known(cells.get(f"name_{level}"))
            if company_id and name:
                companies.setdefault(company_id, _company(number, company_id, name))
        holding = _holding(number, cells)
        if holding is not None:
            holdings.setdefault((holding["owner_id"], holding["owned_id"]), holding)
    rows = {
        "raw_bank__loans": loans,
        "raw_bank__counterparties": list(companies.values()),
        "raw_bank__ownership": list(holdings.values()),
    }
    return ReadResult(rows)


def sector_of(system: str, code: str) -> str:
    """Sector of a code that names cement, steel or flat glass and nothing else; every other code is `other`."""
    return _sectors().get((system.upper(), code.upper()), "other")


def _loan(number: int, cells: dict[str, Cell]) -> Row:
    system, code = text_of(cells["sector_classification_system"]), text_of(cells["sector_classification_direct_loantaker"])
    sent_date = _known(cells.get("reporting_date"))
    country = _known(cells.get("country_iso3"))
    return {
        "portfolio_id": _known(cells.get("portfolio_id")) or PORTFOLIO_ID,
        "loan_id": text_of(cells["id_loan"]),
        "reporting_date": sent_date or REPORTING_DATE,
        "counterparty_id": _known(cells["id_direct_loantaker"]),
        "counterparty_name": _known(cells["name_direct_loantaker"]),
        "currency_code": text_of(cells["loan_size_outstanding_currency"]),
        "outstanding_amount": _known(cells["loan_size_outstanding"]),
        "undrawn_amount": _undrawn(cells),
        "sector": sector_of(system, code) if code else None,
        "country_iso3": country_iso3(country) if country else None,
        "lei": _known(cells.get("lei_direct_loantaker")),
        "note": _note(system, code, sent_date),
        "source_row_number": number,
    }


def _note(system: str, code: str, sent_date: str | None) -> str:
    date_remark = None if sent_date else f"the book has no date: taken as of {REPORTING_DATE}; add a column reporting_date"
    return "; ".join(part for part in (f"sector code {system} {code}", date_remark) if part)


def _undrawn(cells: dict[str, Cell]) -> float | None:
    drawn, limit = _known(cells["loan_size_outstanding"]), _known(cells["loan_size_credit_limit"])
    is_one_currency = text_of(cells["loan_size_outstanding_currency"]) == text_of(cells["loan_size_credit_limit_currency"])
    try:
        rest = float(limit or "") - float(drawn or "")
    except ValueError:
        return None
    return round(rest, 2) if is_one_currency and rest >= 0 else None


def _company(number: int, company_id: str, name: str) -> Row:
    return {"counterparty_id": company_id, "counterparty_name": name, "source_row_number": number}


def _holding(number: int, cells: dict[str, Cell]) -> Row | None:
    owner, owned = _known(cells.get("id_ultimate_parent")), _known(cells["id_direct_loantaker"])
    if not owner or not owned or owner == owned:
        return None
    return {
        "owner_id": owner,
        "owner_name": _known(cells.get("name_ultimate_parent")),
        "owned_id": owned,
        "share_ratio": None,
        "source_row_number": number,
    }


def _known(cell: Cell) -> str | None:
    """The text of a cell; R writes `NA` where nothing is known (no company or id of the format is called so)."""
    text = text_of(cell)
    return None if text.lower() in _MISSING else text


@lru_cache(maxsize=1)
def _sectors() -> dict[tuple[str, str], str]:
    with (REFERENCE_FOLDER / "sector_codes.csv").open(encoding="utf-8", newline="") as file:
        return {(row["code_system"].upper(), row["code"].upper()): row["sector"] for row in csv.DictReader(file)}


READER = HeaderReader("pacta_loanbook", _REQUIRED, _OPTIONAL, read_loanbook)

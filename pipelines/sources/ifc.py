"""IFC investment projects: loans to cement, steel and flat-glass companies, amounts in million USD, US date order."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from pipelines.sources.country_names import country_iso3, is_region
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet
from pipelines.sources.sector_words import works_of

PORTFOLIO_ID = "ifc"
_LOAN = "IFC investment for Loan(Million - USD)"
_REQUIRED = (
    "Project Name",
    "Project Number",
    "Company Name",
    "Country",
    "Industry",
    "Environmental Category",
    "Status",
    "IFC Approval Date",
    "IFC Signed Date",
    _LOAN,
    "As of Date",
)
_OPTIONAL = ("Product Line", "Projected Board Date", "IFC Invested Date", "Department", "Document Type", "Project Url")
#: Industries whose companies run no works, whatever their names say.
_OTHER_INDUSTRIES = {
    "financial institutions",
    "funds",
    "health and education",
    "telecommunications, media, and technology",
    "agribusiness and forestry",
    "tourism, retail, and property",
}
_STATUSES = {"active": "active", "completed": "repaid"}


def read_projects(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Loans to works of the three sectors by the names of project and company; all else is out of scope, with the reason.

    A project listed twice with the same company and loan is counted once.
    """
    loans: list[Row] = []
    rejects: list[Reject] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in numbered_cells(sheet):
        reject = _reject(number, cells) or _repeat(number, cells, seen)
        if reject is not None:
            rejects.append(reject)
        else:
            loans.append(_loan(number, cells))
    return ReadResult({"raw_bank__loans": loans}, rejects)


def us_date(cell: Cell) -> date | None:
    """A day written mm/dd/yyyy; None where it is blank or no day."""
    parts = text_of(cell).split("/")
    try:
        return date(int(parts[2]), int(parts[0]), int(parts[1])) if len(parts) == 3 else None
    except ValueError:
        return None


def _reject(number: int, cells: dict[str, Cell]) -> Reject | None:
    names = f"{_words(cells['project name'])} | {_words(cells['company name'])}"
    refusal = _refusal(names, cells)
    if refusal:
        return Reject(number, "Project Name", names, refusal, "nothing: not part of this book", "out_of_scope")
    if us_date(cells["as of date"]) is None:
        return Reject(number, "As of Date", text_of(cells["as of date"]), "not a date as mm/dd/yyyy", "send the day of the list")
    country = _words(cells["country"])
    if country_iso3(country) is None and not is_region(country):
        return Reject(number, "Country", country, "country is unknown", "add the spelling to the aliases in data/reference/countries.csv")
    return None


def _refusal(names: str, cells: dict[str, Cell]) -> str | None:
    works = works_of(names, is_any_glass_flat=False)
    if works.refusal:
        return works.refusal
    if text_of(cells["industry"]).lower() in _OTHER_INDUSTRIES:
        return f"industry '{_words(cells['industry'])}' runs no works"
    return None if _dollars(cells) else "no loan: equity, guarantee or risk management only"


def _repeat(number: int, cells: dict[str, Cell], seen: dict[tuple[str, ...], int]) -> Reject | None:
    key = text_of(cells["project number"]), _words(cells["company name"]).casefold(), str(_dollars(cells))
    first = seen.setdefault(key, number)
    if first == number:
        return None
    return Reject(number, "Project Number", key[0], f"same project, company and loan as row {first}", "nothing: counted once", "duplicate")


def _loan(number: int, cells: dict[str, Cell]) -> Row:
    country = _words(cells["country"])
    works = works_of(f"{_words(cells['project name'])} | {_words(cells['company name'])}", is_any_glass_flat=False)
    status = text_of(cells["status"]).lower()
    return {
        "portfolio_id": PORTFOLIO_ID,
        "loan_id": text_of(cells["project number"]),
        "reporting_date": us_date(cells["as of date"]),
        "counterparty_name": _words(cells["company name"]),
        "currency_code": "USD",
        "commitment_amount": _dollars(cells),
        "origination_date": us_date(cells["ifc signed date"]) or us_date(cells["ifc approval date"]),
        "sector": works.sector,
        "country_iso3": country_iso3(country),
        "status": _STATUSES.get(status, "pipeline"),
        "project_name": _words(cells["project name"]),
        "lender_name": "International Finance Corporation",
        "note": _note(cells, country),
        "source_row_number": number,
    }


def _note(cells: dict[str, Cell], country: str) -> str:
    category = text_of(cells["environmental category"]) or "not told"
    parts = [f"IFC environmental and social category {category}", f"IFC status '{text_of(cells['status'])}'"]
    if country_iso3(country) is None:
        parts.append(f"IFC names no country but '{country}'")
    return "; ".join(parts)


def _dollars(cells: dict[str, Cell]) -> Decimal | None:
    """The loan in USD; None where it is blank or zero."""
    try:
        return Decimal(text_of(cells[_LOAN.lower()]).replace(",", "")) * 1_000_000 or None
    except InvalidOperation:
        return None


def _words(cell: Cell) -> str:
    """Text with HTML entities (`&amp;`) read, which the list has in places even twice."""
    return " ".join(html.unescape(html.unescape(text_of(cell))).split())


READER = HeaderReader("ifc_projects", _REQUIRED, _OPTIONAL, read_projects)

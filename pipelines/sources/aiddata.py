"""AidData, Global Chinese Development Finance: the loans of Chinese policy and commercial banks to works of the three sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.sources.aiddata_title import Title, read_title
from pipelines.sources.country_names import country_iso3
from pipelines.sources.header_reader import HeaderReader, numbered_cells, text_of
from pipelines.sources.reader import Cell, ReadResult, Reject, Row, Sheet
from pipelines.sources.sector_words import Works, works_of

PORTFOLIO_ID = "aiddata_cn_banks"
#: The dataset covers commitments of 2000–2021 (AidData, GCDF 3.0, November 2023): its book is true for the last day of 2021.
REPORTING_DATE = date(2021, 12, 31)

_ID = "AidData.Record.ID"
_COMMITMENT_DATE = "Commitment.Date.(MM/DD/YYYY)"
_AMOUNT = "Amount.(Constant.USD.2021)"
_REQUIRED = (_ID, _AMOUNT, "Title", "Status", "Recipient", "Recipient.ISO-3", "Commitment.Year", _COMMITMENT_DATE)
_OPTIONAL = ("Sector.Name", "Infrastructure", "Implementation.Start.Year", "Completion.Year")
_STATUSES = {"completion": "active", "implementation": "active", "pipeline: commitment": "pipeline"}


@dataclass(frozen=True)
class _Record:
    """One record that is a loan in scope."""

    number: int
    record_id: str
    country_iso3: str | None
    committed_on: date
    status: str
    constant_usd: str
    works: Works
    title: Title
    title_text: str


def read_loans(sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
    """Loans in scope; every other record is refused as out of scope or as a repeat, with the reason."""
    records: list[_Record] = []
    rejects: list[Reject] = []
    for number, cells in numbered_cells(sheet):
        record = _record(number, cells)
        if isinstance(record, Reject):
            rejects.append(record)
        else:
            records.append(record)
    repeats = _repeats(records)
    rejects += [repeats[record.record_id] for record in records if record.record_id in repeats]
    loans = [_loan(record) for record in records if record.record_id not in repeats]
    return ReadResult({"raw_bank__loans": loans}, rejects)


def _record(number: int, cells: dict[str, Cell]) -> _Record | Reject:
    title_text = text_of(cells["title"])
    works, title = works_of(title_text, is_any_glass_flat=True), read_title(title_text)
    refusal = works.refusal or _refusal(title)
    if refusal:
        return Reject(number, "Title", title_text, refusal, "nothing: not part of this book", "out_of_scope")
    committed_on = _day(text_of(cells[_COMMITMENT_DATE.lower()]))
    if committed_on is None:
        value = text_of(cells[_COMMITMENT_DATE.lower()])
        return Reject(number, _COMMITMENT_DATE, value, "not a date", "send yyyy-mm-dd or mm/dd/yyyy")
    return _Record(
        number=number,
        record_id=text_of(cells[_ID.lower()]),
        country_iso3=country_iso3(text_of(cells["recipient.iso-3"]) or text_of(cells["recipient"])),
        committed_on=committed_on,
        status=_STATUSES.get(text_of(cells["status"]).lower(), "active"),
        constant_usd=text_of(cells[_AMOUNT.lower()]),
        works=works,
        title=title,
        title_text=title_text,
    )


def _refusal(title: Title) -> str | None:
    """Why a record about works of the three sectors is not a loan of this book."""
    if title.facility_type is None or title.verb.startswith(("grant", "donate")):
        return "no loan: grant, gift, investment or training"
    if not title.lenders:
        return f"lender '{title.lender_text}' is no Chinese policy or commercial bank"
    return None


def _repeats(records: Sequence[_Record]) -> dict[str, Reject]:
    """record_id → why the record would count the same money a second time.

    Umbrella records; the second record of the same lender, country, day, amount and project; and the record of a whole
    facility of which linked records give the shares of the same banks.
    """
    repeats: dict[str, Reject] = {}
    seen: dict[tuple[object, ...], str] = {}
    for record in records:
        first = seen.setdefault(_identity(record), record.record_id)
        if record.title.is_umbrella:
            repeats[record.record_id] = _repeat(record, "umbrella record: its parts stand in records of their own")
        elif first != record.record_id:
            repeats[record.record_id] = _repeat(record, f"same lender, country, day, amount and project as record {first}")
        elif parts := _parts(record, records):
            repeats[record.record_id] = _repeat(record, f"whole facility; its shares are records {', '.join(parts)}")
    return repeats


def _identity(record: _Record) -> tuple[object, ...]:
    title = record.title
    return title.lenders, record.country_iso3, record.committed_on, title.commitment, title.facility, title.project.lower()


def _parts(record: _Record, records: Sequence[_Record]) -> list[str]:
    """Linked records that give a bank's share of the facility that `record` gives as a whole."""
    whole = record.title.facility
    if whole is None or record.title.commitment != whole:
        return []
    return [
        other.record_id
        for other in records
        if (other.record_id in record.title.linked_ids or record.record_id in other.title.linked_ids)
        and other.title.facility == whole
        and other.title.commitment not in (None, whole)
        and set(other.title.lenders) <= set(record.title.lenders)
    ]


def _repeat(record: _Record, reason: str) -> Reject:
    return Reject(record.number, "Title", record.title_text, reason, "nothing: counted once", "duplicate")


def _loan(record: _Record) -> Row:
    title = record.title
    commitment, facility = title.commitment, title.facility
    known = commitment or facility
    is_share_known = commitment is not None and facility is not None
    return {
        "portfolio_id": PORTFOLIO_ID,
        "loan_id": record.record_id,
        "reporting_date": REPORTING_DATE,
        "fx_date": record.committed_on,
        "counterparty_name": title.borrower or title.project or record.title_text,
        "facility_type": title.facility_type,
        "currency_code": known.currency_code if known else "USD",
        "commitment_amount": commitment and commitment.value,
        "facility_amount": facility and facility.value,
        "participation_ratio": float(commitment.value / facility.value) if is_share_known and commitment and facility else None,
        "origination_date": record.committed_on,
        "sector": record.works.sector,
        "country_iso3": record.country_iso3,
        "status": record.status,
        "project_name": title.project or None,
        "lender_name": "; ".join(title.lenders),
        "note": _note(record),
        "source_row_number": record.number,
    }


def _note(record: _Record) -> str:
    """What a reader of the loan must know, and the title it was read from."""
    title = record.title
    remarks = [record.works.remark]
    if title.commitment is None and title.facility is not None:
        remarks.append("the banks' share of the facility is not told, so the amount is unknown")
    if title.commitment is None and title.facility is None:
        estimate = f"; AidData puts it at {round(float(record.constant_usd)):,} USD of 2021" if record.constant_usd else ""
        remarks.append(f"the title tells no amount{estimate}; the currency is not known, USD stands in")
    if len(title.lenders) > 1:
        remarks.append("joint loan: the amount is the sum of the named banks")
    if title.linked_ids:
        remarks.append(f"linked to records {', '.join(title.linked_ids)}")
    return ". ".join([remark for remark in remarks if remark] + [f"Title: {record.title_text}"])


def _day(text: str) -> date | None:
    """The header says mm/dd/yyyy, the file has yyyy-mm-dd: both are read."""
    parts = text.split("/")
    try:
        return date(int(parts[2]), int(parts[0]), int(parts[1])) if len(parts) == 3 else date.fromisoformat(text)
    except ValueError:
        return None


READER = HeaderReader("aiddata_gcdf", _REQUIRED, _OPTIONAL, read_loans)

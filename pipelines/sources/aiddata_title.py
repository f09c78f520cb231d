"""The title of an AidData record taken apart: who lends, what, how much, to whom, for what, and what it is linked to."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from pipelines.settings import REFERENCE_FOLDER

_VERB = re.compile(
    r"\b(?P<verb>provides?|contributes?|participates?|lends?|loans?|loaned|extends?|signs?|secures?|gives?|administers?"
    r"|grants?|donates?)\b",
    re.I,
)
_CURRENCIES = {"$": "USD", "us$": "USD", "£": "GBP", "€": "EUR", "rmb": "CNY", "rp": "IDR", "cfa": "XOF"}
_CODES = "USD|EUR|GBP|RMB|CNY|HKD|IDR|VND|BRL|AUD|CFA|JPY|KZT|PKR|INR|RUB|SGD|MYR|THB|ZAR"
_MULTIPLES = {"thousand": 10**3, "k": 10**3, "million": 10**6, "m": 10**6, "billion": 10**9, "b": 10**9, "bn": 10**9, "trillion": 10**12}
_AMOUNT = re.compile(
    rf"(?:(?P<sign>US\$|[$£€]|Rp)\s?|(?P<before>{_CODES})\s*)?(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
    rf"(?P<multiple>thousand|million|billion|trillion|bn|[kmb]\b)?\s*(?P<after>(?:{_CODES})\b)?",
    re.I,
)
#: Kind of loan → words in the title, the first that fits wins. A title without any of them is no loan.
_INSTRUMENTS = [
    ("interest_free_loan", r"interest-free loan"),
    ("preferential_buyers_credit", r"preferential (?:export )?buyer'?s'? credit(?: loan)?"),
    ("buyers_credit", r"buyer'?s'? credit(?: loan| line)?"),
    ("sellers_credit", r"(?:export )?seller'?s'? credit"),
    ("suppliers_credit", r"supplier'?s?'? credit"),
    ("concessional_loan", r"(?:government(?:al)? )?concessional loan"),
    ("overseas_investment_loan", r"overseas investment loan"),
    ("working_capital_loan", r"working capital loan"),
    ("syndicated_loan", r"syndicated (?:term )?loan(?: tranche| facility)?"),
    ("credit_line", r"(?:revolving )?credit (?:line|facility)|line of credit"),
    ("pre_export_finance", r"pre-export financ\w+"),
    ("debt_financing", r"debt financing"),
    ("term_loan", r"loan(?: tranche| facility)?"),
    ("term_loan", r"\blends\b|\bloans\b|\bloaned\b"),
]
_LINKS = re.compile(r"[(\[]\s*linked (?:to|with)[^)\]]*[)\]]?", re.I)


@dataclass(frozen=True)
class Amount:
    """An amount of a title in whole units of its currency."""

    value: Decimal
    currency_code: str


@dataclass(frozen=True)
class Title:
    """A title taken apart. `lenders` empty: the title names no lender that `data/reference/chinese_lenders.csv` knows."""

    lender_text: str
    lenders: tuple[str, ...]
    verb: str
    facility_type: str | None
    is_syndicated: bool
    commitment: Amount | None
    facility: Amount | None
    borrower: str | None
    project: str
    linked_ids: tuple[str, ...]
    is_umbrella: bool


def read_title(text: str) -> Title:
    """The parts of a title, curly apostrophes taken as straight ones."""
    plain = " ".join(text.replace("’", "'").replace("‘", "'").replace("—", "--").split())
    linked = " ".join(_LINKS.findall(plain))
    sentence = re.sub(r"^\[[^\]]*\]\s*", "", _LINKS.sub("", plain)).strip()
    verb = _VERB.search(sentence)
    lender_text = sentence[: verb.start()].strip() if verb else ""
    rest = sentence[verb.end() :].strip() if verb else sentence
    word = verb["verb"].lower() if verb else ""
    facility_type, head, tail = _split_at_instrument(rest, word)
    commitment, facility = _shares(word, head, "syndicated" in rest.lower() or "tranche" in rest.lower())
    borrower, project = _purpose(tail)
    return Title(
        lender_text=lender_text,
        lenders=lenders_of(lender_text),
        verb=word,
        facility_type=facility_type,
        is_syndicated="syndicated" in rest.lower(),
        commitment=commitment,
        facility=facility,
        borrower=borrower,
        project=project,
        linked_ids=tuple(re.findall(r"\d+", linked)),
        is_umbrella=bool(re.search(r"\bumbrella\b", sentence, re.I) or re.match(r"\[[^\]]*umbrella", plain, re.I)),
    )


def amounts(text: str) -> list[Amount]:
    """Every amount with a currency in `text`, in its order: `RMB 457,390,000`, `$1.2 billion`, `12 million USD`, `Rp500B`."""
    return [amount for match in _AMOUNT.finditer(text) if (amount := _amount(match)) is not None]


def lenders_of(text: str) -> tuple[str, ...]:
    """Banks that `text` lists, under one name each; empty as soon as one of them is no known Chinese bank."""
    plain = re.sub(r"^(?:a|the)\s+", "", text.strip().lower())
    if plain in _banks():
        return (_banks()[plain],)
    parts = [part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+and\s+", plain) if part.strip()]
    names = [_banks().get(part) for part in parts]
    return () if not names or None in names else tuple(name for name in names if name)


def _amount(match: re.Match[str]) -> Amount | None:
    unit = match["sign"] or match["before"] or match["after"]
    if unit is None:
        return None
    value = Decimal(match["number"].replace(",", "")) * _MULTIPLES.get((match["multiple"] or "").lower(), 1)
    return Amount(value, _CURRENCIES.get(unit.lower(), unit.upper()))


def _split_at_instrument(rest: str, verb: str) -> tuple[str | None, str, str]:
    """Kind of loan, the text before it and the text after it. The verb itself tells where nothing else does."""
    for facility_type, pattern in _INSTRUMENTS:
        match = re.search(pattern, rest, re.I)
        if match:
            return facility_type, rest[: match.start()], rest[match.end() :].strip(" -")
    if verb in {"lends", "lend", "loans", "loan", "loaned"}:
        last = max((match.end() for match in _AMOUNT.finditer(rest) if _amount(match)), default=0)
        return "term_loan", rest[:last], rest[last:].strip()
    return None, rest, rest


def _shares(verb: str, head: str, is_joint: bool) -> tuple[Amount | None, Amount | None]:
    """The banks' own commitment and the whole facility.

    "contributes A to B syndicated loan": A of B. "contributes to B", "participates in B": the share is not told. "provides
    B syndicated loan" by the named banks: theirs is the whole.
    """
    found = amounts(head)
    if not found:
        return None, None
    if len(found) > 1:
        return found[0], found[1]
    if verb.startswith("participate") or re.match(r"(?:\S+\s)?(?:to|in)\b", head.strip(), re.I):
        return None, found[0]
    return found[0], found[0] if is_joint and verb.startswith("provide") else None


def _purpose(tail: str) -> tuple[str | None, str]:
    """Borrower, where the loan is "to" somebody, and the project."""
    text = re.sub(r"^--.*?--\s*", "", tail).strip(" -.")
    match = re.match(r"to (?P<borrower>[A-Z].*?)(?:$| (?:for|to (?:support|facilitate|help|finance)|in \d{4} for)\b(?P<rest>.*))", text)
    borrower = match["borrower"].strip() if match else None
    rest = match["rest"] or "" if match else text
    project = re.sub(r"^\s*(?:for|to support|to)\s+", "", rest, flags=re.I)
    project = re.sub(r"^(?:(?:the|an?)\s+)?(?:construction of\s+)?(?:(?:the|an?)\s+)?", "", project.strip(), flags=re.I)
    return borrower, project.strip(" .-")


@lru_cache(maxsize=1)
def _banks() -> dict[str, str]:
    with (REFERENCE_FOLDER / "chinese_lenders.csv").open(encoding="utf-8", newline="") as file:
        return {row["alias"]: row["lender_name"] for row in csv.DictReader(file)}

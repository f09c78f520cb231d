"""Companies that are one although they have several ids: equal legal entity identifier, or equal number in one country's register."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

#: Identifier → words for it, the surest first.
_WORDS = {"lei": "LEI", "national_id": "register number"}
#: Shorter ones, words and repeated signs stand for "not known" in lists of companies.
_SHORTEST_NUMBER = 5


class Identifiers:
    """Looks up the other ids of a borrower; columns of `stg_bank__counterparties`."""

    def __init__(self, counterparties: Sequence[Mapping[str, Any]]) -> None:
        self._keys: dict[str, list[tuple[str, str]]] = {}
        self._ids: dict[tuple[str, str], list[str]] = defaultdict(list)
        for company in counterparties:
            company_id = str(company["counterparty_id"])
            self._keys[company_id] = _keys(company)
            for key in self._keys[company_id]:
                self._ids[key].append(company_id)

    def same_as(self, loan: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """Other id of the loan's borrower → (method, words): found by the loan's own LEI or by what is known of its borrower."""
        own_id = str(loan.get("counterparty_id") or "")
        keys = [*_keys({"lei": loan.get("lei")}), *self._keys.get(own_id, [])]
        found: dict[str, tuple[str, str]] = {}
        for kind in _WORDS:
            for key in (key for key in keys if key[0] == kind):
                for company_id in sorted(self._ids.get(key, ())):
                    if company_id != own_id:
                        found.setdefault(company_id, (kind, f"same {_WORDS[kind]} {key[1].rpartition(':')[2]} as {company_id}"))
        return found


def _keys(company: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Identifiers in comparable form; a register number counts in its country only."""
    lei, number = _plain(company.get("lei")), _plain(company.get("national_id"))
    keys = [("lei", lei)] if len(lei) == 20 else []
    is_number = len(number) >= _SHORTEST_NUMBER and any(sign.isdigit() for sign in number) and len(set(number)) > 1
    return keys + ([("national_id", f"{company['country_iso3']}:{number}")] if is_number and company.get("country_iso3") else [])


def _plain(text: object) -> str:
    return re.sub(r"[^0-9A-Z]", "", str(text or "").upper())

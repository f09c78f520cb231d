"""Pairs of loan and plant that a person has looked at: replayed while names and register stay, open again when they change."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: What a decision rests on: what the loan says of itself, and what the register says of the plant.
_LOAN_FACTS = ("project_name", "counterparty_name", "sector", "country_iso3")
_PLANT_FACTS = (
    "plant_name", "plant_name_local", "alternative_names", "owner_name", "parent_name", "city", "region_name", "country_iso3", "sector",
)  # fmt: skip
_DIGITS = 8


def fingerprint(loan: Mapping[str, Any], plant: Mapping[str, Any]) -> str:
    """Two short hashes, of the loan's names and of the plant's, joined by a hyphen: when one changes, a decision is open again."""
    return f"{_digest(loan, _LOAN_FACTS)}-{_digest(plant, _PLANT_FACTS)}"


@dataclass(frozen=True)
class Decision:
    """A decision on a pair as it stands today. `state`: accepted, rejected or reopened."""

    state: str
    words: str
    decided_by: str
    decided_on: Any

    def columns(self) -> dict[str, Any]:
        """What the pair's row says about it."""
        return {"decision_state": self.state, "decided_by": self.decided_by, "decided_on": self.decided_on}


class Decisions:
    """Looks up what was decided on a loan; columns of `stg_bank__match_decisions` (portfolio `*` = every portfolio)."""

    def __init__(self, rows: Sequence[Mapping[str, Any]], plants: Mapping[str, Mapping[str, Any]]) -> None:
        self._plants = plants
        self._rows: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            if str(row["plant_id"]) in plants:
                self._rows[str(row["portfolio_id"] or "*"), str(row["loan_id"])].append(row)

    def of(self, loan: Mapping[str, Any]) -> dict[str, Decision]:
        """plant_id → decision, the loan's own portfolio before all portfolios; plants that are not in the register are left out."""
        loan_id = str(loan["loan_id"])
        rows = [*self._rows.get(("*", loan_id), ()), *self._rows.get((str(loan["portfolio_id"]), loan_id), ())]
        return {str(row["plant_id"]): _as_it_stands(loan, self._plants[str(row["plant_id"])], row) for row in rows}


def _as_it_stands(loan: Mapping[str, Any], plant: Mapping[str, Any], row: Mapping[str, Any]) -> Decision:
    told = f"{row['decision']} by {row['decided_by']} on {row['decided_on']}: {row['reason']}"
    now, then = fingerprint(loan, plant).split("-"), str(row["fingerprint"]).split("-")
    if row["decision"] == "contradictory":
        state, told = "reopened", f"open again: {row['decided_on']} has two decisions that differ"
    elif now == then:
        state = str(row["decision"])
    else:
        changed = [what for what, one, other in zip(("the loan's names", "the register's entry"), now, then, strict=False) if one != other]
        state, told = "reopened", f"open again: {' and '.join(changed) or 'the fingerprint'} changed since it was {told}"
    return Decision(state, told, str(row["decided_by"]), row["decided_on"])


def _digest(row: Mapping[str, Any], facts: Sequence[str]) -> str:
    text = json.dumps([row.get(fact) or "" for fact in facts], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]

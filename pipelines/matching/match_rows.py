"""Rows of the two result tables of matching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]


@dataclass
class Matches:
    """`links`: rows of `raw_matching__links`; `unmatched`: rows of `raw_matching__unmatched`."""

    links: list[Row] = field(default_factory=list)
    unmatched: list[Row] = field(default_factory=list)


def match_schemas() -> dict[str, pa.Schema]:
    """Schema of the two result tables by name."""
    import pyarrow as pa

    text = pa.string()
    key = [("portfolio_id", text), ("loan_id", text)]
    found = [("plant_id", text), ("match_method", text), ("match_score", pa.float64()), ("match_reason", text), ("is_match", pa.bool_())]
    decided = [("fingerprint", text), ("decision_state", text), ("decided_by", text), ("decided_on", pa.date32())]
    return {
        "raw_matching__links": pa.schema([*key, *found, *decided]),
        "raw_matching__unmatched": pa.schema([*key, ("reason_code", text), ("reason", text), ("best_candidate", text)]),
    }


def link_row(loan: Mapping[str, Any], plant_id: str, method: str, score: float, reason: str, is_match: bool) -> Row:
    """A pair of loan and plant: a match, or a candidate that a person must look at."""
    return {
        "portfolio_id": loan["portfolio_id"],
        "loan_id": loan["loan_id"],
        "plant_id": plant_id,
        "match_method": method,
        "match_score": score,
        "match_reason": reason,
        "is_match": is_match,
    }


def unmatched_row(loan: Mapping[str, Any], code: str, reason: str, best: str | None) -> Row:
    """A loan without a plant and why."""
    return {
        "portfolio_id": loan["portfolio_id"],
        "loan_id": loan["loan_id"],
        "reason_code": code,
        "reason": reason,
        "best_candidate": best,
    }

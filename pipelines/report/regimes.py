"""The limits of several regimes for one indicator of one place, in their order, with the one that is effective."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.report.format import significant

Row = dict[str, Any]
_HOLDS = {"given": "holds to", "run_out": "ran out on", "not_yet": "not yet in force, holds to"}


@dataclass(frozen=True)
class Regimes:
    """Limits that can be compared: of one indicator and place, on one basis, strictest first."""

    rows: list[Row]

    @property
    def row(self) -> Row:
        return self.rows[0]

    @property
    def place(self) -> str:
        """`whole plant`, else the kind and id of the unit or stack."""
        kind, _, name = self.row["entity_id"].partition(":")
        return "whole plant" if kind == "plant" else f"{kind} {name}"

    @property
    def basis(self) -> str:
        oxygen = self.row["basis_o2_pct"]
        words = ", ".join(part.strip() for part in str(self.row["basis"]).replace("_", " ").split(","))
        return f"{words}, {significant(oxygen)} % O2" if oxygen is not None else words

    def remark(self, row: Row) -> str:
        """In brackets: that a law is weaker than the lender's standard, and the written reason for using it, or that there is none."""
        state = row.get("justification_state")
        if state in ("given", "run_out", "not_yet"):
            use = "set aside" if row["effective_reason"] == "set_aside" else "weaker than the lender standard"
            days = f"decided {row['justification_decided_on_date']}, {_HOLDS[state]} {row['justification_last_day_date']}"
            return f" ({use}; justification {row['justification_id']}, {days}: {row['justification']})"
        return " (weaker than the lender standard, no written justification)" if row["needs_justification"] else ""

    @property
    def is_telling(self) -> bool:
        """Whether there is a value to compare or a limit in effect; the others stand in the CSV file only."""
        return any(row["is_effective"] or row["measured_value"] is not None for row in self.rows)


def regimes_of(rows: Iterable[Row]) -> list[Regimes]:
    """The telling comparisons among rows of mart_plants__regimes, by indicator and place."""
    grouped: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = (row["indicator_title"] or "", row["indicator_id"], row["entity_id"], row["basis"], str(row["basis_o2_pct"]))
        grouped.setdefault(key, []).append(row)
    found = (Regimes(sorted(grouped[key], key=_strictness)) for key in sorted(grouped))
    return [regimes for regimes in found if regimes.is_telling]


def _strictness(row: Row) -> tuple[int, str, str]:
    return row["strictness_rank"] or 0, row["rule_id"], row["tier"]

"""How much of a PACTA loan book was matched: by sector, in money, loans and companies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

Row = dict[str, str | None]
COLUMNS = ("sector", "matched", "loan_size_outstanding", "loans", "companies")
_NOT_IN_SCOPE = "not in scope"


def coverage_rows(
    loans: Sequence[Mapping[str, str | None]],
    chosen: Sequence[Mapping[str, str | None]],
    classification: Mapping[tuple[str, str], tuple[str, str]],
) -> list[dict[str, object]]:
    """One row a sector and answer, sectors in order, loans without a sector last.

    A loan is `Matched` when a prioritised match has its id. An unmatched loan whose code is only borderline counts as not in scope.

    Args:
        loans: The whole loan book. chosen: What `prioritize_matches` gave. classification: (code system, code) → (sector, borderline).
    """
    matched = {row["id_loan"]: row["sector"] for row in chosen}
    groups: dict[tuple[str | None, str], list[Mapping[str, str | None]]] = defaultdict(list)
    for loan in loans:
        groups[_place(loan, matched, classification)].append(loan)
    return [
        {
            "sector": sector,
            "matched": answer,
            "loan_size_outstanding": sum(Decimal(loan["loan_size_outstanding"] or 0) for loan in members),
            "loans": len(members),
            "companies": len({loan["name_direct_loantaker"] for loan in members}),
        }
        for (sector, answer), members in sorted(groups.items(), key=lambda group: (group[0][0] is None, group[0][0] or "", group[0][1]))
    ]


def _place(
    loan: Mapping[str, str | None], matched: Mapping[str | None, str | None], classification: Mapping[tuple[str, str], tuple[str, str]]
) -> tuple[str | None, str]:
    if loan["id_loan"] in matched:
        return matched[loan["id_loan"]], "Matched"
    key = loan["sector_classification_system"] or "", loan["sector_classification_direct_loantaker"] or ""
    sector, borderline = classification.get(key, (None, ""))
    return _NOT_IN_SCOPE if borderline.upper() == "TRUE" else sector, "Not Matched"

"""Which words stand beside a limit of the regimes: written reasons for a weaker law, or that there is none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipelines.report.regimes import Regimes

REASON = {
    "justification_id": "works_nox",
    "justification": "Receptors are far.",
    "justification_decided_on_date": date(2026, 1, 15),
    "justification_last_day_date": date(2028, 1, 31),
}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"needs_justification": False, "justification_state": None}, ""),
        ({"needs_justification": True, "justification_state": "missing"}, " (weaker than the lender standard, no written justification)"),
        (
            {"needs_justification": False, "justification_state": "given", "effective_reason": "set_aside", **REASON},
            " (set aside; justification works_nox, decided 2026-01-15, holds to 2028-01-31: Receptors are far.)",
        ),
        (
            {"needs_justification": True, "justification_state": "run_out", "effective_reason": "less_strict", **REASON},
            " (weaker than the lender standard; justification works_nox, decided 2026-01-15, ran out on 2028-01-31: Receptors are far.)",
        ),
    ],
)
def test_a_weaker_law_is_never_shown_without_its_reason_or_the_lack_of_one(row: dict[str, Any], words: str) -> None:
    assert Regimes([row]).remark(row) == words

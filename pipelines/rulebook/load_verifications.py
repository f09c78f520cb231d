"""`verified:` of a rule file → who held its figures against the printed text, in the order of time."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from pipelines.rulebook.fields import Section
from pipelines.rulebook.keys import VERIFICATION_RESULTS, VERIFIED
from pipelines.rulebook.model import Verification


def load_verifications(rule: Section) -> tuple[Verification, ...]:
    """The history of a rule's verifications; `greencap rules verify` writes it."""
    parts = rule.sections("verified", VERIFIED)
    found = [_verification(part) for part in parts]
    for (_, earlier), (part, later) in pairwise(zip(parts, found, strict=True)):
        if later.on < earlier.on:
            part.wrong("day", f"{later.on} stands after {earlier.on}", "write verifications in order of time")
    return tuple(found)


def _verification(part: Section) -> Verification:
    return Verification(
        by=part.text("by") or "",
        on=part.day("day") or date.min,
        edition=part.text("edition") or "",
        page=part.text("page") or "",
        result=part.word("result", VERIFICATION_RESULTS, "result") or "differs",
        figures=part.text("figures") or "",
        line=part.at,
    )

"""Frameworks → rows of their tables."""

from __future__ import annotations

from pipelines.rulebook.cells import Row
from pipelines.rulebook.keys import FRAMEWORK_STATES
from pipelines.rulebook.model import Rulebook


def framework_rows(rulebook: Rulebook) -> list[Row]:
    """One row a framework edition."""
    return [
        {
            "framework_id": framework.framework_id,
            "view": framework.view,
            "title": framework.title,
            "edition": framework.edition,
            "definition": framework.definition,
            "owner": framework.owner,
            "evidence": framework.evidence,
            "evidence_note": framework.evidence_note,
            "sources": "; ".join(framework.sources),
            "valid_from_date": framework.valid_from,
            "last_day_date": framework.last_day,
        }
        for framework in rulebook.frameworks.values()
    ]


def line_rows(rulebook: Rulebook) -> list[Row]:
    """One row a line, in the order of the file; `state_rank` is 1 for the worst state of its view."""
    return [
        {
            "framework_id": framework.framework_id,
            "line_id": line.line_id,
            "line_no": line.number,
            "title": line.title,
            "state": line.state,
            "upgrade_from": line.upgrade_from,
            "state_rank": FRAMEWORK_STATES[framework.view].index(line.state) + 1 if line.state else None,
        }
        for framework in rulebook.frameworks.values()
        for line in framework.lines
    ]


def word_rows(rulebook: Rulebook) -> list[Row]:
    """One row a word that a line names."""
    return [
        {"framework_id": framework.framework_id, "line_id": line.line_id, "part": part, "word": word}
        for framework in rulebook.frameworks.values()
        for line in framework.lines
        for part, words in line.words.items()
        for word in words
    ]

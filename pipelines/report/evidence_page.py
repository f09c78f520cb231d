"""index.html of an evidence pack: one finding for an auditor, and a check of the pack's hashes in the browser, without a network."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.report import format as numbers
from pipelines.report import words
from pipelines.report.csv_files import cell
from pipelines.report.evidence_steps import Step
from pipelines.report.page_templates import TEMPLATES, page_environment

#: Files up to this size are in the page too, so that it checks them without being given the folder.
_EMBEDDED_BYTES = 200_000
#: Rows of a table on the page; all of them are in its CSV file.
ROWS_SHOWN = 40


@dataclass(frozen=True)
class PackView:
    """What the page shows.

    Attributes:
        form: the audit form, name → text. steps: the sum. tables: name of the CSV file → its rows, as far as the page shows them.
        events: what happened to the finding, oldest first. rule_text: the rule file. commands: what performs it again, with words.
        received: the files that the rows came from. notes: what is left out. files: content by name, all but this page and hashes.json.
    """

    finding: Mapping[str, Any]
    verdict: Mapping[str, Any]
    rule: Mapping[str, Any]
    form: Mapping[str, str]
    steps: Sequence[Step]
    tables: Mapping[str, Sequence[Mapping[str, Any]]]
    events: Sequence[Mapping[str, Any]]
    rule_text: str
    commands: Sequence[tuple[str, str]]
    received: Sequence[Mapping[str, Any]]
    notes: Sequence[str]
    run: Mapping[str, Any]
    is_redacted: bool
    files: Mapping[str, bytes]
    hashes: Mapping[str, str]

    def source_tables(self) -> dict[str, Sequence[Mapping[str, Any]]]:
        """Rows as received: those of `sources/`, and the readings."""
        return {name: rows for name, rows in self.tables.items() if name.startswith("sources/") or name == "readings.csv"}


def render_evidence(view: PackView) -> str:
    """The page as text; equal content gives equal text."""
    environment = page_environment()
    environment.filters |= {
        "significant": lambda value: numbers.significant(value, 7),
        "headroom": numbers.signed_percent,
        "percent": numbers.percent,
        "day": numbers.day,
        "plain": words.plain,
        "cell": cell,
        "shown": lambda rows: rows[:ROWS_SHOWN],
        "told": _told_columns,
    }
    return environment.get_template("evidence.html.j2").render(
        pack=view,
        rows_shown=ROWS_SHOWN,
        embedded=_embedded(view),
        style=(TEMPLATES / "evidence.css").read_text(encoding="utf-8"),
        script=(TEMPLATES / "evidence.js").read_text(encoding="utf-8"),
    )


def _told_columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns that say something in at least one row."""
    return [name for name in (rows[0] if rows else {}) if any(row[name] is not None for row in rows)]


def _embedded(view: PackView) -> str:
    """Hashes, and the text of the small files, as JSON that cannot end the script element it stands in."""
    files = {name: {"sha256": digest, "text": _text(view.files[name])} for name, digest in view.hashes.items()}
    return json.dumps({"files": files}, sort_keys=True, ensure_ascii=False).replace("<", "\\u003c")


def _text(content: bytes) -> str | None:
    if len(content) > _EMBEDDED_BYTES:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None

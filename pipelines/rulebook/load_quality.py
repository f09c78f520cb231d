"""Quality files → rules about the usability of received data."""

from __future__ import annotations

import re

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import QUALITY, QUALITY_CHECKS
from pipelines.rulebook.load_rules import rule_fields
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import QualityRule
from pipelines.rulebook.shelf import Shelf

#: Keys that a check needs beside table, message and what_to_do.
_NEEDS = {
    "unique": ("columns",),
    "not_null": ("columns",),
    "no_rows_where": ("where",),
    "reject_share_at_most": ("at_most",),
    "known_value": ("columns",),
    "reconciles": ("columns", "against", "by"),
}
_TABLE = re.compile(r"[a-z]+_[a-z0-9]+__[a-z0-9_]+")


def load_quality(file: RuleFile, shelf: Shelf) -> QualityRule:
    """A quality rule."""
    part = file.section(QUALITY)
    check = part.word("check", QUALITY_CHECKS, "check") or "unique"
    for key in _NEEDS[check] if "check" in part else ():
        if key not in part:
            part.wrong("check", f"check {check} needs {key}", f"add {key}:")
    if check == "known_value" and ("known_in" in part) == ("known_values" in part):
        part.wrong("check", "check known_value needs the values it knows", "add known_in: table.column or known_values: [a, b]")
    where = part.text("where")
    if where and (";" in where or "--" in where):
        part.wrong("where", "where is one SQL condition", "remove ; and comments")
    return QualityRule(
        **rule_fields(part, file, "quality"),
        table=_table(part, "table", shelf),
        check=check,
        message=part.text("message") or "",
        what_to_do=part.text("what_to_do") or "",
        columns=part.texts("columns"),
        where=where,
        at_most=part.number("at_most", least=0),
        known_in=_known_in(part, shelf),
        known_values=part.texts("known_values"),
        against=_table(part, "against", shelf) or None,
        by=part.texts("by"),
    )


def _table(part: Section, key: str, shelf: Shelf) -> str:
    table = part.text(key) or ""
    _check_table(part, key, table, shelf)
    return table


def _check_table(part: Section, key: str, table: str, shelf: Shelf) -> None:
    raw = shelf.vocabulary.words("raw_tables")
    if (table and not _TABLE.fullmatch(table)) or (table.startswith("raw_") and table not in raw):
        part.wrong(key, f"table {table!r} is unknown", near_miss(table, raw, one_of(raw)))


def _known_in(part: Section, shelf: Shelf) -> str | None:
    text = part.text("known_in")
    if text is None:
        return None
    table, _, column = text.partition(".")
    _check_table(part, "known_in", table, shelf)
    if not column:
        part.wrong("known_in", f"{text!r} names no column", "write table.column")
    return text

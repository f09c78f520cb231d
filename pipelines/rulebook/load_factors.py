"""`rules/factors/<table>.yaml` → cited entries that are no limit: conversion factors, default factors, pathway lines, statements of scope.

One entry has a number (`value`, perhaps with its `range`) or words (`text`), the instrument that states it and the evidence for it.
"""

from __future__ import annotations

import re
from fractions import Fraction

from pipelines.rulebook.fields import Section, plain
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import EVIDENCE, FACTOR, FACTOR_FILE, STATUSES
from pipelines.rulebook.load_rules import fact_ids
from pipelines.rulebook.model import Factor
from pipelines.rulebook.shelf import Shelf

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def load_factors(files: list[RuleFile], shelf: Shelf) -> dict[str, Factor]:
    """Factor id (`table__entry`) → entry, sorted by id."""
    found = [factor for file in files for factor in _factors_of(file, shelf)]
    return {factor.factor_id: factor for factor in sorted(found, key=lambda factor: factor.factor_id)}


def _factors_of(file: RuleFile, shelf: Shelf) -> list[Factor]:
    top = file.section(FACTOR_FILE)
    entries = top.section("entries", None)
    found = []
    for name in entries or ():
        assert entries is not None
        part = entries.section(name, FACTOR)
        assert part is not None
        if not _NAME.fullmatch(name):
            part.add(part.at, f"entry {name!r} is not lower_case_words", "write letters, digits and _")
        found.append(_factor(f"{file.stem}__{name}", file.stem, part, shelf))
    return found


def _factor(factor_id: str, table: str, part: Section, shelf: Shelf) -> Factor:
    evidence = part.word("evidence", EVIDENCE, "evidence") or "unverified"
    _check(part, evidence)
    low, high = _range(part)
    return Factor(
        factor_id=factor_id,
        table=table,
        title=part.text("title") or "",
        sector=part.word("sector", shelf.vocabulary.words("sectors"), "sector"),
        value=part.number("value"),
        value_low=low,
        value_high=high,
        text=part.text("text"),
        unit=part.text("unit"),
        instrument_title=part.text("instrument") or "",
        clause=part.text("clause") or "",
        href=part.text("href"),
        valid_from=part.day("in_force_from"),
        last_day=part.day("in_force_to"),
        evidence=evidence,
        evidence_note=part.text("evidence_note"),
        status=part.word("status", STATUSES, "status", "active") or "active",
        sources=part.texts("sources"),
        facts=fact_ids(part),
        note=part.text("note"),
    )


def _check(part: Section, evidence: str) -> None:
    if ("value" in part) == ("text" in part):
        what = "the entry has both value and text" if "value" in part else "the entry has neither value nor text"
        part.add(part.at, what, "write value: for a number with its unit, or text: for words or a formula")
    if "unit" in part and "value" not in part:
        part.wrong("unit", "a unit stands without a value", "add value: or remove the unit")
    if evidence != "unverified" and "sources" not in part:
        part.wrong("evidence", f"evidence {evidence} without sources", "add sources: where it was read, or write unverified")
    start, end = part.day("in_force_from"), part.day("in_force_to")
    if start and end and end < start:
        part.wrong("in_force_to", f"in_force_to {end} is before in_force_from {start}", "exchange the two days")


def _range(part: Section) -> tuple[Fraction, Fraction] | tuple[None, None]:
    numbers = part.numbers("range")
    if not numbers:
        return None, None
    if len(numbers) != 2 or numbers[0] >= numbers[1]:
        shown = ", ".join(plain(number) for number in numbers)
        part.wrong("range", f"range [{shown}] is not a lower and an upper number", "write it as [0.5, 0.6]")
        return None, None
    return numbers[0], numbers[1]

"""What all rules and all law rules carry; and prohibition and requirement files → rules."""

from __future__ import annotations

import re
from typing import Any

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import EQUIPMENT_CLASSES, EVIDENCE, PROHIBITION, REQUIREMENT, SEVERITIES, STATUSES
from pipelines.rulebook.load_entries import load_in_force
from pipelines.rulebook.load_indicators import sdg_targets
from pipelines.rulebook.load_scope import load_scopes
from pipelines.rulebook.load_verifications import load_verifications
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import Instrument, ProhibitionRule, RequirementRule
from pipelines.rulebook.shelf import Shelf
from pipelines.rulebook.vocabulary import Indicator

_FACT = re.compile(r"F[0-9]{4}")


def rule_fields(part: Section, file: RuleFile, kind: str) -> dict[str, Any]:
    """What every rule carries, as arguments of its dataclass."""
    owner, approver = part.text("owner"), part.text("approver")
    if owner and owner == approver:
        part.wrong("approver", "approver and owner are the same person", "name another approver")
    return {
        "rule_id": file.stem,
        "kind": kind,
        "path": file.path,
        "line": part.at,
        "sha256": file.sha256,
        "title": part.text("title") or "",
        "owner": owner or "",
        "status": part.word("status", STATUSES, "status", "active"),
        "approver": approver,
        "severity": part.word("severity", SEVERITIES, "severity") if "severity" in part else None,
        "note": part.text("note"),
        "sources": part.texts("sources"),
        "facts": fact_ids(part),
        "sdg_targets": sdg_targets(part),
    }


def fact_ids(part: Section) -> tuple[str, ...]:
    """Ids of the facts that a rule, instrument or factor was written from, such as F0003."""
    found = part.texts_with_lines("facts")
    for text, line in found:
        if not _FACT.fullmatch(text):
            part.add(line, f"{text!r} is no fact id", "write F and four digits, such as F0003")
    return tuple(text for text, _ in found)


def law_fields(part: Section, file: RuleFile, kind: str, instrument: Instrument, shelf: Shelf) -> dict[str, Any]:
    """What limits, prohibitions and requirements carry beside that, as arguments of their dataclass."""
    evidence = part.word("evidence", EVIDENCE, "evidence") or "unverified"
    if evidence != "unverified" and "sources" not in part:
        part.wrong("evidence", f"evidence {evidence} without sources", "add sources: where the figure was read, or write unverified")
    scopes = load_scopes(part, shelf)
    for region in (region for scope in scopes for region in scope.region if instrument.regions):
        if region not in instrument.regions and region.partition("/")[0] not in instrument.regions:
            what = f"region {region} is outside {', '.join(instrument.regions)}, where the instrument holds"
            part.wrong("applies_to", what, "correct it, or regions: of the instrument")
    return {
        **rule_fields(part, file, kind),
        "instrument": instrument,
        "scopes": scopes,
        "evidence": evidence,
        "evidence_note": part.text("evidence_note"),
        "verified": load_verifications(part),
    }


def read_indicator(part: Section, key: str, shelf: Shelf, measured_by: tuple[str, ...]) -> Indicator | None:
    """The indicator that a key names, measured in one of the ways given."""
    text = part.text(key)
    if text is None:
        return None
    fitting = [name for name, indicator in shelf.indicators.items() if indicator.measured_by in measured_by]
    if text not in shelf.indicators:
        advice = near_miss(text, fitting, "add it to rules/indicators/")
        part.mistakes.add_unknown("indicators", part.path, part.line(key), f"{key} {text!r} is unknown", advice)
        return None
    indicator = shelf.indicators[text]
    if indicator.measured_by not in measured_by:
        what = f"{key} {text!r} is measured by {indicator.measured_by}, not by {' or '.join(measured_by)}"
        part.wrong(key, what, near_miss(text, fitting, one_of(fitting)))
        return None
    return indicator


def load_prohibition(file: RuleFile, instrument: Instrument, shelf: Shelf) -> ProhibitionRule:
    """A prohibition rule: a class of the equipment catalogue."""
    part = file.section(PROHIBITION)
    rule = ProhibitionRule(
        **law_fields(part, file, "prohibition", instrument, shelf),
        indicator=read_indicator(part, "indicator", shelf, ("equipment",)),
        entries=load_in_force(part),
        equipment_class=part.word("class", EQUIPMENT_CLASSES, "class") or "eliminated",
    )
    if rule.scopes and not all(scope.process for scope in rule.scopes):
        part.wrong("applies_to", "a prohibition names no process", "add process: to every alternative")
    return rule


def load_requirement(file: RuleFile, instrument: Instrument, shelf: Shelf) -> RequirementRule:
    """A requirement rule: an item of the management evidence."""
    part = file.section(REQUIREMENT)
    return RequirementRule(
        **law_fields(part, file, "requirement", instrument, shelf),
        indicator=read_indicator(part, "requires", shelf, ("evidence",)),
        entries=load_in_force(part),
        requires=part.text("requires") or "",
    )

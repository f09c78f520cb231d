"""Correction files → corrections: readings of a stack were labelled with a unit that they are not in; somebody says so, another agrees."""

from __future__ import annotations

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import CORRECTION
from pipelines.rulebook.load_rules import read_indicator, rule_fields
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import CorrectionRule, Rule
from pipelines.rulebook.shelf import Shelf
from pipelines.rulebook.vocabulary import Indicator

_SHORTEST = 40
_FITTING = ("volume_concentration", "actual_mass_concentration")


def load_correction(file: RuleFile, shelf: Shelf) -> CorrectionRule:
    """A correction with its days; those of other files are not looked at, see `check_corrections`."""
    part = file.section(CORRECTION)
    indicator = read_indicator(part, "indicator", shelf, ("stack",))
    first, last, decided = part.day("first_day"), part.day("last_day"), part.day("decided_on")
    if first and last and last < first:
        part.wrong("last_day", f"last_day {last} is before first_day {first}", "exchange them")
    sent, means = (_unit(part, key, indicator, shelf) for key in ("sent_unit", "means_unit"))
    if sent and sent == means:
        part.wrong("means_unit", f"{means} is the unit that was sent", "nothing is to be corrected; remove the file")
    reason = part.text("reason") or ""
    if reason and len(reason) < _SHORTEST:
        part.wrong("reason", "the reason is a few words only", "say how it is known that the readings are in another unit")
    return CorrectionRule(
        **rule_fields(part, file, "correction"),
        stack=part.text("stack") or "",
        indicator=indicator,
        sent_unit=sent,
        means_unit=means,
        first_day=first,
        last_day=last,
        reason=reason,
        document=part.text("document") or "",
        decided_on=decided,
    )


def _unit(part: Section, key: str, indicator: Indicator | None, shelf: Shelf) -> str:
    text = part.text(key) or ""
    unit = shelf.units.get(text)
    if text and unit is None:
        part.wrong(key, f"unit {text!r} is unknown", near_miss(text, shelf.units, "use a unit of units.yaml"))
    elif unit and indicator and indicator.unit and unit.quantity not in (indicator.unit.quantity, *_FITTING):
        part.wrong(key, f"{text} does not measure {indicator.indicator_id}", f"use a unit that converts to {indicator.unit.name}")
    return text


def check_corrections(rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """Two corrections may not speak of the same readings."""
    found = [rule for rule in rules.values() if isinstance(rule, CorrectionRule) and rule.status == "active"]
    for place, rule in enumerate(found):
        for other in found[:place]:
            if _key(rule) == _key(other) and _overlap(rule, other):
                what = f"{rule.rule_id} and {other.rule_id} correct the same readings"
                mistakes.add(rule.path, rule.line, what, "let the days of one end before those of the other begin")


def _key(rule: CorrectionRule) -> tuple[str, str | None, str]:
    return rule.stack, rule.indicator.indicator_id if rule.indicator else None, rule.sent_unit


def _overlap(one: CorrectionRule, other: CorrectionRule) -> bool:
    days = (one.first_day, one.last_day, other.first_day, other.last_day)
    if None in days:
        return False
    return bool(one.first_day <= other.last_day and other.first_day <= one.last_day)  # type: ignore[operator]

"""Two states of the rules folder compared in words: what came, what went, which figure moved from what to what and from when."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.rulebook.in_force import is_in_force
from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.model import LawRule, Rule, Rulebook
from pipelines.rulebook.periods import periods_concerned
from pipelines.rulebook.rule_words import entry_words, law_words
from pipelines.rulebook.verification import figures_of

#: Rule id → plants in its scope, of the older and of the newer rules.
Concerned = tuple[dict[str, list[str]], dict[str, list[str]]]
_FIELDS = ("title", "status", "severity", "owner", "approver", "note")


def diff_lines(old: Rulebook, new: Rulebook, concerned: Concerned | None = None) -> list[str]:
    """What changed from one rulebook to the next, rule by rule in the order of their ids.

    Args: concerned: plants of a published run in the scope of each rule, before and after.
    """
    lines: list[str] = []
    counts = {"added": 0, "removed": 0, "changed": 0}
    for rule_id in sorted(old.rules.keys() | new.rules.keys()):
        before, after = old.rules.get(rule_id), new.rules.get(rule_id)
        if before and after and before.sha256 == after.sha256:
            continue
        what = "added" if before is None else "removed" if after is None else "changed"
        counts[what] += 1
        rule = after or before
        assert rule is not None
        lines += [
            "",
            f"{what}: {rule_id} – {rule.title}",
            *(f"  {line}" for line in _words(before, after)),
            *_periods(before, after),
            *_concerned(rule_id, concerned, what == "changed"),
        ]
    lines += _instruments(old, new, concerned)
    if not lines:
        return ["No rule differs."]
    return [", ".join(f"{number} {what}" for what, number in counts.items()), *lines]


def _concerned(rule_id: str, concerned: Concerned | None, is_changed: bool) -> list[str]:
    """Plants of the run in the rule's scope; where the scope moved, which came and which went."""
    if concerned is None:
        return []
    before, after = ({name.rstrip("?"): name for name in plants.get(rule_id, [])} for plants in concerned)
    every = {**before, **after}
    moved = {
        "new in its scope": [name for label, name in after.items() if label not in before],
        "no longer": [name for label, name in before.items() if label not in after],
    }
    words = [f"{what}: {', '.join(names)}" for what, names in moved.items() if names and is_changed]
    unsure = " (? = may be in scope: a size, technology or date is not known)" if any(name.endswith("?") for name in every.values()) else ""
    return [f"  plants concerned: {'; '.join([', '.join(every.values()) or 'none in the published run', *words])}{unsure}"]


def _periods(before: Rule | None, after: Rule | None) -> list[str]:
    """Days whose verdicts differ; classes may move without them, where evidence crosses the bar."""
    law = [rule for rule in (before, after) if isinstance(rule, LawRule)]
    if not law:
        return ["  periods concerned: every run by the newer rules, whatever its day"]
    first, last = (rule if isinstance(rule, LawRule) else None for rule in (before, after))
    moved = len(law) == 2 and (law[0].evidence, law[0].severity) != (law[1].evidence, law[1].severity)
    classes = "; classes from the next run on, as evidence or severity moved" if moved else ""
    return [f"  periods concerned: {periods_concerned(first, last)}{classes}"]


def _words(before: Rule | None, after: Rule | None) -> list[str]:
    if isinstance(before, LawRule) and isinstance(after, LawRule):
        found = [*_entries(before, after), *_details(before, after), *_fields(before, after), *_verified(before, after)]
        return found or ["comments, sources or layout only"]
    if before and after:
        return _fields(before, after) or [f"its {after.kind} settings; see {after.path}"]
    rule = after or before
    if not isinstance(rule, LawRule):
        return []
    details = law_words(rule)
    return [*details.expects, *(f"{label}: {text}" for label, text in details.details if label in ("Applies to", "Evidence", "Judged by"))]


def _entries(before: LawRule, after: LawRule) -> list[str]:
    old, new = ({entry.valid_from: entry for entry in rule.entries} for rule in (before, after))
    lines = []
    for day in sorted(old.keys() | new.keys()):
        was, now = (words.get(day) for words in (_by_day(before, old), _by_day(after, new)))
        if was == now:
            continue
        if was is None:
            lines.append(f"new from {day}: {now}{_instead(before, day)}")
        elif now is None:
            lines.append(f"no longer from {day}: {was}")
        else:
            lines.append(f"from {day}: {was} → {now}")
    return lines


def _by_day(rule: LawRule, entries: dict[date, DatedLimit]) -> dict[date, str]:
    return {day: entry_words(rule, entry) for day, entry in entries.items()}


def _instead(before: LawRule, day: date) -> str:
    """What was in force on that day until now."""
    found = [entry for entry in before.entries if is_in_force(entry, day)]
    return f" (until now {entry_words(before, found[0])})" if found else ""


def _details(before: LawRule, after: LawRule) -> list[str]:
    """Scope, method, reference state, evidence: everything in words but the file and its version."""
    old, new = (dict(law_words(rule).details) for rule in (before, after))
    labels = [label for label in {**old, **new} if label not in ("File", "Note", "Severity")]
    return [f"{label.lower()}: {old.get(label, 'none')} → {new.get(label, 'none')}" for label in labels if old.get(label) != new.get(label)]


def _fields(before: Rule, after: Rule) -> list[str]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in _FIELDS]
    lines = [f"{name}: {was or 'none'} → {now or 'none'}" for name, was, now in pairs if was != now]
    clauses = [(rule, [entry.reference for entry in rule.entries]) for rule in (before, after) if isinstance(rule, LawRule)]
    if len(clauses) == 2 and clauses[0][1] != clauses[1][1] and len(clauses[0][1]) == len(clauses[1][1]):
        lines.append("citation of a dated value")
    return lines


def _verified(before: LawRule, after: LawRule) -> list[str]:
    fresh = after.verified[len(before.verified) :]
    lines = [f"verified on {one.on} by {one.by}: {one.result} ({one.edition}, {one.page})" for one in fresh]
    if before.verified and figures_of(before) != figures_of(after):
        lines.append("its figures changed: earlier verifications no longer count")
    return lines


def _instruments(old: Rulebook, new: Rulebook, concerned: Concerned | None) -> list[str]:
    """Instruments that moved: what they are changes where and whether all their rules bind, on every day that these were in force."""
    lines = []
    for name in sorted(old.instruments.keys() & new.instruments.keys()):
        before, after = old.instruments[name], new.instruments[name]
        pairs = [(key, getattr(before, key), getattr(after, key)) for key in ("title", "jurisdiction", "layer", "countries")]
        moved = [f"  {key}: {_plain(was)} → {_plain(now)}" for key, was, now in pairs if was != now]
        if moved:
            lines += ["", f"instrument {name}", *moved, *_rules_of(name, new, concerned)]
    return lines


def _rules_of(name: str, new: Rulebook, concerned: Concerned | None) -> list[str]:
    rules = [rule for rule in new.rules.values() if isinstance(rule, LawRule) and rule.instrument.instrument_id == name]
    first = min((entry.valid_from for rule in rules if rule.status != "draft" for entry in rule.entries), default=None)
    lines = [f"  rules concerned: {', '.join(rule.rule_id for rule in rules) or 'none'}"]
    lines += [f"  periods concerned: {f'from {first} on' if first else 'none'}"]
    plants = sorted({plant for rule in rules for found in concerned or () for plant in found.get(rule.rule_id, [])})
    return lines + ([f"  plants concerned: {', '.join(plants) or 'none in the published run'}"] if concerned else [])


def _plain(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)

"""Two states of the rules folder compared in words: what came, what went, which figure moved from what to what and from when."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipelines.rulebook.model import DatedLimit, LawRule, Rule, Rulebook
from pipelines.rulebook.rule_words import entry_words, law_words
from pipelines.rulebook.verification import figures_of

#: Plants that a published run judged by each rule.
PLANTS_SQL = "select rule_id, plant_id from int_plants__rule_states group by rule_id, plant_id order by rule_id, plant_id"
_FIELDS = ("title", "status", "severity", "owner", "approver", "note")


def diff_lines(old: Rulebook, new: Rulebook, concerned: dict[str, list[str]] | None = None) -> list[str]:
    """What changed from one rulebook to the next, rule by rule in the order of their ids.

    Args: concerned: rule id → plants that the published run judged by it.
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
            *_concerned(rule_id, concerned),
        ]
    lines += _instruments(old, new)
    if not lines:
        return ["No rule differs."]
    return [", ".join(f"{number} {what}" for what, number in counts.items()), *lines]


def plants_by_rule(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Rule id → plants, from the rows of `PLANTS_SQL`."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["rule_id"], []).append(row["plant_id"])
    return found


def _concerned(rule_id: str, concerned: dict[str, list[str]] | None) -> list[str]:
    if concerned is None:
        return []
    plants = concerned.get(rule_id, [])
    return [f"  plants concerned: {', '.join(plants) if plants else 'none in the published run'}"]


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
    found = [entry for entry in before.entries if entry.valid_from <= day and (entry.valid_to is None or day < entry.valid_to)]
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


def _instruments(old: Rulebook, new: Rulebook) -> list[str]:
    lines = []
    for name in sorted(old.instruments.keys() & new.instruments.keys()):
        before, after = old.instruments[name], new.instruments[name]
        pairs = [(key, getattr(before, key), getattr(after, key)) for key in ("title", "jurisdiction", "layer", "countries")]
        moved = [f"  {key}: {_plain(was)} → {_plain(now)}" for key, was, now in pairs if was != now]
        lines += ["", f"instrument {name}", *moved] if moved else []
    return lines


def _plain(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)

"""One rule in words: every dated value, those that bind on a day marked, method, citation, evidence and who has checked it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pipelines.rulebook.in_force import ages_on
from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.model import IndexRule, LawRule, LimitRule, PolicyRule, QualityRule, Rule
from pipelines.rulebook.rows_of_rules import canonical_factor
from pipelines.rulebook.rule_words import RuleWords, converted, law_words, number, quality_words
from pipelines.rulebook.text_table import aligned
from pipelines.rulebook.verification import confirmed_by


def rule_lines(rule: Rule, on: date | None = None, people_needed: int | None = None) -> list[str]:
    """A rule of any kind as lines of text.

    Args: on: what binds that day is marked with an arrow and with the plants it binds, new and existing ones apart.
        people_needed: how many must confirm its figures (policy).
    """
    head = [f"{rule.rule_id} – {rule.title}", f"  {rule.kind}{', DRAFT: shown, never judged' if rule.status == 'draft' else ''}", ""]
    if isinstance(rule, LawRule):
        return head + _law(rule, on, people_needed)
    if isinstance(rule, QualityRule):
        words = quality_words(rule)
        return [*head, f"  {words.expects[0]}", *_details(words)]
    if isinstance(rule, IndexRule):
        return head + _index(rule)
    if isinstance(rule, PolicyRule):
        pairs = [(key, ", ".join(values)) for key, values in rule.values.items()]
        return head + aligned([*pairs, ("reason", rule.reason), ("file", f"{rule.path}, version {rule.version}")], "  ")
    return head


def _law(rule: LawRule, on: date | None, people_needed: int | None) -> list[str]:
    words = law_words(rule)
    who = _bound(rule, on) if on else {}
    lines = [
        f"  {'→' if entry.valid_from in who else ' '} {text}{_canonical(rule, entry)}{who.get(entry.valid_from, '')}"
        for entry, text in zip(rule.entries, words.expects, strict=True)
    ]
    if on and not who:
        lines.append(f"    nothing is in force on {on}")
    where = rule.instrument
    pairs = [("Instrument", f"{where.title} ({where.jurisdiction}, {where.layer})"), *words.details]
    if rule.indicator:
        pairs.insert(1, ("Indicator", f"{rule.indicator.indicator_id}: {rule.indicator.title}"))
    pairs += [("Stated in", f"{clause.text}{f' <{clause.href}>' if clause.href else ''}") for clause in words.clauses]
    pairs += [(label, ", ".join(texts)) for label, texts in (("Sources", rule.sources), ("Facts", rule.facts)) if texts]
    pairs += [("Owner", rule.owner + (f", approved by {rule.approver}" if rule.approver else ""))]
    targets = rule.sdg_targets or (rule.indicator.sdg_targets if rule.indicator else ())
    pairs += [("SDG targets", ", ".join(targets))] if targets else []
    return [*lines, "", *aligned(pairs, "  "), *_verified(rule, people_needed)]


def _bound(rule: LawRule, on: date) -> dict[date, str]:
    """First day of an entry → whom it binds on a day; plants of different ages may be bound by different entries."""
    found: dict[date, list[str]] = {}
    for age in ages_on(rule.entries, on):
        for entry, tier in age.bound:
            found.setdefault(entry.valid_from, []).append(f"{age}{f' (tier {tier})' if tier else ''}")
    return {day: f"  ← on {on}: {'; '.join(who)}" for day, who in found.items()}


def _canonical(rule: LawRule, entry: DatedLimit) -> str:
    """The value in the indicator's unit where that is another one."""
    if not isinstance(rule, LimitRule) or rule.indicator is None or rule.indicator.unit is None or entry.unit is None:
        return ""
    factor = canonical_factor(rule, entry)
    if factor == 1:
        return ""
    values = [
        f"{tier + ': ' if tier else ''}{converted(value * factor)}" for tier, value in entry.values.items() if isinstance(value, Fraction)
    ]
    return f"  = {' · '.join(values)} {rule.indicator.unit.name} at 273.15 K" if values else ""


def _details(words: RuleWords) -> list[str]:
    return ["", *aligned(words.details, "  ")]


def _verified(rule: LawRule, people_needed: int | None) -> list[str]:
    needed = f" of {people_needed}" if people_needed else ""
    lines = ["", f"  Checked against the print: {len(confirmed_by(rule))}{needed} people confirm the figures of today"]
    return lines + [f"    {one.on}  {one.by}: {one.result}, {one.edition}, {one.page} ({one.figures})" for one in rule.verified]


def _index(rule: IndexRule) -> list[str]:
    lines = [f"  {rule.sector}, {' / '.join(rule.routes) or 'any route'}"]
    for group in rule.groups:
        lines.append(f"  {number(group.weight):>5}  {group.title} ({group.weight_from})")
        for one in group.indicators:
            levels = ", ".join(f"{level.level}: {level.rule_id}{'#' + level.tier if level.tier else ''}" for level in one.levels)
            lines.append(f"         {number(one.weight):>5}  {one.title or one.name}{' (limiting)' if one.is_limiting else ''}; {levels}")
    return lines

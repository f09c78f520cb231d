"""When a rule counts as checked against the printed text: how many people the policy asks for, and whose word still holds."""

from __future__ import annotations

from pipelines.rulebook.fields import plain
from pipelines.rulebook.mistakes import Mistakes
from pipelines.rulebook.model import DatedLimit, Expression, LawRule, LimitRule, LimitValue, PolicyRule, Rule

CONFIRMED, DIFFERS = "confirmed", "differs"
PRINTED_TEXT = "printed_text"


def figures_of(rule: LawRule) -> str:
    """What a verification is about, in one line: each day in force with its value as printed. It changes when a figure changes."""
    words = f"{rule.operator} " if isinstance(rule, LimitRule) else ""
    ended = rule.entries[-1].valid_to if rule.entries else None
    return words + "; ".join(_figure(entry) for entry in rule.entries) + (f"; until {ended}" if ended else "")


def _figure(entry: DatedLimit) -> str:
    if entry.unit is None:
        return f"{entry.valid_from}"
    values = ", ".join(f"{tier} {_value(value)}" if tier else _value(value) for tier, value in entry.values.items())
    existing = f" (existing plants {entry.existing_plants_from})" if entry.existing_plants_from else ""
    return f"{entry.valid_from}{existing} {values} {entry.unit.name}"


def _value(value: LimitValue) -> str:
    if value is None:
        return "–"
    return value.text if isinstance(value, Expression) else plain(value)


def confirmed_by(rule: LawRule) -> tuple[str, ...]:
    """Different people whose confirmation holds: given for the figures of today, and after the last time somebody found a difference."""
    people: dict[str, str] = {}
    for verification in rule.verified:
        if verification.result == DIFFERS:
            people = {}
        elif verification.figures == figures_of(rule):
            people.setdefault(same_person(verification.by), verification.by)
    return tuple(people.values())


def same_person(name: str) -> str:
    """A name without its accidents: `Ana  Sari` and `ana sari` are one person."""
    return " ".join(name.split()).casefold()


def people_needed(rules: dict[str, Rule]) -> int | None:
    """How many different people the policy `verification` asks for; None where there is no such policy."""
    policy = rules.get("verification")
    if not isinstance(policy, PolicyRule):
        return None
    return 2 if policy.values.get("four_eyes", ("true",)) == ("true",) else 1


def check_verifications(rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """Evidence `printed_text` needs as many people as the policy says; the institution's own texts (policy) need none."""
    needed = people_needed(rules)
    policy = rules.get("verification")
    own = policy.values.get("own_texts", ()) if isinstance(policy, PolicyRule) else ()
    for rule in rules.values():
        if not isinstance(rule, LawRule):
            continue
        last = rule.verified[-1] if rule.verified else None
        if last and last.result == DIFFERS and rule.evidence == PRINTED_TEXT:
            what = f"evidence is printed_text, but {last.by} found another figure in print on {last.on}"
            mistakes.add(rule.path, last.line, what, "write evidence: unverified, correct the figure and verify it again")
        elif needed and rule.evidence == PRINTED_TEXT and rule.instrument.instrument_id not in own and len(confirmed_by(rule)) < needed:
            people = confirmed_by(rule)
            what = f"evidence is printed_text, but {len(people)} of {needed} people have confirmed the figures of today"
            mistakes.add(rule.path, rule.line, what, "write evidence: secondary and let `greencap rules verify` raise it")

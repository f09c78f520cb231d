"""When a rule counts as checked against the printed text: how many people the policy asks for, and whose word still holds."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from pipelines.rulebook.fields import plain
from pipelines.rulebook.limits import DatedLimit, Expression, LimitValue, Scope, Size
from pipelines.rulebook.mistakes import Mistakes
from pipelines.rulebook.model import LawRule, LimitRule, PolicyRule, ProhibitionRule, RequirementRule, Rule, Verification
from pipelines.rulebook.rule_words import last_day

CONFIRMED, DIFFERS = "confirmed", "differs"
PRINTED_TEXT = "printed_text"


def figures_of(rule: LawRule) -> str:
    """What a verification is about, in one line: each day in force with its value as printed, how it is judged, at which reference state,
    and for what. It changes when any of these does, and with it every earlier confirmation falls.
    """
    parts = ["; ".join(_figure(entry) for entry in rule.entries), *_method(rule), *(f"for {_scope(scope)}" for scope in rule.scopes)]
    if isinstance(rule, LimitRule):
        parts[0] = f"{rule.operator} {parts[0]}"
    if rule.entries and rule.entries[-1].valid_to:
        parts.insert(1, f"until {last_day(rule.entries[-1].valid_to)}")
    return "; ".join(parts)


def _method(rule: LawRule) -> list[str]:
    """Averaging, test and reference state of a limit; class of equipment; item of evidence. Words of the rule file, so that they stay."""
    if isinstance(rule, ProhibitionRule):
        return [rule.equipment_class]
    if isinstance(rule, RequirementRule):
        return [rule.requires]
    if not isinstance(rule, LimitRule):
        return []
    share = f" {plain(rule.pass_share)} a {rule.pass_share_over or 'month'}" if rule.pass_share is not None else ""
    words = [f"{rule.averaging}, {rule.pass_test}{share}"]
    words += [f"none above {plain(rule.max_multiple)} times"] if rule.max_multiple is not None else []
    words += [f"without {', '.join(rule.excluded_states)}"] if rule.excluded_states else []
    state = [f"{plain(rule.oxygen_pct)} % O2" if rule.oxygen_pct is not None else "no O2", rule.gas_basis or ""]
    state += [f"{plain(rule.temperature_k)} K"] if rule.temperature_k is not None else []
    words += [" ".join(word for word in state if word)] if rule.gas_basis or rule.temperature_k is not None else []
    return [*words, *(f"or {name}" for name in rule.or_meets)]


def _scope(scope: Scope) -> str:
    """Every condition of a scope that is set, as `name value`; one that a later version adds comes in by itself."""
    found = ((field.name, getattr(scope, field.name)) for field in fields(scope))
    return ", ".join(f"{name} {_condition(value)}" for name, value in found if value not in ((), None))


def _condition(value: Any) -> str:
    if isinstance(value, tuple):
        return "/".join(str(word) for word in value)
    if not isinstance(value, Size):
        return str(value)
    start, end = (plain(edge) if edge is not None else "any" for edge in (value.start, value.end))
    return f"{'[' if value.start_included else '('}{start} to {end}{']' if value.end_included else ')'} {value.unit.name}"


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
    return tuple(one.by for one in counted_checks(rule))


def counted_checks(rule: LawRule) -> tuple[Verification, ...]:
    """The first confirmation that holds of each different person, in the order of time."""
    found: dict[str, Verification] = {}
    for verification in rule.verified:
        if verification.result == DIFFERS:
            found = {}
        elif verification.figures == figures_of(rule):
            found.setdefault(same_person(verification.by), verification)
    return tuple(found.values())


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

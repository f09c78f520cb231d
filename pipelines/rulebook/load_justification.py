"""Justification files → justifications: a lender uses a law weaker than its own standard, and says in writing why, where and how long."""

from __future__ import annotations

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import JUSTIFICATION
from pipelines.rulebook.load_rules import rule_fields
from pipelines.rulebook.mistakes import Mistakes, near_miss
from pipelines.rulebook.model import JustificationRule, LimitRule, Rule
from pipelines.rulebook.rows_of_rules import newest_value
from pipelines.rulebook.shelf import Shelf

#: A standard that the lender itself chose, and the law that may stand in its place.
LENDER_LAYER = "lender_standard"
LAW_LAYERS = ("host_law", "home_law")
_SHORTEST = 40


def load_justification(file: RuleFile, shelf: Shelf) -> JustificationRule:
    """A justification with its dates; whether its rules exist and fit is checked by `check_justification`."""
    part = file.section(JUSTIFICATION)
    decided, first, last = part.day("decided_on"), part.day("in_force_from"), part.day("in_force_to")
    if decided and first and first < decided:
        part.wrong("in_force_from", f"in_force_from {first} is before it was decided on {decided}", "a justification does not reach back")
    if first and last and last < first:
        part.wrong("in_force_to", f"in_force_to {last} is before in_force_from {first}", "exchange them")
    return JustificationRule(
        **rule_fields(part, file, "justification") | {"line": part.line("uses")},
        plants=part.texts("plants"),
        uses=part.text("uses") or "",
        in_place_of=part.texts("in_place_of"),
        in_place_of_line=part.line("in_place_of"),
        justification=_reason(part),
        document=part.text("document") or "",
        decided_on=decided,
        valid_from=first,
        last_day=last,
    )


def _reason(part: Section) -> str:
    text = part.text("justification") or ""
    if text and len(text) < _SHORTEST:
        part.wrong(
            "justification", "the justification is a few words only", "say why this level protects people and environment at these plants"
        )
    return text


def check_justification(rule: JustificationRule, rules: dict[str, Rule], mistakes: Mistakes) -> None:
    """Whether it sets aside limits of the lender's own standard only, in favour of a weaker law about the same indicator."""
    uses = _limit(rule, "uses", rule.line, rule.uses, LAW_LAYERS, rules, mistakes)
    for name in rule.in_place_of:
        stricter = _limit(rule, "in_place_of", rule.in_place_of_line, name, (LENDER_LAYER,), rules, mistakes)
        if uses is None or stricter is None:
            continue
        if uses.indicator != stricter.indicator:
            mistakes.add(
                rule.path,
                rule.in_place_of_line,
                f"{uses.rule_id} and {name} are about different indicators",
                "name two limits of one indicator",
            )
        elif _is_needless(uses, stricter):
            mistakes.add(
                rule.path, rule.in_place_of_line, f"{uses.rule_id} is not weaker than {name}", "nothing is to be justified; remove the file"
            )


def _limit(
    rule: JustificationRule, key: str, line: int, name: str, layers: tuple[str, ...], rules: dict[str, Rule], mistakes: Mistakes
) -> LimitRule | None:
    limits = {rule_id: one for rule_id, one in rules.items() if isinstance(one, LimitRule) and one.instrument.layer in layers}
    found = limits.get(name)
    if found is None:
        what = f"{key} names {name!r}, which is no limit of {' or '.join(layers)}"
        mistakes.add_unknown(name, rule.path, line, what, near_miss(name, limits, "name such a limit"))
    elif found.status == "draft":
        mistakes.add(rule.path, line, f"{key} names {name!r}, a draft that is never judged", "activate it or name another limit")
        return None
    return found


def _is_needless(uses: LimitRule, stricter: LimitRule) -> bool:
    """Whether both are numbers that can be compared, without tiers, and the one used is as strict."""
    basis = ("operator", "averaging", "pass_test", "oxygen_pct", "gas_basis")
    first, second = newest_value(uses, None), newest_value(stricter, None)
    if first is None or second is None or any(getattr(uses, name) != getattr(stricter, name) for name in basis):
        return False
    return first <= second if uses.operator in ("at_most", "below") else first >= second

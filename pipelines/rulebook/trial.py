"""A draft tried out: rules with `status: draft` that a run does not hold yet are judged as if they were active, and said to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipelines.rulebook.check_together import check_rules_together
from pipelines.rulebook.files import TODO, unfilled_lines
from pipelines.rulebook.mistakes import Mistakes
from pipelines.rulebook.model import Rule, Rulebook
from pipelines.rulebook.text_table import counted


@dataclass(frozen=True)
class Trial:
    """A rulebook to judge by.

    `drafts`: ids judged as if they were active. `unfilled`: id → lines that still say TODO, left out. `in_the_way`: mistakes that
    `greencap rules check` will tell once they are active.
    """

    rulebook: Rulebook
    drafts: tuple[str, ...]
    unfilled: Mapping[str, tuple[int, ...]]
    in_the_way: tuple[str, ...]


def as_if_active(rulebook: Rulebook, published: Mapping[str, str]) -> Trial:
    """The rulebook with its fresh drafts active.

    Args: published: rule id → hash of its file in a run. A draft that the run holds word for word stays a draft.
    """
    fresh = [rule for rule in rulebook.rules.values() if rule.status == "draft" and published.get(rule.rule_id) != rule.sha256]
    unfilled = {rule.rule_id: lines for rule in fresh if (lines := unfilled_lines(rulebook.folder, rule.path))}
    tried = {rule.rule_id: replace(rule, status="active") for rule in fresh if rule.rule_id not in unfilled}
    rules = rulebook.rules | tried
    in_the_way = tuple(sorted(_mistakes(rules) - _mistakes(rulebook.rules)))
    return Trial(replace(rulebook, rules=rules), tuple(tried), unfilled, in_the_way)


def trial_lines(trial: Trial) -> list[str]:
    """What was tried and what was left out, in words; nothing where there is no draft."""
    lines = []
    if trial.drafts:
        lines += ["", f"Judged as if active, though {counted(len(trial.drafts), 'is still a draft', 'are still drafts')}:"]
        lines += [f"  {rule_id}" for rule_id in trial.drafts]
    for rule_id, numbers in trial.unfilled.items():
        where = ", ".join(map(str, numbers))
        lines += ["", f"Left out, {rule_id}: still says {TODO} in line {where}; fill in and delete the word, then try again"]
    if trial.in_the_way:
        lines += ["", "In the way of making it active:", *(f"  {text}" for text in trial.in_the_way)]
    return lines


def _mistakes(rules: dict[str, Rule]) -> set[str]:
    mistakes = Mistakes()
    check_rules_together(rules, mistakes)
    return set(mistakes.messages())

"""Looking up what a person named on the command line; a near miss is suggested."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.errors import WrongUseError
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import LawRule, Rule, Rulebook
from pipelines.rulebook.vocabulary import Indicator


def find_rule(rulebook: Rulebook, rule_id: str) -> Rule:
    """The rule with an id; a tier or a date behind it (`…#II@2022-11-01`) is passed over. Raises WrongUseError with a suggestion."""
    name = rule_id.partition("#")[0].partition("@")[0]
    if name not in rulebook.rules:
        raise WrongUseError(f"rule {name!r} is unknown in {rulebook.folder}; {_advice(name, rulebook.rules)}")
    return rulebook.rules[name]


def find_law_rule(rulebook: Rulebook, rule_id: str) -> LawRule:
    """The limit, prohibition or requirement with an id. Raises WrongUseError."""
    rule = find_rule(rulebook, rule_id)
    if not isinstance(rule, LawRule):
        raise WrongUseError(f"{rule.rule_id} is a {rule.kind} rule; name a limit, prohibition or requirement")
    return rule


def find_indicator(rulebook: Rulebook, indicator_id: str) -> Indicator:
    """The indicator with an id, or that files call so. Raises WrongUseError with a suggestion."""
    by_name = {name.lower(): one for one in rulebook.indicators.values() for name in one.names}
    found = rulebook.indicators.get(indicator_id) or by_name.get(indicator_id.lower())
    if found is None:
        raise WrongUseError(f"indicator {indicator_id!r} is unknown; {_advice(indicator_id, rulebook.indicators)}")
    return found


def find_word(word: str, known: Iterable[str], what: str) -> str:
    """A word of a closed list. Raises WrongUseError with a suggestion."""
    known = list(known)
    if word not in known:
        raise WrongUseError(f"{what} {word!r} is unknown; {near_miss(word, known, one_of(known))}")
    return word


def _advice(name: str, known: Iterable[str]) -> str:
    holding = sorted(one for one in known if name.lower() in one)
    listed = f"those with {name!r} in their name: {', '.join(holding[:8])}{', …' if len(holding) > 8 else ''}" if holding else ""
    return listed or near_miss(name, known, "`greencap rules docs` lists all")

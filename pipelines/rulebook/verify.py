"""Recording that somebody held a rule against the printed text: a line in the rule file's own `verified:`, nothing else of it moved."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.errors import RuleFileError, WrongUseError
from pipelines.rulebook.files import place_of, unfilled_lines
from pipelines.rulebook.find import find_law_rule
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import LawRule, Rulebook
from pipelines.rulebook.verification import CONFIRMED, DIFFERS, PRINTED_TEXT, confirmed_by, figures_of, people_needed, same_person

_EVIDENCE = re.compile(r"^(evidence:[ ]*)([\w\"']+)", re.MULTILINE)
_NEXT_KEY = re.compile(r"^[^\s#-]", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """What a person says after reading the print."""

    by: str
    on: date
    edition: str
    page: str
    is_confirmed: bool

    @property
    def result(self) -> str:
        """Word of the rule file."""
        return CONFIRMED if self.is_confirmed else DIFFERS


def record_verification(folder: Path, rule_id: str, check: Check, today: date) -> list[str]:
    """Write a check into the rule's file; what that means, in words.

    Evidence becomes `printed_text` when enough different people (policy `verification`) confirm the figures of today, and `unverified`
    when somebody found another figure. The file is put back when the result would not load.

    Args: today: no check can have been made after it; nothing else depends on it.
    Raises: WrongUseError for an unknown rule, an empty word, the same person twice, a day before the last check or after today, a draft
        that still says TODO. RuleFileError as loading.
    """
    rulebook = load_rulebook(folder)
    rule = find_law_rule(rulebook, rule_id)
    path = place_of(rulebook.folder, rule.path)
    _refuse_wrong_use(rule, check, today, unfilled_lines(rulebook.folder, rule.path))
    before = path.read_bytes()
    evidence = _evidence_after(rulebook, rule, check)
    path.write_bytes(_edited(before.decode("utf-8"), rule, check, evidence).encode("utf-8"))
    try:
        written = load_rulebook(folder).rules[rule.rule_id]
    except RuleFileError:
        path.write_bytes(before)
        raise
    assert isinstance(written, LawRule)
    return _words(rulebook, rule, written, check)


def _refuse_wrong_use(rule: LawRule, check: Check, today: date, unfilled: tuple[int, ...]) -> None:
    for option, text in (("--by", check.by), ("--edition", check.edition), ("--page", check.page)):
        if not text.strip():
            raise WrongUseError(f"{option} is empty; say who checked, in which edition and on which page")
    if check.on > today:
        raise WrongUseError(f"--on {check.on} lies after today, {today}; give the day on which the print was read")
    if unfilled:
        raise WrongUseError(f"{rule.path} still says TODO in line {unfilled[0]}; fill in the rule before it is held against the print")
    if rule.verified and check.on < rule.verified[-1].on:
        raise WrongUseError(
            f"--on {check.on}: {rule.rule_id} was last checked on {rule.verified[-1].on}; the history is kept in order of time"
        )
    if check.is_confirmed and same_person(check.by) in {same_person(name) for name in confirmed_by(rule)}:
        raise WrongUseError(f"{check.by} has already confirmed {rule.rule_id}; another person must read the print")


def _evidence_after(rulebook: Rulebook, rule: LawRule, check: Check) -> str:
    if not check.is_confirmed:
        return "unverified"
    enough = len(confirmed_by(rule)) + 1 >= (people_needed(rulebook.rules) or 2)
    return PRINTED_TEXT if enough else rule.evidence


def _edited(text: str, rule: LawRule, check: Check, evidence: str) -> str:
    """The file's text with one more check; line endings, comments and order stay."""
    end = "\r\n" if "\r\n" in text else "\n"
    text = text if text.endswith("\n") else text + end
    if evidence != rule.evidence:
        text = _EVIDENCE.sub(lambda found: found[1] + evidence, text, count=1)
    words = {"by": check.by, "day": None, "edition": check.edition, "page": check.page, "result": None, "figures": figures_of(rule)}
    plain = {"day": check.on.isoformat(), "result": check.result}
    lines = [f"{key}: {plain.get(key) or _quoted(word or '')}" for key, word in words.items()]
    entry = end.join(["  - " + lines[0], *("    " + line for line in lines[1:])]) + end
    if rule.verified:
        return _after_list(text, entry)
    sources = "" if rule.sources or evidence != PRINTED_TEXT else f"sources: [{_quoted(f'{check.edition}, {check.page}')}]{end}"
    return f"{text}{sources}verified:{end}{entry}"


def _after_list(text: str, entry: str) -> str:
    start = re.search(r"^verified:.*\n", text, re.MULTILINE)
    if start is None or not text[start.start() : start.end()].split("#")[0].strip() == "verified:":
        raise WrongUseError("the `verified:` list of this file was not written by `greencap rules verify`; write it one item a line first")
    following = _NEXT_KEY.search(text, start.end())
    at = following.start() if following else len(text)
    return text[:at] + entry + text[at:]


def _quoted(text: str) -> str:
    """Text in double quotes as YAML reads it."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _words(rulebook: Rulebook, rule: LawRule, written: LawRule, check: Check) -> list[str]:
    lines = [f"{rule.rule_id}: {check.by} {check.result} on {check.on} – {figures_of(rule)} ({check.edition}, {check.page})"]
    if not check.is_confirmed:
        todo = f"Correct the figure in {rule.path} and verify it again; what was confirmed before no longer counts."
        return [*lines, f"Evidence is {written.evidence} now. {todo}"]
    needed, people = people_needed(rulebook.rules) or 2, confirmed_by(written)
    if len(people) >= needed:
        return [*lines, f"Evidence is {written.evidence} now: confirmed by {', '.join(people)}."]
    return [*lines, f"{len(people)} of {needed} people have confirmed it; evidence stays {written.evidence} until another person does."]

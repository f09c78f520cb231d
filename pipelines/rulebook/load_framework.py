"""`rules/frameworks/<framework>.yaml` → a dated edition of how a framework reads this project's own results.

A framework computes nothing: its lines name facts, rules, indicators and evidence, and the marts `mart_framework__*` look them up.
"""

from __future__ import annotations

from collections.abc import Collection

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import EVIDENCE, FRAMEWORK, FRAMEWORK_LINE, FRAMEWORK_STATES, FRAMEWORK_VIEWS, PLANT_FACTS
from pipelines.rulebook.mistakes import near_miss, one_of
from pipelines.rulebook.model import Framework, FrameworkLine, Rule
from pipelines.rulebook.shelf import Shelf


def load_frameworks(files: list[RuleFile], shelf: Shelf, rules: dict[str, Rule]) -> dict[str, Framework]:
    """Framework id (the file's name) → framework, sorted by id."""
    found = [_framework(file, shelf, rules) for file in files]
    return {framework.framework_id: framework for framework in sorted(found, key=lambda framework: framework.framework_id)}


def _framework(file: RuleFile, shelf: Shelf, rules: dict[str, Rule]) -> Framework:
    top = file.section(FRAMEWORK)
    view = top.word("view", FRAMEWORK_VIEWS, "view") or FRAMEWORK_VIEWS[0]
    evidence = top.word("evidence", EVIDENCE, "evidence") or "unverified"
    start, end = top.day("valid_from"), top.day("valid_to")
    if start and end and end < start:
        top.wrong("valid_to", f"valid_to {end} is before valid_from {start}", "exchange the two days")
    if evidence == "unverified" and "evidence_note" not in top:
        top.wrong("evidence", "unverified without an evidence_note", "add evidence_note: what has not been checked")
    lines = top.section("lines", None)
    found: list[FrameworkLine] = []
    for name in lines or ():
        assert lines is not None
        part = lines.section(name, FRAMEWORK_LINE)
        assert part is not None
        found.append(_line(name, len(found) + 1, part, FRAMEWORK_STATES[view], shelf, rules))
    return Framework(
        framework_id=file.stem,
        view=view,
        title=top.text("title") or "",
        edition=top.text("edition") or "",
        definition=top.text("definition") or "",
        owner=top.text("owner") or "",
        valid_from=start,
        last_day=end,
        evidence=evidence,
        evidence_note=top.text("evidence_note"),
        sources=top.texts("sources"),
        lines=tuple(found),
    )


def _line(name: str, number: int, part: Section, states: tuple[str, ...], shelf: Shelf, rules: dict[str, Rule]) -> FrameworkLine:
    wanted = {
        "when": part.words("when", PLANT_FACTS, "fact"),
        "rules": _known(part, "rules", rules),
        "indicators": _known(part, "indicators", shelf.indicators),
        "sectors": part.words("sectors", shelf.vocabulary.words("sectors"), "sector"),
        "evidence_items": _known(part, "evidence_items", shelf.indicators),
    }
    return FrameworkLine(
        line_id=name,
        number=number,
        title=part.text("title") or "",
        state=_state(part, "state", states),
        upgrade_from=_state(part, "upgrade_from", states),
        words={key: words for key, words in wanted.items() if words},
    )


def _state(part: Section, key: str, states: tuple[str, ...]) -> str | None:
    if not states and key in part:
        part.wrong(key, f"a line of this view has no {key}", "remove it")
    return part.word(key, states, "state") if states else None


def _known(part: Section, key: str, known: Collection[str]) -> tuple[str, ...]:
    words = part.texts(key)
    for word in words:
        if word not in known:
            part.wrong(key, f"{word!r} in {key} is unknown", near_miss(word, known, one_of(list(known)[:5])))
    return words

"""The check behind `greencap rules check`: every mistake as a line of text, nothing raised; drafts not filled in; doubtful figures."""

from __future__ import annotations

from pathlib import Path

from pipelines.rulebook.doubtful import doubtful_lines
from pipelines.rulebook.files import unfilled_lines
from pipelines.rulebook.load import read_rulebook
from pipelines.rulebook.model import LawRule, Rulebook


def check_rules(folder: Path) -> list[str]:
    """The mistakes of a rules folder as `path:line: what is wrong; what to do`, sorted by file and line; empty when all is well."""
    return read_rulebook(folder)[1].messages()


def check_and_notes(folder: Path) -> tuple[list[str], list[str], list[str]]:
    """The mistakes; a line for each place where a draft or its instrument still says TODO; a line for each figure that may be a slip.

    The last two are no mistakes: a draft is judged by nothing, and a far figure may be the law.
    """
    rulebook, mistakes = read_rulebook(folder)
    todo = [f"{path}:{no}: still says TODO" for path, lines in _unfilled(rulebook) for no in lines]
    return mistakes.messages(), todo, [] if mistakes.found else doubtful_lines(rulebook)


def _unfilled(rulebook: Rulebook) -> list[tuple[str, tuple[int, ...]]]:
    drafts = [rule for rule in rulebook.rules.values() if rule.status == "draft"]
    paths = {rule.path for rule in drafts} | {rule.instrument.path for rule in drafts if isinstance(rule, LawRule)}
    return [(path, lines) for path in sorted(paths) if (lines := unfilled_lines(rulebook.folder, path))]

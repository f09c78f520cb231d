"""The check behind `greencap rules check`: every mistake as a line of text, nothing raised."""

from __future__ import annotations

from pathlib import Path

from pipelines.rulebook.load import read_rulebook


def check_rules(folder: Path) -> list[str]:
    """The mistakes of a rules folder as `path:line: what is wrong; what to do`, sorted by file and line; empty when all is well."""
    return read_rulebook(folder)[1].messages()

"""`rules/vocabulary.yaml` and `rules/reason_codes.yaml` → closed lists of words."""

from __future__ import annotations

import re

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import BY_SECTOR, REASON_CODE, VOCABULARY
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.vocabulary import ReasonCode, Vocabulary

_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
STATES = ("PASS", "FAIL", "INDETERMINATE", "NO_DATA", "NOT_APPLICABLE", "ERROR")


def load_vocabulary(file: RuleFile) -> Vocabulary:
    """Lists of words with their meaning; lists that belong to a sector also know which sector a word goes with."""
    top = file.section(VOCABULARY)
    lists: dict[str, dict[str, str]] = {}
    sectors_of: dict[str, dict[str, tuple[str, ...]]] = {}
    for name in top:
        if name == "note":
            continue
        part = top.section(name, None)
        assert part is not None
        if name in BY_SECTOR:
            lists[name], sectors_of[name] = _by_sector(part, lists.get("sectors", {}))
        else:
            lists[name] = _words(part)
    return Vocabulary(lists, sectors_of)


def _words(part: Section) -> dict[str, str]:
    words: dict[str, str] = {}
    for word in part:
        if not _WORD.fullmatch(word):
            part.wrong(word, f"{word!r} is not a word of letters, digits and _", "write it as lower_case_words")
        words[word] = part.text(word) or ""
    return words


def _by_sector(part: Section, sectors: dict[str, str]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    words: dict[str, str] = {}
    sectors_of: dict[str, tuple[str, ...]] = {}
    for sector in part:
        if sector not in sectors:
            part.wrong(sector, f"sector {sector!r} is unknown", near_miss(sector, sectors, "write sectors first, then lists by sector"))
        inner = part.section(sector, None)
        assert inner is not None
        for word, meaning in _words(inner).items():
            words[word] = meaning
            sectors_of[word] = (*sectors_of.get(word, ()), sector)
    return words, sectors_of


def load_reason_codes(file: RuleFile) -> dict[str, ReasonCode]:
    """Reason code → its words."""
    codes: dict[str, ReasonCode] = {}
    top = file.section(None)
    for code in top:
        if not _CODE.fullmatch(code):
            top.wrong(code, f"reason code {code!r} is not in capitals", f"write {code.upper()}")
        part = top.section(code, REASON_CODE)
        assert part is not None
        states = part.words("states", STATES, "state")
        codes[code] = ReasonCode(code, states, part.text("title") or "", part.text("what_to_do") or "")
    return codes

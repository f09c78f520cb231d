"""Names as PACTA compares them: the alias of r2dii.match (`to_alias`), a whole column at once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.matching.transliteration import latin_as_peer

#: Replaced in this order wherever they stand, inside words too ("holdings" becomes "hldgss"): RMI-PACTA/r2dii.match 0.4.1, MIT.
_REPLACED = (
    (" and ", " & "), (" en ", " & "), (" och ", " & "), (" und ", " & "), ("(pjsc)", ""), ("(pte)", ""), ("(pvt)", ""),
    ("0", "null"), ("1", "one"), ("2", "two"), ("3", "three"), ("4", "four"), ("5", "five"), ("6", "six"), ("7", "seven"),
    ("8", "eight"), ("9", "nine"),
    ("aktg", "ag"), ("associate", "assoc"), ("associates", "assoc"), ("berhad", "bhd"), ("company", "co"), ("corporation", "corp"),
    ("designated activity company", "dac"), ("development", "dev"), ("finance", "fine"), ("financial", "fina"), ("financial", "fin"),
    ("financing", "fing"), ("generation", "gen"), ("golden", "gld"), ("government", "govt"), ("groep", "grp"), ("group", "grp"),
    ("holding", "hldgs"), ("holdings", "hldgs"), ("incorporated", "inc"), ("international", "intl"), ("investment", "invest"),
    ("limited", "ltd"), ("limited partnership", "lp"), ("ltd liability co", "llc"), ("ograniczona odpowiedzialnoscia", "oo"),
    ("partner", "prt"), ("partners", "prt"), ("public co ltd", "pcl"), ("public ltd co", "plc"), ("resource", "res"),
    ("resources", "res"), ("san tic anonim sti", "santicanonimsti"), ("san tic ltd sti", "santicltdsti"), ("sanayi", "san"),
    ("sanayi ve ticaret", "sanayi ticaret"), ("shipping", "shp"), ("sirketi", "sti"), ("sp z o o", "spzoo"), ("sp z oo", "spzoo"),
    ("spolka z ", "sp z "), ("ticaret", "tic"),
)  # fmt: skip
#: Forms of ownership that end a name.
_OWNERSHIP = (
    "ab ag as asa bhd bsc bv co corp cv dac gmbh govt hldgs inc intl jsc llc lp ltd nv pcl pjsc plc pt pte sa sarl sas se spa spzoo srl"
).split()
_BREAKS = re.compile(r"[^\S\n]+")


def aliases(names: Sequence[str | None], is_ownership_removed: bool = False) -> list[str | None]:
    """The alias of each name, in order; None stays None.

    All names are one text with a line each while they are worked on, because none of the replacements looks across a line.

    Args:
        names: Names as sent, any script.
        is_ownership_removed: Leave the form of ownership out instead of keeping it as a last word.
    """
    known = [name for name in names if name is not None]
    if not known:
        return [None] * len(names)
    text = "\n".join(known)
    if text.count("\n") >= len(known):  # a name over several lines
        text = "\n".join(name.replace("\n", " ") for name in known)
    if not text.isascii():
        text = "\n".join(map(latin_as_peer, text.split("\n")))
    found = iter(_aliased(text.lower(), "" if is_ownership_removed else "$").split("\n"))
    return [None if name is None else next(found) for name in names]


def _aliased(text: str, mark: str) -> str:
    text = re.sub(r"[.,_/]", " ", text).replace("$", "")
    text = _BREAKS.sub(" ", text)
    for sent, short in _REPLACED:
        text = text.replace(sent, short)
    text = re.sub(r"^ +| +$", "", text, flags=re.MULTILINE)
    text = re.sub(r"(?<= [a-z]) (?=[a-z])", "", text)
    for form in _OWNERSHIP:
        text = re.sub(rf" {form}$", f"{mark}{form}" if mark else "", text, flags=re.MULTILINE)
    text = re.sub(r"[^\w$\n]|_", "", text)
    return text.replace("$", " ")

"""Mistakes in rule files: collected, never raised one by one, and told as `path:line: what is wrong; what to do`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipelines.errors import RuleFileError

#: Words shorter than this are near everything.
_SHORTEST = 3


@dataclass(frozen=True, order=True)
class Mistake:
    """One thing to mend."""

    path: str
    line: int
    what: str
    what_to_do: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}; {self.what_to_do}"


@dataclass
class Mistakes:
    """All mistakes of all files.

    `unread` names what could not be read whole: the lists `units`, `items`, `indicators`, and ids of rules. That a word of such a list is
    unknown says nothing, so it is not told: one mistake, one message.
    """

    found: list[Mistake] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)

    def add(self, path: str, line: int, what: str, what_to_do: str) -> None:
        """Note one mistake."""
        self.found.append(Mistake(path, line, what, what_to_do))

    def add_unknown(self, looked_in: str, path: str, line: int, what: str, what_to_do: str) -> None:
        """Note a word that is not in a list, if that list could be read."""
        if looked_in not in self.unread:
            self.add(path, line, what, what_to_do)

    def in_file(self, path: str) -> bool:
        """Whether a file has a mistake."""
        return any(mistake.path == path for mistake in self.found)

    def messages(self) -> list[str]:
        """Each mistake once, sorted by file and line."""
        return [str(mistake) for mistake in sorted(set(self.found))]

    def raise_if_any(self) -> None:
        """Raise one `RuleFileError` that lists everything."""
        if self.found:
            raise RuleFileError("\n".join(self.messages()))


def near_miss(word: str, known: Iterable[str], otherwise: str) -> str:
    """`perhaps 'x'` for the closest known word (case does not count), else the advice given as `otherwise`."""
    if len(word) < _SHORTEST:
        return otherwise
    by_lower: dict[str, str] = {}
    for name in known:
        by_lower.setdefault(name.lower(), name)
    close = get_close_matches(word.lower(), list(by_lower), n=1, cutoff=0.6)
    return f"perhaps {by_lower[close[0]]!r}" if close else otherwise


def one_of(known: Iterable[str], most: int = 12) -> str:
    """`write one of a, b, c` with at most `most` words."""
    words = list(known)
    listed = ", ".join(str(word) for word in words[:most])
    return f"write one of {listed}{', …' if len(words) > most else ''}"

"""Mistakes in rule files: collected, never raised one by one, and told as `path:line: what is wrong; what to do`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from pipelines.errors import RuleFileError


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
    """All mistakes of all files."""

    found: list[Mistake] = field(default_factory=list)

    def add(self, path: str, line: int, what: str, what_to_do: str) -> None:
        """Note one mistake."""
        self.found.append(Mistake(path, line, what, what_to_do))

    def messages(self) -> list[str]:
        """Each mistake once, sorted by file and line."""
        return [str(mistake) for mistake in sorted(set(self.found))]

    def raise_if_any(self) -> None:
        """Raise one `RuleFileError` that lists everything."""
        if self.found:
            raise RuleFileError("\n".join(self.messages()))


def near_miss(word: str, known: Iterable[str], otherwise: str) -> str:
    """`perhaps 'x'` for the closest known word (case does not count), else the advice given as `otherwise`."""
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

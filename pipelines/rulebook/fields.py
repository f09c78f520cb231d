"""Reading the keys of one mapping: each getter gives a typed value or notes a mistake with the line of that key and gives None."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from pipelines.rulebook.keys import Keys
from pipelines.rulebook.mistakes import Mistakes, near_miss, one_of
from pipelines.rulebook.yaml_lines import Fields, Items, Node, Scalar


class Section:
    """A mapping of a rule file with the keys it may have. Unknown, missing and empty keys are noted when it is made."""

    def __init__(self, node: Node, keys: Keys | None, path: str, mistakes: Mistakes, line: int | None = None) -> None:
        self.path, self.mistakes = path, mistakes
        self.at = node.line if line is None else line
        self.name = keys.name if keys else "this"
        self.fields: dict[str, tuple[int, Node]] = {}
        if not isinstance(node, Fields):
            self.add(self.at, f"{self.name} is {node.kind_word}, not a mapping", "write `key: value` lines")
            return
        self.fields = dict(node.fields)
        if keys:
            self._check_keys(keys)

    def _check_keys(self, keys: Keys) -> None:
        told: set[str] = set()
        for key, (line, node) in list(self.fields.items()):
            if key not in keys.known:
                free = [known for known in keys.known if known not in self.fields]
                advice = near_miss(key, free, f"remove it; {keys.name} knows {', '.join(keys.known)}")
                self.add(line, f"key {key!r} is unknown in {keys.name}", advice)
                told |= {known for known in free if advice == f"perhaps {known!r}"}
                del self.fields[key]
            elif isinstance(node, Scalar) and not node.text:
                self.add(line, f"key {key!r} is empty", "give it a value or remove the line")
                del self.fields[key]
                told.add(key)
        for key in keys.required:
            if key not in self.fields and key not in told:
                self.add(self.at, f"{keys.name} needs the key {key!r}", "add it")

    def __contains__(self, key: str) -> bool:
        return key in self.fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.fields)

    def node(self, key: str) -> Node:
        return self.fields[key][1]

    def line(self, key: str) -> int:
        """Line of the key, or of the mapping when the key is missing."""
        return self.fields[key][0] if key in self.fields else self.at

    def is_refused(self, key: str) -> bool:
        """Whether the value of a key was refused when the file was read; then it has been told."""
        node = self.node(key)
        return isinstance(node, Scalar) and node.is_refused

    def add(self, line: int, what: str, what_to_do: str) -> None:
        self.mistakes.add(self.path, line, what, what_to_do)

    def wrong(self, key: str, what: str, what_to_do: str) -> None:
        """Note a mistake at the line of a key."""
        self.add(self.line(key), what, what_to_do)

    def text(self, key: str) -> str | None:
        """Text of a key; numbers and dates that were not quoted are refused."""
        if key not in self.fields:
            return None
        node = self.node(key)
        if self.is_refused(key):
            return None
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node.value.strip()
        shown = node.text if isinstance(node, Scalar) else node.kind_word
        self.wrong(key, f"{key} should be text, but is {shown!r}", "write words, in quotes if they look like a number or date")
        return None

    def texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of texts."""
        return tuple(text for text, _ in self.texts_with_lines(key))

    def texts_with_lines(self, key: str) -> list[tuple[str, int]]:
        if key not in self.fields:
            return []
        node = self.node(key)
        nodes = node.items if isinstance(node, Items) else (node,)
        if not nodes:
            self.wrong(key, f"{key} is an empty list", "name at least one, or remove the key")
        found: list[tuple[str, int]] = []
        for item in nodes:
            if isinstance(item, Scalar) and item.is_refused:
                continue
            if isinstance(item, Scalar) and isinstance(item.value, str):
                found.append((item.value.strip(), item.line))
            else:
                shown = item.text if isinstance(item, Scalar) else item.kind_word
                self.add(item.line, f"{key} should be a word or a list of words, but has {shown!r}", "write words, quoted where needed")
        return found

    def word(self, key: str, known: Iterable[str], what: str, default: str | None = None) -> str | None:
        """One word of a closed list; `what` names the list in the message."""
        if key not in self.fields:
            return default
        words = self.words(key, known, what)
        if isinstance(self.node(key), Items):
            self.wrong(key, f"{key} is a list", "write one word")
            return default
        return words[0] if words else default

    def words(self, key: str, known: Iterable[str], what: str) -> tuple[str, ...]:
        """Words of a closed list, one or several; unknown and repeated ones are noted and left out."""
        known = list(known)
        found: list[str] = []
        for word, line in self.texts_with_lines(key):
            if word in found:
                self.add(line, f"{word!r} stands twice in {key}", "keep one")
            elif word not in known:
                self.add(line, f"{what} {word!r} is unknown", near_miss(word, known, one_of(known)))
            else:
                found.append(word)
        return tuple(found)

    def number(self, key: str, least: Fraction | int | None = None, most: Fraction | int | None = None) -> Fraction | None:
        """A number, within least and most (both included)."""
        if key not in self.fields or self.is_refused(key):
            return None
        node = self.node(key)
        value = node.value if isinstance(node, Scalar) else None
        if not isinstance(value, Fraction):
            shown = node.text if isinstance(node, Scalar) else node.kind_word
            self.wrong(key, f"{key} should be a number, but is {shown!r}", "write digits such as 12 or 0.5 without unit or quotes")
            return None
        if (least is not None and value < least) or (most is not None and value > most):
            self.wrong(key, f"{key} {plain(value)} is out of range", f"write a number {_range_words(least, most)}")
            return None
        return value

    def numbers(self, key: str) -> tuple[Fraction, ...]:
        """A list of numbers."""
        if key not in self.fields or self.is_refused(key):
            return ()
        node = self.node(key)
        values = [item.value for item in node.items if isinstance(item, Scalar)] if isinstance(node, Items) else []
        found = tuple(value for value in values if isinstance(value, Fraction))
        if not found or not isinstance(node, Items) or len(found) != len(node.items):
            self.wrong(key, f"{key} should be a list of numbers", "write it as [0.5, 0.6]")
            return ()
        return found

    def boolean(self, key: str, default: bool) -> bool:
        """true or false."""
        if key not in self.fields or self.is_refused(key):
            return default
        node = self.node(key)
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.wrong(key, f"{key} should be true or false", "write true or false without quotes")
        return default

    def day(self, key: str) -> date | None:
        """A date."""
        if key not in self.fields or self.is_refused(key):
            return None
        node = self.node(key)
        if isinstance(node, Scalar) and isinstance(node.value, date):
            return node.value
        shown = node.text if isinstance(node, Scalar) else node.kind_word
        self.wrong(key, f"{key} {shown!r} is not a date", "write a day as 2024-03-01 without quotes")
        return None

    def section(self, key: str, keys: Keys | None) -> Section | None:
        """The mapping under a key."""
        if key not in self.fields:
            return None
        return Section(self.node(key), keys, self.path, self.mistakes, self.line(key))

    def sections(self, key: str, keys: Keys) -> list[Section]:
        """One mapping or a list of mappings."""
        if key not in self.fields:
            return []
        node = self.node(key)
        nodes = node.items if isinstance(node, Items) else (node,)
        if not nodes:
            self.wrong(key, f"{key} is an empty list", "write at least one mapping")
        return [Section(item, keys, self.path, self.mistakes) for item in nodes]


def plain(value: Fraction) -> str:
    """A number as a person writes it."""
    return str(value.numerator) if value.denominator == 1 else repr(float(value))


def _range_words(least: Fraction | int | None, most: Fraction | int | None) -> str:
    if least is not None and most is not None:
        return f"from {plain(Fraction(least))} to {plain(Fraction(most))}"
    return f"of at least {plain(Fraction(least))}" if least is not None else f"of at most {plain(Fraction(most or 0))}"

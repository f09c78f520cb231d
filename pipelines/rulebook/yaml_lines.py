"""YAML with line numbers and without surprises.

Refused: repeated keys, tabs, anchors and aliases, merge keys, tags, several documents, and the readings of YAML 1.1 that nobody means:
`on`/`yes`/`no` as true or false, `012` as ten, `1_000`, `1:30` as ninety, `1e5` as text, `.inf`, dates with a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import yaml

from pipelines.rulebook.mistakes import Mistakes

#: The loader in C where PyYAML has it: many times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_EXPONENT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+")
_BRACKETS = re.compile(r"[\[\]{}]")
_DASHES = re.compile(r"^ *([-?] +){20}", re.MULTILINE)
_LONGEST, _DEEPEST = 1_000_000, 50
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")}
_WORDS = {"true": True, "false": False, "True": True, "False": False}

Value = str | Fraction | date | bool | None


@dataclass(frozen=True)
class Scalar:
    """A single value; `text` is what was written, `value` what it means. A refused one has been told: nothing more is said about it."""

    line: int
    text: str
    value: Value
    is_refused: bool = False
    kind_word = "a single value"


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: tuple[Node, ...]
    kind_word = "a list"


@dataclass(frozen=True)
class Fields:
    """A mapping: key text → (line of the key, node). Keys keep the order of the file."""

    line: int
    fields: dict[str, tuple[int, Node]]
    kind_word = "a mapping"


Node = Scalar | Items | Fields


def read_yaml(text: str, path: str, mistakes: Mistakes) -> Node | None:
    """The single document of a file as nodes that know their line, or None when it is not YAML at all.

    Args: text of the file; path as messages show it; mistakes collects what is wrong.
    """
    tab = text.find("\t")
    if tab >= 0:
        mistakes.add(path, text.count("\n", 0, tab) + 1, "a tab stands here", "YAML is indented with spaces; replace the tab")
        return None
    if _is_nested_without_end(text):
        mistakes.add(path, 1, "the file is too large, or brackets and lists are nested without end", "write it as docs/rule_files.md shows")
        return None
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, path, mistakes)
        return None
    except yaml.YAMLError as error:
        mistakes.add(path, 1, f"not readable as text ({error})".replace("\n", " "), "save the file as UTF-8 without control characters")
        return None
    if root is None:
        mistakes.add(path, 1, "the file is empty", "write the rule or delete the file")
        return None
    return _Converter(path, mistakes).node(root)


def _is_nested_without_end(text: str) -> bool:
    """The loader in C recurses and would take the process down with it."""
    depth = deepest = 0
    for bracket in _BRACKETS.findall(text):
        depth = max(depth + (1 if bracket in "[{" else -1), 0)
        deepest = max(deepest, depth)
    return len(text) > _LONGEST or deepest > _DEEPEST or _DASHES.search(text) is not None


def _report_syntax(error: yaml.MarkedYAMLError, path: str, mistakes: Mistakes) -> None:
    mark = error.problem_mark or error.context_mark
    problem = (error.problem or error.context or "not YAML").replace("\n", " ")
    advice = "look at indentation, colons and quotes on this line and the one above"
    if "alias" in problem or "anchor" in problem:
        advice = "write the value out; rule files use no anchors"
    mistakes.add(path, (mark.line if mark else 0) + 1, f"this is not YAML: {problem}", advice)


class _Converter:
    """PyYAML's node graph → our nodes."""

    def __init__(self, path: str, mistakes: Mistakes) -> None:
        self.path, self.mistakes, self.seen = path, mistakes, set[int]()

    def add(self, line: int, what: str, what_to_do: str) -> None:
        self.mistakes.add(self.path, line, what, what_to_do)

    def node(self, raw: yaml.Node) -> Node:
        line, before = raw.start_mark.line + 1, len(self.mistakes.found)
        if id(raw) in self.seen:
            self.add(line, "an anchor is used again", "write the value out; rule files use no anchors")
            return Scalar(line, "*", None, is_refused=True)
        self.seen.add(id(raw))
        if raw.tag not in _TAGS:
            self.add(line, f"{raw.tag!r} is a tag or a special word of YAML", "remove the tag, or quote the word")
        if isinstance(raw, yaml.MappingNode):
            return self.mapping(raw, line)
        if isinstance(raw, yaml.SequenceNode):
            return Items(line, tuple(self.node(item) for item in raw.value))
        assert isinstance(raw, yaml.ScalarNode)
        value = self.scalar(raw, line)
        return Scalar(line, raw.value, value, is_refused=len(self.mistakes.found) > before)

    def mapping(self, raw: yaml.MappingNode, line: int) -> Fields:
        fields: dict[str, tuple[int, Node]] = {}
        for key, value in raw.value:
            at = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.add(at, "a key must be a single word", "write `key: value`")
                continue
            self.check_key(key, at)
            if key.value in fields:
                self.add(at, f"key {key.value!r} stands here a second time (first on line {fields[key.value][0]})", "keep one of the two")
                continue
            fields[key.value] = (at, self.node(value))
        return Fields(line, fields)

    def check_key(self, key: yaml.ScalarNode, line: int) -> None:
        kind = key.tag.rpartition(":")[2]
        if kind == "merge":
            self.add(line, "merge key '<<'", "write the keys out")
        elif kind in ("bool", "null"):
            self.add(line, f"key {key.value!r} means {_surprise(kind)} in YAML", f"quote it: {key.value!r}")
        elif kind in ("int", "float") or key.value == "":
            self.add(
                line,
                f"key {key.value!r} is a number or empty",
                "a key is a word or a date; a decimal number has a point, such as 0.45, a comma begins the next entry",
            )

    def scalar(self, raw: yaml.ScalarNode, line: int) -> Value:
        kind = raw.tag.rpartition(":")[2]
        if raw.style or kind == "str":
            return self.text(raw, line)
        if kind == "null":
            return None
        reader = {"bool": self.boolean, "int": self.number, "float": self.number, "timestamp": self.day}.get(kind)
        if reader is None:
            return raw.value
        return reader(raw.value, line)

    def text(self, raw: yaml.ScalarNode, line: int) -> str:
        if not raw.style and _EXPONENT.fullmatch(raw.value):
            self.add(line, f"{raw.value!r} is read as text, not as a number", f"write it out: {_written_out(raw.value)}")
        return raw.value

    def boolean(self, text: str, line: int) -> Value:
        if text in _WORDS:
            return _WORDS[text]
        self.add(line, f"{text!r} means {_surprise('bool')} in YAML", f'write true or false, or quote the word: "{text}"')
        return text

    def number(self, text: str, line: int) -> Value:
        if _NUMBER.fullmatch(text):
            return Fraction(text)
        if _EXPONENT.fullmatch(text):
            self.add(line, f"{text!r} is a number with an exponent", f"write it out: {_written_out(text)}")
        else:
            advice = f'write a plain number such as 12 or 0.5, or quote the text: "{text}"'
            self.add(line, f"{text!r} is not the number it looks like (YAML reads octal, base 60, underscores)", advice)
        return text

    def day(self, text: str, line: int) -> Value:
        match = _DATE.fullmatch(text)
        try:
            if match:
                return date(*(int(part) for part in match.groups()))
        except ValueError:
            pass
        self.add(line, f"{text!r} is not a day of the calendar", "write a date as 2024-03-01")
        return text


def _surprise(kind: str) -> str:
    return "nothing" if kind == "null" else "true or false"


def _written_out(text: str) -> str:
    value = Fraction(text)
    return str(value.numerator) if value.denominator == 1 else format(float(value), "f").rstrip("0")

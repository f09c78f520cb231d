"""The header comment of a SQL model: strict YAML with description, grain and how the model is kept."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

import yaml

_KEYS = ("description", "grain", "grain_nullable", "materialized", "days_of", "of_readings", "by_stacks")
#: table = built anew every night · view = never stored, read through by the models above · chunk = made piece by piece.
MATERIALIZED = ("table", "view", "chunk")
#: What a chunk takes of the normalised readings: those only that the store sorted into no lane.
WITHOUT_LANE = "without_lane"
_FORM = "begin the file with /* description: … and grain: [columns] */"


@dataclass(frozen=True)
class Header:
    """What a header says; `grain_line` is the line of the file on which the grain stands."""

    description: str
    grain: tuple[str, ...]
    grain_nullable: tuple[str, ...]
    grain_line: int
    materialized: str = "table"
    days_of: str = ""
    of_readings: str = ""
    by_stacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mistake:
    """A mistake in a model's file: its line, and `what is wrong; what to do`."""

    line: int
    message: str


def read_header(text: str) -> tuple[Header | None, list[Mistake]]:
    """The header of a model's text, or None with every mistake in it."""
    body, closed, _ = text.partition("*/")
    if not text.startswith("/*") or not closed:
        return None, [Mistake(1, f"the header is missing; {_FORM}")]
    try:
        node = yaml.compose("  " + body[2:], Loader=yaml.SafeLoader)  # the blanks stand for "/*": columns and lines stay true
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return None, [Mistake(line, f"the header is not YAML ({error.problem}); put texts with ': ' or '#' in quotes")]
    if not isinstance(node, yaml.MappingNode):
        return None, [Mistake(1, f"the header is no mapping; {_FORM}")]
    return _header(node)


def _header(node: yaml.MappingNode) -> tuple[Header | None, list[Mistake]]:
    mistakes, found = _entries(node)
    for key in ("description", "grain"):
        if key not in found:
            mistakes.append(Mistake(1, f"the header has no {key}; {_FORM}"))
    description = _words(found.get("description"))
    grain, nullable = _words(found.get("grain")), _words(found.get("grain_nullable"))
    for key, words in (("description", description), ("grain", grain), ("grain_nullable", nullable)):
        if key in found and not words:
            mistakes.append(Mistake(_line(found[key]), f"{key} is empty; {_FORM}"))
    for name in sorted(set(nullable) - set(grain)):
        mistakes.append(Mistake(_line(found["grain_nullable"]), f"grain_nullable names {name}, which is not in the grain; remove it"))
    kept = " ".join(_words(found.get("materialized"))) or MATERIALIZED[0]
    if kept not in MATERIALIZED:
        mistakes.append(Mistake(_line(found["materialized"]), f"materialized: {kept} is unknown; use one of {', '.join(MATERIALIZED)}"))
    days_of = " ".join(_words(found.get("days_of")))
    if days_of and kept != "chunk":
        mistakes.append(Mistake(_line(found["days_of"]), "days_of is for materialized: chunk; remove it"))
    of_readings = " ".join(_words(found.get("of_readings")))
    if of_readings and (kept != "chunk" or of_readings != WITHOUT_LANE):
        what = f"of_readings is {WITHOUT_LANE} and for materialized: chunk; correct or remove it"
        mistakes.append(Mistake(_line(found["of_readings"]), what))
    by_stacks = _words(found.get("by_stacks"))
    if by_stacks and kept != "table":
        mistakes.append(Mistake(_line(found["by_stacks"]), "by_stacks is for materialized: table; remove it"))
    if mistakes:
        return None, mistakes
    return Header(" ".join(description).strip(), grain, nullable, _line(found["grain"]), kept, days_of, of_readings, by_stacks), []


def _entries(node: yaml.MappingNode) -> tuple[list[Mistake], dict[str, yaml.Node]]:
    mistakes: list[Mistake] = []
    found: dict[str, yaml.Node] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        if key not in _KEYS:
            near = get_close_matches(key, _KEYS, n=1)
            hint = f"perhaps {near[0]}" if near else f"use {', '.join(_KEYS)}"
            mistakes.append(Mistake(_line(key_node), f"header key {key} is unknown; {hint}"))
        elif key in found:
            mistakes.append(Mistake(_line(key_node), f"header key {key} stands twice; keep one"))
        found[key] = value
    return mistakes, found


def _words(node: yaml.Node | None) -> tuple[str, ...]:
    if isinstance(node, yaml.SequenceNode):
        return tuple(str(item.value) for item in node.value)
    return (str(node.value),) if isinstance(node, yaml.ScalarNode) and str(node.value).strip() else ()


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1

"""YAML is read with lines and without surprises."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from pipelines.rulebook.mistakes import Mistakes
from pipelines.rulebook.yaml_lines import Fields, Items, Scalar, read_yaml


def read(text: str) -> tuple[Fields, list[str]]:
    mistakes = Mistakes()
    node = read_yaml(text, "x.yaml", mistakes)
    assert isinstance(node, Fields)
    return node, mistakes.messages()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", Fraction(12)),
        ("-0.5", Fraction(-1, 2)),
        ("0.1", Fraction(1, 10)),
        ("true", True),
        ("2014-03-01", date(2014, 3, 1)),
        ("null", None),
        ("NOx", "NOx"),
        ('"no"', "no"),
        ('"012"', "012"),
        ("'2014-03-01'", "2014-03-01"),
        ("t/d", "t/d"),
        ("1e", "1e"),
    ],
)
def test_a_value_means_what_it_looks_like(text: str, value: object) -> None:
    node, messages = read(f"key: {text}\n")
    scalar = node.fields["key"][1]
    assert isinstance(scalar, Scalar)
    assert (scalar.value, messages) == (value, [])


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "on", "OFF", "012", "0x1F", "1_000", "1:30", "1e5", "1.5e3", "2.5E-3", ".5", "5.", ".inf", ".nan", "2014-02-30"],
)
def test_a_surprise_of_yaml_is_refused(text: str) -> None:
    _, messages = read(f"first: 1\nkey: {text}\n")
    assert len(messages) == 1
    assert messages[0].startswith(f"x.yaml:2: '{text}'")


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "a second time (first on line 1)"),
        ("on: 1\n", 1, "key 'on' means true or false"),
        ("a: 1\n12: 2\n", 2, "key '12' is a number"),
        ("<<: {a: 1}\n", 1, "merge key"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("a: !!python/name:os.system 1\n", 1, "tag"),
        ("a: !thing {b: 1}\n", 1, "tag"),
        ("a: =\n", 1, "special word"),
        ("? [a, b]\n: 1\n", 1, "a key must be a single word"),
    ],
)
def test_a_mapping_is_read_strictly(text: str, line: int, said: str) -> None:
    _, messages = read(text)
    assert len(messages) == 1
    assert messages[0].startswith(f"x.yaml:{line}: ")
    assert said in messages[0]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a:\n\t- 1\n", 2, "a tab"),
        ("a: 'x\tx'\n", 1, "a tab"),
        ("a: [1, 2\nb: 3\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: *nowhere\n", 1, "no anchors"),
        ("# nothing\n", 1, "empty"),
        ("a: \x00\n", 1, "not readable as text"),
        ("a: " + "[" * 100_000, 1, "nested without end"),
        ("- " * 100_000, 1, "nested without end"),
        ("a: " + "x" * 1_000_001, 1, "too large"),
    ],
)
def test_a_file_that_is_no_yaml_is_one_mistake_with_its_line(text: str, line: int, said: str) -> None:
    mistakes = Mistakes()
    assert read_yaml(text, "x.yaml", mistakes) is None
    assert len(mistakes.messages()) == 1
    assert mistakes.messages()[0].startswith(f"x.yaml:{line}: ")
    assert said in mistakes.messages()[0]


def test_every_node_knows_its_line() -> None:
    node, _ = read("a: 1\nb:\n  - x\n  - c: 2\n    d: 3\n")
    line, items = node.fields["b"]
    assert isinstance(items, Items)
    inner = items.items[1]
    assert isinstance(inner, Fields)
    assert (line, [item.line for item in items.items], inner.fields["d"][0]) == (2, [3, 4], 5)

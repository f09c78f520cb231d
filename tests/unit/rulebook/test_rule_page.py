"""docs/rule_files.md is the language: each key the loader knows stands there, and its examples load."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.rulebook import keys
from pipelines.rulebook.check_rulebook import check_rules
from pipelines.rulebook.load_policy import POLICIES, policy_keys
from tests.unit.rulebook.rule_folder import make_folder

PAGE = (Path(__file__).parents[3] / "docs" / "rule_files.md").read_text(encoding="utf-8")
KEYS = {name: value for name, value in vars(keys).items() if isinstance(value, keys.Keys)}
WORDS = {name: value for name, value in vars(keys).items() if name.isupper() and isinstance(value, tuple)}


def stands_on_page(word: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", PAGE) is not None


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_key_of_the_loader_stands_on_the_page(name: str) -> None:
    assert [key for key in KEYS[name].known if not stands_on_page(key)] == []


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_closed_word_of_the_loader_stands_on_the_page(name: str) -> None:
    assert [word for word in WORDS[name] if not stands_on_page(word)] == []


def test_every_policy_and_its_keys_stand_on_the_page() -> None:
    assert sorted(word for word in {*POLICIES, *policy_keys()} if not stands_on_page(word)) == []


def test_the_examples_of_the_page_load_together(tmp_path: Path) -> None:
    examples = {path: text for text, path in re.findall(r"```yaml\n(# rules/(\S+)\n.*?)```", PAGE, re.DOTALL)}
    assert PAGE.count("```yaml") == len(examples) >= 7
    assert check_rules(make_folder(tmp_path, examples)) == []

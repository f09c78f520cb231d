"""The page on frameworks says what the shipped files are and what a file may say; every view has a file and a mart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from pipelines.rulebook.check_rulebook import check_rules
from pipelines.rulebook.keys import FRAMEWORK, FRAMEWORK_LINE, FRAMEWORK_STATES, FRAMEWORK_VIEWS, PLANT_FACTS
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import RULES_FOLDER, SQL_FOLDER
from tests.unit.rulebook.rule_folder import make_folder

PAGE = (Path(__file__).parents[1] / "docs" / "frameworks.md").read_text(encoding="utf-8")


def test_the_page_names_every_shipped_framework_with_its_evidence() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\w+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: found.evidence for name, found in load_rulebook(RULES_FOLDER).frameworks.items()}


def test_the_page_names_every_view_state_fact_and_key() -> None:
    states = [state for states in FRAMEWORK_STATES.values() for state in states]
    for word in (*FRAMEWORK_VIEWS, *PLANT_FACTS, *FRAMEWORK.known, *FRAMEWORK_LINE.known, *states):
        assert re.search(rf"\b{word}\b", PAGE), word


def test_every_view_has_a_shipped_framework_and_a_mart() -> None:
    assert {framework.view for framework in load_rulebook(RULES_FOLDER).frameworks.values()} == set(FRAMEWORK_VIEWS)
    for view in FRAMEWORK_VIEWS:
        assert (SQL_FOLDER / "marts" / f"mart_framework__{view}.sql").exists()


def test_the_example_of_the_page_is_a_valid_file(tmp_path: Path) -> None:
    example = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0]
    assert check_rules(make_folder(tmp_path, {"frameworks/gdg_traffic_light.yaml": example})) == []


def test_nothing_that_nobody_has_read_in_print_is_called_printed() -> None:
    for path in sorted((RULES_FOLDER / "frameworks").glob("*.yaml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert content["evidence"] != "printed_text" or not any("not read" in source for source in content["sources"]), path.name


@pytest.mark.parametrize("framework", sorted(load_rulebook(RULES_FOLDER).frameworks))
def test_a_line_of_a_light_or_a_list_asks_for_a_fact_and_gives_a_state(framework: str) -> None:
    found = load_rulebook(RULES_FOLDER).frameworks[framework]
    if found.view in ("traffic_light", "named_list"):
        assert all(line.state and line.words.get("when") for line in found.lines)
        last = [line for line in found.lines if "any" in line.words["when"] and line.upgrade_from is None]
        assert last, "a plant could be left without a state"
        assert all(line.words.get("evidence_items") for line in found.lines if line.upgrade_from)

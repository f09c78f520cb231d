"""Pages of documentation say what the program does; these tests read both."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from pipelines import settings
from pipelines.cli import BLOCKED, DONE, DONE_WITH_ERRORS, WRONG_USE, app
from pipelines.warehouse.sql_models import load_models

DOCS = Path(__file__).parents[1] / "docs"


def test_the_command_line_page_names_every_command_and_option() -> None:
    page = (DOCS / "command_line.md").read_text(encoding="utf-8")
    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        assert f"greencap {name}" in page
        for parameter in command.params:
            for option in parameter.opts:
                assert not option.startswith("--") or f"`{option}`" in page, f"greencap {name} {option}"
        for sub, part in getattr(command, "commands", {}).items():
            assert f"greencap {name} {sub}" in page
            for option in (option for parameter in part.params for option in (*parameter.opts, *parameter.secondary_opts)):
                assert not option.startswith("--") or f"`{option}`" in page, f"greencap {name} {sub} {option}"


def test_the_command_line_page_names_every_exit_code() -> None:
    page = (DOCS / "command_line.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (\d) \|", page, re.MULTILINE) == [str(code) for code in (DONE, WRONG_USE, DONE_WITH_ERRORS, BLOCKED)]


def test_the_sql_models_page_is_what_the_models_say() -> None:
    from pipelines.warehouse.model_page import model_page

    page = (DOCS / "sql_models.md").read_text(encoding="utf-8")
    assert page == model_page(load_models(settings.SQL_FOLDER)), (
        "run `python -m pipelines.warehouse.model_page` and commit docs/sql_models.md"
    )


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_entry_of_the_rules_changelog_names_the_periods_concerned() -> None:
    page = (DOCS / "rules_changelog.md").read_text(encoding="utf-8")
    entries = [entry for part in page.split("\n## ")[1:] for entry in part.split("\n- ")[1:]]
    assert len(entries) >= 4
    for entry in entries:
        assert "Periods concerned:" in " ".join(entry.split()), entry

"""scorecard.html in a browser: one file that fits the screen, asks for nothing, sorts, filters, speaks both languages, prints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.unit.report.book import book
from tests.unit.report.mails import mail_of

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mail that came alone: no site lies beside it."""
    tables = book()
    plant = tables["mart_portfolio__plants"][0]
    tables["mart_portfolio__plants"] += [
        {**plant, "plant_id": f"N{i:02}", "plant_name": "Rare" if i % 5 == 0 else "Ode", "exposure_usd": float(i * 9)} for i in range(1, 13)
    ]
    path = tmp_path_factory.mktemp("mail") / "scorecard.html"
    path.write_text(mail_of(tables), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_the_file_fits_the_screen_and_asks_for_nothing(browser: Any, file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    noticed: list[str] = []
    page.on("request", lambda request: noticed.append(request.url))
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".tools").is_visible(), "the script within ran"
    assert noticed == [file.as_uri()]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_file_breaks_no_rule_of_accessibility(browser: Any, file: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = [(one["impact"], one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
    page.close()
    assert found == []


def test_amounts_sort_as_numbers_and_the_filter_leaves_what_was_asked_for(page: Any, file: Path) -> None:
    page.goto(file.as_uri())
    table = page.locator("#book_5f_a-heat ~ .scroll table").first
    table.get_by_role("button", name="Exposure, USD").click()
    amounts = [float(text.replace(",", "")) for text in table.locator("tbody td:nth-child(3)").all_inner_texts()]
    assert amounts == sorted(amounts)
    assert len(amounts) == 15
    page.get_by_role("searchbox").first.fill("rare")
    assert table.locator("tbody tr:visible th").all_inner_texts() == ["Rare", "Rare"]
    assert page.get_by_role("status").first.inner_text() == "2 / 15"


def test_both_languages_are_in_the_file(page: Any, file: Path) -> None:
    page.goto(file.as_uri())
    page.get_by_role("button", name="中文").click()
    assert page.get_by_role("heading", name="先看什么").first.is_visible()
    assert page.get_by_text("已评估敞口中 62.5% 为绿色").is_visible()
    page.get_by_role("button", name="English").click()
    assert page.get_by_role("heading", name="What to look at first").first.is_visible()


def test_the_file_is_whole_without_scripts_and_prints_what_was_folded(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    assert page.get_by_text("62.5% of assessed exposure is green").is_visible()
    page.emulate_media(media="print")
    assert page.get_by_text("Enough valid data, and the rule holds.").is_visible()
    assert not page.locator("header > nav").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")
    context.close()

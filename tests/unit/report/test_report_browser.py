"""The page in a browser: fits the screen from 360 to 1920 px, asks for nothing, filters and sorts."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.page import render
from pipelines.report.scorecard import collect
from tests.unit.report.book import book, make_reader

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tables = book()
    loan = tables["mart_portfolio__loans"][0]
    tables["mart_portfolio__loans"] = [
        {**loan, "loan_id": f"N{i:02}", "exposure_usd": float(i * 900), "counterparty_name": "Ode" if i % 5 else "Rare"}
        for i in range(1, 13)
    ]
    path = tmp_path_factory.mktemp("page") / "scorecard.html"
    path.write_text(render(collect(make_reader(tables), {})), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280, 1920])
def test_the_page_fits_the_screen_and_asks_for_nothing(browser: Any, file: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    noticed: list[str] = []
    page.on("request", lambda request: noticed.append(request.url))
    page.on("console", lambda message: noticed.append(message.text))
    page.on("pageerror", lambda error: noticed.append(str(error)))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert noticed == [file.as_uri()]
    page.close()


def _loans(page: Any) -> Any:
    return page.locator('h3[id$="book_5f_a-loans"] ~ .scroll table').first


def _shown(page: Any) -> list[str]:
    return [text for text in _loans(page).locator("tbody tr:visible th").all_inner_texts() if text]


def test_amounts_sort_as_numbers_and_the_filter_leaves_what_was_asked_for(browser: Any, file: Path) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(file.as_uri())
    assert _shown(page) == [f"N{i:02}" for i in range(12, 0, -1)]
    _loans(page).get_by_role("button", name="Exposure, USD").click()
    assert _shown(page) == [f"N{i:02}" for i in range(1, 13)]
    page.locator('h3[id$="book_5f_a-loans"] ~ .tools input').first.fill("rare")
    assert _shown(page) == ["N05", "N10"]
    assert page.locator('h3[id$="book_5f_a-loans"] ~ .tools [role=status]').first.inner_text() == "2 of 12 rows"
    page.close()


def test_a_link_to_a_plant_leads_to_its_verdicts_without_scripts(browser: Any, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file.as_uri())
    page.get_by_role("link", name="Works B").first.click()
    assert page.url.endswith("#plant-B")
    assert page.locator("#plant-B").is_visible()
    assert page.get_by_text("stack_readings.csv, row 815").is_visible()
    context.close()

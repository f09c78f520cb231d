"""Pages of a self-assessment in a browser: all by their links, nothing from outside, both languages, keyboard, print, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site import pages_of, pass_the_skip_link

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: One page of each kind.
KINDS = ("index.html", "benchmark.html", "plants/PAK-C01/index.html", "plants/PAK-C01/plants/PAK-C01.html")


def test_every_page_of_a_plant_is_reached_from_its_first_without_an_error_or_an_outside_load(page: Any, assessed_pages: Path) -> None:
    folder = assessed_pages / "plants" / "PAK-C01"
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: noticed.append(f"{page.url}: {error}"))
    page.on("request", lambda request: noticed.append(request.url) if not request.url.startswith(folder.as_uri()) else None)
    reached, waiting = {(folder / "index.html").as_uri()}, [(folder / "index.html").as_uri()]
    while waiting:
        page.goto(waiting.pop())
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        links = "[...document.querySelectorAll('a[href]')].filter(a => a.getClientRects().length).map(a => a.href.split('#')[0])"
        fresh = {link for link in page.evaluate(links) if link.startswith(folder.as_uri())} - reached
        reached |= fresh
        waiting += sorted(fresh)
    assert noticed == []
    assert reached == {(folder / address).as_uri() for address in pages_of(folder)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_a_page_of_each_kind_fits_the_screen(browser: Any, assessed_pages: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for address in KINDS:
        page.goto((assessed_pages / address).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_kind_of_page_breaks_a_rule_of_accessibility(browser: Any, assessed_pages: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    found = []
    for address in KINDS:
        page.goto((assessed_pages / address).as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        found += [(address, one["id"], one["nodes"][0]["html"][:200]) for one in Axe().run(page).response["violations"]]
        page.locator("[data-do=language]").click()  # the next page opens in the other language
    page.close()
    assert found == []


def test_the_keyboard_alone_leads_from_the_list_to_a_plant_and_its_full_page(page: Any, assessed_pages: Path) -> None:
    page.goto((assessed_pages / "plants" / "PAK-C01" / "index.html").as_uri())
    pass_the_skip_link(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "A":
            break
    assert page.evaluate("document.activeElement.getAttribute('href')") == "plants/PAK-C01.html"
    page.keyboard.press("Enter")
    expect(page.locator("#ruler")).to_be_visible()


def test_the_language_switch_speaks_chinese_and_a_page_prints_what_was_folded(page: Any, assessed_pages: Path) -> None:
    page.goto((assessed_pages / "plants" / "PAK-C01" / "index.html").as_uri())
    page.get_by_role("button", name="中文").click()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.get_by_role("heading", name="指数").first.is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.pdf(format="A4").startswith(b"%PDF")

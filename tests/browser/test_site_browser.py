"""The site in a browser, on the samples: every page by its links, nothing from outside, both languages, keyboard, print, accessibility."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.site import pages_of, pass_the_skip_link

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect
pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: One page of each kind; the plant misses limits at its stack, so that its indicator has days with exceedances.
KINDS = (
    "index.html",
    "portfolios/silk_5f_road_5f_industrial.html",
    "borrowers/index.html",
    "borrowers/CP-PAK-3.html",
    "plants/index.html",
    "plants/EGY-C02.html",
    "findings.html",
    "rules/index.html",
    "rules/cn_5f_gb_5f_4915_5f_2013.html",
    "countries.html",
    "coverage.html",
    "method.html",
    "indicators/EGY-C02.html",
    "indicators/stack-EGY-C02-K1-ST.nox_5f_concentration.html",
)
_BACKGROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def site(sample_run: Path) -> Path:
    return sample_run / "site"


def test_every_page_is_reached_by_clicking_from_the_first_without_an_error_or_an_outside_load(page: Any, site: Path) -> None:
    """Follows the links that a person sees: what is hidden or zero-sized does not count; folded parts do, a click opens them."""
    noticed: list[str] = []
    page.on("console", lambda message: noticed.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda error: noticed.append(f"{page.url}: {error}"))
    page.on("requestfailed", lambda request: noticed.append(f"{page.url}: failed {request.url}"))
    page.on("request", lambda request: noticed.append(request.url) if not request.url.startswith(site.as_uri()) else None)
    start = (site / "index.html").as_uri()
    reached, waiting = {start}, [start]
    while waiting:
        page.goto(waiting.pop())
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{page.url} is wider than the screen"
        for link in page.evaluate(_VISIBLE_LINKS):
            if link.startswith(site.as_uri()) and link not in reached:
                reached.add(link)
                waiting.append(link)
    assert noticed == []
    assert reached == {(site / address).as_uri() for address in pages_of(site)}


_VISIBLE_LINKS = """() => { document.querySelectorAll("details").forEach(part => { part.open = true; });
    return [...document.querySelectorAll("a[href]")].filter(a => a.getClientRects().length).map(a => a.href.split("#")[0]); }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_a_page_of_each_kind_fits_the_screen(browser: Any, site: Path, width: int, scheme: str) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    for address in KINDS:
        page.goto((site / address).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.evaluate(_BACKGROUND) == ("rgb(20, 24, 29)" if scheme == "dark" else "rgb(255, 255, 255)")
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_kind_of_page_breaks_a_rule_of_accessibility(browser: Any, site: Path, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    page = browser.new_page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
    found = []
    for address in KINDS:
        page.goto((site / address).as_uri())
        for one in axe.run(page).response["violations"]:
            found.append((address, one["impact"], one["id"], one["nodes"][0]["html"][:200]))
        page.locator("[data-do=language]").click()  # the next page opens in the other language
    page.close()
    assert found == []


def test_the_language_switch_changes_words_dates_and_amounts_and_is_kept_on_the_next_page(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert page.get_by_role("link", name="Borrowers").is_visible()
    page.get_by_role("button", name="中文").click()
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.get_by_text("数据截至 2026年6月30日").is_visible()
    assert "亿" in page.locator(".card").first.inner_text()
    page.get_by_role("link", name="借款人").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("借款人")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Borrowers")
    left = page.evaluate("document.body.innerText.match(/[\\u4e00-\\u9fff]+/g)")
    assert set(left or []) <= {"中文"}


def test_what_has_no_chinese_words_is_marked_as_english_and_said_once(page: Any, site: Path) -> None:
    titles = {"plants/EGY-C02.html": "kiln", "findings.html": "Carbon monoxide", "rules/cn_5f_gb_5f_4915_5f_2013.html": "kiln"}
    for address, title in titles.items():
        page.goto((site / address).as_uri())
        expect(page.locator("#foreign")).to_be_hidden()
        page.get_by_role("button", name="中文").click()
        expect(page.locator("#foreign")).to_be_visible()
        assert page.evaluate(_UNMARKED) == [], address
        assert page.locator("main [lang=en]", has_text=title).count() > 0, address
        page.get_by_role("button", name="English").click()
        expect(page.locator("#foreign")).to_be_hidden()


#: Text with words in Latin letters only that would be read aloud as Chinese, but for codes and words of our own catalogue.
_UNMARKED = """() => { const found = [], walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) { const text = walker.currentNode, holder = text.parentElement;
        if (/[A-Za-z]{3} [A-Za-z]{3}/.test(text.data) && !/[\u4e00-\u9fff]/.test(text.data)
            && !holder.closest("option,code,svg,[data-w],[data-zh]") && holder.closest("[lang]").lang !== "en") { found.push(text.data); } }
    return found; }"""


def test_light_and_dark_can_be_chosen_against_the_system(page: Any, site: Path) -> None:
    page.goto((site / "plants/index.html").as_uri())
    page.get_by_role("button", name="Light / dark").click()
    assert page.evaluate(_BACKGROUND) == "rgb(20, 24, 29)"
    page.goto((site / "borrowers/index.html").as_uri())
    assert page.evaluate(_BACKGROUND) == "rgb(20, 24, 29)"
    page.get_by_role("button", name="Light / dark").click()
    assert page.evaluate(_BACKGROUND) == "rgb(255, 255, 255)"


def test_the_keyboard_alone_leads_to_the_content_sorts_a_table_and_opens_a_plant(page: Any, site: Path) -> None:
    page.goto((site / "plants/index.html").as_uri())
    pass_the_skip_link(page)
    for _ in range(4):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            break
    assert page.evaluate("document.activeElement.textContent") == "Plant"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('th').getAttribute('aria-sort')") == "ascending"
    names = page.locator("tbody th").all_inner_texts()
    assert names == sorted(names)
    while page.evaluate("document.activeElement.tagName") != "A":
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == names[0]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(names[0])


def test_a_filter_leaves_the_rows_that_were_asked_for(page: Any, site: Path) -> None:
    page.goto((site / "plants/index.html").as_uri())
    page.get_by_role("searchbox").fill("vietnam")
    shown = page.locator("tbody tr:visible").all_inner_texts()
    assert shown
    assert all("Vietnam" in row for row in shown)
    assert page.get_by_role("status").inner_text() == f"{len(shown)} / {page.locator('tbody tr').count()}"


def test_a_page_prints_without_navigation_and_with_what_was_folded(page: Any, site: Path) -> None:
    for address in KINDS:
        page.goto((site / address).as_uri())
        page.emulate_media(media="print")
        assert not page.locator("header > nav:not(.way)").is_visible(), address
        assert not page.locator(".tools").is_visible(), address
        assert page.evaluate(_BACKGROUND) == "rgb(255, 255, 255)", address
        assert page.pdf(format="A4").startswith(b"%PDF"), address
        page.emulate_media(media="screen")


def test_a_page_is_whole_without_scripts(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Plants").click()
    page.get_by_role("link", name="Gabal Safra Cement Plant").click()
    expect(page.get_by_text("Why this class:")).to_be_visible()
    assert not page.locator(".tools").is_visible()
    context.close()


# ---- the three questions, each in at most three clicks ---------------------------------------------------


def test_a_portfolio_head_reads_why_it_moved_on_the_first_page_and_sees_the_bridge_after_one_click(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    assert page.get_by_text("No earlier run to compare with.").first.is_visible()
    page.get_by_role("link", name="Why it moved").first.click()
    expect(page.locator("#moved")).to_be_in_viewport()


def test_a_credit_officer_sees_what_must_be_done_by_when_after_two_clicks(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Borrowers").click()
    page.get_by_role("link", name="Tirich Meadow Cement Ltd").first.click()
    expect(page.get_by_role("heading", name="What must be done, and by when")).to_be_visible()
    rows = page.locator("#tasks + .scroll tbody tr").all_inner_texts()
    assert any("Covenant" in row and "30 Jun 2027" in row and "G-0003" in row for row in rows), rows
    days = page.locator("#tasks + .scroll tbody time").evaluate_all("found => found.map(one => one.dateTime)")
    assert days == sorted(days)


def test_an_auditor_sees_the_source_of_an_exceedance_and_the_sum_after_three_clicks(page: Any, site: Path) -> None:
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Plants").click()
    page.get_by_role("link", name="Gabal Safra Cement Plant").click()
    page.get_by_role("link", name="Nitrogen oxides in stack gas, as NO2").first.click()
    expect(page.get_by_role("heading", name="Exceedance of").first).to_be_visible()
    steps = page.locator(".steps").first.inner_text()
    assert "Reading as sent: monitoring/stack_readings_" in steps
    assert "agrees with the verdict" in steps
    deciding = page.locator("tr.deciding").first.inner_text()
    assert "◆" in deciding
    assert page.get_by_text("greencap replay F-").first.is_visible()

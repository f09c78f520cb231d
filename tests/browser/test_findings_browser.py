"""50,000 findings in a browser: the page answers to search, filters, sorting and paging, in both languages and by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.settings import RULES_FOLDER
from tests.made_up_findings import COUNT, made_up_table
from tests.published import ONE_KILN, publish
from tests.site import site_of

playwright_api = pytest.importorskip("playwright.sync_api")
expect = playwright_api.expect
pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a small run with the rows of a large one beside it."""
    home = tmp_path_factory.mktemp("home")
    site = site_of(publish(home, RULES_FOLDER, ONE_KILN, so2_mg_per_nm3=900.0), home / "site")
    (site / "findings.rows.js").write_text(made_up_table().script({"plants/P007Q.html"}), encoding="utf-8")
    return (site / "findings.html").as_uri()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    found = browser.new_page(viewport={"width": 1280, "height": 900})
    found.on("pageerror", lambda error: pytest.fail(str(error)))
    found.goto(address)
    yield found
    found.close()


def shown(page: Any, column: str) -> list[str]:
    """Texts of a column in the rows drawn."""
    place = page.eval_on_selector_all("#rows thead th", "(heads) => heads.map(head => head.dataset.column)").index(column)
    found: list[str] = page.eval_on_selector_all("#rows tbody tr", f"(rows) => rows.map(row => row.cells[{place}].textContent)")
    return found


def sort_by(page: Any, column: str) -> None:
    page.locator(f'#rows th[data-column="{column}"] button').click()


def numbers(texts: list[str]) -> list[float]:
    return [float(re.sub(r"[,%+]", "", text).replace("−", "-")) for text in texts if text != "–"]


def test_fifty_rows_of_fifty_thousand_are_drawn_and_the_pages_lead_to_the_last(page: Any) -> None:
    expect(page.locator("#how-many")).to_have_text(f"{COUNT:,} of {COUNT:,} rows")
    assert len(shown(page, "finding")) == 50
    expect(page.locator('[data-page="-1"]')).to_be_disabled()
    page.locator('[data-page="1"]').click()
    expect(page.locator("#which-page")).to_have_text("Page 2 of 1000")
    assert shown(page, "finding")[0] == "F-000000000050"


def test_a_search_finds_a_plant_and_a_rule_together(page: Any) -> None:
    page.locator("#search").fill("works 007q r09x")
    expect(page.locator("#how-many")).to_have_text(re.compile(r"^\d+ of 50,000 rows$"))
    plants, rules = shown(page, "plant"), shown(page, "rule")
    assert plants
    assert set(plants) == {"Works 007Q"}
    assert set(rules) == {"Rule R09X of an instrument"}
    assert page.locator("#rows tbody a", has_text="Works 007Q").first.get_attribute("href") == "plants/P007Q.html"


def test_filters_narrow_each_other_and_can_be_cleared(page: Any) -> None:
    page.locator('[data-facet="state"]').select_option(label="waived")
    page.locator('[data-facet="sector"]').select_option(label="steel")
    expect(page.locator("#how-many")).not_to_have_text(f"{COUNT:,} of {COUNT:,} rows")
    assert set(shown(page, "state")) == {"waived"}
    page.locator("#search").fill("no such thing")
    expect(page.locator("#rows tbody")).to_have_text("Nothing fits. Take a filter away.")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#how-many")).to_have_text(f"{COUNT:,} of {COUNT:,} rows")


@pytest.mark.parametrize("column", ["headroom", "exposure", "days"])
def test_sorting_orders_all_rows_both_ways_and_leaves_the_unknown_last(page: Any, column: str) -> None:
    sort_by(page, column)
    low = numbers(shown(page, column))
    assert low == sorted(low)
    expect(page.locator(f'#rows th[data-column="{column}"]')).to_have_attribute("aria-sort", "ascending")
    sort_by(page, column)
    high = numbers(shown(page, column))
    assert high == sorted(high, reverse=True)
    assert high[0] > low[-1]
    assert "–" not in shown(page, column)


def test_days_sort_by_date_and_words_by_letters(page: Any) -> None:
    sort_by(page, "cure")
    expect(page.locator("#rows tbody tr").first.locator("time").last).to_have_attribute("datetime", "2026-01-01")
    sort_by(page, "plant")
    assert set(shown(page, "plant")) == {"Works 000Q"}


def test_the_language_switch_reaches_rows_filters_and_counts(page: Any) -> None:
    page.locator("[data-do=language]").click()
    expect(page.locator("#how-many")).to_have_text(f"共 {COUNT:,} 行，符合 {COUNT:,} 行")
    page.locator('[data-page="1"]').click()
    assert set(shown(page, "state")) <= {"未处理", "已豁免", "已关闭"}
    page.locator('[data-facet="state"]').select_option(label="已豁免")
    assert set(shown(page, "state")) == {"已豁免"}


def test_the_keyboard_alone_searches_sorts_and_turns_the_page(page: Any) -> None:
    page.locator("#search").focus()
    page.keyboard.type("works 011q")
    expect(page.locator("#rows tbody tr").first).to_contain_text("Works 011Q")
    page.locator('#rows th[data-column="headroom"] button').focus()
    page.keyboard.press("Enter")
    expect(page.locator('#rows th[data-column="headroom"]')).to_have_attribute("aria-sort", "ascending")


def test_an_address_can_carry_a_search(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}#q=works%20012q")
    expect(page.locator("#search")).to_have_value("works 012q")
    assert set(shown(page, "plant")) == {"Works 012Q"}
    page.close()


def test_without_scripts_the_first_rows_stand_on_the_page(browser: Any, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address)
    assert page.locator("#rows tbody tr").count() > 0
    expect(page.locator(".filters")).to_be_hidden()
    page.context.close()

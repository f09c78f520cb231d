"""The frame of the site: every page within reach of the first, no broken link, no outside load, equal bytes."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.report.site.words import CODES
from tests.site import pages_of, site_of, target_of


def test_every_page_is_reached_from_the_first_and_no_link_is_broken(site: Path) -> None:
    pages = pages_of(site)
    reached, waiting = {"index.html"}, ["index.html"]
    while waiting:
        here = waiting.pop()
        for link in pages[here].links:
            target, fragment = target_of(here, link)
            if target.startswith("..") or link.startswith("http"):
                continue
            assert (site / target).is_file(), f"{here} leads to {link}, which is not there"
            is_search = target == "findings.html" and fragment.startswith("q=")  # what its search looks for
            assert not fragment or is_search or fragment in pages[target].ids, f"{here} leads to {link}, which has no such place"
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    assert reached == set(pages)


def test_a_page_is_well_formed_loads_only_its_own_files_and_has_each_id_once(site: Path) -> None:
    for address, page in pages_of(site).items():
        assert (page.open, page.unbalanced) == ([], []), address
        loads = {target_of(address, load)[0] for load in page.loads}
        assert loads >= {"site.css", "site.js", "words.js"}, address
        own = {"rows.js", address.removesuffix(".html") + ".rows.js"}
        assert loads - {"site.css", "site.js", "words.js"} in (set(), own), address
        assert all((site / load).is_file() for load in loads), address
        assert len(page.ids) == len(set(page.ids)), address
        assert page.words <= set(CODES.values()), address


def test_values_from_returns_are_laid_open_from_the_items_to_the_limit(site: Path) -> None:
    page = (site / "indicators/A.html").read_text(encoding="utf-8")
    assert "Numerator</span>: co2 scope1: 10,800" in page
    assert "10,800 t CO2e × 1" in page
    assert "10,800 ÷ 12,000; agrees with the verdict (0.9)" in page
    assert "co2 scope1 3–25" in page
    assert "<code>returns.csv</code>" in page


def test_a_stack_beyond_its_limit_has_the_hours_of_its_worst_days_with_every_step(site: Path) -> None:
    page = (site / "indicators/stack-A-S1.so2_5f_concentration.html").read_text(encoding="utf-8")
    assert "Exceedance of" in page
    assert page.count("<tr") > 24
    assert "agrees with the verdict (900)" in page


def test_a_run_of_the_day_of_its_loans_is_not_stale_and_data_are_not_called_what_no_sender_calls_them(site: Path) -> None:
    texts = [path.read_text(encoding="utf-8") for path in site.rglob("*.html")]
    assert all("STALE" not in text and "SYNTHETIC" not in text for text in texts)


def test_a_command_on_a_page_is_typed_in_any_folder_and_the_page_says_once_what_home_is(site: Path) -> None:
    found = 0
    for path in sorted(site.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        commands = [line for code in re.findall(r"<code>(greencap [^<]+)</code>", text) for line in code.splitlines()]
        assert all(" --home HOME" in line for line in commands), path
        assert text.count("HOME/published/current/site") == bool(commands), path
        found += len(commands)
    assert found >= 2


def test_equal_runs_give_equal_bytes(site: Path, database: Path, tmp_path: Path) -> None:
    again = site_of(database, tmp_path / "again")
    files = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}


def test_a_number_below_zero_has_a_minus_and_no_hyphen(site: Path) -> None:
    texts = {path.name: path.read_text(encoding="utf-8").replace("<code>-", "") for path in site.rglob("*.html")}  # formulas of rule files
    assert any("<strong>−" in text for text in texts.values()), "a limit is missed, so some margin is below zero"
    assert [name for name, text in texts.items() if re.search(r">\s*-\d", text)] == []

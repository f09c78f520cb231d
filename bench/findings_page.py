"""How fast the page of 50,000 findings answers in headless Chromium: `python -m bench.findings_page`.

Milliseconds, median of five: opening until the table is drawn, a search, a filter, sorting by a number and by a text, a page.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

from pipelines.report.page_templates import TEMPLATES
from tests.made_up_findings import COUNT, made_up_table

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><link rel="stylesheet" href="site.css">
<script src="words.js"></script>
<script src="site.js"></script><form class="filters" hidden><input id="search">
<select data-facet="state"><option value="">all</option></select></form><p id="how-many"></p>
<table id="rows" data-search="finding plant rule where owner country"><thead><tr>{heads}</tr></thead><tbody></tbody></table>
<p class="pager" hidden><button data-page="-1"></button><span id="which-page"></span><button data-page="1"></button></p>
<script src="findings.rows.js"></script><script src="rows.js"></script></html>"""
_HIDDEN = ("severity", "change", "sector", "country")
#: What is done, as a script that is over when the rows are drawn.
_DOINGS = {
    "search for two words": 'search.value = "works 007q"; form.dispatchEvent(new Event("input"))',
    "search cleared": 'search.value = ""; form.dispatchEvent(new Event("input"))',
    "filter by state": 'form.querySelector("select").selectedIndex = 2; form.dispatchEvent(new Event("input"))',
    "filter cleared": 'form.querySelector("select").selectedIndex = 0; form.dispatchEvent(new Event("input"))',
    "sort by a number": 'document.querySelector("[data-column=headroom] button").click()',
    "sort by a text": 'document.querySelector("[data-column=finding] button").click()',
    "next page": 'document.querySelector("[data-page=\\"1\\"]").click()',
}
_TIMED = """() => {{ const search = document.getElementById("search"), form = document.querySelector(".filters");
    const start = performance.now(); {doing}; document.body.getBoundingClientRect(); return performance.now() - start; }}"""


def main() -> None:
    """Print size and times."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        size = write_page(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        print(f"{COUNT:,} findings, {size / 1e6:.1f} MB of rows")
        print(f"open until drawn: {statistics.median(opened(page, folder) for _ in range(5)):.0f} ms")
        for what, doing in _DOINGS.items():
            print(f"{what}: {statistics.median(page.evaluate(_TIMED.format(doing=doing)) for _ in range(5)):.0f} ms")
        browser.close()


def write_page(folder: Path) -> int:
    """Write a bare page of the table with its scripts; size of the rows in bytes."""
    table = made_up_table()
    heads = "".join(f'<th data-column="{name}">{name}</th>' for name in table.shown if name not in _HIDDEN)
    for name in ("site.css", "site.js", "rows.js"):
        (folder / name).write_text((TEMPLATES / "site" / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "words.js").write_text("window.greenCapacityWords={};", encoding="utf-8")
    (folder / "findings.html").write_text(_PAGE.format(heads=heads), encoding="utf-8")
    return (folder / "findings.rows.js").write_bytes(table.script(()).encode())


def opened(page: Any, folder: Path) -> float:
    """Milliseconds from the start of loading until the rows stand there."""
    page.goto((folder / "findings.html").as_uri())
    page.wait_for_function("document.querySelectorAll('#rows tbody tr').length === 50")
    found: float = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    return found


if __name__ == "__main__":
    main()

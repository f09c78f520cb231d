"""How soon each page of a published site can be used in headless Chromium: `python -m bench.open_pages RUN`.

RUN is a published folder. Milliseconds from the start of loading until the page is loaded and its scripts ran (`loadEventEnd`), by kind
of page: the median and the slowest, and that one's address. The first opening starts the browser's caches and is left out.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
from collections import defaultdict
from pathlib import Path
from typing import Any


def main() -> None:
    """Print a line for each kind of page."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path)
    run = parser.parse_args().run
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in sorted((run / "site").rglob("*.html")):
        inside = path.relative_to(run / "site")
        kinds[inside.parts[0] if len(inside.parts) > 1 else inside.name].append(path)
    kinds["scorecard.html"].append(run / "scorecard.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        opened(page, run / "site" / "index.html")
        for kind, paths in kinds.items():
            found = {path: opened(page, path) for path in paths}
            slowest = max(found, key=lambda path: found[path])
            median = statistics.median(found.values())
            print(f"{kind}: {len(paths)} pages, median {median:.0f} ms, slowest {found[slowest]:.0f} ms ({slowest.relative_to(run)})")
        browser.close()


def opened(page: Any, path: Path) -> float:
    """Milliseconds until the page is loaded and its scripts have run."""
    page.goto(path.absolute().as_uri(), wait_until="load")
    found: float = page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    return found


if __name__ == "__main__":
    main()

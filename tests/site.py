"""A site for tests: rendered from the database of a published run, and read back as people and browsers meet it."""

from __future__ import annotations

import posixpath
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from pipelines.report.scorecard import collect
from pipelines.report.site.material import Material
from pipelines.report.site.write import write_site
from pipelines.warehouse.database import close, connect, read_rows
from pipelines.warehouse.evidence import day_readings

#: Tags that have no end in HTML.
VOID = {"meta", "link", "br", "input", "img", "hr", "col"}
#: Tags whose end may be left out, and what that begins after them ends them; the end of what holds them does too.
_ENDED_BY = {
    "td": {"td", "th", "tr", "tbody"},
    "th": {"td", "th", "tr", "tbody"},
    "tr": {"tr", "tbody"},
    "thead": {"tbody"},
    "tbody": {"tbody"},
    "li": {"li"},
    "dt": {"dt", "dd"},
    "dd": {"dt", "dd"},
}


def site_of(database: Path, folder: Path) -> Path:
    """Render the site of a run into `folder`; the folder."""
    con = connect(database, read_only=True)
    read = partial(read_rows, con)
    write_site(folder, Material(collect(read, {"code_version": "0.1.0", "root_hash": "ab" * 32}), read, partial(day_readings, con)))
    close(con)
    return folder


class PageReader(HTMLParser):
    """What a page links to, its ids, and whether every element that begins also ends, by its tag or by the rules of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.words: set[str] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        self.loads += [found[name] for name in ("src", "href") if tag != "a" and name in found]
        self.ids += [found["id"]] if "id" in found else []
        self.words |= {found["data-w"]} if "data-w" in found else set()
        while self.open and tag in _ENDED_BY.get(self.open[-1], ()):
            self.open.pop()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open[-1] != tag and self.open[-1] in _ENDED_BY:
            self.open.pop()
        if self.open and self.open[-1] == tag:
            self.open.pop()
        else:
            self.unbalanced.append(tag)


def pages_of(site: Path) -> dict[str, PageReader]:
    """Every page of a site by its address."""
    return {path.relative_to(site).as_posix(): PageReader(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def target_of(here: str, link: str) -> tuple[str, str]:
    """Address, relative to the site's folder, and fragment that a link on the page `here` leads to."""
    address, _, fragment = link.partition("#")
    return (posixpath.normpath(posixpath.join(posixpath.dirname(here), address)) if address else here), fragment


class _Tables(HTMLParser):
    """Text of the body cells of each table, by the heading above it or, without one, by the first cell of its head."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[list[str]]] = {}
        self._heading, self._first, self._text = "", "", ""
        self._part, self._is_cell = "", False
        self._rows: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("th", "td", "tr"):
            self._end_cell()
        if tag in ("h2", "h3", "summary", "th", "td"):
            self._text = ""
        self._is_cell = self._is_cell or tag in ("th", "td")
        if tag in ("thead", "tbody"):
            self._end_cell()
            self._part = tag
        if tag == "table":
            self._rows, self._first = [], ""
        if tag == "tr" and self._part == "tbody":
            self._rows.append([])

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h2", "h3", "summary"):
            self._heading = " ".join(self._text.split())
        if tag == "table":
            self._end_cell()
            name = self._heading if self._heading and self._heading not in self.found else self._first
            self.found.setdefault(name, self._rows)

    def _end_cell(self) -> None:
        """A cell ends where the next one, the next row or the end of its part begins: its end tag is left out."""
        text = " ".join(self._text.split())
        if self._is_cell and self._part == "thead":
            self._first = self._first or text
        elif self._is_cell and self._rows:
            self._rows[-1].append(text)
        self._is_cell = False


def tables_of(text: str) -> dict[str, list[list[str]]]:
    """Body rows of the tables of a page: the first table below a heading by that heading, others by the first word of their head."""
    parser = _Tables()
    parser.feed(text)
    return parser.found


def pass_the_skip_link(page: Any) -> None:
    """With the keyboard alone: the first stop of a page is the link to its content, and it leads there."""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"

"""The one file for mail, rendered from the tables of a book, and its text."""

from __future__ import annotations

import re
from typing import Any

from pipelines.report.scorecard import collect
from pipelines.report.site.coverage import coverage_pages
from pipelines.report.site.frame import Frame
from pipelines.report.site.mail import mail_text
from pipelines.report.site.material import Material
from pipelines.report.site.page import Page
from tests.unit.report.book import Tables, make_reader


class _Everything(dict[str, Page]):
    """Pages of a site that has every page, so that each link is drawn."""

    def __contains__(self, address: object) -> bool:
        return True


def material_of(tables: Tables, run: dict[str, Any] | None = None) -> Material:
    """What pages are made of, from the tables of a book; there are no readings behind it."""
    read = make_reader({"mart_findings__register": [], "mart_portfolio__open_inputs": []} | tables)
    return Material(collect(read, run or {"code_version": "0.1.0"}), read, lambda asked: [])


def mail_of(tables: Tables, run: dict[str, Any] | None = None) -> str:
    """scorecard.html of a book."""
    material = material_of(tables, run)
    return mail_text(material, Frame(material, _Everything()))


def coverage_of(tables: Tables) -> str:
    """The coverage page of a book."""
    material = material_of(tables)
    (page,) = coverage_pages(material)
    home = Page("index.html", "Overview", None, "", dict)
    return Frame(material, {"index.html": home, page.address: page}).render(page)


def text_of(page: str) -> str:
    """The page without its styles, scripts and tags, white space folded."""
    text = re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL))
    return re.sub(r" ([.,;:)])", r"\1", re.sub(r"\s+", " ", text).replace("( ", "("))

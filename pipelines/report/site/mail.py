"""scorecard.html: the overview of all portfolios as one file for mail, with its style, script and words in it, loading nothing.

It lies beside the folder of the site, in the same frame as its pages: a link leads to a page of the site where the run has it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from pipelines.report.marts import FILES
from pipelines.report.page_templates import TEMPLATES
from pipelines.report.portfolio_view import PortfolioView
from pipelines.report.site.addresses import MAIL
from pipelines.report.site.frame import Frame
from pipelines.report.site.material import Material
from pipelines.report.site.page import Page
from pipelines.report.site.portfolios import More, short_book
from pipelines.report.site.words import catalogue_script, t
from pipelines.report.words import PARTS, STATES

#: Where style and scripts go, once it is known which words the page uses.
_LOADS = "<!-- style and scripts -->"


def mail_text(material: Material, frame: Frame) -> str:
    """The file as text; equal runs give equal bytes."""
    page = Page(MAIL, t("home.title"), None, "site/mail.html.j2", lambda: _content(material))
    text = frame.render(page)
    used = set(re.findall(r" data-w=(\w+)", text))
    style = (TEMPLATES / "site" / "site.css").read_text(encoding="utf-8")
    script = catalogue_script(used) + (TEMPLATES / "site" / "site.js").read_text(encoding="utf-8")
    return text.replace(_LOADS, _inlined(style, script), 1)


def _content(material: Material) -> Mapping[str, Any]:
    scorecard, more = material.scorecard, More(material)
    return {
        "books": [short_book(PortfolioView(scorecard, portfolio_id), more) for portfolio_id in scorecard.portfolio_ids],
        "silent_feeds": more.silent,
        "files": scorecard.rows(FILES),
        "reject_counts": scorecard.reject_counts,
        "marks": (("method.parts", "part", PARTS), ("method.states", "state", STATES)),
        "loads_mark": _LOADS,
    }


def _inlined(style: str, script: str) -> str:
    """Both in the page, and a content security policy that lets these two run and nothing else."""
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n<style>{style}</style>\n<script>{script}</script>'


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")

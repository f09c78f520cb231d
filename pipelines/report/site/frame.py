"""The frame around every page: header, way back, navigation, footer; and the names that templates see."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pipelines.report.page_templates import page_environment
from pipelines.report.site import addresses, charts, formats, parts, plots
from pipelines.report.site.material import Material
from pipelines.report.site.names import Names
from pipelines.report.site.page import Kind, Page
from pipelines.report.site.registry import KINDS
from pipelines.report.site.words import Text, both, counted, t

if TYPE_CHECKING:
    import jinja2

_FORMATS = (
    "minus",
    "whole",
    "number",
    "significant",
    "percent",
    "signed_percent",
    "signed_points",
    "money",
    "day",
    "month",
    "period_words",
)
#: Newest day that the loans tell of, and newest local day of a usable reading.
_DATA_ENDS = """
select (select max(reporting_date) from int_loans__exposure) as loans_date,
    (select max(f.day_date) from int_monitoring__folded as f cross join ref_run__settings as s
        where f.averaging = 'hour' and f.block_no = 0 and f.class_no <= 3 and f.day_date <= s.as_of_date) as readings_date
"""
#: Addresses that HTML takes without quotes, as nearly all of a site are: a site has thousands of links.
_UNQUOTED = re.compile(r"[\w./#-]+", re.ASCII)


class Frame:
    """Renders the pages of one run.

    Args: pages: all of them by address, so that a link knows whether its page is there; kinds: of the navigation.
    """

    def __init__(self, material: Material, pages: Mapping[str, Page], kinds: Sequence[Kind] = KINDS) -> None:
        self._run = material.scorecard.run
        self._data_ends = material.read(_DATA_ENDS)[0]
        self._kinds = kinds
        self._pages = pages
        self._names = Names(material.scorecard)

    def render(self, page: Page) -> str:
        """The page as text."""
        here = Here(page.address, self._pages)
        names = {"page": page, "way_back": self._way_back(page), "here": here, "link": here.link, "to": here.to, "out": here.out}
        return self._environment.get_template(page.template).render(names | dict(page.make()))

    @cached_property
    def names(self) -> dict[str, Any]:
        """What every template sees: words, formats, names of codes, addresses of other pages, the run."""
        nav = [(t(kind.nav), kind.first) for kind in self._kinds if kind.nav and kind.first in self._pages]
        found = {name: getattr(formats, name) for name in _FORMATS}
        found |= {name: value for name, value in vars(addresses).items() if name.endswith(("_address", "_anchor")) or name.isupper()}
        found |= {"slug": addresses.slug}
        found |= {"t": t, "counted": counted, "ui": parts, "draw": charts, "plots": plots, "names": self._names, "nav": nav}
        loans_date = self._data_ends["loans_date"]
        found |= {"data_ends": self._data_ends, "is_stale": loans_date is not None and loans_date < self._run["as_of_date"]}
        found |= {"run": self._run, "currency": self._run["reporting_currency_code"]}
        return found | {"has_run_files": self._kinds is KINDS}

    @cached_property
    def _environment(self) -> jinja2.Environment:
        environment = page_environment()
        environment.globals |= self.names
        return environment

    def _way_back(self, page: Page) -> list[Page]:
        """The pages above, the first one first."""
        above: list[Page] = []
        parent = page.parent
        while parent is not None:
            above.insert(0, self._pages[parent])
            parent = self._pages[parent].parent
        return above


class Here:
    """Links as seen from one page."""

    def __init__(self, address: str, pages: Mapping[str, Page]) -> None:
        self._address = address
        self._pages = pages

    def to(self, target: str) -> str:
        """Relative address of a page or a file of the site."""
        return addresses.relative(self._address, target)

    def out(self, name: str) -> str:
        """Relative address of a file of the run's folder, beside the site."""
        return addresses.relative(self._address, f"../{name}")

    def link(self, target: str, text: Text | str, fragment: str = "") -> Any:
        """A link to a page of the site; the bare text where the run has no such page."""
        import markupsafe

        if target.partition("#")[0] not in self._pages:
            return markupsafe.escape(text)
        word, end = both(text), f"#{fragment}" if fragment else ""
        address = self.to(target) + end
        form = "<a href={}{}>{}</a>" if _UNQUOTED.fullmatch(address) else '<a href="{}"{}>{}</a>'
        return markupsafe.Markup(form).format(address, word.attributes, word.en)

"""What a site is made of: pages, files beside them, and kinds of page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.report.site.material import Material
from pipelines.report.site.words import Text


@dataclass(frozen=True)
class Page:
    """One page.

    Args: address: relative to the site's folder, from `addresses.py`; title: heading and name in the way back; parent: address of the page
        above (None = the first page); template: below templates/; make: gives the names that the template sees, called once; short: its
        name in the way back, where the title is too long for it.
    """

    address: str
    title: Text | str
    parent: str | None
    template: str
    make: Callable[[], Mapping[str, Any]]
    short: Text | str | None = None

    @property
    def name(self) -> Text | str:
        """What the way back calls it."""
        return self.short or self.title


@dataclass(frozen=True)
class Asset:
    """A file beside the pages: its address and its text, or a function that makes the text from the addresses of all pages."""

    address: str
    text: str | Callable[[Collection[str]], str]


@dataclass(frozen=True)
class Kind:
    """A kind of page.

    Args: name: also the key of its words; nav: key of its word in the navigation, None = not there; first: address that the navigation
        leads to (left out where the run has no such page); pages: gives the pages of a run in a fixed order.
    """

    name: str
    nav: str | None
    first: str
    pages: Callable[[Material], Iterable[Page | Asset]]

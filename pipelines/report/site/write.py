"""The site on the disk: every page of every kind, rendered in the frame, with its style, script and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.report.page_templates import TEMPLATES
from pipelines.report.site.frame import Frame
from pipelines.report.site.mail import mail_text
from pipelines.report.site.material import Material
from pipelines.report.site.page import Asset, Kind, Page
from pipelines.report.site.registry import KINDS
from pipelines.report.site.words import catalogue_script

#: Files that every page loads, by address.
_SHARED = ("site.css", "site.js")

#: Told the addresses of all pages before the first is written.
Begun = Callable[[Sequence[str]], None]


def write_site(folder: Path, material: Material, kinds: Sequence[Kind] = KINDS, begun: Begun | None = None) -> list[Path]:
    """Write the site of a run into `folder`, which it makes, and scorecard.html beside it; equal runs give equal bytes.

    Args: kinds: of its pages; another choice than that of a run has no link to the run's other files and no scorecard.html.
        begun: told the addresses of all pages.
    Returns: the files, in the order of their names.
    Raises: ValueError when two pages have one address.
    """
    found = [part for kind in kinds for part in kind.pages(material)]
    pages = {part.address: part for part in found if isinstance(part, Page)}
    assets = [*(part for part in found if isinstance(part, Asset)), *_shared()]
    addresses = [part.address for part in found]
    if len(set(addresses)) < len(addresses):
        raise ValueError(f"two pages of the site have one address: {sorted({a for a in addresses if addresses.count(a) > 1})[:3]}")
    if begun:
        begun(sorted(pages))
    frame = Frame(material, pages, kinds)
    written = [_write(folder, page.address, frame.render(page)) for page in pages.values()]
    if kinds is KINDS:
        written.append(_write(folder.parent, "scorecard.html", mail_text(material, frame)))
    texts = {asset.address: asset.text if isinstance(asset.text, str) else asset.text(pages) for asset in assets}
    return sorted([*written, *(_write(folder, address, text) for address, text in texts.items())])


def _shared() -> list[Asset]:
    files = [Asset(name, (TEMPLATES / "site" / name).read_text(encoding="utf-8")) for name in _SHARED]
    return [*files, Asset("words.js", catalogue_script())]


def _write(folder: Path, address: str, text: str) -> Path:
    path = folder / address
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path

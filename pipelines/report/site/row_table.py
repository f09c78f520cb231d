"""Many rows as a script that a page loads beside it, so that it works from a file system: column by column, each text once.

A column is `{"kind", "at" or "values", "words"}`: `text` has a value a row, and with `like` the links of
the column of that name; `number`, `percent` and `days` a number a row (null = not
known); `word`, `mark` and `day` have `at`, the place of each row's word in `words`. A word is [English, Chinese or null, address or null,
sort key or null], a mark [English, Chinese, style], a day an ISO date. `templates/site/rows.js` shows them; the template shows the
first rows without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.report.format import decimal, rounded
from pipelines.report.site.addresses import relative
from pipelines.report.site.page import Asset, Page
from pipelines.report.site.words import Text, both

Column = dict[str, Any]

#: Rows that stand on the page itself, for readers without scripts.
FIRST_ROWS = 50


@dataclass(frozen=True)
class Table:
    """A table of many rows.

    Args: page: address of the page that shows it. columns: by name. heads: name → key of its heading, in the order shown. facets: columns
        to filter by. hidden: columns that are not shown, only filtered by. searched: columns whose words a search looks at. right: columns
        of amounts, set right. currency: of the column `exposure`.
    """

    page: str
    columns: Mapping[str, Column]
    heads: Mapping[str, str]
    facets: tuple[str, ...]
    searched: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    right: tuple[str, ...] = ()
    currency: str = ""

    @property
    def address(self) -> str:
        """Where its rows stand."""
        return f"{self.page.removesuffix('.html')}.rows.js"

    @property
    def shown(self) -> list[str]:
        """Columns that are shown, in their order."""
        return [name for name in self.heads if name not in self.hidden]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return max((len(column["at"] if "at" in column else column["values"]) for column in self.columns.values()), default=0)

    @property
    def first_rows(self) -> int:
        """How many of them stand on the page."""
        return min(self.count, FIRST_ROWS)

    def address_of(self, name: str, place: int) -> str:
        """Where a text leads to that has the links of another column; empty = nowhere."""
        like = self.columns.get(self.columns[name].get("like", ""))
        return (like["words"][like["at"][place]][2] or "") if like else ""

    def script(self, pages: Collection[str]) -> str:
        """The rows: `window.greenCapacityRows`. `pages`: addresses of the site; a word whose page is none of them leads nowhere."""
        found = {name: _linked(self.page, column, pages) for name, column in self.columns.items()}
        body = json.dumps({"count": self.count, "columns": found}, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return "window.greenCapacityRows=" + body.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + ";\n"


def table_page(title: Text, parent: str, template: str, table: Table, **more: Any) -> Iterator[Page | Asset]:
    """The page of a table, and its rows. `more`: what else the template sees."""
    yield Page(table.page, title, parent, template, lambda: {"table": table, "pair": Text, **more})
    yield Asset(table.address, table.script)


def shower() -> Asset:
    """The script that shows rows, for all tables."""
    return Asset("rows.js", (Path(__file__).parents[1] / "templates" / "site" / "rows.js").read_text(encoding="utf-8"))


def text_column(values: Iterable[str], like: str | None = None) -> Column:
    """A text of its own in each row, such as an id. `like`: the column whose word leads to where the text leads to too."""
    return {"kind": "text", "values": list(values)} | ({"like": like} if like else {})


def number_column(values: Iterable[Any], kind: str = "number", digits: int = 0) -> Column:
    """A number in each row. `kind`: number, percent (the values are ratios) or days."""
    scale = Decimal(100) if kind == "percent" else Decimal(1)
    return {"kind": kind, "values": [_number(value, scale, digits) for value in values]}


def word_column(
    keys: Sequence[Hashable],
    word: Callable[[Any], Text | str],
    address: Callable[[Any], str | None] = lambda key: None,
    sort: Callable[[Any], Any] = lambda key: None,
) -> Column:
    """A word for each key, with the page it leads to. `sort`: number that it is sorted by, where it is not its text."""

    def entry(key: Any) -> list[Any]:
        text, number = both(word(key)), decimal(sort(key))
        return [text.en, text.zh if text.zh != text.en else None, address(key), None if number is None else float(number)]

    return _indexed("word", keys, entry)


def mark_column(keys: Sequence[Hashable], word: Callable[[Any], Text | str], style: Callable[[Any], str]) -> Column:
    """A badge for each key. `style`: its colour and sign."""
    return _indexed("mark", keys, lambda key: [both(word(key)).en, both(word(key)).zh, style(key)])


def day_column(values: Sequence[Any]) -> Column:
    """A day in each row; null = none."""
    return _indexed("day", values, lambda value: value and value.isoformat())


def _linked(here: str, column: Column, pages: Collection[str]) -> Column:
    """A column whose addresses are links from the page of `here` to pages that exist."""
    if column["kind"] != "word":
        return column

    def to(target: str | None) -> str | None:
        return relative(here, target) if target and target.partition("#")[0] in pages else None

    return column | {"words": [[en, zh, to(target), sort] for en, zh, target, sort in column["words"]]}


def _indexed(kind: str, keys: Sequence[Hashable], entry: Callable[[Any], Any]) -> Column:
    places: dict[Hashable, int] = {}
    at = [places.setdefault(key, len(places)) for key in keys]
    return {"kind": kind, "words": [entry(key) for key in places], "at": at}


def _number(value: Any, scale: Decimal, digits: int) -> float | int | None:
    exact = decimal(value)
    if exact is None:
        return None
    shown = rounded(exact * scale, digits)
    return int(shown) if shown == shown.to_integral_value() else float(shown)

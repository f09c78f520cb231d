"""Small pieces of HTML that pages repeat thousands of times: made once for each of their contents, which a macro of Jinja would not."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.report.site.names import Names
from pipelines.report.site.words import Text, both, t

if TYPE_CHECKING:
    from markupsafe import Markup


@lru_cache(maxsize=4096)
def badge(style: str, word: Text | str) -> Markup:
    """A state: word and colour; its symbol goes with the style, in `site.css`, and is not spoken twice. Pages have no other `b`."""
    return _word("b", f" class={style}", word)


@lru_cache(maxsize=256)
def state(code: str | None) -> Markup:
    """The badge of a verdict state or a part of the headline."""
    return badge(Names.mark(code).style, Names.mark_word(code))


@lru_cache(maxsize=4096)
def cell(code: str, count: int, rules: int, is_for_information: bool) -> Markup:
    """A cell of the heat map: word, colour, and of how many rules; ⓘ where only rules for information speak."""
    import markupsafe

    word = both(Names.mark_word(code))
    style = Names.mark(code).style
    if code == "NOT_APPLICABLE":
        return markupsafe.Markup('<td class="heat {}">{}').format(style, word)
    of = f"{'ⓘ ' if is_for_information else ''}{count}/{rules}"
    return markupsafe.Markup('<td class="heat {}">{} <i>{}</i>').format(style, word, of)


@lru_cache(maxsize=1024)
def head(key: str, style: str = "") -> Markup:
    """A header cell of a table: in a `thead` a `th` heads its column, it need not say so."""
    return _word("th", f" class={style}" if style else "", t(key), "")


@lru_cache(maxsize=1024)
def term(key: str) -> Markup:
    """A term of a list of facts."""
    return _word("dt", "", t(key), "")


@lru_cache(maxsize=4096)
def td(word: Text | str) -> Markup:
    """A cell of a table that holds nothing but a text."""
    return _word("td", "", word, "")


@lru_cache(maxsize=1024)
def small(word: Text | str) -> Markup:
    """A remark in small print that holds nothing but a text."""
    return _word("small", "", word)


@lru_cache(maxsize=1024)
def dd(word: Text | str) -> Markup:
    """What a term of a list of facts says, where it is nothing but a text."""
    return _word("dd", "", word, "")


def attributes(word: Text | str) -> Markup:
    """What an element of the template's own carries that holds nothing but a text."""
    return both(word).attributes


@lru_cache(maxsize=256)
def h2(place: str, key: str) -> Markup:
    """A heading with an id to lead to."""
    return _word("h2", f" id={place}", t(key))


def _word(tag: str, attributes: str, word: Text | str, end: str | None = None) -> Markup:
    """An element that holds nothing but a text. `end`: its end tag, empty where HTML lets it be left out."""
    import markupsafe

    text = both(word)
    return markupsafe.Markup(f"<{tag}{attributes}{{}}>{{}}{f'</{tag}>' if end is None else end}").format(text.attributes, text.en)

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
    """A state: word and colour; its symbol goes with the style, in `site.css`, and is not spoken twice."""
    return _word("b", f' class="badge {style}"', word)


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
        return markupsafe.Markup('<td class="heat {}">{}</td>').format(style, word)
    of = f"{'ⓘ ' if is_for_information else ''}{count}/{rules}"
    return markupsafe.Markup('<td class="heat {}">{} <i>{}</i></td>').format(style, word, of)


@lru_cache(maxsize=1024)
def head(key: str, style: str = "") -> Markup:
    """A header cell of a table."""
    return _word("th", ' scope="col"' + (f' class="{style}"' if style else ""), t(key))


@lru_cache(maxsize=1024)
def term(key: str) -> Markup:
    """A term of a list of facts."""
    return _word("dt", "", t(key))


def _word(tag: str, attributes: str, word: Text | str) -> Markup:
    """An element that holds nothing but a text."""
    import markupsafe

    text = both(word)
    return markupsafe.Markup(f"<{tag}{attributes}{{}}>{{}}</{tag}>").format(text.attributes, text.en)

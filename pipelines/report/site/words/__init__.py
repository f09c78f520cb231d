"""Every word of ours on the pages, in English and simplified Chinese: one file a kind of page, each `WORDS = {key: (English, 简体中文)}`.

Both languages travel on every page: the switch swaps them in place. A word without blanks is looked up in `words.js` by the code of its
key (`data-w`); a text with blanks carries its Chinese form itself (`data-zh`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipelines.report.site.words import (
    assessed,
    borrower,
    countries,
    coverage,
    findings,
    first,
    frame,
    indicators,
    method,
    money,
    plant,
    portfolio,
    rules,
)

#: The parts of the catalogue; a key stands in one of them only (tests/unit/report/test_site_words.py).
PARTS: tuple[dict[str, tuple[str, str]], ...] = (
    *(frame.WORDS, portfolio.WORDS, first.WORDS, money.WORDS, borrower.WORDS, plant.WORDS, assessed.WORDS),
    *(indicators.WORDS, findings.WORDS, rules.WORDS, countries.WORDS, coverage.WORDS, method.WORDS),
)
WORDS: dict[str, tuple[str, str]] = {key: words for part in PARTS for key, words in part.items()}
#: Short name of each word without blanks in the pages and in `words.js`: pages print some 30,000 of them.
CODES: dict[str, str] = {key: f"w{place:x}" for place, key in enumerate(sorted(key for key, both in WORDS.items() if "{" not in both[1]))}
#: Words that scripts put into a page themselves, which they find by key.
OF_SCRIPTS = ("filter", "page.none", "print", "switch_language", "switch_theme")


@dataclass(frozen=True)
class Text:
    """A text in both languages; in a template it prints itself as an element that the language switch finds.

    Args: key: of the catalogue, where the text is a word without blanks; day: ISO date, where it is one.
    """

    en: str
    zh: str
    key: str | None = None
    day: str | None = None

    def __html__(self) -> Markup:
        if self.day:
            return Markup('<time datetime="{}">{}</time>').format(self.day, self.en)
        marks = self.attributes
        return Markup("<span{}>{}</span>").format(marks, self.en) if marks else escape(self.en)

    def __str__(self) -> str:
        return self.en

    @staticmethod
    def chinese(value: object) -> str:
        """The Chinese form of anything."""
        return value.zh if isinstance(value, Text) else str(value)

    @property
    def attributes(self) -> Markup:
        """What an element that holds nothing but this text carries: ` data-w=CODE` or ` data-zh="…"`."""
        if self.key:
            return Markup(" data-w={}").format(CODES[self.key])
        return Markup(' data-zh="{}"').format(self.zh) if self.zh != self.en else Markup("")


def t(key: str, *blanks: object) -> Text:
    """The words of `key`; `{0}`, `{1}` in them are filled with `blanks`, each in its own language where it is a `Text`.

    Raises: KeyError for a word that the catalogue lacks.
    """
    english, chinese = WORDS[key]
    if not blanks:
        return Text(english, chinese, key)
    return Text(english.format(*(_in(blank, "en") for blank in blanks)), chinese.format(*(_in(blank, "zh") for blank in blanks)))


def counted(key: str, count: int, *blanks: object) -> Text:
    """The words of `key` with a count in blank `{0}`, and `blanks` from `{1}` on; for one, those of `KEY.one` where the catalogue has them."""
    words = f"{key}.one" if count == 1 and f"{key}.one" in WORDS else key
    return t(words, f"{count:,}", *blanks)


def both(value: object) -> Text:
    """Anything as a text in both languages."""
    return value if isinstance(value, Text) else Text(str(value), str(value))


def catalogue_script(codes: Collection[str] | None = None) -> str:
    """`words.js`: the Chinese words by code, and by key those that scripts ask for; only those of `codes` where they are given."""
    chinese = {code: WORDS[key][1] for key, code in CODES.items() if codes is None or code in codes}
    chinese |= {key: WORDS[key][1] for key in OF_SCRIPTS}
    return f"window.greenCapacityWords={json.dumps(chinese, ensure_ascii=False, separators=(',', ':'))};\n"


def _in(blank: object, language: str) -> str:
    return getattr(blank, language) if isinstance(blank, Text) else str(blank)

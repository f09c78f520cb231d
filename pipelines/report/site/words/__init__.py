"""Every word of ours on the pages, in English and simplified Chinese: one file a kind of page, each `WORDS = {key: (English, 简体中文)}`.

Both languages travel on every page: the switch swaps them in place. A word without blanks is looked up in `words.js` by the code of its
key (`data-w`); a text with blanks carries its Chinese form itself (`data-zh`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

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
    sentences,
)
from pipelines.report.site.words.actions import ACTIONS
from pipelines.report.site.words.reasons import REASONS

#: The parts of the catalogue; a key stands in one of them only (tests/unit/report/test_site_words.py).
PARTS: tuple[dict[str, tuple[str, str]], ...] = (
    *(frame.WORDS, portfolio.WORDS, first.WORDS, money.WORDS, borrower.WORDS, plant.WORDS, assessed.WORDS),
    *(indicators.WORDS, findings.WORDS, rules.WORDS, countries.WORDS, coverage.WORDS, method.WORDS, sentences.WORDS),
)
WORDS: dict[str, tuple[str, str]] = {key: words for part in PARTS for key, words in part.items()}
#: Chinese forms of words without blanks: of the catalogue, and of the reasons and what to do about them, whose English is the rule library's.
PLAIN: dict[str, str] = (
    {key: chinese for key, (_, chinese) in WORDS.items() if "{" not in chinese}
    | {f"reason.{code}": chinese for code, chinese in REASONS.items()}
    | {f"action.{code}": chinese for code, chinese in ACTIONS.items()}
)
#: Short name of each of them in the pages and in `words.js`: pages print some 30,000 of them.
CODES: dict[str, str] = {key: f"w{place:x}" for place, key in enumerate(sorted(PLAIN))}
#: Words that scripts put into a page themselves, which they find by key.
OF_SCRIPTS = ("filter", "foreign", "page.none", "print", "switch_language", "switch_theme")

#: A blank as `re.escape` writes it.
_BLANK = re.compile(r"\\\{(\d)\\\}")


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
            return Markup("<time datetime={}>{}</time>").format(self.day, self.en)
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


def told(kind: str, text: str) -> Text | str:
    """A sentence that a table of the run holds, in both languages: it is in the words `kind.…` whose English it is, with its own figures in
    the blanks; a sentence of none of them stays as it is."""
    for chinese, pattern in _sentences(kind):
        if found := pattern.fullmatch(text):
            return Text(text, chinese.format(*(found[f"b{place}"] for place in range(len(found.groupdict())))))
    return text


@lru_cache(maxsize=16)
def _sentences(kind: str) -> list[tuple[str, re.Pattern[str]]]:
    """Chinese words and the pattern of the English ones, of all keys that begin with `kind.`; the longest words first."""
    found = sorted((words for key, words in WORDS.items() if key.startswith(f"{kind}.")), key=lambda words: (-len(words[0]), words))
    return [(chinese, re.compile(_BLANK.sub(r"(?P<b\1>.+?)", re.escape(english)))) for english, chinese in found]


def both(value: object) -> Text:
    """Anything as a text in both languages."""
    return value if isinstance(value, Text) else Text(str(value), str(value))


def catalogue_script(codes: Collection[str] | None = None) -> str:
    """`words.js`: the Chinese words by code, and by key those that scripts ask for; only those of `codes` where they are given."""
    chinese = {code: PLAIN[key] for key, code in CODES.items() if codes is None or code in codes}
    chinese |= {key: WORDS[key][1] for key in OF_SCRIPTS}
    return f"window.greenCapacityWords={json.dumps(chinese, ensure_ascii=False, separators=(',', ':'))};\n"


def _in(blank: object, language: str) -> str:
    return getattr(blank, language) if isinstance(blank, Text) else str(blank)

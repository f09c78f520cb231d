"""Legal forms and words for products and works in the languages of the Belt and Road (`data/reference/`), taken out or put into English."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache

from pipelines.matching.transliteration import has_other_script
from pipelines.settings import REFERENCE_FOLDER

_LETTERS_WITHOUT_ACCENT = str.maketrans("ıøłđ", "iold")
#: Signs that hold letters of one word together in the scripts that write words apart.
_WORD = r"(?<!\w){}(?!\w)"


def latin_words(text: str) -> tuple[str, ...]:
    """Words of a text in Latin letters: lower case, without accents and signs; initials with dots are one word."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS_WITHOUT_ACCENT))
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    initials = re.sub(r"\b\w(?:\.\w)+\b\.?", lambda match: match[0].replace(".", "") + " ", letters)
    return tuple(re.findall(r"[^\W_]+", re.sub(r"['’‘`ʻʼ](?:s\b)?", "", initials)))


def without_foreign_terms(name: str) -> str:
    """A name in another script without its legal form, words for products and works in English; in Chinese anywhere, else by word."""
    text = unicodedata.normalize("NFC", name).lower()
    for pattern, english in _other_script_terms():
        text = pattern.sub(f" {english} ", text)
    return text


@lru_cache(maxsize=200_000)
def in_english(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words in Latin letters with those for products and works in English; phrases of two words first."""
    terms = _latin_terms()
    found: list[str] = []
    place = 0
    while place < len(words):
        pair = words[place : place + 2]
        taken = 2 if len(pair) == 2 and pair in terms else 1
        part = words[place : place + taken]
        found += terms.get(part, part)
        place += taken
    return tuple(found)


@lru_cache(maxsize=200_000)
def without_legal_ends(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without legal forms of any country at their beginning and end; what is nothing but a form stays."""
    kept = words
    while True:
        lengths = range(min(_longest_form(), len(kept) - 1), 0, -1)
        shorter = next((kept[length:] for length in lengths if kept[:length] in _latin_forms()), kept)
        lengths = range(min(_longest_form(), len(shorter) - 1), 0, -1)
        shorter = next((shorter[:-length] for length in lengths if shorter[-length:] in _latin_forms()), shorter)
        if shorter == kept:
            return kept
        kept = shorter


@lru_cache(maxsize=1)
def _other_script_terms() -> tuple[tuple[re.Pattern[str], str], ...]:
    forms = {row["legal_form"].lower(): "" for row in _rows("legal_forms.csv")}
    terms = {row["term"].lower(): row["english"] for row in _rows("name_terms.csv")}
    both = sorted((term for term in forms | terms if has_other_script(term)), key=lambda term: (-len(term), term))
    return tuple((re.compile(_pattern(term)), (forms | terms)[term]) for term in both)


def _pattern(term: str) -> str:
    is_written_apart = not any("\u0e00" <= sign <= "\u0eff" or "\u3400" <= sign <= "\u9fff" for sign in term)
    return _WORD.format(re.escape(term)) if is_written_apart else re.escape(term)


@lru_cache(maxsize=1)
def _latin_terms() -> dict[tuple[str, ...], tuple[str, ...]]:
    rows = [row for row in _rows("name_terms.csv") if row["term"].isascii()]
    return {tuple(row["term"].split()): tuple(row["english"].split()) for row in rows}


@lru_cache(maxsize=1)
def _latin_forms() -> frozenset[tuple[str, ...]]:
    """Legal forms as words."""
    forms = (latin_words(row["legal_form"]) for row in _rows("legal_forms.csv") if not has_other_script(row["legal_form"]))
    return frozenset(form for form in forms if form)


@lru_cache(maxsize=1)
def _longest_form() -> int:
    return max(map(len, _latin_forms()))


def _rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

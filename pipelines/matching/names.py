"""Names of loans, companies and plants made comparable: one script, no legal forms, and which words tell works apart."""

from __future__ import annotations

import csv
from functools import lru_cache

from pipelines.matching.foreign_terms import in_english, latin_words, without_foreign_terms, without_legal_ends
from pipelines.matching.transliteration import has_other_script, romanised
from pipelines.settings import REFERENCE_FOLDER

#: Words of legal forms that are dropped wherever they stand; those of `data/reference/legal_forms.csv` only at the ends of a name.
_LEGAL_FORMS = frozenset(
    "ltd limited llc llp lp plc pjsc ojsc cjsc jsc oao ooo zao pao ao inc corp corporation co company cia sa sas sarl sau spa srl ag gmbh"
    " kg bv nv ab as asa oy oyj doo dd ad ead pt tbk persero sdn bhd berhad pty pvt private public joint stock liability open closed"
    " share scs sc sae cv shpk limitada grupo group holding holdings tas anonim sirketi sanayi ticaret".split()
)
_PROJECT_WORDS = frozenset(
    "project projects construction reconstruction expansion modernization modernisation upgrading upgrade rehabilitation acquisition phase"
    " phases stage line lines production loan tranche equipment machinery activities working capital purposes purchase development new"
    " additional its".split()
)
_WORKS_WORDS = frozenset(
    "plant plants manufacturing factory factories works mill mills complex facility unit kiln grinding cimenterie usine fabrica fabrique"
    " zavod combine kombinat enterprise industrial industry industries park".split()
)
_FILLERS = frozenset("of the and in for to at no number de la le el du des al y e s d l city province region".split())
PRODUCT_WORDS = frozenset(
    "cement cements ciment ciments cimento cimentos cemento cementos semen clinker portland steel iron steelworks ironworks stainless"
    " billet blast furnace metallurgical metallurgy integrated glass float flat coated online solar control".split()
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_NUMERALS = frozenset(_ROMAN) | frozenset("1a 2a 1st 2nd 3rd".split())
_DIRECTIONS = frozenset("north south east west northern southern eastern western central".split())
#: A loan that builds a works, and words that say the works stood before.
_BUILDS = frozenset({"construction", "build", "greenfield"})


@lru_cache(maxsize=200_000)
def words_of(name: str | None) -> tuple[str, ...]:
    """Words of a name in Latin letters: lower case, without accents and signs; `Kyzyl-Kiya` is two words, `S.A.` one.

    Names in other scripts are romanised; words for products, works and projects in any language become the English ones.
    """
    if not name:
        return ()
    if has_other_script(name):
        name = romanised(without_foreign_terms(name))
    return in_english(latin_words(name))


@lru_cache(maxsize=200_000)
def name_words(name: str | None) -> tuple[str, ...]:
    """The words of `whole_name` in the order in which they stand."""
    dropped = _LEGAL_FORMS | _PROJECT_WORDS | _WORKS_WORDS | _FILLERS
    return tuple(word for word in without_legal_ends(words_of(name)) if word not in dropped)


@lru_cache(maxsize=200_000)
def whole_name(name: str | None) -> frozenset[str]:
    """What is compared for equality: all words but legal forms, project words, words for a works, and fillers."""
    return frozenset(name_words(name))


@lru_cache(maxsize=200_000)
def one_word(name: str | None) -> str:
    """The same without spaces: `Lane Xang` is `Lanexang`, and a Chinese name, which has no spaces, meets its spelling in pinyin."""
    return "".join(name_words(name))


@lru_cache(maxsize=100_000)
def telling_words(name: str | None, country_iso3: str | None) -> frozenset[str]:
    """The words that tell one works from another in its country: no product, number, or name of the country itself."""
    return frozenset(
        word
        for word in whole_name(name) - PRODUCT_WORDS - _NUMERALS
        if len(word) > 1 and not word.isdigit() and not _is_country_word(word, country_iso3)
    )


def is_telling(words: frozenset[str]) -> bool:
    """Whether the words tell a works at all: a point of the compass does so only together with another word."""
    return bool(words - _DIRECTIONS)


@lru_cache(maxsize=100_000)
def numbers_of(name: str | None) -> frozenset[int]:
    """Numbers of lines or phases in a name, Roman ones too (`No. 2`, `Plant III`); single letters count only after a word."""
    words = words_of(name)
    found = {int(word) for word in words if word.isdigit() and int(word) < 100}
    return frozenset(found | {_ROMAN[word] for word in words[1:] if word in _ROMAN})


def is_construction(name: str | None) -> bool:
    """Whether a project builds a works, as far as its name says."""
    return bool(_BUILDS & set(words_of(name)))


def is_phase_free_equal(first: str | None, second: str | None) -> bool:
    """Whether two plant names differ in their numbers only, as phases of one plant do (Ghori I, Ghori II)."""
    return _without_numbers(first) == _without_numbers(second) != frozenset()


@lru_cache(maxsize=1_000)
def country_words(country_iso3: str | None) -> frozenset[str]:
    """Words of a country's names, and "sino" and "china", which stand in many names of Chinese-built works."""
    return _words_by_country().get(country_iso3 or "", frozenset()) | {"sino", "china", "chinese"}


def _without_numbers(name: str | None) -> frozenset[str]:
    return frozenset(word for word in whole_name(name) - _NUMERALS if not word.isdigit())


@lru_cache(maxsize=200_000)
def _is_country_word(word: str, country_iso3: str | None) -> bool:
    """`laos` and `belarusian` are words of Laos and Belarus."""
    names = country_words(country_iso3)
    return any(word == name or (len(name) >= 3 and word.startswith(name) and len(word) - len(name) <= 3) for name in names)


@lru_cache(maxsize=1)
def _words_by_country() -> dict[str, frozenset[str]]:
    with (REFERENCE_FOLDER / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    skipped = _FILLERS | _DIRECTIONS | {"republic", "democratic", "people", "peoples", "islamic", "arab", "state", "united"}
    return {row["country_iso3"]: frozenset(words_of(f"{row['country_name']} {row['aliases']}")) - skipped for row in rows}

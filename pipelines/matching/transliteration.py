"""Names of any script in plain Latin letters. The only import of the libraries that know scripts."""

from __future__ import annotations

import re

#: Letters that ICU's "Any-Latin; Latin-ASCII" writes otherwise than anyascii does (Unicode CLDR transforms, release 48): Cyrillic by
#: ISO 9, Arabic by DIN 31635 without its dots, Greek by its ancient values, Thai and a few Latin letters.
_PEER_LETTERS = dict(
    pair.split("=")
    for pair in (
        "ж=z й=j х=h ц=c ч=c ш=s щ=s ю=u я=a ђ=d є=e ѕ=z љ=l њ=n џ=d ғ=g ҕ=g ӂ=z ӝ=z ӟ=z ӭ=e ӵ=c ң=n"
        " Ж=Z Й=J Х=H Ц=C Ч=C Ш=S Щ=S Ю=U Я=A Ђ=D Є=E Ѕ=Z Љ=L Њ=N Џ=D Ғ=G Ҕ=G Ӂ=Z Ӝ=Z Ӟ=Z Ӭ=E Ӵ=C Ң=N"
        " ء=ʾ أ=a إ=a ا=a ؤ=w ئ=y ة=t ى=y ظ=z ع=ʿ ە=h ے=ai"
        " จ=c ฤ=v ฦ=l อ=x ำ=a ึ=u ื=u"
        " ή=e Ή=E η=e Η=E β=b Β=B φ=ph Φ=Ph ŋ=n Ŋ=N"
        " ժ=z խ=x ծ=c ձ=j ղ=g ճ=c շ=s չ=c ռ=r ց=c Ժ=Z Խ=X Ծ=C Ձ=J Ղ=G Ճ=C Շ=S Չ=C Ռ=R Ց=C"
    ).split()
)
#: Words and pairs of letters that ICU reads together.
_PEER_WORDS = {
    "重庆": "chong qing",
    "重慶": "chong qing",
    "钒": "fan",
    "釩": "fan",
    "ου": "ou",
    "Ου": "Ou",
    "ού": "ou",
    "αυ": "au",
    "ευ": "eu",
    "Ευ": "Eu",
}
_PEER_TABLE = str.maketrans(_PEER_LETTERS)
#: Thai vowels that are written before the consonant after which they are spoken.
_THAI_LEADING = {"เ": "e", "แ": "ae", "โ": "o", "ใ": "i", "ไ": "i"}
_HAN = ("㐀", "鿿")
_HAN_RUNS = re.compile(rf"[{_HAN[0]}-{_HAN[1]}]+|[^{_HAN[0]}-{_HAN[1]}]+")
#: The article in front of an Arabic word.
_ARTICLE = re.compile(r"\bال(?=\w{2})")
#: Last code point of the Latin blocks that have letters of names; Vietnamese ones stand apart.
_LAST_LATIN = 0x24F


def latin_as_peer(name: str) -> str:
    """A name in ASCII as the peer's `stri_trans_general(name, "any-latin")` and `"latin-ascii"` write it.

    Held against ICU 78 on the 3,795 names of the public plant trackers that are not ASCII (docs/matching.md): equal but for the scripts
    of India and Myanmar, which come out as anyascii has them, without the vowels that are spoken and not written.
    """
    from anyascii import anyascii

    if name.isascii():
        return name
    for word, latin in _PEER_WORDS.items():
        name = name.replace(word, latin)
    text = _thai_in_spoken_order(name).translate(_PEER_TABLE)
    return "".join(sign if sign in "ʾʿ" else anyascii(sign) for sign in text)


def romanised(name: str) -> str:
    """A name as its own country writes it in Latin letters: Chinese in pinyin read by whole words (重庆 is chongqing), Cyrillic as spoken.

    A run of Chinese signs becomes one word, because nothing says where its words end.
    """
    from anyascii import anyascii

    if name.isascii():
        return name
    if has_arabic(name):
        name = latin_as_peer(_ARTICLE.sub("", name).replace("ة", "ا")).replace("ʾ", "").replace("ʿ", "")
    return "".join(_pinyin(run) if _is_han(run[0]) else anyascii(run) for run in _HAN_RUNS.findall(name))


def has_arabic(name: str) -> bool:
    """Whether a name is in Arabic letters, which leave short vowels out."""
    return any("\u0600" <= sign <= "\u06ff" for sign in name)


def has_other_script(name: str) -> bool:
    """Whether a name has letters that are not Latin ones."""
    return not name.isascii() and any(sign.isalpha() and ord(sign) > _LAST_LATIN and not 0x1E00 <= ord(sign) <= 0x1EFF for sign in name)


def _pinyin(run: str) -> str:
    from pypinyin import lazy_pinyin

    return "".join(part.replace("lv", "lu").replace("nv", "nu") for part in lazy_pinyin(run))


def _is_han(sign: str) -> bool:
    return _HAN[0] <= sign <= _HAN[1]


def _thai_in_spoken_order(name: str) -> str:
    signs = list(name)
    for place in range(len(signs) - 1):
        if signs[place] in _THAI_LEADING and "ก" <= signs[place + 1] <= "ฮ":
            vowel = _THAI_LEADING[signs[place]]
            signs[place], signs[place + 1] = signs[place + 1], vowel
    return "".join(signs)

"""Which words of a title or company name speak of cement, steel or flat-glass works, and which only seem to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

#: Words that begin like this speak of cement, in the languages of the public files; "placement" or "enforcement" do not.
_CEMENT = re.compile(r"\b(?:cement|ciment|tsement|zement|clinker|klinker)")
_STEEL = re.compile(
    r"\bsteel|\baceros?\b|\bacos\b|\bacier|\bsiderurg|\bblast furnace|\biron (?:and|&) steel|\biron works"
    r"|\bmetallurgical (?:plant|works|combine|kombinat)\b"
)
_GLASS = re.compile(r"\bglass\b|\bglassworks\b")
_FLAT_GLASS = re.compile(r"\b(?:float|flat|sheet|window|architectural)\b.*\bglass\b|\bglass\b.*\bfloat\b|\bfloat\b|\bpilkington\b")

#: Look-alikes: the first that fits is the reason shown. They are tried before the words above.
_LOOK_ALIKES = [
    (r"\b(?:all-steel|steel).*\b(?:tire|tyre)", "tyres, not a steel works"),
    (r"\bsteel (?:pipe|tube)", "a pipe works rolls steel that others make"),
    (r"\bsteel (?:structure|bridge|tower|frame)|\bhydraulic steel", "steel structures, not a steel works"),
    (r"\b(?:stainless )?steel (?:rubbish )?bins?\b", "rubbish bins, not a steel works"),
    (r"\b(?:iron|galvani[sz]ed iron) sheets?\b", "building material, not a steel works"),
    (r"\bglass (?:bottle|container|packaging|jar|egg)|\bcookware|\btableware", "bottles and other hollow glass, not flat glass"),
    (r"\bfib(?:er|re)[- ]?glass|\bglass[- ]fib(?:er|re)", "glass fibre, not flat glass"),
    (r"\bused in glass", "a raw material of glass, not a glass works"),
    (r"\bmineral water\b", "bottles and other hollow glass, not flat glass"),
    (r"\b(?:iron|manganese) (?:ore )?min(?:e|es|ing)\b|\biron ore\b", "an iron mine without works"),
    (r"\bmetallurgical (?:commercial )?bank\b", "a bank"),
    (r"\bmetallurgical (?:complex|corporation|group)|\bmetallurgy\b|electrometallurg", "metals other than steel, or not told"),
    (r"\b(?:aluminum|aluminium|copper|nickel|zinc) smelter", "another metal"),
    (r"\bsme resource\b", "small-business finance around a works"),
    (r"\blaw enforcement|\bdrug enforcement|\breinforcement|\bplacement", "the word only contains 'cement'"),
]


@dataclass(frozen=True)
class Works:
    """What a text speaks of. `sector` None: none of the three sectors, and `refusal` says why."""

    sector: str | None
    refusal: str | None = None
    remark: str | None = None


def works_of(text: str, is_any_glass_flat: bool) -> Works:
    """Sector of the works that `text` speaks of.

    Args:
        text: title, or project and company names.
        is_any_glass_flat: whether "glass" alone counts as flat glass (then with a remark), or only float and flat glass.
    """
    plain = plain_text(text)
    for pattern, reason in _LOOK_ALIKES:
        if re.search(pattern, plain):
            return Works(None, reason)
    if _CEMENT.search(plain):
        return Works("cement")
    if _STEEL.search(plain):
        return Works("steel")
    return _glass(plain, is_any_glass_flat)


def plain_text(text: str) -> str:
    """Lower case without accents, curly apostrophes straight, words written together (`VicatSagarCement`) apart."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text.replace("’", "'").replace("‘", "'"))
    decomposed = unicodedata.normalize("NFKD", apart.casefold())
    return " ".join("".join(sign for sign in decomposed if not unicodedata.combining(sign)).replace("ı", "i").split())


def _glass(plain: str, is_any_glass_flat: bool) -> Works:
    if not _GLASS.search(plain):
        return Works(None, "names no cement, steel or flat-glass works")
    if _FLAT_GLASS.search(plain):
        return Works("flat_glass")
    if is_any_glass_flat:
        return Works("flat_glass", remark="kind of glass not told, counted as flat glass")
    return Works(None, "glass of a kind that is not told")

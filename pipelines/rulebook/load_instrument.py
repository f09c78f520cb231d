"""`_instrument.yaml` → the instrument that the rules of a folder belong to."""

from __future__ import annotations

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import INSTRUMENT
from pipelines.rulebook.load_rules import fact_ids
from pipelines.rulebook.load_scope import read_countries, read_regions
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.model import Instrument
from pipelines.rulebook.shelf import Shelf, countries, subdivisions


def load_instrument(file: RuleFile, instrument_id: str, shelf: Shelf) -> Instrument:
    """The instrument of a folder."""
    part = file.section(INSTRUMENT)
    layer = part.word("layer", shelf.vocabulary.words("layers"), "layer") or ""
    if layer == "host_law" and "countries" not in part:
        part.wrong("layer", "host_law without countries binds nobody", "add countries: with the ISO3 codes in which it is law")
    return Instrument(
        instrument_id=instrument_id,
        title=part.text("title") or "",
        jurisdiction=_jurisdiction(part, shelf),
        layer=layer,
        path=file.path,
        countries=read_countries(part, "countries"),
        regions=read_regions(part, "regions", "countries"),
        href=part.text("href"),
        facts=fact_ids(part),
        note=part.text("note"),
    )


def _jurisdiction(part: Section, shelf: Shelf) -> str:
    text = part.text("jurisdiction") or ""
    words = shelf.vocabulary.words("jurisdictions")
    if text and text not in words and text not in countries() and text not in subdivisions():
        known = [*words, *countries(), *(subdivisions() if "-" in text else ())]
        advice = near_miss(text, known, f"write an ISO3 country, a province as CHN-AH, or one of {', '.join(words)}")
        part.wrong("jurisdiction", f"jurisdiction {text!r} is unknown", advice)
    return text

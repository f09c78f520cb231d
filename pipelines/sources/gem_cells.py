"""Cells of Global Energy Monitor trackers: what their words for unknown mean, owner lists with shares, places and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.sources.header_reader import text_of
from pipelines.sources.reader import Cell

#: Words for "does not apply" and "not known"; both leave no value behind, only the second is a gap.
_NO_VALUE = {"", "n/a", "not applicable", "unknown", "tbd"}
#: The tracker's entity for owners it could not name; it is nobody, so it owns nothing here.
UNKNOWN_ENTITY = "E100000132388"
#: Owners whose printed shares add up to more than this are refused; the trackers round shares to a tenth.
MOST_SHARES = 1.005

_STATUSES = {
    "operating pre-retirement": "operating",
    "mothballed pre-retirement": "mothballed",
}
_KNOWN_STATUSES = {"operating", "construction", "announced", "mothballed", "retired", "cancelled"}


@dataclass(frozen=True)
class Holding:
    """One owner in a cell that may list several. `share_ratio` None = the tracker does not know it."""

    entity_id: str
    name: str
    share_ratio: float | None


def known_text(cell: Cell) -> str | None:
    """The text of a cell, None where the tracker says unknown, n/a or nothing."""
    text = text_of(cell)
    return None if text.lower() in _NO_VALUE else text


def capacity_tonnes(cell: Cell, tonnes_per_unit: int) -> float | None:
    """Capacity in t/yr; None for unknown, n/a, blank and `>0` (in production, capacity unknown).

    Raises:
        ValueError: the cell is neither a number nor one of the tracker's words.
    """
    text = known_text(cell)
    if text is None or text.startswith(">"):
        return None
    tonnes = round(float(text.replace(",", "")) * tonnes_per_unit, 3)
    if tonnes < 0:
        raise ValueError(text)
    return tonnes


def capacity_note(cells: dict[str, Cell]) -> str | None:
    """Why capacities are missing although the tracker says something: the `>0` cells, by label."""
    bounds = [f"{label} '{text_of(cell)}': produces, capacity not known" for label, cell in cells.items() if text_of(cell).startswith(">")]
    return "; ".join(bounds) or None


def plant_status(cell: Cell) -> str:
    """Status in the words of the plants format; a plant that will retire still operates."""
    word = text_of(cell).lower()
    word = _STATUSES.get(word, word)
    return word if word in _KNOWN_STATUSES else "unknown"


def start_date(cell: Cell) -> date | None:
    """First day of operation. A bare year becomes its last day, so that a plant of the year in which a limit for new
    plants began is judged as new, never by chance as existing."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = text_of(cell)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return _day(text)
    return date(int(text), 12, 31) if re.fullmatch(r"1[89]\d\d|20\d\d", text) else None


def _day(text: str) -> date | None:
    """A day written yyyy-mm-dd; None for a day that no month has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def coordinates(cell: Cell) -> tuple[float, float] | None:
    """Latitude and longitude of a `lat, lon` text; None where it is blank or not on the globe."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*", text_of(cell))
    if match is None:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def holdings(names: Cell, entity_ids: Cell) -> list[Holding]:
    """Owners of a cell pair `A [60%]; B [40%]` and `E1 [60%]; E2 [40%]`; owners nobody could name are left out.

    A single owner without a printed share holds all of it; `[unknown%]` and unstated shares among several are None.

    Raises:
        ValueError: the two cells list different numbers of owners, or the shares add up to more than the whole.
    """
    named, coded = _listed(names), _listed(entity_ids)
    if not named or not coded:
        return []
    if len(named) != len(coded):
        raise ValueError(f"{len(named)} owners, {len(coded)} entity ids")
    whole = sum(share or 0 for _, share, _ in named)
    if whole > MOST_SHARES:
        raise ValueError(f"shares add up to {whole:.1%}")
    only_one = len(named) == 1
    return [
        Holding(code, name, 1.0 if only_one and not is_stated else share)
        for (name, share, is_stated), (code, _, _) in zip(named, coded, strict=True)
        if code != UNKNOWN_ENTITY
    ]


def main_holding(owners: Sequence[Holding]) -> Holding | None:
    """The owner with the largest known share, the first of equals; None without owners."""
    return max(owners, key=lambda owner: owner.share_ratio or 0.0, default=None)


def plain_local_name(cell: Cell) -> str | None:
    """A name in the local language without the language's name in brackets, which the tracker adds."""
    text = known_text(cell)
    return re.sub(r"\s*\((?:[A-Z][a-z]+)\)\s*", " ", text).strip() or None if text else None


def _listed(cell: Cell) -> list[tuple[str, float | None, bool]]:
    """(text, share, whether a share is printed) of each entry of a `;` list."""
    entries = [entry.strip() for entry in (known_text(cell) or "").split(";") if entry.strip()]
    return [_entry(entry) for entry in entries]


def _entry(entry: str) -> tuple[str, float | None, bool]:
    match = re.fullmatch(r"(.*?)\s*\[([^\]]*)\]", entry)
    if match is None:
        return entry, None, False
    share = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", match[2].strip())
    return match[1].strip(), round(float(share[1]) / 100, 6) if share else None, True

"""A map of host countries as SVG: outlines of Natural Earth in the Equal Earth projection, cut to the countries that are shown.

Each country shown has a colour with its pattern, a sign in its middle, and its figures as a title; the table below the map has them all.
Equal Earth: Šavrič, Patterson and Jenny, "The Equal Earth map projection", IJGIS 33 (2019), equations 7 to 9; areas are true.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines.report.site.charts import PATTERNS
from pipelines.report.site.words import Text, both
from pipelines.settings import REFERENCE_FOLDER

if TYPE_CHECKING:
    from markupsafe import Markup

Point = tuple[float, float]
Ring = Sequence[Point]

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
#: Units of the drawing in one radian of the projection.
_SCALE = 180.0
#: Room around the countries shown, and the least width of the cut, in units of the drawing.
_MARGIN, _LEAST = 14.0, 160.0


@dataclass(frozen=True)
class Place:
    """A country on the map: how it is filled, its sign, and what is said of it."""

    style: str
    symbol: str
    words: Text | str


def project(longitude: float, latitude: float) -> Point:
    """Place of a point on the drawing; y grows to the south."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    slope = 9 * _A4 * theta**8 + 7 * _A3 * theta**6 + 3 * _A2 * theta**2 + _A1
    x = 2 * math.sqrt(3) * math.radians(longitude) * math.cos(theta) / (3 * slope)
    y = _A4 * theta**9 + _A3 * theta**7 + _A2 * theta**3 + _A1 * theta
    return _SCALE * x, -_SCALE * y


@cache
def outlines() -> dict[str, tuple[Ring, ...]]:
    """Projected outlines by ISO 3166-1 alpha-3."""
    with (REFERENCE_FOLDER / "country_shapes.csv").open(encoding="utf-8", newline="") as file:
        return {row["country_iso3"]: tuple(_ring(part) for part in row["shape"].split(";")) for row in csv.DictReader(file)}


def country_map(places: Mapping[str, Place], title: Text | str, description: Text | str) -> Markup | None:
    """The drawing; None when no country of it has an outline."""
    import markupsafe

    shapes, shown = outlines(), [code for code in places if code in outlines()]
    if not shown:
        return None
    left, top, right, bottom = _view(ring for code in shown for ring in shapes[code][:1])
    inside = [
        _path(rings, "land", "") for code, rings in shapes.items() if code not in places and _meets(rings, (left, top, right, bottom))
    ]
    inside += [_path(shapes[code], f"f-{places[code].style}", _title(places[code].words)) for code in shown]
    inside += [_path(shapes[code], "", "", f' fill="url(#p-{places[code].style})"') for code in shown if places[code].style in PATTERNS]
    inside += [_sign(_middle(shapes[code][0]), places[code].symbol) for code in shown]
    heading = _title(title) + _title(description, "desc")
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    return markupsafe.Markup(f'<svg class="map" viewBox="{box}" role="img">{heading}{"".join(inside)}</svg>')


def _ring(text: str) -> Ring:
    numbers = [float(part) for part in text.split()]
    return [project(*pair) for pair in zip(numbers[::2], numbers[1::2], strict=True)]


def _view(rings: Iterable[Ring]) -> tuple[float, float, float, float]:
    points = [point for ring in rings for point in ring]
    left, right = min(x for x, _ in points) - _MARGIN, max(x for x, _ in points) + _MARGIN
    top, bottom = min(y for _, y in points) - _MARGIN, max(y for _, y in points) + _MARGIN
    more_x, more_y = max(0.0, _LEAST - (right - left)) / 2, max(0.0, _LEAST / 2 - (bottom - top)) / 2
    return left - more_x, top - more_y, right + more_x, bottom + more_y


def _meets(rings: Sequence[Ring], box: tuple[float, float, float, float]) -> bool:
    left, top, right, bottom = box
    return any(left <= x <= right and top <= y <= bottom for ring in rings for x, y in ring)


def _path(rings: Sequence[Ring], name: str, inside: str, more: str = "") -> str:
    shape = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ring) + "Z" for ring in rings)
    return f'<path class="{name}" d="{shape}"{more}>{inside}</path>'


def _title(words: Text | str, name: str = "title") -> str:
    from markupsafe import escape

    text = both(words)
    return f"<{name}{text.attributes}>{escape(text.en)}</{name}>"


def _sign(middle: Point, symbol: str) -> str:
    return f'<text x="{middle[0]:.1f}" y="{middle[1]:.1f}" class="sign" aria-hidden="true">{symbol}</text>'


def _middle(ring: Ring) -> Point:
    """A point well inside a ring: the middle of the longest of seven lines from west to east through it."""
    top, bottom = min(y for _, y in ring), max(y for _, y in ring)
    found = [line for step in range(1, 8) for line in _lines(ring, top + (bottom - top) * step / 8)]
    left, right, y = max(found, key=lambda line: line[1] - line[0])
    return (left + right) / 2, y


def _lines(ring: Ring, y: float) -> list[tuple[float, float, float]]:
    """Parts inside a ring of the line at a height: from x, to x, y."""
    sides = zip(ring, [*ring[1:], ring[0]], strict=True)
    cuts = sorted(x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in sides if (y1 > y) != (y2 > y))
    return [(left, right, y) for left, right in zip(cuts[::2], cuts[1::2], strict=True)]

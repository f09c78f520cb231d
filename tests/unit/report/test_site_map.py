"""The map: places where the projection has them, signs inside their country, and no country of the trackers without a word."""

from __future__ import annotations

import math

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.site.world_map import Place, country_map, outlines, project


def test_the_projection_puts_known_points_where_its_authors_have_them() -> None:
    """Corners of the Equal Earth map of radius 1: x = 2.7066 on the equator, y = 1.3174 at the pole (Šavrič and others, 2019)."""
    assert project(180, 0) == pytest.approx((180 * 2.70663, 0), abs=0.01)
    assert project(0, 90) == pytest.approx((0, -180 * 1.31736), abs=0.01)
    assert project(0, 0) == (0, 0)


@given(st.floats(-170, 170), st.floats(-80, 80))
def test_equal_areas_stay_equal(longitude: float, latitude: float) -> None:
    """The area of a small square over cos(latitude) is the same everywhere."""
    step = 1e-3
    (x1, y1), (x2, y2), (x3, y3) = project(longitude, latitude), project(longitude + step, latitude), project(longitude, latitude + step)
    area = abs((x2 - x1) * (y3 - y1) - (x3 - x1) * (y2 - y1)) / math.cos(math.radians(latitude + step / 2))
    assert area == pytest.approx((180 * math.radians(step)) ** 2, rel=1e-3)


def test_every_outline_is_a_country_and_closes_around_an_area() -> None:
    known = {country.alpha_3 for country in pycountry.countries} | {"XKX"}
    assert set(outlines()) <= known
    assert len(outlines()) > 170
    assert all(len(ring) >= 3 for rings in outlines().values() for ring in rings)


def inside(point: tuple[float, float], ring: list[tuple[float, float]]) -> bool:
    x, y = point
    sides = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum((y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in sides) % 2 == 1


def test_the_sign_of_a_country_stands_inside_it() -> None:
    from pipelines.report.site.world_map import _middle

    assert [code for code, rings in outlines().items() if not inside(_middle(rings[0]), list(rings[0]))] == []


def test_the_map_has_title_description_a_sign_and_words_for_each_country() -> None:
    drawn = str(country_map({"PAK": Place("green", "✔", "Pakistan <1>"), "SGP": Place("unknown", "?", "Singapore")}, "Title", "How"))
    assert drawn.startswith('<svg class="map" viewBox="')
    assert "<title>Title</title><desc>How</desc>" in drawn
    assert "<title>Pakistan &lt;1&gt;</title>" in drawn
    assert drawn.count('class="sign"') == 1  # a country without an outline is named below the map
    assert country_map({"SGP": Place("unknown", "?", "Singapore")}, "Title", "How") is None

"""How far a plant lies from the place that a loan names; speaks for or against a name, and is never a match by itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt
from typing import Any

#: A plant within this distance is at the place of the project; beyond the other, another works is meant. Own choice: sites are a few
#: kilometres wide, and projects are often placed at the nearest town.
NEAR_KM = 10.0
FAR_KM = 60.0
_EARTH_RADIUS_KM = 6371.0


def distance_km(loan: Mapping[str, Any], plant: Mapping[str, Any]) -> float | None:
    """Great-circle distance (haversine), None unless both have a place."""
    places = [row.get(name) for row in (loan, plant) for name in ("latitude", "longitude")]
    if any(place is None for place in places):
        return None
    lat, lon, other_lat, other_lon = (radians(float(place)) for place in places if place is not None)
    half = sin((other_lat - lat) / 2) ** 2 + cos(lat) * cos(other_lat) * sin((other_lon - lon) / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))

"""Plants that a company owns by id, directly or through companies it owns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

#: Longer chains are refused: in data they are loops.
MOST_STEPS = 10


class OwnedPlants:
    """Looks up the plants behind a company in ownership rows and in the owner and parent columns of plants."""

    def __init__(self, plants: Sequence[Mapping[str, Any]], ownership: Sequence[Mapping[str, Any]]) -> None:
        self._plant_ids = {str(plant["plant_id"]) for plant in plants}
        self._held: dict[str, list[tuple[str, Mapping[str, Any]]]] = defaultdict(list)
        for holding in ownership:
            self._held[str(holding["owner_id"])].append((str(holding["owned_id"]), holding))
        for plant in plants:
            for column in ("owner_id", "parent_id"):
                if plant.get(column):
                    self._held[str(plant[column])].append((str(plant["plant_id"]), {}))

    def of(self, company_id: object, on_day: object) -> dict[str, str]:
        """plant_id → path of ids from the company to the plant, the shortest; holdings that ended before `on_day` do not count."""
        if not company_id:
            return {}
        found: dict[str, str] = {}
        seen = {str(company_id)}
        paths = {str(company_id): str(company_id)}
        for _ in range(MOST_STEPS):
            paths = self._next(paths, seen, on_day)
            found.update({owned: path for owned, path in paths.items() if owned in self._plant_ids})
        return found

    def _next(self, paths: Mapping[str, str], seen: set[str], on_day: object) -> dict[str, str]:
        reached: dict[str, str] = {}
        for owner, path in sorted(paths.items()):
            for owned, holding in self._held.get(owner, ()):
                if owned not in seen and _holds(holding, on_day):
                    seen.add(owned)
                    reached[owned] = f"{path} → {owned}"
        return reached


def _holds(holding: Mapping[str, Any], on_day: object) -> bool:
    """Whether a holding is valid on a day; dates compare as yyyy-mm-dd, a missing one is open."""
    if not on_day:
        return True
    begins, ends = holding.get("valid_from_date"), holding.get("valid_to_date")
    return (not begins or str(begins) <= str(on_day)) and (not ends or str(ends) >= str(on_day))

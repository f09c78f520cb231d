"""Every regime for one indicator of one place: its limits on all their bases, on one scale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pipelines.report.regimes import Regimes

Row = dict[str, Any]
_LESS_IS_BETTER = ("at_most", "below")


@dataclass(frozen=True)
class Ruler:
    """One indicator of one place; `groups`: a basis each, whose limits can be compared."""

    groups: list[Regimes]

    @property
    def row(self) -> Row:
        return self.groups[0].row

    @property
    def place(self) -> str:
        return self.groups[0].place

    @property
    def less_is_better(self) -> bool:
        return self.row["operator"] in _LESS_IS_BETTER

    @property
    def end(self) -> Any:
        """The largest figure on the scale, which begins at 0."""
        names = ("comparable_value", "measured_on_basis_value")
        return max((row[name] for group in self.groups for row in group.rows for name in names if row[name] is not None), default=0)

    @property
    def has_value(self) -> bool:
        """Whether anything was measured."""
        return any(self.measured(group) is not None for group in self.groups)

    def measured(self, group: Regimes) -> Any:
        """Worst value measured, on the basis of the group."""
        values = [row["measured_on_basis_value"] for row in group.rows if row["measured_on_basis_value"] is not None]
        return None if not values else max(values) if self.less_is_better else min(values)


def rulers(regimes: Iterable[Regimes]) -> list[Ruler]:
    """One ruler an indicator and place, in the order of `regimes`."""
    grouped: dict[tuple[str, str], list[Regimes]] = {}
    for found in regimes:
        grouped.setdefault((found.row["indicator_id"], found.row["entity_id"]), []).append(found)
    return [Ruler(groups) for groups in grouped.values()]

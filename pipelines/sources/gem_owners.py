"""Owners and parents of a tracker row → ownership, counterparties and the plant's own owner columns."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.sources.gem_cells import Holding, holdings, main_holding
from pipelines.sources.header_reader import text_of
from pipelines.sources.reader import Cell, Reject, Row


@dataclass
class OwnerRows:
    """What the owner cells of one sheet give; a counterparty met twice is kept once, as first met."""

    sector: str
    ownership: list[Row] = field(default_factory=list)
    counterparties: dict[str, Row] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, number: int, plant_id: str, cells: dict[str, Cell], columns: dict[str, str]) -> Row:
        """Owner columns of the plant's row; ownership, counterparties and rejects are kept here.

        Args:
            columns: header key of `owner`, `owner id`, `parent`, `parent id`.
        """
        owners = self._holdings(number, cells, columns["owner"], columns["owner id"])
        parents = self._holdings(number, cells, columns["parent"], columns["parent id"])
        for holding in owners + parents:
            self.counterparties.setdefault(holding.entity_id, self._counterparty(number, holding))
        self.ownership += [self._ownership(number, plant_id, owner) for owner in owners]
        owner, parent = main_holding(owners), main_holding(parents)
        return {
            "owner_id": owner and owner.entity_id,
            "owner_name": owner and owner.name,
            "parent_id": parent and parent.entity_id,
            "parent_name": parent and parent.name,
        }

    def _holdings(self, number: int, cells: dict[str, Cell], names: str, entity_ids: str) -> list[Holding]:
        try:
            return holdings(cells.get(names), cells.get(entity_ids))
        except ValueError as fault:
            advice = "the plant is kept without this column; ask the publisher, or send an ownership file"
            self.rejects.append(Reject(number, names, text_of(cells.get(names)), f"owners cannot be read: {fault}", advice))
            return []

    def _counterparty(self, number: int, holding: Holding) -> Row:
        return {
            "counterparty_id": holding.entity_id,
            "counterparty_name": holding.name,
            "sector": self.sector,
            "source_row_number": number,
        }

    @staticmethod
    def _ownership(number: int, plant_id: str, owner: Holding) -> Row:
        return {
            "owner_id": owner.entity_id,
            "owner_name": owner.name,
            "owned_id": plant_id,
            "share_ratio": owner.share_ratio,
            "source_row_number": number,
        }

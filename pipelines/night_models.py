"""The SQL models of a night: what reads all readings is made in pieces that live across nights, the rest each in one query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.night_readings import NightReadings
    from pipelines.warehouse.chunks import Hashes
    from pipelines.warehouse.model import SqlModel


@dataclass
class NightModels:
    """Builds models into the database of a run. Args: readings: None where a step is done again in Dagster's UI without receiving files."""

    readings: NightReadings | None
    _views: dict[str, SqlModel] = field(default_factory=dict)
    _hashes: Hashes = field(default_factory=dict)
    _used: set[Path] = field(default_factory=set)

    def build_all(
        self, con: DuckDBPyConnection, models: Sequence[SqlModel], step: Callable[[str], AbstractContextManager[None]]
    ) -> Iterator[tuple[SqlModel, int]]:
        """Each model with its row count, as they are done: two at a time where a run carries its readings, else all memory is one's.

        Args: models: In build order. step: Stands around each build; called in the thread that builds.
        Raises: ModelFileError, GateError: as `database.build_model`.
        """
        from pipelines.warehouse.side_by_side import build_side_by_side

        def build(beside: DuckDBPyConnection, model: SqlModel) -> int:
            with step(f"build {model.name}"):
                return self._build(beside, model)

        if self.readings is not None and self.readings.is_carried:
            yield from build_side_by_side(con, models, build)
        else:
            yield from ((model, build(con, model)) for model in models)

    def _build(self, con: DuckDBPyConnection, model: SqlModel) -> int:
        from pipelines.warehouse import database
        from pipelines.warehouse.chunks import BY_DAY, SERIES, build_by_stacks, build_in_pieces, build_series

        if model.materialized == "view":
            self._views[model.name] = model
        if model.name == SERIES and self.readings is not None:
            return build_series(con, model, self.readings.index)
        if model.materialized == "chunk" and self.readings is not None:
            index = self.readings.index
            is_copied = self.readings.is_carried or model.name not in BY_DAY
            views, folder = list(self._views.values()), self._folder(self.readings)
            return build_in_pieces(con, model, views, index, folder, is_copied, self._hashes, self._used)
        if model.by_stacks:
            return build_by_stacks(con, model)
        return database.build_model(con, model)

    def tidy(self) -> None:
        """Remove pieces that no night of late has used; for a night that is published."""
        from pipelines.warehouse.kept_pieces import remove_unused

        if self.readings is not None and self._used:
            remove_unused(self._folder(self.readings), self._used)

    @staticmethod
    def _folder(readings: NightReadings) -> Path:
        return readings.index.store.folder / "folds"

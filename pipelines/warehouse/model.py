"""What is known of a SQL model once its file is read: frozen records, standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Column:
    """A column of a model.

    Attributes:
        name: Name in the table.
        type: DuckDB type of its cast, upper case.
        description: The comment behind it in the last `select`.
        sources: (table, column) pairs of the tables the model reads from which its value is made; filters and join keys are not value.
    """

    name: str
    type: str
    description: str
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SqlModel:
    """A SQL model: its table is named after its file.

    Attributes:
        grain: Columns that name one row. They are unique together and never null, but for those in `grain_nullable`.
        grain_nullable: Columns of the grain where null is a value of its own (a rule without tiers).
        grain_line: Line of the file on which the grain stands.
        dependencies: Tables it reads, sorted.
        materialized: table, view (never stored) or chunk (made piece by piece, and kept by content; see `chunks.py`).
        days_of: A chunk that looks up readings of the `stack_id`, `indicator_id` and `day_date` of this table only; empty = all.
        of_readings: `without_lane`: of the normalised readings a chunk takes only those that the store sorted into no lane; empty = any.
        by_stacks: Tables whose rows of some stacks (`stack_id`) are enough to make the rows of these stacks; the first has all of
            them. Empty = all at once.
    """

    name: str
    layer: str
    description: str
    grain: tuple[str, ...]
    grain_nullable: tuple[str, ...]
    grain_line: int
    sql: str
    path: Path
    dependencies: tuple[str, ...]
    columns: tuple[Column, ...]
    materialized: str = "table"
    days_of: str = ""
    of_readings: str = ""
    by_stacks: tuple[str, ...] = ()

    def column_types(self) -> dict[str, str]:
        """Type of each column by name, in the order of the table."""
        return {column.name: column.type for column in self.columns}

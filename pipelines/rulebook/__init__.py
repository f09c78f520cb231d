"""Rules: YAML files → `Rulebook` (strict) → rows of the `ref_rules__*` tables.

`load_rulebook`, `check_rules`, `rulebook_tables` and `rulebook_schemas` are the whole door of this room; pyarrow is imported only when tables are made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.rulebook.load import check_rules, load_rulebook

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.rulebook.model import Rulebook

__all__ = ["check_rules", "load_rulebook", "rulebook_schemas", "rulebook_tables"]


def rulebook_tables(rulebook: Rulebook) -> dict[str, pa.Table]:
    """All `ref_rules__*` tables of a rulebook, see `pipelines.rulebook.tables.rulebook_tables`."""
    from pipelines.rulebook.tables import rulebook_tables as make

    return make(rulebook)


def rulebook_schemas() -> dict[str, pa.Schema]:
    """Columns and types of the `ref_rules__*` tables, see `pipelines.rulebook.tables.rulebook_schemas`."""
    from pipelines.rulebook.tables import rulebook_schemas as make

    return make()

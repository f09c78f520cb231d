"""Rulebook → `ref_rules__*` tables as pyarrow. Rows are made in `rows.py`, columns and types stand in `tables.py`."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from pipelines.rulebook import rows
from pipelines.rulebook.model import Rulebook
from pipelines.rulebook.tables import rulebook_schemas

_ROWS: dict[str, Callable[[Rulebook], list[rows.Row]]] = {
    "ref_rules__rules": rows.rule_rows,
    "ref_rules__thresholds": rows.threshold_rows,
    "ref_rules__scopes": rows.scope_rows,
    "ref_rules__instrument_countries": rows.instrument_country_rows,
    "ref_rules__indicators": rows.indicator_rows,
    "ref_rules__indicator_names": rows.indicator_name_rows,
    "ref_rules__indicator_terms": rows.indicator_term_rows,
    "ref_rules__return_items": rows.return_item_rows,
    "ref_rules__units": rows.unit_rows,
    "ref_rules__index": rows.index_rows,
    "ref_rules__factors": rows.factor_rows,
    "ref_rules__policy": rows.policy_rows,
    "ref_rules__reason_codes": rows.reason_code_rows,
}


def rulebook_tables(rulebook: Rulebook) -> dict[str, pa.Table]:
    """Every reference table of the rules; grains and columns as docs/architecture.md, section 4."""
    return {name: pa.Table.from_pylist(_ROWS[name](rulebook), schema=schema) for name, schema in rulebook_schemas().items()}

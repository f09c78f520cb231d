"""Rulebook → `ref_rules__*` tables as pyarrow. Rows are made in `rows_of_*.py`, columns and types stand in `tables.py`."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from pipelines.rulebook import rows_of_corrections as corrections
from pipelines.rulebook import rows_of_expressions as expressions
from pipelines.rulebook import rows_of_frameworks as frameworks
from pipelines.rulebook import rows_of_justifications as justifications
from pipelines.rulebook import rows_of_lists as lists
from pipelines.rulebook import rows_of_overlays as overlays
from pipelines.rulebook import rows_of_rules as rules
from pipelines.rulebook import rows_of_scopes as scopes
from pipelines.rulebook import rows_of_tests as tests
from pipelines.rulebook.cells import Row
from pipelines.rulebook.model import Rulebook
from pipelines.rulebook.tables import rulebook_schemas

_ROWS: dict[str, Callable[[Rulebook], list[Row]]] = {
    "ref_rules__rules": rules.rule_rows,
    "ref_rules__thresholds": rules.threshold_rows,
    "ref_rules__tests": tests.pass_test_rows,
    "ref_rules__expression_nodes": expressions.expression_node_rows,
    "ref_rules__scopes": scopes.scope_rows,
    "ref_rules__instrument_countries": scopes.instrument_country_rows,
    "ref_rules__indicators": lists.indicator_rows,
    "ref_rules__indicator_names": lists.indicator_name_rows,
    "ref_rules__indicator_terms": lists.indicator_term_rows,
    "ref_rules__return_items": lists.return_item_rows,
    "ref_rules__units": lists.unit_rows,
    "ref_rules__index": lists.index_rows,
    "ref_rules__factors": lists.factor_rows,
    "ref_rules__frameworks": frameworks.framework_rows,
    "ref_rules__framework_lines": frameworks.line_rows,
    "ref_rules__framework_words": frameworks.word_rows,
    "ref_rules__overlays": overlays.overlay_rows,
    "ref_rules__justifications": justifications.justification_rows,
    "ref_rules__corrections": corrections.correction_rows,
    "ref_rules__verifications": lists.verification_rows,
    "ref_rules__policy": lists.policy_rows,
    "ref_rules__reason_codes": lists.reason_code_rows,
}


def rulebook_tables(rulebook: Rulebook) -> dict[str, pa.Table]:
    """Every reference table of the rules; grains and columns as docs/architecture.md, section 4."""
    return {name: pa.Table.from_pylist(_ROWS[name](rulebook), schema=schema) for name, schema in rulebook_schemas().items()}

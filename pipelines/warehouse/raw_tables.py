"""Tables that neither a received file, nor a rule, nor a model makes: what the run writes about itself. Received tables are defined in
`pipelines/sources/formats.py`, rule tables in `pipelines/rulebook/tables.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def run_schemas() -> dict[str, pa.Schema]:
    """Columns and types by table, see docs/architecture.md sections 3 and 5."""
    import pyarrow as pa

    text, number, whole, flag, day = pa.string(), pa.float64(), pa.int64(), pa.bool_(), pa.date32()
    loan = [("portfolio_id", text), ("loan_id", text)]
    return {
        "ref_run__settings": pa.schema(
            [("run_id", text), ("as_of_date", day), ("window_start_date", day), ("reporting_currency_code", text)],
        ),
        "ref_monitoring__flags": pa.schema([("sent_flag", text), ("common_code", text), ("scheme", text)]),
        "raw_matching__links": pa.schema(
            [*loan, ("plant_id", text), ("match_method", text), ("match_score", number), ("match_reason", text), ("is_match", flag)],
        ),
        "raw_matching__unmatched": pa.schema(
            [*loan, ("reason_code", text), ("reason", text), ("best_candidate", text), ("best_score", number)],
        ),
        "raw_landing__files": pa.schema(
            [("file_id", text), ("file_name", text), ("byte_count", whole), ("reader", text), ("sheet", text), ("row_count", whole)]
            + [("reject_count", whole), ("skipped_count", whole), ("state", text), ("message", text)],
        ),
        "raw_landing__rejects": pa.schema(
            [("file_id", text), ("file_name", text), ("sheet", text), ("row_number", whole), ("column_name", text), ("value", text)]
            + [("reason", text), ("what_to_do", text), ("kind", text)],
        ),
    }

"""Columns of `raw_ledger__findings`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_TEXTS = ("finding_id", "plant_id", "rule_id", "tier", "entity_id", "indicator_id", "averaging", "state", "judged_state", "rule_version")
_WORDS = ("owner", "plan", "disputed_rule_version", "cause", "effect")
_DAYS = ("first_seen_date", "opened_date", "last_seen_date", "due_date", "claimed_on_date")
_COUNTS = ("reopened_count", "comment_count", "tick_count")


def finding_schema() -> pa.Schema:
    """One row per finding that earlier runs left, with what people said about it: the columns of `findings.Finding`."""
    import pyarrow as pa

    texts = [(name, pa.string()) for name in (*_TEXTS, *_WORDS)]
    days, counts = ((name, pa.date32()) for name in _DAYS), ((name, pa.int64()) for name in _COUNTS)
    ratios = ((name, pa.float64()) for name in ("worst_headroom_ratio", "told_headroom_ratio"))
    return pa.schema([*texts, *days, *counts, *ratios, ("is_mending_told", pa.bool_())])

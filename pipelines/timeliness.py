"""When a run ended, and whether that was in time: the only thing that a run says of the clock; no result rests on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def timeliness(due_at: datetime | None, now: datetime | None = None) -> dict[str, Any]:
    """`ended_at`, `due_at`, `late_seconds` (negative = early) and `is_in_time`; the last three null where no moment was promised.

    Args: due_at: moment, UTC, by which the scorecard was promised. now: the clock unless said.
    """
    ended = (now or datetime.now(UTC)).astimezone(UTC)
    due = due_at.replace(tzinfo=UTC) if due_at else None
    late = (ended - due).total_seconds() if due else None
    return {
        "ended_at": ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "due_at": due.strftime("%Y-%m-%dT%H:%M:%SZ") if due else None,
        "late_seconds": round(late) if late is not None else None,
        "is_in_time": late <= 0 if late is not None else None,
    }

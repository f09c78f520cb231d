"""The steps of a sum in words: times by the clock of the stack, as they stand beside the readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from pipelines.report.evidence_steps import steps_of

_VERDICT: dict[str, Any] = {
    "stack_id": "S",
    "unit": "mg/Nm3",
    "source_file_id": "f",
    "source_row_number": 7,
    "measured_value": None,
    "limit_value": None,
    "state": "NO_DATA",
    "reason_words": "none",
}
_READING: dict[str, Any] = {
    "source_file_id": "f",
    "source_row_number": 7,
    "source_file_name": "july.csv",
    "period_start_at": datetime(2025, 11, 17, 19, 0),  # noqa: DTZ001 stored in UTC
    "sent_value": 12.0,
    "sent_unit": "mg/Nm3",
    "unit_factor": 1.0,
    "value_in_unit": 12.0,
    "temperature_pressure_factor": 1,
    "value_at_normal_state": 12.0,
    "gas_basis": "dry",
    "value_dry": 12.0,
    "ref_o2_pct": None,
    "value_at_reference": 12.0,
}


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (480, "interval begins 2025-11-18 03:00 local time (UTC+08:00)"),
        (0, "interval begins 2025-11-17 19:00 local time (UTC+00:00)"),
        (-210, "interval begins 2025-11-17 15:30 local time (UTC−03:30)"),
    ],
)
def test_a_reading_is_dated_by_the_clock_of_its_stack_with_the_offset_beside(minutes: int, words: str) -> None:
    steps = steps_of(_VERDICT, {"readings": [_READING | {"utc_offset_minutes": minutes}], "average": []}, {})
    assert steps[0].formula == f"july.csv, row 7; {words}"

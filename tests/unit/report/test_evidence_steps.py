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
    "interval_minutes": 60,
    "averaging_minutes": 60,
    "average_class": "normal",
    "average_at_reference": 12.0,
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


def test_a_reading_shorter_than_its_average_is_followed_by_the_average_that_it_lies_in() -> None:
    fine = _READING | {"utc_offset_minutes": 0, "interval_minutes": 10, "average_at_reference": 9.5}
    steps = [steps_of(_VERDICT, {"readings": [row], "average": []}, {}) for row in (fine, fine | {"interval_minutes": 60})]
    assert [[(step.what, step.value) for step in some if "lies in" in step.what] for some in steps] == [
        [("Hour that the reading lies in", 9.5)],
        [],
    ]


def test_the_average_of_a_further_test_is_not_held_against_the_value_of_the_first() -> None:
    average = {"averaging": "half_hour", "value": 9.5, "block_count": 48}
    judged = _VERDICT | {"measured_value": 8.0, "failed_test_no": 2}
    steps = [steps_of(judged | no, {"readings": [], "average": [average]}, {})[0].formula for no in ({}, {"failed_test_no": 1})]
    assert steps[0] == "highest of 48 half hour averages; of test 2 of the rule, the value of the verdict is that of its first test"
    assert "differs from the verdict (8)" in steps[1]

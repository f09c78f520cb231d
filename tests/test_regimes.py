"""One day of a stack, judged as different regimes judge it: 22 hours at 45, one at 60, one at 110, limit 50 (user_needs, section 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.monitoring_chain import build_chain

DAY = date(2026, 4, 1)
HOURS = [45.0] * 22 + [60.0, 110.0]
Tests = list[dict[str, Any]]


def _test(averaging: str, multiple: float, share: float = 1.0, group: int = 0) -> dict[str, Any]:
    return {"averaging": averaging, "level_multiple": multiple, "pass_share_ratio": share, "group_no": group}


#: Regime → its tests of a limit of 50; tests of one group are alternatives.
REGIMES: dict[str, tuple[Tests, str]] = {
    "daily mean": ([_test("day", 1)], "PASS"),
    "every hour": ([_test("hour", 1)], "FAIL"),
    "95 % of hours": ([_test("hour", 1, 0.95)], "FAIL"),
    "90 % of hours": ([_test("hour", 1, 0.9)], "PASS"),
    "Swiss article 15": ([_test("day", 1), _test("hour", 1.2, 0.97), _test("hour", 2)], "FAIL"),
    "UK solvent rule": ([_test("day", 1), _test("hour", 1.5)], "FAIL"),
    "daily mean, and all hours within 2.2 or 97 % within 1.2": (
        [_test("day", 1, group=1), _test("hour", 2.2, group=2), _test("hour", 1.2, 0.97, group=2)],
        "PASS",
    ),
}


def _verdict(values: list[float], tests: Tests, **threshold: Any) -> dict[str, Any]:
    start = datetime(2026, 4, 1, tzinfo=UTC).replace(tzinfo=None)
    readings = [
        {"plant_id": "P", "stack_id": "S", "indicator": "pm", "period_start_at": start + timedelta(hours=hour), "utc_offset_minutes": 0,
         "interval_minutes": 60, "value": value, "is_below_detection": False, "unit": "mg/Nm3", "gas_basis": "dry"}
        for hour, value in enumerate(values)
    ]  # fmt: skip
    numbered = [{"threshold_id": "t", "test_no": no, **test, "group_no": test["group_no"] or no} for no, test in enumerate(tests, start=1)]
    con = build_chain(
        {
            "ref_rules__indicators": [{"indicator_id": "p", "measured_by": "stack", "unit": "mg/Nm3", "quantity": "mass_concentration"}],
            "ref_rules__indicator_names": [{"sent_name": "pm", "indicator_id": "p"}],
            "ref_rules__units": [{"unit": "mg/Nm3", "quantity": "mass_concentration", "factor": 1.0}],
            "ref_rules__rules": [{"rule_id": "r"}],
            "ref_rules__thresholds": [
                {"threshold_id": "t", "rule_id": "r", "kind": "limit", "indicator_id": "p", "operator": "at_most", "limit_value": 50.0,
                 "averaging": "day", "decision_rule": "simple", **threshold}
            ],
            "ref_rules__tests": numbered,
            "ref_run__settings": [{"run_id": "r", "as_of_date": DAY, "window_start_date": DAY, "window_end_date": DAY}],
            "int_run__periods": [
                {"period_kind": "month", "period_start_date": DAY, "period_end_date": DAY, "day_count": 1, "is_over": True}
            ],
            "int_plants__entities": [{"entity_id": "stack:S", "entity_type": "stack", "plant_id": "P", "stack_id": "S"}],
            "int_rules__applicability": [
                {"threshold_id": "t", "entity_id": "stack:S", "rule_id": "r", "is_applicable": "yes", "bound_from_date": date(2020, 1, 1)}
            ],
            "stg_plants__emission_points": [{"stack_id": "S", "plant_id": "P"}],
            "stg_monitoring__stack_readings": readings,
        }
    )  # fmt: skip
    row = con.execute("select state, reason_code, measured_value from int_plants__verdicts").fetchone()
    return dict(zip(("state", "reason_code", "measured_value"), row, strict=True))


@pytest.mark.parametrize("regime", REGIMES)
def test_the_same_day_passes_one_regime_and_fails_another(regime: str) -> None:
    tests, state = REGIMES[regime]
    assert _verdict(HOURS, tests)["state"] == state


@pytest.mark.parametrize(
    ("value", "decision", "state"),
    [
        (54.0, "guard_band", "INDETERMINATE"),
        (58.0, "guard_band", "FAIL"),
        (56.0, "guard_band", "INDETERMINATE"),
        (44.0, "guard_band", "PASS"),
        (54.0, "simple", "FAIL"),
        (54.0, "operator_favourable", "PASS"),
        (46.0, "lender_conservative", "FAIL"),
        (50.0, "simple", "PASS"),
    ],
)
def test_an_uncertainty_of_6_at_a_limit_of_50_decides_as_the_rule_says(value: float, decision: str, state: str) -> None:
    found = _verdict([value] * 24, [_test("day", 1)], decision_rule=decision, uncertainty_pct=12.0, uncertainty_of="limit")
    assert found["state"] == state
    assert found["measured_value"] == pytest.approx(value)


def test_half_hours_cannot_be_judged_from_hours() -> None:
    found = _verdict(HOURS, [_test("day", 1), _test("half_hour", 2)])
    assert (found["state"], found["reason_code"]) == ("NO_DATA", "RESOLUTION_TOO_COARSE")

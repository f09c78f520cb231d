"""What holds for every input: conversions come back, the strictest limit is no matter of order, strictness and silence never help."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_units import factor_to
from pipelines.rulebook.model import Rulebook
from pipelines.rulebook.rows_of_expressions import expression_nodes
from tests.sql_cases import models, run_case
from tests.test_worked_examples import evaluated

FEW = settings(max_examples=10, deadline=None, derandomize=True, database=None)


@cache
def rulebook() -> Rulebook:
    return load_rulebook(Path(__file__).parents[1] / "rules")


def test_converting_a_unit_there_and_back_is_the_identity() -> None:
    units = list({unit.name: unit for unit in rulebook().units.values()}.values())
    for unit in units:
        for other in units:
            there, back = factor_to(unit, other, None), factor_to(other, unit, None)
            assert (there is None) == (back is None)
            assert there is None or back is None or there * back == 1, (unit.name, other.name)


@FEW
@given(
    value=st.floats(1, 5000),
    own=st.sampled_from([3, 8, 10, 16]),
    other=st.sampled_from([3, 8, 10, 16]),
    kelvin=st.sampled_from([273.15, 288.15, 293.15, 298.15]),
)
def test_converting_a_reference_state_there_and_back_is_the_identity(value: float, own: int, other: int, kelvin: float) -> None:
    there = f"{value!r} * (21 - {other}) / (21 - {own}) * {kelvin} / 273.15"
    found = evaluated("f", expression_nodes("f", f"({there}) * (21 - {own}) / (21 - {other}) * 273.15 / {kelvin}"), {})
    assert found is not None
    assert abs(found - value) < 1e-6


def effective_rule(limits: list[tuple[str, float]]) -> tuple[str, str]:
    """Effective rule, and the state of the indicator, of host limits given in this order; measured 100."""
    case: dict[str, Any] = {
        "ref_run__settings": [{"as_of_date": "2026-06-30", "window_end_date": "2026-06-30"}],
        "int_rules__binding": [{"rule_id": r, "binds_everywhere": True, "binds_at_home": True, "is_verified": True} for r, _ in limits],
        "ref_rules__rules": [{"rule_id": r, "layer": "host_law", "evidence": "secondary", "severity": "error"} for r, _ in limits],
        "ref_rules__thresholds": [
            {"threshold_id": r, "rule_id": r, "kind": "limit", "indicator_id": "i", "operator": "at_most", "averaging": "day"}
            | {"pass_test": "every_period"}
            for r, _ in limits
        ],
        "int_plants__entities": [{"entity_id": "e", "plant_id": "P"}],
        "int_rules__applicability": [
            {"threshold_id": r, "entity_id": "e", "is_applicable": "yes", "is_binding_tier": True, "bound_from_date": "2020-01-01"}
            for r, _ in limits
        ],
        "int_plants__verdicts": [
            {"threshold_id": r, "entity_id": "e", "kind": "limit", "operator": "at_most", "period_end_date": "2026-06-30"}
            | {"limit_value": limit, "measured_value": 100, "state": "PASS" if limit >= 100 else "FAIL"}
            for r, limit in limits
        ],
    }
    found = run_case(models()["int_plants__effective_limits"], {"given": case})
    (effective,) = [row for row in found if row["is_effective"]]
    return effective["rule_id"], effective["effective_state"]


@FEW
@given(values=st.lists(st.integers(50, 150), min_size=2, max_size=5), order=st.randoms(use_true_random=False))
def test_the_strictest_limit_does_not_depend_on_the_order(values: list[int], order: Any) -> None:
    limits = [(f"r{number}", float(value)) for number, value in enumerate(values)]
    shuffled = list(limits)
    order.shuffle(shuffled)
    assert effective_rule(limits) == effective_rule(shuffled)
    assert dict(limits)[effective_rule(limits)[0]] == min(values)


@FEW
@given(values=st.lists(st.integers(50, 150), min_size=1, max_size=5))
def test_on_one_basis_the_effective_limit_fails_exactly_when_any_binding_limit_fails(values: list[int]) -> None:
    """So the worst state of all binding limits, which the legal answer takes, and that of the effective ones bar the same plants."""
    limits = [(f"r{number}", float(value)) for number, value in enumerate(values)]
    assert (effective_rule(limits)[1] == "FAIL") is any(value < 100 for value in values)


def verdict(limit: float, measured: float) -> str:
    """State of a limit on a return."""
    case: dict[str, Any] = {
        "ref_run__settings": [
            {"run_id": "r", "as_of_date": "2026-06-30", "window_start_date": "2025-07-01", "window_end_date": "2026-06-30"}
        ],
        "ref_rules__rules": [{"rule_id": "r"}],
        "ref_rules__indicators": [{"indicator_id": "i", "measured_by": "returns"}],
        "ref_rules__thresholds": [
            {"threshold_id": "t", "rule_id": "r", "kind": "limit", "indicator_id": "i", "operator": "at_most", "limit_value": limit}
        ],
        "int_plants__entities": [{"entity_id": "e", "plant_id": "P"}],
        "int_rules__applicability": [
            {"threshold_id": "t", "entity_id": "e", "is_applicable": "yes", "is_binding_tier": True, "bound_from_date": "2020-01-01"}
        ],
        "int_returns__indicators": [{"entity_id": "e", "indicator_id": "i", "value": measured, "capture_ratio": 1}],
    }
    (row,) = run_case(models()["int_plants__verdicts"], {"given": case})
    return str(row["state"])


@FEW
@given(limit=st.floats(1, 200), less=st.floats(0, 50), measured=st.floats(0, 200))
def test_a_stricter_limit_never_turns_fail_into_pass(limit: float, less: float, measured: float) -> None:
    assert (verdict(limit, measured), verdict(limit - less, measured)) != ("FAIL", "PASS")


def index_of(meets: list[int | None]) -> dict[str, Any]:
    """Index row of a plant with one equal indicator a value; the value is whether it meets every level."""
    case: dict[str, Any] = {
        "ref_rules__policy": [
            {"policy_id": "index", "key": f"level_{g}.score", "value": v} for g, v in (("I", "85"), ("II", "85"), ("III", "100"))
        ],
        "int_plants__index_indicators": [
            {"plant_id": "P", "group_id": "g", "indicator_title": str(number), "group_weight_ratio": 1, "weight_ratio": 1 / len(meets)}
            | {"is_limiting": False, "meets_i": value, "meets_ii": value, "meets_iii": value}
            for number, value in enumerate(meets)
        ],
    }
    (row,) = run_case(models()["int_plants__index"], {"given": case})
    return row


@FEW
@given(meets=st.lists(st.sampled_from([0, 1, None]), min_size=2, max_size=6), place=st.integers(0, 5))
def test_an_added_unknown_never_raises_the_lower_bound(meets: list[int | None], place: int) -> None:
    darker = [None if number == place % len(meets) else value for number, value in enumerate(meets)]
    before, after = index_of(meets), index_of(darker)
    order = ["I", "II", "III", "unrated"]
    assert after["score_ii_low"] <= before["score_ii_low"]
    assert after["score_ii_high"] >= before["score_ii_high"]
    assert order.index(after["index_level_worst"]) >= order.index(before["index_level_worst"])

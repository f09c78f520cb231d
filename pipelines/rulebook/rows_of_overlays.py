"""Overlays → rows of `ref_rules__overlays`: one a rule, tier and combination of words; numbers and dates as they are."""

from __future__ import annotations

from itertools import product

from pipelines.rulebook.cells import Row, number
from pipelines.rulebook.limits import Expression
from pipelines.rulebook.model import OverlayRule, Rulebook


def overlay_rows(rulebook: Rulebook) -> list[Row]:
    """Active overlays; several words of one condition become several rows."""
    overlays = [rule for rule in rulebook.rules.values() if isinstance(rule, OverlayRule) and rule.status == "active"]
    return [row for overlay in overlays for row in _rows(overlay)]


def _rows(overlay: OverlayRule) -> list[Row]:
    where = overlay.where
    lists = {
        "rule_id": overlay.rules,
        "tier": overlay.tiers,
        "country_iso3": where.country,
        "region": where.region,
        "region_class": where.region_class,
        "fuel": where.fuel,
        "raw_material": tuple(word.lower() for word in where.raw_material),
        "air_quality_zone": tuple(word.lower() for word in where.air_quality_zone),
    }
    fixed = {
        "overlay_id": overlay.rule_id,
        "altitude_above_m": number(where.altitude_above_m),
        "water_stress_from": number(where.water_stress_from),
        "factor_value": None if isinstance(overlay.factor, Expression) else number(overlay.factor),
        "factor_expression": overlay.factor.text if isinstance(overlay.factor, Expression) else None,
        "replacement_value": number(overlay.replacement),
        "valid_from_date": overlay.valid_from,
        "last_day_date": overlay.last_day,
        "title": overlay.title,
        "justification": overlay.justification,
        "evidence": overlay.evidence,
    }
    combinations = product(*((words or (None,)) for words in lists.values()))
    return [dict(zip(lists, combination, strict=True)) | fixed for combination in combinations]

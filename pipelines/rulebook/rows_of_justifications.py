"""Justifications → rows of `ref_rules__justifications`: one a plant and limit that is set aside."""

from __future__ import annotations

from pipelines.rulebook.cells import Row
from pipelines.rulebook.model import JustificationRule, Rulebook


def justification_rows(rulebook: Rulebook) -> list[Row]:
    """Active justifications; those that have run out stay, so that it can be told."""
    active = [rule for rule in rulebook.rules.values() if isinstance(rule, JustificationRule) and rule.status == "active"]
    return [
        {
            "justification_id": rule.rule_id,
            "plant_id": plant,
            "uses_rule_id": rule.uses,
            "stricter_rule_id": stricter,
            "decided_on_date": rule.decided_on,
            "valid_from_date": rule.valid_from,
            "last_day_date": rule.last_day,
            "title": rule.title,
            "justification": rule.justification,
            "document_reference": rule.document,
            "owner": rule.owner,
            "approver": rule.approver,
        }
        for rule in active
        for plant in rule.plants
        for stricter in rule.in_place_of
    ]

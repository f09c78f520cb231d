"""Corrections → rows of `ref_rules__corrections`."""

from __future__ import annotations

from pipelines.rulebook.cells import Row
from pipelines.rulebook.model import CorrectionRule, Rulebook


def correction_rows(rulebook: Rulebook) -> list[Row]:
    """Active corrections."""
    active = [rule for rule in rulebook.rules.values() if isinstance(rule, CorrectionRule) and rule.status == "active"]
    return [
        {
            "correction_id": rule.rule_id,
            "stack_id": rule.stack,
            "indicator_id": rule.indicator.indicator_id if rule.indicator else None,
            "sent_unit": rule.sent_unit,
            "means_unit": rule.means_unit,
            "first_date": rule.first_day,
            "last_date": rule.last_day,
            "decided_on_date": rule.decided_on,
            "title": rule.title,
            "reason": rule.reason,
            "document_reference": rule.document,
            "owner": rule.owner,
            "approver": rule.approver,
        }
        for rule in active
    ]

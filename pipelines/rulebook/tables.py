"""Columns and types of the `ref_rules__*` tables; grains and meaning stand in docs/architecture.md, section 4."""

from __future__ import annotations

import pyarrow as pa

_TEXT, _NUMBER, _DAY, _FLAG, _COUNT = pa.string(), pa.float64(), pa.date32(), pa.bool_(), pa.int64()


def _schema(**types: str) -> pa.Schema:
    """Column → kind of value, in order."""
    kinds = {"text": _TEXT, "number": _NUMBER, "day": _DAY, "flag": _FLAG, "count": _COUNT}
    return pa.schema([(name, kinds[kind]) for name, kind in types.items()])


def _texts(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


_SCHEMAS: dict[str, pa.Schema] = {
    "ref_rules__rules": _schema(
        **_texts("rule_id", "rule_version", "rule_sha256", "rule_path", "kind", "title", "severity", "status"),
        **_texts("instrument_id", "instrument_title", "jurisdiction", "layer", "family", "indicator_id", "evidence"),
        **_texts("evidence_note", "owner", "approver", "sdg_targets", "clause", "href", "description", "prohibition_class"),
    ),
    "ref_rules__thresholds": _schema(
        **_texts("threshold_id", "rule_id", "tier", "kind", "indicator_id", "sector", "operator"),
        limit_value="number",
        printed_value="number",
        printed_unit="text",
        ref_o2_pct="number",
        gas_basis="text",
        reference_temperature_k="number",
        averaging="text",
        pass_test="text",
        pass_share_ratio="number",
        period_share_over="text",
        max_multiple="number",
        min_capture_ratio="number",
        excluded_states="text",
        valid_from_date="day",
        valid_to_date="day",
        existing_plants_from_date="day",
        **_texts("clause", "href", "required_item", "limit_expression", "expression_inputs", "or_meets_rule_ids"),
        **dict.fromkeys(("max_excluded_hours", "max_invalid_half_hours", "max_invalid_days", "uncertainty_pct"), "number"),
        **_texts("decision_rule", "uncertainty_of"),
    ),
    "ref_rules__tests": _schema(
        threshold_id="text",
        **dict.fromkeys(("test_no", "group_no"), "count"),
        averaging="text",
        **dict.fromkeys(("level_multiple", "level_value", "pass_share_ratio"), "number"),
        period_share_over="text",
    ),
    "ref_rules__expression_nodes": _schema(
        expression_id="text",
        **dict.fromkeys(("node_no", "parent_no", "position", "height"), "count"),
        operation="text",
        number_value="number",
        input_name="text",
    ),
    "ref_rules__scopes": _schema(
        rule_id="text",
        scope_no="count",
        **_texts("sector", "process", "technology", "route", "country_iso3", "region_code", "city_code", "region_class"),
        commissioned_from_date="day",
        commissioned_before_date="day",
        size_from="number",
        size_from_inclusive="flag",
        size_to="number",
        size_to_inclusive="flag",
        size_unit="text",
        is_new_only="flag",
        is_existing_only="flag",
        fuel="text",
    ),
    "ref_rules__instrument_countries": _schema(**_texts("instrument_id", "country_iso3")),
    "ref_rules__indicators": _schema(
        **_texts("indicator_id", "title", "family", "unit", "quantity", "measured_by", "level", "direction", "sdg_targets"),
        molar_mass_g_per_mol="number",
        plausible_max="number",
        is_ambient="flag",
    ),
    "ref_rules__indicator_names": _schema(**_texts("sent_name", "indicator_id")),
    "ref_rules__indicator_terms": _schema(**_texts("indicator_id", "role", "item"), factor="number", factor_id="text"),
    "ref_rules__return_items": _schema(**_texts("item", "quantity", "unit", "title")),
    "ref_rules__units": _schema(**_texts("unit", "quantity"), factor="number", **_texts("standard_unit", "canonical_unit")),
    "ref_rules__index": _schema(
        **_texts("index_id", "sector", "route", "group_id", "group_title"),
        group_weight="number",
        indicator_no="count",
        indicator_title="text",
        weight="number",
        is_limiting="flag",
        **_texts("level", "rule_id", "tier", "weight_source", "level_source"),
    ),
    "ref_rules__factors": _schema(
        **_texts("factor_id", "factor_table", "title", "sector"),
        factor_value="number",
        lowest_value="number",
        highest_value="number",
        **_texts("factor_text", "unit", "instrument_title", "clause", "href", "evidence", "evidence_note", "status"),
        valid_from_date="day",
        last_day_date="day",
    ),
    "ref_rules__frameworks": _schema(
        **_texts("framework_id", "view", "title", "edition", "definition", "owner", "evidence", "evidence_note", "sources"),
        valid_from_date="day",
        last_day_date="day",
    ),
    "ref_rules__framework_lines": _schema(
        **_texts("framework_id", "line_id"), line_no="count", **_texts("title", "state", "upgrade_from"), state_rank="count"
    ),
    "ref_rules__framework_words": _schema(**_texts("framework_id", "line_id", "part", "word")),
    "ref_rules__overlays": _schema(
        **_texts("overlay_id", "rule_id", "tier", "country_iso3", "region", "region_class", "fuel", "raw_material", "air_quality_zone"),
        altitude_above_m="number",
        water_stress_from="number",
        factor_value="number",
        factor_expression="text",
        replacement_value="number",
        valid_from_date="day",
        last_day_date="day",
        **_texts("title", "justification", "evidence"),
    ),
    "ref_rules__justifications": _schema(
        **_texts("justification_id", "plant_id", "uses_rule_id", "stricter_rule_id"),
        decided_on_date="day",
        valid_from_date="day",
        last_day_date="day",
        **_texts("title", "justification", "document_reference", "owner", "approver"),
    ),
    "ref_rules__corrections": _schema(
        **_texts("correction_id", "stack_id", "indicator_id", "sent_unit", "means_unit"),
        first_date="day",
        last_date="day",
        decided_on_date="day",
        **_texts("title", "reason", "document_reference", "owner", "approver"),
    ),
    "ref_rules__verifications": _schema(
        rule_id="text",
        verification_no="count",
        checked_on_date="day",
        **_texts("checked_by", "edition", "page", "result", "figures"),
        is_counted="flag",
    ),
    "ref_rules__policy": _schema(**_texts("policy_id", "key", "value")),
    "ref_rules__reason_codes": _schema(**_texts("reason_code", "states", "title", "what_to_do")),
}


def rulebook_schemas() -> dict[str, pa.Schema]:
    """Columns and types of every table that `compile.rulebook_tables` makes."""
    return dict(_SCHEMAS)

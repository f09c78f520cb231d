"""A small book in an in-memory database: what the marts hold after a run, three plants and two portfolios worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb

from pipelines.report.marts import MARTS

Row = dict[str, Any]
Tables = dict[str, list[Row]]

#: Columns of the tables beside the marts, as docs/architecture.md has them.
OTHER_TABLES = {
    "ref_run__settings": "run_id as_of_date window_start_date window_end_date reporting_currency_code",
    "ref_rules__rules": "rule_id title instrument_id instrument_title layer evidence clause href",
    "ref_rules__thresholds": "threshold_id rule_id tier averaging ref_o2_pct gas_basis clause href",
    "ref_rules__reason_codes": "reason_code title what_to_do",
    "stg_landing__file_names": "file_id file_name",
    "raw_landing__rejects": "file_id file_name sheet row_number column_name value reason what_to_do kind",
    "raw_reference__countries": "country_iso3 country_name",
    "int_plants__legal": "plant_id binding_rule_count awaiting_verification_count awaiting_verification_fail_count",
    "int_loans__attribution": "portfolio_id loan_id plant_id allocation_ratio allocation_method exposure_usd",
    "int_plants__verdicts": """rule_id rule_version threshold_id tier is_binding_tier kind family indicator_id instrument_id layer evidence
        severity entity_id entity_type plant_id unit_id stack_id period_start_date period_end_date measured_value limit_value unit operator
        headroom_ratio within_ratio capture_ratio valid_count operating_count excluded_count evidence_tier state reason_code reason_detail
        source_file_id source_row_number""",
    "ref_rules__policy": "policy_id key value",
    "ref_rules__index": "index_id group_id group_title",
    "int_plants__index": """plant_id index_id indicator_count unknown_indicator_count index_level_worst index_level_best score_i_low
        score_i_high score_ii_low score_ii_high score_iii_low score_iii_high""",
    "int_plants__index_indicators": """plant_id index_id group_id indicator_title group_weight_ratio weight_ratio is_limiting meets_i
        meets_ii meets_iii meets_i_all meets_ii_all meets_iii_all has_unverified""",
    "ref_rules__indicators": "indicator_id title",
    "ref_rules__indicator_terms": "indicator_id item",
    "ref_rules__return_items": "item title",
    "int_loans__exposure": "reporting_date",
    "int_monitoring__folded": "averaging block_no class_no day_date",
    "raw_measures__actions": """plant_id action_kind subject_kind subject_id entity_id measured_value operator limit_value unit
        other_count check_end_date""",
    "stg_plants__process_units": "unit_id process unit_name",
}
#: Marts that a run may lack; made where a test gives rows.
OPTIONAL_MARTS = {
    "mart_run__status": "run_id known_at result_status final_until_date provisional_verdict_count data_kinds",
    "mart_monitoring__restatements": """stack_id indicator day_date plant_id reading_count unit old_mean_value new_mean_value old_known_at
        new_known_at old_file_name new_file_name""",
    "mart_findings__register": """finding_id plant_id standing state is_waiting open_days days_to_cure_end waiver_id waiver_expiry_date""",
    "mart_portfolio__open_inputs": """portfolio_id indicator_id indicator_title state reason_code exposure_usd plant_count
        binding_plant_count what_to_do""",
    "mart_portfolio__awaiting_verification": """portfolio_id sector exposure_usd green_usd transition_usd not_green_usd unknown_usd
        unmatched_usd assessed_rate_ratio coverage_ratio lower_ratio upper_ratio changed_plant_count changed_usd exposure_basis""",
    "mart_portfolio__findings": """portfolio_id standing new_count reopened_count resolved_count overdue_count waived_count
        gross_exposure_usd""",
    "mart_portfolio__sdg": """portfolio_id sdg_target sdg_goal indicator_count rule_count pass_count fail_count unknown_count plant_count
        fail_plant_count fail_exposure_usd unknown_exposure_usd""",
}
#: Columns of marts that the site reads and scorecard.json leaves out.
_OF_SITE = {
    "mart_portfolio__loans": ["borrower_id"],
    "mart_portfolio__unassessable": ["borrower_id", "what_to_do"],
    "mart_portfolio__failing_rules": ["standing", "binding_exposure_usd", "binding_headroom_ratio"],
}
_COLUMNS = {name: columns.split() for name, columns in OTHER_TABLES.items()} | {
    mart.name: [*mart.columns, *_OF_SITE.get(mart.name, [])] for mart in MARTS
}
_NAMED_BIGINTS = ("sdg_goal", "strictness_rank", "pcaf_score", "n")
_NAMED_NUMBERS = (
    *("value", "factor", "value_dry_mg_per_nm3", "o2_pct", "ref_o2_pct", "basis_o2_pct"),
    *("emissions_tco2e", "intensity_t_per_t", "statistic", "threshold", "adjusted_p_value"),
    *("weight_at_change", "weight_shift", "lower_quartile", "upper_quartile"),
)
_TEXT_VALUES = ("ref_rules__policy", "raw_landing__rejects")
_NUMBERS = ("_low", "_high", "_usd", "_ratio", "_value", "_t_per_year", "score_low", "score_high", "match_score", "fx_rate")


def column_type(table: str, column: str) -> str:
    """Type by the end of the name, as STYLE wants names to be."""
    if column.endswith("_date"):
        return "date"
    if column.endswith(("_count", "row_number", "_days", "_no")) or column.startswith("days_to_") or column in _NAMED_BIGINTS:
        return "bigint"
    if column.endswith("_at"):
        return "timestamp"
    if column.startswith("meets_") or (column in _NAMED_NUMBERS and table not in _TEXT_VALUES):
        return "double"
    if column.startswith(("is_", "has_", "needs_", "can_")):
        return "boolean"
    if column.endswith("_amount") or (table == "mart_portfolio__loans" and column in ("exposure_usd", "undrawn_usd")):
        return "decimal(20, 2)"
    return "double" if column.endswith(_NUMBERS) else "varchar"


def make_reader(tables: Tables) -> Callable[[str], list[Row]]:
    """SQL → rows over a database that holds `tables`; columns that a row leaves out are null."""
    con = duckdb.connect(":memory:")
    optional = {name: columns.split() for name, columns in OPTIONAL_MARTS.items() if name in tables}
    for name, columns in (_COLUMNS | optional).items():
        con.execute(f"create table {name} ({', '.join(f'{column} {column_type(name, column)}' for column in columns)})")
        if name.startswith("mart_"):
            con.execute(f"comment on column {name}.{columns[0]} is 'what {columns[0]} means'")
        for row in tables.get(name, []):
            assert set(row) <= set(columns), (name, set(row) - set(columns))
            con.execute(f"insert into {name} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))

    def read(sql: str) -> list[Row]:
        cursor = con.execute(sql)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return read


def headline(portfolio_id: str, sector: str = "all", **amounts: float | None) -> Row:
    """A row of the headline mart; the rates are those that the SQL would have made of the amounts."""
    parts = {name: amounts.get(name) or 0.0 for name in ("green", "transition", "not_green", "unknown", "unmatched")}
    scope, assessed = sum(parts.values()), parts["green"] + parts["transition"] + parts["not_green"]
    open_part = parts["unknown"] + parts["unmatched"]
    return {
        "portfolio_id": portfolio_id,
        "sector": sector,
        "loan_count": 5,
        "scope_loan_count": 3,
        "closed_loan_count": 1,
        "error_loan_count": int(amounts.get("errors") or 0),
        "plant_count": 3,
        "exposure_usd": scope,
        **{f"{name}_usd": amount for name, amount in parts.items()},
        "assessed_rate_ratio": parts["green"] / assessed if assessed else None,
        "coverage_ratio": assessed / scope if scope else None,
        "lower_ratio": parts["green"] / scope if scope else None,
        "upper_ratio": (parts["green"] + open_part) / scope if scope else None,
        "out_of_scope_usd": 50.0,
        "undrawn_usd": 25.0,
        "exposure_basis": "outstanding" if scope else None,
    }


def plant(plant_id: str, name: str, plant_class: str, **more: Any) -> Row:
    counts = {f"{state}_count": 0 for state in ("pass", "fail", "indeterminate", "no_data", "not_applicable", "error")}
    return {
        "plant_id": plant_id,
        "plant_name": name,
        "country_iso3": "PAK",
        "sector": "cement",
        "route": "integrated",
        "capacity_t_per_year": 1_200_000.0,
        "plant_class": plant_class,
        "class_reason": "INDEX_LEVEL",
        "legal_state": "PASS",
        "elimination_state": "PASS",
        "index_level_best": "II",
        "index_level_worst": "II",
        "score_low": 88.0,
        "score_high": 88.0,
        "loan_count": 1,
        **counts,
        **more,
    }


def verdict(plant_id: str, state: str, **more: Any) -> Row:
    return {
        "rule_id": "cn_gb_4915__nox",
        "rule_version": "0a1b2c3d",
        "threshold_id": "cn_gb_4915__nox@2014-03-01",
        "is_binding_tier": True,
        "kind": "limit",
        "layer": "home_law",
        "evidence": "secondary",
        "severity": "error",
        "entity_id": f"stack:{plant_id}-S1",
        "entity_type": "stack",
        "plant_id": plant_id,
        "stack_id": f"{plant_id}-S1",
        "period_start_date": date(2025, 11, 1),
        "period_end_date": date(2025, 11, 30),
        "measured_value": 380.04,
        "limit_value": 400.0,
        "unit": "mg/Nm3",
        "operator": "at_most",
        "headroom_ratio": 0.05,
        "valid_count": 700,
        "operating_count": 720,
        "excluded_count": 4,
        "evidence_tier": "measured",
        "state": state,
        "reason_code": "WITHIN_LIMIT" if state == "PASS" else "LIMIT_EXCEEDED",
        "source_file_id": "f1",
        "source_row_number": 4711,
        **more,
    }


def book() -> Tables:
    """Plant A 500 green, B 300 not green, C 200 without data; a second book that nobody can assess."""
    loans = [("book_a", "L1", "A", 500.0), ("book_a", "L2", "B", 300.0), ("book_a", "L3", "C", 200.0)]
    return {
        "ref_run__settings": [
            {
                "run_id": "2025-12-31-abc",
                "as_of_date": date(2025, 12, 31),
                "window_start_date": date(2025, 1, 1),
                "window_end_date": date(2025, 12, 31),
                "reporting_currency_code": "USD",
            }
        ],
        "ref_rules__rules": [
            {
                "rule_id": "cn_gb_4915__nox",
                "title": "NOx from cement kilns",
                "instrument_title": "GB 4915-2013",
                "clause": "Table 1",
                "layer": "home_law",
            }
        ],
        "ref_rules__thresholds": [
            {
                "threshold_id": "cn_gb_4915__nox@2014-03-01",
                "averaging": "hour",
                "clause": "Table 1, row 2",
                "href": "https://example.org/gb4915",
            },
        ],
        "ref_rules__reason_codes": [
            {"reason_code": "LIMIT_EXCEEDED", "title": "Beyond the limit.", "what_to_do": "Ask for a plan."},
            {"reason_code": "WITHIN_LIMIT", "title": "Within the limit.", "what_to_do": "Nothing."},
            {"reason_code": "FX_RATE_MISSING", "title": "No exchange rate is young enough.", "what_to_do": "Send the rate."},
        ],
        "stg_landing__file_names": [{"file_id": "f1", "file_name": "stack_readings.csv"}],
        "raw_landing__rejects": [
            {
                "file_id": "f2",
                "file_name": "loans.csv",
                "row_number": 9,
                "column_name": "currency_code",
                "value": "=XXX",
                "reason": "unknown currency",
            }
        ],
        "int_plants__legal": [
            {"plant_id": "A", "binding_rule_count": 0, "awaiting_verification_count": 3, "awaiting_verification_fail_count": 1},
        ],
        "raw_reference__countries": [{"country_iso3": "PAK", "country_name": "Pakistan"}],
        "int_loans__attribution": [dict(zip(("portfolio_id", "loan_id", "plant_id", "exposure_usd"), row, strict=True)) for row in loans],
        "int_plants__verdicts": [
            verdict("A", "PASS"),
            verdict("B", "FAIL", measured_value=500.0, headroom_ratio=-0.25, source_row_number=815),
            verdict("B", "PASS", entity_id="stack:B-S2", stack_id="B-S2"),
            verdict(
                "C",
                "NO_DATA",
                measured_value=None,
                headroom_ratio=None,
                reason_code="NO_READINGS",
                source_file_id=None,
                source_row_number=None,
            ),
            verdict("C", "NOT_APPLICABLE", reason_code="OUT_OF_SCOPE", entity_id="stack:C-S9"),
            verdict("D", "FAIL", rule_id="nobody_financed_this"),
        ],
        "mart_portfolio__headline": [
            headline("book_a", green=500, not_green=300, unknown=200, errors=1),
            headline("book_a", "cement", green=500, not_green=300, unknown=200),
            headline("book_b", unknown=40, unmatched=60),
        ],
        "mart_portfolio__levels": [
            {
                "portfolio_id": "book_a",
                "sector": "cement",
                "index_level_worst": "unrated",
                "index_level_best": "II",
                "plant_count": 1,
                "exposure_usd": 200.0,
            },
            {
                "portfolio_id": "book_a",
                "sector": "cement",
                "index_level_worst": "II",
                "index_level_best": "II",
                "plant_count": 1,
                "exposure_usd": 500.0,
            },
        ],
        "mart_portfolio__eliminated_equipment": [
            {
                "portfolio_id": "book_a",
                "plant_id": "B",
                "unit_id": "B-K1",
                "rule_id": "catalogue__wet_kiln",
                "plant_name": "Works B",
                "country_iso3": "PAK",
                "process": "clinker_kiln",
                "technology": "wet",
                "size_value": 2.5,
                "size_unit": "m",
                "prohibition_class": "eliminated",
                "state": "FAIL",
                "exposure_usd": 300.0,
                "title": "Wet kilns",
                "instrument_title": "Catalogue 2024",
                "clause": "Annex 3, no. 17",
                "evidence": "printed_text",
            }
        ],
        "mart_portfolio__failing_rules": [
            {
                "portfolio_id": "book_a",
                "rule_id": "cn_gb_4915__nox",
                "tier": "-",
                "standing": "binding",
                "title": "NOx from cement kilns",
                "instrument_title": "GB 4915-2013",
                "layer": "home_law",
                "kind": "limit",
                "evidence": "secondary",
                "severity": "error",
                "is_binding_tier": True,
                "is_verified": True,
                "binding_plant_count": 1,
                "plant_count": 1,
                "exposure_usd": 300.0,
                "worst_headroom_ratio": -0.25,
            }
        ],
        "mart_portfolio__unassessable": [
            {
                "portfolio_id": "book_a",
                "loan_id": "L3",
                "gap": "class_unknown",
                "counterparty_name": "水泥 C",
                "sector": "cement",
                "exposure_usd": 200.0,
                "reason_code": "INDEX_NOT_KNOWN",
                "reason": "Works C",
            },
            {
                "portfolio_id": "book_a",
                "loan_id": "L9",
                "gap": "error",
                "counterparty_name": "Lost Ltd",
                "sector": "steel",
                "reason_code": "FX_RATE_MISSING",
            },
        ],
        "mart_portfolio__evidence": [
            {
                "portfolio_id": "book_a",
                "evidence": "secondary",
                "rule_count": 1,
                "verdict_count": 4,
                "fail_count": 1,
                "plant_count": 3,
                "exposure_usd": 1000.0,
            }
        ],
        "mart_portfolio__loans": [
            *(
                {
                    "portfolio_id": portfolio_id,
                    "loan_id": loan_id,
                    "counterparty_name": name,
                    "sector": "cement",
                    "country_iso3": "PAK",
                    "status": "active",
                    "currency_code": "USD",
                    "exposure_amount": amount,
                    "exposure_basis": "outstanding",
                    "exposure_usd": amount,
                    "exposure_state": "ok",
                    "is_in_scope": True,
                    "plant_count": 1,
                    "match_method": "link",
                }
                for (portfolio_id, loan_id, _, amount), name in zip(
                    loans, ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "水泥 C"), strict=True
                )
            ),
            {
                "portfolio_id": "book_a",
                "loan_id": "L9",
                "counterparty_name": "Lost Ltd",
                "sector": "steel",
                "currency_code": "XAF",
                "exposure_amount": 10.0,
                "exposure_basis": "outstanding",
                "exposure_state": "error",
                "reason_code": "FX_RATE_MISSING",
                "is_in_scope": False,
                "plant_count": 0,
            },
        ],
        "mart_portfolio__plants": [
            {
                "portfolio_id": "book_a",
                "plant_id": "A",
                "plant_name": "Works A",
                "plant_class": "green",
                "class_reason": "INDEX_LEVEL",
                "loan_count": 1,
                "exposure_usd": 500.0,
            },
            {
                "portfolio_id": "book_a",
                "plant_id": "B",
                "plant_name": "Works B",
                "plant_class": "not_green",
                "class_reason": "BINDING_RULE_FAILED",
                "loan_count": 1,
                "exposure_usd": 300.0,
            },
            {
                "portfolio_id": "book_a",
                "plant_id": "C",
                "plant_name": "Works C",
                "plant_class": "unknown",
                "class_reason": "INDEX_NOT_KNOWN",
                "loan_count": 1,
                "exposure_usd": 200.0,
            },
        ],
        "mart_plants__scorecard": [
            plant("A", "Works A", "green", pass_count=1, exposure_usd=500.0),
            plant(
                "B",
                "Works B",
                "not_green",
                class_reason="BINDING_RULE_FAILED",
                legal_state="FAIL",
                fail_count=1,
                pass_count=1,
                exposure_usd=300.0,
            ),
            plant(
                "C",
                "Works C",
                "unknown",
                class_reason="INDEX_NOT_KNOWN",
                index_level_worst="unrated",
                score_low=40.0,
                no_data_count=1,
                exposure_usd=200.0,
            ),
            plant("D", "Works D", "not_green", fail_count=1),
        ],
        "mart_rules__results": [
            {
                "rule_id": "cn_gb_4915__nox",
                "instrument_id": "cn_gb_4915",
                "instrument_title": "GB 4915-2013",
                "title": "NOx from cement kilns",
                "kind": "limit",
                "status": "active",
                "layer": "home_law",
                "evidence": "secondary",
                "severity": "error",
                "assessed_count": 3,
                "pass_count": 2,
                "fail_count": 1,
                "indeterminate_count": 0,
                "no_data_count": 1,
                "not_applicable_count": 1,
                "error_count": 0,
                "worst_headroom_ratio": -0.25,
            },
            {
                "rule_id": "catalogue__wet_kiln",
                "title": "Wet kilns",
                "kind": "prohibition",
                "status": "active",
                "layer": "equipment_catalogue",
                "evidence": "printed_text",
                "severity": "error",
                "assessed_count": 1,
                "pass_count": 0,
                "fail_count": 1,
                "indeterminate_count": 0,
                "no_data_count": 0,
                "not_applicable_count": 0,
                "error_count": 0,
            },
        ],
        "mart_landing__files": [
            {
                "file_id": "f1",
                "file_name": "stack_readings.csv",
                "sheet": "",
                "byte_count": 99,
                "reader": "stack_readings",
                "state": "read",
                "row_count": 8760,
                "reject_count": 0,
                "skipped_count": 0,
            },
            {
                "file_id": "f0",
                "file_name": "loans_2.csv",
                "sheet": "",
                "byte_count": 30,
                "reader": "loans",
                "state": "header_only",
                "row_count": 0,
                "reject_count": 0,
                "skipped_count": 0,
                "message": "ask the sender",
            },
        ],
    }

"""The shipped rules: every one loads, is cited and owned, and says what its file says, at compile level too."""

from __future__ import annotations

import operator as op
import re
from collections import Counter
from datetime import timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.restatements import CAUSES
from pipelines.rulebook.check_rulebook import check_rules
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.limits import DatedLimit
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_policy import POLICIES
from pipelines.rulebook.model import IndexRule, LawRule, LimitRule, PolicyRule, QualityRule, Rulebook

ROOT = Path(__file__).parents[1]
RULES = ROOT / "rules"
SECTORS = {"cement", "steel", "flat_glass"}
FAMILIES = {"air", "energy", "water", "carbon", "equipment", "management"}


@cache
def rulebook() -> Rulebook:
    return load_rulebook(RULES)


@cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    return tuple(rulebook_tables(rulebook())[f"ref_rules__{table}"].to_pylist())


@cache
def by_key(table: str, key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows(table)}


def law_rules() -> list[LawRule]:
    return [rule for rule in rulebook().rules.values() if isinstance(rule, LawRule)]


def numbers_of(rule: LimitRule) -> list[tuple[DatedLimit, str | None, Fraction]]:
    return [(entry, tier, value) for entry in rule.entries for tier, value in entry.values.items() if isinstance(value, Fraction)]


def test_no_shipped_rule_has_a_mistake() -> None:
    assert check_rules(RULES) == []


def test_all_seven_kinds_sectors_and_families_are_there() -> None:
    assert {rule.kind for rule in rulebook().rules.values()} == {
        "limit",
        "prohibition",
        "requirement",
        "quality",
        "index",
        "policy",
        "overlay",
    }
    judged = [rule for rule in law_rules() if rule.status == "active"]
    assert len(judged) >= 40
    assert {sector for rule in judged for scope in rule.scopes for sector in scope.sector} == SECTORS
    assert {row["family"] for row in rows("rules") if row["family"]} >= FAMILIES
    assert {rule.sector for rule in rulebook().rules.values() if isinstance(rule, IndexRule)} == SECTORS
    assert {rule.policy for rule in rulebook().rules.values() if isinstance(rule, PolicyRule)} == set(POLICIES)


def test_the_file_name_is_the_rule_id_and_the_path_leads_to_it() -> None:
    for rule in rulebook().rules.values():
        assert Path(rule.path).stem == rule.rule_id
        assert (ROOT / rule.path).is_file()


def test_every_rule_has_an_owner_and_a_title() -> None:
    assert [rule.rule_id for rule in rulebook().rules.values() if not (rule.owner.strip() and rule.title.strip())] == []


def test_every_law_rule_is_cited_and_says_how_well_it_is_evidenced() -> None:
    for rule in law_rules():
        assert rule.entries, rule.rule_id
        assert all(entry.reference.clause for entry in rule.entries), rule.rule_id
        assert rule.evidence in ("printed_text", "secondary", "unverified")
        assert rule.evidence == "unverified" or rule.sources, rule.rule_id


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    for file in RULES.rglob("*.yaml"):
        assert not re.search(r"/(?:home|work|Users)/|[A-Z]:\\", file.read_text(encoding="utf-8")), file


def test_threshold_ids_are_unique_and_belong_to_active_rules() -> None:
    assert max(Counter(row["threshold_id"] for row in rows("thresholds")).values()) == 1
    active = {row["rule_id"] for row in rows("rules") if row["status"] == "active"}
    assert {row["rule_id"] for row in rows("thresholds")} <= active


def test_every_judged_limit_has_a_number_or_a_formula() -> None:
    for row in rows("thresholds"):
        if row["kind"] == "limit":
            assert (row["limit_value"] is None) == (row["limit_expression"] is not None), row["threshold_id"]
        else:
            assert row["operator"] == {"prohibition": "prohibited", "requirement": "required"}[row["kind"]]
            assert row["limit_value"] is None


def test_every_judged_rule_has_a_scope_with_a_known_sector() -> None:
    scoped = {row["rule_id"]: row["sector"] for row in rows("scopes")}
    assert {row["rule_id"] for row in rows("thresholds")} <= set(scoped)
    assert set(scoped.values()) <= SECTORS


def test_entries_of_a_rule_do_not_overlap() -> None:
    by_rule: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for row in rows("thresholds"):
        by_rule.setdefault((row["rule_id"], row["tier"]), []).append(row)
    for entries in by_rule.values():
        for first, second in pairwise(entries):
            assert first["valid_to_date"] is not None
            assert first["valid_to_date"] <= second["valid_from_date"]


COMPARED = {"below": op.lt, "at_most": op.le, "at_least": op.ge, "above": op.gt}
BETTER = {"below": -1, "at_most": -1, "at_least": 1, "above": 1}


def measured(row: dict[str, Any], printed: float) -> float:
    """A value sent in the rule's printed unit, in the indicator's unit, by the doubles of the tables as the SQL models do it."""
    indicator = by_key("indicators", "indicator_id")[row["indicator_id"]]
    sent, wanted = by_key("units", "unit")[row["printed_unit"]], by_key("units", "unit")[indicator["unit"]]
    if sent["quantity"] != wanted["quantity"]:
        return round(printed * sent["factor"] * indicator["molar_mass_g_per_mol"] / 22.414, 9)
    return round(printed * sent["factor"] / wanted["factor"], 9)


def limit_rows() -> list[dict[str, Any]]:
    """Limits with a number, at the reference temperature that readings are brought to."""
    return [row for row in rows("thresholds") if row["limit_value"] is not None and row["reference_temperature_k"] in (None, 273.15)]


def test_a_value_just_on_the_better_side_of_a_printed_limit_meets_it() -> None:
    for row in limit_rows():
        step = max(abs(row["printed_value"]), 1e-6) * 1e-5 * BETTER[row["operator"]]
        assert COMPARED[row["operator"]](measured(row, row["printed_value"] + step), row["limit_value"]), row["threshold_id"]


def test_a_value_just_on_the_worse_side_of_a_printed_limit_does_not_meet_it() -> None:
    for row in limit_rows():
        step = max(abs(row["printed_value"]), 1e-6) * 1e-5 * BETTER[row["operator"]]
        assert not COMPARED[row["operator"]](measured(row, row["printed_value"] - step), row["limit_value"]), row["threshold_id"]


def test_a_value_on_the_printed_limit_meets_it_as_the_operator_word_says() -> None:
    for row in limit_rows():
        is_met = COMPARED[row["operator"]](measured(row, row["printed_value"]), row["limit_value"])
        assert is_met is (row["operator"] in ("at_most", "at_least")), row["threshold_id"]


def test_the_operator_word_of_the_file_reaches_the_table() -> None:
    for rule in law_rules():
        if isinstance(rule, LimitRule):
            text = (ROOT / rule.path).read_text(encoding="utf-8")
            assert re.search(rf"^{rule.operator}:", text, re.MULTILINE), rule.rule_id


def test_printed_numbers_reach_the_table_unchanged() -> None:
    found = {row["threshold_id"]: row for row in rows("thresholds")}
    for rule in law_rules():
        if isinstance(rule, LimitRule) and rule.status == "active":
            for entry, tier, value in numbers_of(rule):
                row = found[f"{rule.rule_id}{f'#{tier}' if tier else ''}@{entry.valid_from.isoformat()}"]
                assert row["printed_value"] == float(value)
                assert entry.unit is not None
                assert row["printed_unit"] == entry.unit.name


def test_on_the_day_before_a_change_the_old_value_holds_and_on_the_day_the_new_one() -> None:
    checked = 0
    for rule in law_rules():
        for first, second in pairwise(rule.entries):
            if first.valid_to == second.valid_from:
                checked += 1
                day_before = second.valid_from - timedelta(days=1)
                in_force = [
                    entry
                    for entry in rule.entries
                    if entry.valid_from <= day_before and (not entry.valid_to or day_before < entry.valid_to)
                ]
                assert in_force == [first], rule.rule_id
    assert checked > 0


def test_a_limit_at_room_temperature_is_stricter_in_print_than_at_zero_degrees() -> None:
    for row in limit_rows():
        if row["reference_temperature_k"] == 298.15 and row["printed_unit"] == "mg/Nm3":
            assert row["limit_value"] == pytest.approx(row["printed_value"] * 298.15 / 273.15)


def test_index_weights_make_one_whole() -> None:
    for rule in rulebook().rules.values():
        if isinstance(rule, IndexRule):
            assert sum(group.weight for group in rule.groups) == 1
            assert all(sum(indicator.weight for indicator in group.indicators) == 1 for group in rule.groups)


def test_every_weight_and_level_of_an_index_says_where_it_comes_from() -> None:
    for rule in rulebook().rules.values():
        if isinstance(rule, IndexRule):
            for group in rule.groups:
                assert group.weight_from == "instrument" or group.reason
                assert all(indicator.levels_from == "instrument" or indicator.reason for indicator in group.indicators)


def test_quality_rules_say_what_to_do() -> None:
    for rule in rulebook().rules.values():
        if isinstance(rule, QualityRule):
            assert all((rule.message.strip(), rule.what_to_do.strip())), rule.rule_id


def test_no_benchmark_target_or_reference_can_bind_anybody() -> None:
    policy = [row for row in rows("policy") if row["policy_id"] == "effective_layers" and row["key"] in ("binding", "binding_at_home")]
    binding = {row["value"] for row in policy}
    assert binding == {"host_law", "lender_standard", "home_law"}
    bound_to_nothing = {"benchmark", "home_target", "international_reference"}
    assert {row["layer"] for row in rows("rules") if row["layer"]} >= bound_to_nothing
    assert binding & bound_to_nothing == set()


def test_a_law_that_binds_at_home_says_where_home_is() -> None:
    homeless = [one.instrument_id for one in rulebook().instruments.values() if one.layer in ("host_law", "home_law") and not one.countries]
    assert homeless == []


def test_law_of_a_province_binds_in_the_province_only() -> None:
    instruments = rulebook().instruments.values()
    provincial = [one for one in instruments if "-" in one.jurisdiction and one.layer in ("host_law", "home_law", "home_target")]
    assert len(provincial) >= 6
    assert [one.instrument_id for one in provincial if not one.regions] == []


#: Words of findings and waivers in the models, which are no reasons of a verdict.
FINDING_WORDS = {"CLOSED_BEFORE", "CLOSED_RULE_RETIRED", "FALSE_POSITIVE", "LAST_DAY"} | {
    "FAILED_AGAIN",
    "WAIVER_ENDED",
    "RULE_CHANGED",
    "RULE_RETURNED",
    "CLOSED_OUT_OF_SERVICE",
    "EQUIPMENT_RETURNED",
}
#: What an instrument answers for a plant on the pages of an assessment, beside the states of verdicts.
ANSWERS = {"AWAITING_VERIFICATION"}
CODE = re.compile(r"'([A-Z]+(?:_[A-Z]+)+)'")


def test_every_reason_code_of_the_models_has_words() -> None:
    codes = {code for file in (ROOT / "dbt_like_sql").rglob("*.sql") for code in CODE.findall(file.read_text(encoding="utf-8"))}
    not_codes = {"NO_DATA", "NOT_APPLICABLE"}
    assert sorted(codes - not_codes - FINDING_WORDS - ANSWERS - set(CAUSES) - set(rulebook().reason_codes)) == []


def test_states_of_findings_are_explained_on_their_page() -> None:
    page = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
    assert [word for word in sorted(FINDING_WORDS) if f"`{word}`" not in page] == []


def test_every_reason_code_of_the_contract_has_words() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    listed = re.findall(r"Reason codes \(upper snake\): `([A-Z_ ]+)`", page)[0].split()
    assert sorted(set(listed) - set(rulebook().reason_codes)) == []


def test_every_policy_key_is_a_word_of_the_table() -> None:
    keys = {(row["policy_id"], row["key"]) for row in rows("policy")}
    for expected in [
        ("gates", "max_reject_ratio.default"),
        ("effective_layers", "binding"),
        ("index", "level_I.score"),
        ("plant_class", "window_months"),
    ]:
        assert expected in keys

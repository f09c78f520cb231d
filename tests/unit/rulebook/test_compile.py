"""Rulebook → reference tables: units, reference states, dates, tiers, scopes, policies."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import IndexRule
from pipelines.rulebook.rows_of_lists import index_rows
from pipelines.rulebook.tables import rulebook_schemas
from pipelines.settings import RULES_FOLDER
from tests.unit.rulebook.rule_folder import INSTRUMENT, LIMIT, limit_folder, make_folder


def rows(rules: Path, table: str) -> list[dict[str, Any]]:
    return rulebook_tables(load_rulebook(rules))[f"ref_rules__{table}"].to_pylist()


def edited(*edits: tuple[str, str]) -> str:
    text = LIMIT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text


PROHIBITION = """\
title: Shaft kilns
kind: prohibition
class: eliminated
applies_to: {sector: cement, process: clinker_kiln, technology: [shaft, earth_kiln], size: {to: 3000, unit: mm}}
severity: error
evidence: unverified
in_force:
  2012-12-31: {reference: {clause: I.1}}
owner: owner@example.org
"""


def prohibition_folder(folder: Path, text: str) -> Path:
    place = "equipment/xx_catalogue"
    return make_folder(folder, {f"{place}/_instrument.yaml": INSTRUMENT, f"{place}/xx_catalogue__shaft.yaml": text})


def test_every_table_has_its_schema_even_without_rows(tmp_path: Path) -> None:
    tables = rulebook_tables(load_rulebook(make_folder(tmp_path, {})))
    assert {name: table.schema for name, table in tables.items()} == rulebook_schemas()
    assert tables["ref_rules__thresholds"].num_rows == 0


def test_a_limit_is_one_row_with_printed_and_canonical_value(tmp_path: Path) -> None:
    (row,) = rows(limit_folder(tmp_path), "thresholds")
    assert row["threshold_id"] == "xx_law__kiln_nox@2014-03-01"
    assert (row["operator"], row["limit_value"], row["printed_value"], row["printed_unit"]) == ("at_most", 400.0, 400.0, "mg/Nm3")
    assert (row["ref_o2_pct"], row["gas_basis"], row["reference_temperature_k"]) == (10.0, "dry", 273.15)
    assert (row["valid_from_date"], row["valid_to_date"], row["tier"]) == (date(2014, 3, 1), None, None)
    assert (row["clause"], row["href"]) == ("Table 1", "https://example.org/standard")


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "temperature", "expected"),
    [
        ("nox_concentration", "0.4", "g/Nm3", "273.15", 400.0),
        ("nox_concentration", "200", "mg/Nm3", "298.15", 218.3049606443346),  # Vietnam: 200 at 25 °C becomes 218
        ("nox_concentration", "400", "ppm", "298.15", 821.014545),  # Thailand: 400 ppm; a volume fraction knows no temperature
        ("so2_concentration", "100", "ppm", "273.15", 285.83),
        ("hg_concentration", "50", "ug/Nm3", "273.15", 0.05),
    ],
)
def test_values_come_to_the_unit_of_the_indicator_at_zero_degrees(
    indicator: str, value: str, unit: str, temperature: str, expected: float, tmp_path: Path
) -> None:
    text = edited(("nox_concentration", indicator), ("value: 400", f"value: {value}"), ("mg/Nm3", unit), ("273.15", temperature))
    (row,) = rows(limit_folder(tmp_path, text), "thresholds")
    assert row["limit_value"] == pytest.approx(expected, rel=1e-5)
    assert (row["printed_value"], row["printed_unit"], row["reference_temperature_k"]) == (float(value), unit, float(temperature))


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "expected"),
    [
        ("clinker_comprehensive_energy", 2930.76, "MJ/t clinker", 100.0),
        ("clinker_comprehensive_electricity", 57, "kWh/t clinker", 57.0),
        ("clinker_comprehensive_energy", 0.107, "tce/t clinker", 107.0),
        ("float_glass_energy", 9.8, "kgce/weight case", 196.0),
    ],
)
def test_energy_per_product_is_exact(indicator: str, value: float, unit: str, expected: float, tmp_path: Path) -> None:
    text = edited(
        ("nox_concentration", indicator),
        ("value: 400", f"value: {value}"),
        ("mg/Nm3", unit),
        ("averaging: hour", "averaging: year"),
        ("reference_state: {oxygen_pct: 10, gas: dry, temperature_k: 273.15}\n", ""),
    )
    (row,) = rows(limit_folder(tmp_path, text), "thresholds")
    assert row["limit_value"] == expected


def test_each_tier_is_a_row_and_a_dash_is_none(tmp_path: Path) -> None:
    text = edited(("value: 400", "tiers: {I: 50, II: null, III: 400}"))
    found = rows(limit_folder(tmp_path, text), "thresholds")
    assert [(row["threshold_id"], row["tier"], row["limit_value"]) for row in found] == [
        ("xx_law__kiln_nox#I@2014-03-01", "I", 50.0),
        ("xx_law__kiln_nox#III@2014-03-01", "III", 400.0),
    ]


def test_a_value_holds_from_its_day_until_the_day_before_the_next(tmp_path: Path) -> None:
    later = (
        "  2020-01-01: {value: 200, unit: mg/Nm3, existing_plants_from: 2021-07-01, reference: {clause: Table 2, href: https://x.org/2}}\n"
        "  2025-01-01: {repealed: true, reference: {clause: notice}}\nsources:"
    )
    found = rows(limit_folder(tmp_path, edited(("sources:", later))), "thresholds")
    dates = ("valid_from_date", "valid_to_date", "existing_plants_from_date")
    assert [tuple(row[name] for name in dates) for row in found] == [
        (date(2014, 3, 1), date(2020, 1, 1), None),
        (date(2020, 1, 1), date(2025, 1, 1), date(2021, 7, 1)),
    ]
    assert [row["href"] for row in found] == ["https://example.org/standard", "https://x.org/2"]


def test_a_draft_is_listed_and_not_judged(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path, LIMIT + "status: draft\n")
    assert rows(rules, "thresholds") == []
    assert [(row["rule_id"], row["status"]) for row in rows(rules, "rules")] == [("xx_law__kiln_nox", "draft")]


def test_the_pass_test_and_its_exceptions_travel(tmp_path: Path) -> None:
    extra = (
        "averaging: hour\npass_test: share_of_periods\nshare: 0.95\nperiod_share_over: month\nmax_multiple: 2\nmin_capture: 0.75\n"
        "exclude: [startup, shutdown]\nor_meets: [xx_law__other]"
    )
    rules = limit_folder(tmp_path, edited(("averaging: hour", extra)), xx_law__other=LIMIT.replace("nox_", "so2_"))
    row = {row["rule_id"]: row for row in rows(rules, "thresholds")}["xx_law__kiln_nox"]
    keys = (
        "pass_test",
        "pass_share_ratio",
        "period_share_over",
        "max_multiple",
        "min_capture_ratio",
        "excluded_states",
        "or_meets_rule_ids",
    )
    assert [row[key] for key in keys] == ["share_of_periods", 0.95, "month", 2.0, 0.75, "startup,shutdown", "xx_law__other"]


@pytest.mark.parametrize(
    ("unit", "temperature", "expected"),
    [
        ("mg/Nm3", "273.15", "400 - 2 * size_value"),
        ("g/Nm3", "273.15", "(400 - 2 * size_value) * 1000.0"),
        ("mg/Nm3", "298.15", f"(400 - 2 * size_value) * {298.15 / 273.15!r}"),
    ],
)
def test_a_formula_is_text_in_the_unit_of_the_indicator(unit: str, temperature: str, expected: str, tmp_path: Path) -> None:
    text = edited(("value: 400", 'value: "400-2*size_value"\n    inputs: [size_value]'), ("mg/Nm3", unit), ("273.15", temperature))
    (row,) = rows(limit_folder(tmp_path, text), "thresholds")
    assert (row["limit_expression"], row["expression_inputs"]) == (expected, "size_value")
    assert (row["limit_value"], row["printed_value"], row["printed_unit"]) == (None, None, unit)


def test_a_prohibition_has_a_row_without_a_limit_and_scopes_by_technology(tmp_path: Path) -> None:
    rules = prohibition_folder(tmp_path, PROHIBITION)
    (row,) = rows(rules, "thresholds")
    assert (row["operator"], row["limit_value"], row["averaging"], row["valid_from_date"]) == (
        "prohibited",
        None,
        "point",
        date(2012, 12, 31),
    )
    (rule,) = rows(rules, "rules")
    assert (rule["prohibition_class"], rule["family"], rule["clause"]) == ("eliminated", "equipment", "I.1")
    scopes = rows(rules, "scopes")
    assert [(scope["scope_no"], scope["technology"]) for scope in scopes] == [(1, "shaft"), (2, "earth_kiln")]
    assert {(scope["size_to"], scope["size_to_inclusive"], scope["size_unit"], scope["size_from"]) for scope in scopes} == {
        (3.0, False, "m", None)
    }
    assert {scope["commissioned_from_date"] for scope in scopes} == {None}


def test_restricted_equipment_is_about_what_is_built_from_that_day_on(tmp_path: Path) -> None:
    scopes = rows(prohibition_folder(tmp_path, PROHIBITION.replace("eliminated", "restricted")), "scopes")
    assert {scope["commissioned_from_date"] for scope in scopes} == {date(2012, 12, 31)}


def test_restricted_equipment_keeps_a_day_of_its_own(tmp_path: Path) -> None:
    text = PROHIBITION.replace("eliminated", "restricted").replace("process:", "commissioned: {from: 2015-01-01}, process:")
    assert {scope["commissioned_from_date"] for scope in rows(prohibition_folder(tmp_path, text), "scopes")} == {date(2015, 1, 1)}


def test_encouraged_equipment_is_listed_and_not_judged(tmp_path: Path) -> None:
    rules = prohibition_folder(tmp_path, PROHIBITION.replace("eliminated", "encouraged"))
    assert (len(rows(rules, "rules")), rows(rules, "thresholds")) == (1, [])


def test_a_requirement_names_its_item(tmp_path: Path) -> None:
    text = """\
title: Certificate
kind: requirement
requires: iso_14001
applies_to: {sector: [cement, steel]}
severity: info
evidence: unverified
in_force:
  2015-09-15: {reference: {clause: "4.4"}}
owner: owner@example.org
"""
    place = "requirements/xx_iso"
    rules = make_folder(tmp_path, {f"{place}/_instrument.yaml": INSTRUMENT, f"{place}/xx_iso__certificate.yaml": text})
    (row,) = rows(rules, "thresholds")
    assert (row["operator"], row["required_item"], row["indicator_id"], row["sector"]) == ("required", "iso_14001", "iso_14001", None)
    (rule,) = rows(rules, "rules")
    assert (rule["family"], rule["sdg_targets"].split(",")[0]) == ("management", "12.6")


def test_words_of_one_alternative_multiply_and_alternatives_follow(tmp_path: Path) -> None:
    scope = (
        "applies_to:\n  - {sector: cement, process: [clinker_kiln, dryer], country: [IDN, VNM], plants: new}\n"
        "  - {sector: steel, process: sinter_strand, size: {from: 50, to: 70, unit: m2, to_included: true}, plants: existing}"
    )
    found = rows(limit_folder(tmp_path, edited(("applies_to: {sector: cement, process: clinker_kiln}", scope))), "scopes")
    assert [(row["scope_no"], row["sector"], row["process"], row["country_iso3"]) for row in found] == [
        (1, "cement", "clinker_kiln", "IDN"),
        (2, "cement", "clinker_kiln", "VNM"),
        (3, "cement", "dryer", "IDN"),
        (4, "cement", "dryer", "VNM"),
        (5, "steel", "sinter_strand", None),
    ]
    assert [(row["is_new_only"], row["is_existing_only"]) for row in found] == [(True, False)] * 4 + [(False, True)]
    assert (found[0]["commissioned_from_date"], found[0]["commissioned_before_date"]) == (date(2014, 3, 1), None)
    last = found[-1]
    assert (last["commissioned_from_date"], last["commissioned_before_date"]) == (None, date(2014, 3, 1))
    assert (last["size_from"], last["size_from_inclusive"], last["size_to"], last["size_to_inclusive"]) == (50.0, True, 70.0, True)


@pytest.mark.parametrize(("layer", "countries"), [("host_law", ["CHN", "MNG"]), ("home_law", [None])])
def test_host_law_is_about_its_own_countries(layer: str, countries: list[str | None], tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    text = INSTRUMENT.replace("home_law", layer).replace("[CHN]", "[MNG, CHN]")
    (rules / "limits/xx/law/_instrument.yaml").write_text(text)
    assert sorted((row["country_iso3"] for row in rows(rules, "scopes")), key=str) == countries
    assert [row["country_iso3"] for row in rows(rules, "instrument_countries")] == ["CHN", "MNG"]


def test_every_spelling_of_a_unit_is_a_row(tmp_path: Path) -> None:
    units = {row["unit"]: row for row in rows(make_folder(tmp_path, {}), "units")}
    assert units["µg/Nm3"] == units["ug/Nm3"] | {"unit": "µg/Nm3"}
    assert (units["g/Nm3"]["factor"], units["g/Nm3"]["canonical_unit"], units["g/Nm3"]["quantity"]) == (
        1000.0,
        "mg/Nm3",
        "mass_concentration",
    )
    assert units["MWh"]["factor"] == pytest.approx(3600 / 29.3076, rel=1e-15)
    assert units["MJ/t clinker"]["quantity"] != units["MJ/t cement"]["quantity"]
    assert units["kgce/weight case"]["factor"] == 20.0  # 50 kg of glass
    assert units["Mt"]["factor"] == 1_000_000.0
    assert "mt" not in units


def test_sent_names_are_in_lower_case_and_lead_to_one_indicator(tmp_path: Path) -> None:
    names = rows(make_folder(tmp_path, {}), "indicator_names")
    found = {row["sent_name"]: row["indicator_id"] for row in names}
    assert len(found) == len(names)
    assert (found["nox"], found["nox_concentration"], found["氮氧化物"]) == ("nox_concentration",) * 3
    assert all(name == name.lower() for name in found)


def test_terms_of_an_indicator_carry_their_factor(tmp_path: Path) -> None:
    terms = [row for row in rows(make_folder(tmp_path, {}), "indicator_terms") if row["indicator_id"] == "clinker_comprehensive_energy"]
    assert [(row["role"], row["item"], row["factor"], row["factor_id"]) for row in terms] == [
        ("numerator", "fuel_energy", 1.0, None),
        ("numerator", "electricity_used", 1.0, "energy_conversion__electricity"),
        ("denominator", "production_clinker", 1.0, None),
    ]


def test_a_list_in_a_policy_is_a_row_a_value_and_inner_keys_have_a_dot(tmp_path: Path) -> None:
    policy = """\
title: Layers
kind: policy
policy: effective_layers
reason: So decided.
binding: [host_law, lender_standard]
binding_at_home: home_law
choice: strictest
owner: owner@example.org
"""
    gates = """\
title: Gates
kind: policy
policy: gates
reason: So decided.
max_reject_ratio: {default: 0.01, loans: 0}
block_on_file: {unrecognised: true, unreadable: true, empty: true, header_only: false}
owner: owner@example.org
"""
    rules = make_folder(tmp_path, {"policy/effective_layers.yaml": policy, "policy/gates.yaml": gates})
    found = [(row["policy_id"], row["key"], row["value"]) for row in rows(rules, "policy")]
    assert found[:4] == [
        ("effective_layers", "binding", "host_law"),
        ("effective_layers", "binding", "lender_standard"),
        ("effective_layers", "binding_at_home", "home_law"),
        ("effective_layers", "choice", "strictest"),
    ]
    assert ("gates", "max_reject_ratio.default", "0.01") in found
    assert ("gates", "max_reject_ratio.loans", "0") in found
    assert ("gates", "block_on_file.header_only", "false") in found


def test_an_index_is_a_row_a_level_and_rule(tmp_path: Path) -> None:
    index = """\
title: Index
kind: index
applies_to: {sector: cement, route: [integrated, grinding]}
groups:
  air:
    title: Air pollutants
    weight: 1
    weight_from: project_choice
    reason: The only group.
    indicators:
      nox:
        title: NOx
        weight: 1
        limiting: true
        levels: {II: [xx_law__kiln_nox, xx_law__other], III: xx_law__kiln_nox}
        levels_from: instrument
owner: owner@example.org
"""
    rules = limit_folder(tmp_path, xx_law__other=LIMIT.replace("nox_", "so2_"))
    (rules / "index").mkdir()
    (rules / "index" / "cement.yaml").write_text(index)
    found = [row for row in rows(rules, "index") if row["route"] == "integrated"]
    assert [(row["level"], row["rule_id"]) for row in found] == [
        ("II", "xx_law__kiln_nox"),
        ("II", "xx_law__other"),
        ("III", "xx_law__kiln_nox"),
    ]
    first = found[0]
    assert (first["index_id"], first["group_weight"], first["indicator_no"], first["weight"], first["is_limiting"]) == (
        "cement",
        1.0,
        1,
        1.0,
        True,
    )
    assert (first["weight_source"], first["level_source"], first["group_title"]) == ("project_choice", "instrument", "Air pollutants")
    assert len(rows(rules, "index")) == 6


def test_an_indicator_of_the_library_s_indexes_is_never_named_by_its_id() -> None:
    rulebook = load_rulebook(RULES_FOLDER)
    titles = {(row["index_id"], row["group_id"], row["indicator_no"]): row["indicator_title"] for row in index_rows(rulebook)}
    assert titles["cooperation_index_steel_eaf", "air", 1] == "Particulate matter in stack gas"
    assert titles["cooperation_index_cement_integrated", "process_equipment", 1] == "no wet kiln"
    ids = {one.name for rule in rulebook.rules.values() if isinstance(rule, IndexRule) for group in rule.groups for one in group.indicators}
    assert sorted(ids & set(titles.values())) == []


def test_the_same_folder_gives_the_same_tables(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    assert rulebook_tables(load_rulebook(rules)) == rulebook_tables(load_rulebook(rules))


def test_a_justification_is_one_row_a_plant_and_limit_that_it_sets_aside(tmp_path: Path) -> None:
    guide = INSTRUMENT.replace("home_law", "lender_standard")
    files = {
        "limits/xx/law/_instrument.yaml": INSTRUMENT,
        "limits/xx/law/xx_law__kiln_nox.yaml": LIMIT,
        "limits/zz/guide/_instrument.yaml": guide,
        "limits/zz/guide/zz_guide__kiln_nox.yaml": LIMIT.replace("400", "300"),
        "justifications/works.yaml": """\
title: Host law at two works
kind: justification
plants: [A, B]
uses: xx_law__kiln_nox
in_place_of: zz_guide__kiln_nox
justification: Receptors are measured, far away and below the guideline of the WHO.
document: credit file 7
decided_on: 2026-01-15
in_force_from: 2026-02-01
in_force_to: 2026-12-31
owner: owner@example.org
approver: other@example.org
""",
    }
    found = rows(make_folder(tmp_path, files), "justifications")
    assert [(row["plant_id"], row["uses_rule_id"], row["stricter_rule_id"]) for row in found] == [
        ("A", "xx_law__kiln_nox", "zz_guide__kiln_nox"),
        ("B", "xx_law__kiln_nox", "zz_guide__kiln_nox"),
    ]
    assert found[0]["last_day_date"] == date(2026, 12, 31)
    assert found[0]["approver"] == "other@example.org"


@pytest.mark.parametrize(
    ("region", "columns"),
    [("CHN-AH", ("CHN", "CHN-AH", None)), ("CHN-HA/luoyang", ("CHN", "CHN-HA", "CHN-HA/luoyang"))],
)
def test_an_instrument_of_a_region_judges_in_that_region_only(tmp_path: Path, region: str, columns: tuple[str | None, ...]) -> None:
    files = {
        "limits/xx/law/_instrument.yaml": INSTRUMENT + f"regions: [{region}]\n",
        "limits/xx/law/xx_law__kiln_nox.yaml": LIMIT,
    }
    (scope,) = rows(make_folder(tmp_path, files), "scopes")
    assert (scope["country_iso3"], scope["region_code"], scope["city_code"]) == columns

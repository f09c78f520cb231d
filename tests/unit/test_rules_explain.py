"""`greencap rules explain` from the outside: what the run judged, on one ruler; another day; a draft."""

from __future__ import annotations

import re

import pytest

from tests.published import ONE_KILN, publish
from tests.unit.test_rules_cli import DAILY, FILES, call, folder_of_rules, home, rules

__all__ = ["call", "home", "rules"]  # fixtures

OVERLAY = """\
title: Invented overlay for kilns in one country
kind: overlay
rules: [bank_guide__kiln_so2]
where: {country: IDN}
factor: 0.5
justification: The valley holds the smoke.
evidence: secondary
in_force_from: 2020-01-01
sources: [a book]
owner: owner@example.org
"""


JUSTIFICATION = """\
title: Host law at Kiln Hill
kind: justification
plants: [A]
uses: id_law__kiln_so2
in_place_of: [bank_guide__kiln_so2]
justification: Nobody lives in the valley below the kiln, and the crops there are not sensitive to sulphur.
document: CR-12
decided_on: 2026-01-10
in_force_from: 2026-01-10
in_force_to: 2027-01-09
owner: owner@example.org
approver: other@example.org
"""


def test_limits_of_two_oxygens_stand_on_one_ruler_and_the_strictest_binding_one_counts(call, home) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = call("explain", "A", "so2_concentration", "--home", home)
    assert code == 0
    # 400 mg/Nm3 at 10 % O2 × (21 − 7)/(21 − 10) = 509.1 at 7 %; 800 at 25 °C = 873.2 at 0 °C; 500 at 10 % = 636.4 at 7 %
    assert "Basis 1: daily means, every period, dry gas, at 7 % O2, mg/Nm3; strictest first" in out
    ruler = out[out.index("Basis 1") : out.index("Basis 2")].splitlines()
    assert re.search(r"^ +→ effective +≤ 509\.091 +\|·+●·+\|  FAIL  bank_guide__kiln_so2$", ruler[2])
    assert re.search(r"^ +binding +≤ 873\.22 +\|·+×\|  PASS  id_law__kiln_so2$", ruler[3])
    assert re.search(r"^ +measured +636\.364 +\|·+◆·+\|  worst value", ruler[4])
    assert "effective: the strictest of 2 binding limits on this basis" in out
    assert "binding, but less strict than bank_guide__kiln_so2" in out
    assert "What counts: FAIL – effective: bank_guide__kiln_so2 (printed: at most 400 mg/Nm3 at 10 % O2, 273.15 K, binding from" in out
    assert "weaker than the lender's standard on this basis" in out[out.index("id_law__kiln_so2: printed:") :]


def test_another_averaging_stays_apart_and_what_does_not_apply_is_named_with_its_reason(call, home) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("explain", "A", "so2_concentration", "--home", home)
    apart = out[out.index("Basis 2: hourly means") :]
    assert "cn_target__kiln_so2" in apart.splitlines()[2]
    assert "for comparison: home_target does not bind here (policy effective_layers)" in apart
    assert re.search(r"Out of scope: .*\n  bank_guide__kiln_so2_new \(stack:A-S1\)", out)
    assert re.search(r"Drafts, .*: 1 rule\n  id_law__kiln_so2_draft", out)
    assert re.search(r"About another country, process or route: 1 rule\n  id_law__mill_so2", out)


def test_a_limit_that_an_overlay_moved_is_shown_as_it_was_judged(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    rules = folder_of_rules(tmp_path / "bank", FILES | {"overlays/valley.yaml": OVERLAY})
    publish(tmp_path / "home", rules, ONE_KILN, so2_mg_per_nm3=500.0)
    _, out, _ = call("explain", "A", "so2_concentration", "--home", tmp_path / "home")
    assert re.search(r"→ effective +≤ 254\.545 .*FAIL  bank_guide__kiln_so2", out)
    assert "moved by overlay valley (Invented overlay for kilns in one country): 400 → 200; The valley holds the smoke." in out


def test_a_written_justification_stands_beside_the_limit_that_it_sets_aside(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    rules = folder_of_rules(tmp_path / "bank", FILES | {"justifications/kiln_hill.yaml": JUSTIFICATION})
    publish(tmp_path / "home", rules, ONE_KILN, so2_mg_per_nm3=500.0)
    _, out, _ = call("explain", "A", "so2_concentration", "--home", tmp_path / "home")
    assert re.search(r"→ effective +≤ 873\.22 .*PASS  id_law__kiln_so2", out)
    aside = out[out.index("bank_guide__kiln_so2: printed:") : out.index("id_law__kiln_so2: printed:")]
    assert "binding, but set aside by a written justification (below)" in aside
    assert "justification kiln_hill (in force; decided 2026-01-10, last day 2027-01-09, CR-12): Nobody lives" in aside


def test_no_data_is_told_with_its_reason(call, tmp_path, rules) -> None:  # type: ignore[no-untyped-def]
    publish(tmp_path / "home", rules, ONE_KILN)
    _, out, _ = call("explain", "A", "so2_concentration", "--home", tmp_path / "home")
    assert "What counts: NO_DATA – effective: bank_guide__kiln_so2" in out
    reason = "No stack reading that can be judged was received for this indicator and period"
    assert f"NO_DATA: {reason} [NO_READINGS, 2025-07-01 to 2026-06-30]" in out


def test_on_a_day_before_the_limits_it_says_from_when_they_bind(call, home) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = call("explain", "A", "so2_concentration", "--home", home, "--on", "2014-02-28")
    assert code == 0
    assert "No regime applies to this plant for this indicator." in out
    assert "Not in force on this day: binds from 2014-03-01\n  bank_guide__kiln_so2 (stack:A-S1)" in out
    assert "The run itself, as of 2026-06-30:\n  stack:A-S1: FAIL – effective: bank_guide__kiln_so2" in out


def test_on_another_day_the_data_of_its_own_window_are_judged(call, home) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("explain", "A", "so2_concentration", "--home", home, "--on", "2027-06-30")
    assert "limits that bind on 2027-06-30, data of 2026-07-01 to 2027-06-30, first and last day included" in out
    assert "What counts: NO_DATA" in out


def test_within_a_month_the_header_says_to_which_day_the_running_month_is_read_and_what_of_it_counts(call, home) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("explain", "A", "so2_concentration", "--home", home, "--on", "2026-06-15")
    assert (
        "limits that bind on 2026-06-15, data of 2025-06-01 to 2026-05-31, first and last day included; "
        "of the month that is running, 2026-06-01 to 2026-06-15, only what has failed for good"
    ) in out
    assert "the month is not over: read to 2026-06-15" in out


def test_on_the_day_of_the_run_nothing_is_judged_again(call, home) -> None:  # type: ignore[no-untyped-def]
    plain = call("explain", "A", "so2_concentration", "--home", home)
    assert call("explain", "A", "so2_concentration", "--home", home, "--on", "2026-06-30") == plain


def test_judging_one_plant_again_by_the_same_rules_says_what_the_run_of_all_plants_says(call, tmp_path, rules) -> None:  # type: ignore[no-untyped-def]
    second = {
        table: [row | {"plant_id": "B"} for row in rows if "plant_id" in row] for table, rows in ONE_KILN.items() if "loan" not in table
    }
    second["raw_plants__process_units"][0]["unit_id"] = "B-K1"
    second["raw_plants__emission_points"][0] |= {"unit_id": "B-K1", "stack_id": "B-S1"}
    both = {table: [*rows, *second.get(table, [])] for table, rows in ONE_KILN.items()} | {
        "raw_matching__links": ONE_KILN["raw_matching__links"]
    }
    publish(tmp_path / "home", rules, both, so2_mg_per_nm3=500.0)
    for plant, state in (("A", "FAIL"), ("B", "NO_DATA")):
        _, plain, _ = call("explain", plant, "so2_concentration", "--home", tmp_path / "home")
        _, again, _ = call("explain", plant, "so2_concentration", "--home", tmp_path / "home", "--rules", rules)
        assert f"What counts: {state} – effective" in plain
        assert again.endswith(plain)


def test_a_draft_that_the_run_does_not_know_is_judged_and_marked(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("400", "390") + "status: draft\n"
    rules = folder_of_rules(tmp_path / "draft", FILES | {"limits/bank/guide/bank_guide__kiln_so2_stricter.yaml": draft})
    _, out, _ = call("explain", "A", "so2_concentration", "--home", home, "--rules", rules)
    assert "Judged as if active, though 1 is still a draft:\n  bank_guide__kiln_so2_stricter" in out
    assert re.search(r"→ effective +≤ 496\.364 .*FAIL  bank_guide__kiln_so2_stricter", out)
    assert "bank_guide__kiln_so2_stricter: DRAFT, judged as if active · printed: at most 390 mg/Nm3" in out
    assert "  stack:A-S1: FAIL – effective: bank_guide__kiln_so2 (" in out
    assert "In the way of making it active:" in out
    assert "is already limited by bank_guide__kiln_so2" in out


def test_a_draft_that_is_not_filled_in_is_left_out_and_said_so(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("value: 400", "value: 1 # TODO: as printed") + "status: draft\n"
    rules = folder_of_rules(tmp_path / "draft", FILES | {"limits/bank/guide/bank_guide__kiln_so2_empty.yaml": draft})
    _, out, _ = call("explain", "A", "so2_concentration", "--home", home, "--rules", rules)
    assert "Left out, bank_guide__kiln_so2_empty: still says TODO in line 11" in out
    assert "≤ 1.27" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["B-9999", "so2_concentration"], "plant 'B-9999' is not in the published run; it has 1 plant: A"),
        (["A", "so2_concentratoin"], "indicator 'so2_concentratoin' is unknown; perhaps 'so2_concentration'"),
        (["A", "so2_concentration", "--on", "31.12.2026"], "'31.12.2026' is no day; write year-month-day"),
    ],
)
def test_wrong_use_names_the_remedy(words, said, call, home) -> None:  # type: ignore[no-untyped-def]
    code, _, error = call("explain", *words, "--home", home)
    assert code == 2
    assert said in re.sub(r"[\s│]+", " ", error)


def test_an_indicator_without_numbers_names_equipment_and_its_state(call, home) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("explain", "A", "eliminated_equipment", "--home", home)
    assert "unit:A-K1: PASS – catalogue__shaft_kiln: Shaft kilns under 2 m" in out
    assert "host_law · evidence secondary · binds here" in out

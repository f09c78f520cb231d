"""Loading a whole folder: everything told at once, nothing ignored, and what the rulebook then says."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.errors import RuleFileError
from pipelines.rulebook.check_rulebook import check_rules
from pipelines.rulebook.limits import Expression
from pipelines.rulebook.load import instrument_titles, load_rulebook
from pipelines.rulebook.model import LimitRule
from tests.unit.rulebook.rule_folder import INSTRUMENT, LIMIT, limit_folder, make_folder


def test_all_mistakes_of_all_files_come_in_one_error(tmp_path: Path) -> None:
    first = LIMIT.replace("mg/Nm3", "mg/Nm").replace("severity: error", "severity: bad")
    second = LIMIT.replace("clinker_kiln", "clinker_klin")
    with pytest.raises(RuleFileError) as caught:
        load_rulebook(limit_folder(tmp_path, first, xx_law__other=second))
    place = "rules/limits/xx/law"
    assert str(caught.value).splitlines() == [
        f"{place}/xx_law__kiln_nox.yaml:5: severity 'bad' is unknown; write one of error, warning, info",
        f"{place}/xx_law__kiln_nox.yaml:12: unit 'mg/Nm' is unknown; perhaps 'mg/Nm3'",
        f"{place}/xx_law__other.yaml:4: process 'clinker_klin' is unknown; perhaps 'clinker_kiln'",
    ]


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="there is no such folder"):
        load_rulebook(tmp_path / "nowhere")


def test_missing_base_files_are_named_and_cause_no_other_noise(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    (rules / "units.yaml").unlink()
    (rules / "reason_codes.yaml").unlink()
    assert [message.partition(";")[0] for message in check_rules(rules)] == [
        "rules/reason_codes.yaml:1: the file is missing",
        "rules/units.yaml:1: the file is missing",
    ]


def test_a_damaged_indicator_file_is_one_mistake(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    (rules / "indicators" / "air.yaml").write_text("family: [air\n")
    assert len(check_rules(rules)) == 1


@pytest.mark.parametrize(
    ("raw", "byte"), [(b"\xff\xfet\x00i\x00", 1), ("title: Zement für Köln".encode("latin-1"), 16), ("title: 水泥".encode("gbk"), 10)]
)
def test_a_file_in_another_encoding_is_told(raw: bytes, byte: int, tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    (rules / "limits/xx/law/xx_law__kiln_nox.yaml").write_bytes(raw)
    assert check_rules(rules) == [f"rules/limits/xx/law/xx_law__kiln_nox.yaml:1: not UTF-8 text (byte {byte}); save the file as UTF-8"]


def test_line_endings_and_a_byte_order_mark_change_neither_rule_nor_version(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    before = load_rulebook(rules).rules["xx_law__kiln_nox"]
    (rules / "limits/xx/law/xx_law__kiln_nox.yaml").write_bytes(b"\xef\xbb\xbf" + LIMIT.replace("\n", "\r\n").encode())
    assert load_rulebook(rules).rules["xx_law__kiln_nox"] == before
    assert before.version == before.sha256[:8]


def test_a_changed_file_is_a_new_version(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    before = load_rulebook(rules).rules["xx_law__kiln_nox"].version
    (rules / "limits/xx/law/xx_law__kiln_nox.yaml").write_text(LIMIT + "note: read again\n")
    assert load_rulebook(rules).rules["xx_law__kiln_nox"].version != before


def test_an_entry_ends_where_the_next_begins_or_repeals_it(tmp_path: Path) -> None:
    later = """\
  2020-01-01: {value: 200, unit: mg/Nm3, reference: {clause: Table 2}}
  2025-01-01: {repealed: true, reference: {clause: notice}}
  2026-01-01: {value: 100, unit: mg/Nm3, reference: {clause: Table 3}}
sources:"""
    rule = load_rulebook(limit_folder(tmp_path, LIMIT.replace("sources:", later))).rules["xx_law__kiln_nox"]
    assert isinstance(rule, LimitRule)
    assert [(entry.valid_from.year, entry.valid_to, entry.values[None]) for entry in rule.entries] == [
        (2014, date(2020, 1, 1), Fraction(400)),
        (2020, date(2025, 1, 1), Fraction(200)),
        (2026, None, Fraction(100)),
    ]


@pytest.mark.parametrize(
    ("tiers", "ok"),
    [
        ("{I: 100, II: 107, III: 117}", True),
        ("{I: 61, II: 61, III: 61}", True),
        ("{I: 61, II: null, III: 86}", True),
        ("{II: 107, III: 117}", True),
        ("{I: -30, II: -28, III: -12}", True),
        ("{I: -12, II: -28, III: -30}", False),
        ("{I: 117, II: null, III: 100}", False),
    ],
)
def test_tiers_may_be_equal_missing_or_negative_but_not_reversed(tiers: str, ok: bool, tmp_path: Path) -> None:
    text = (
        LIMIT.replace("nox_concentration", "clinker_comprehensive_energy")
        .replace("averaging: hour", "averaging: year")
        .replace("reference_state: {oxygen_pct: 10, gas: dry, temperature_k: 273.15}\n", "")
        .replace("value: 400", f"tiers: {tiers}")
        .replace("mg/Nm3", "kgce/t clinker")
    )
    assert (check_rules(limit_folder(tmp_path, text)) == []) is ok


def test_a_formula_is_kept_with_its_inputs(tmp_path: Path) -> None:
    text = LIMIT.replace("value: 400", 'value: "400 - 0.02*(size_value-2000)"\n    inputs: [size_value]')
    rule = load_rulebook(limit_folder(tmp_path, text)).rules["xx_law__kiln_nox"]
    assert isinstance(rule, LimitRule)
    assert rule.entries[0].values == {None: Expression("400 - 0.02 * (size_value - 2000)", ("size_value",))}


def test_two_limits_one_after_the_other_are_no_double(tmp_path: Path) -> None:
    ended = LIMIT.replace("sources:", "  2020-01-01: {repealed: true, reference: {clause: notice}}\nsources:")
    later = LIMIT.replace("2014-03-01", "2020-01-01")
    assert check_rules(limit_folder(tmp_path, ended, xx_law__kiln_nox_new=later)) == []


@pytest.mark.parametrize(
    "change",
    [("averaging: hour", "averaging: day"), ("process: clinker_kiln", "process: dryer"), ("owner:", "status: draft\nowner:")],
)
def test_limits_that_differ_in_averaging_scope_or_status_are_no_double(change: tuple[str, str], tmp_path: Path) -> None:
    assert check_rules(limit_folder(tmp_path, LIMIT, xx_law__other=LIMIT.replace(*change))) == []


def test_titles_of_instruments_are_those_of_the_whole_rulebook_and_broken_ones_are_left_out(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    whole = {name: instrument.title for name, instrument in load_rulebook(rules).instruments.items()}
    broken = rules / "equipment" / "xx_broken" / "_instrument.yaml"
    broken.parent.mkdir(parents=True)
    broken.write_text("title: [")
    assert instrument_titles(rules) == whole == {"xx_law": "Invented standard"}


def test_a_hidden_editor_file_is_left_alone(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    (rules / "limits/xx/law/.xx_law__kiln_nox.yaml.swp").write_bytes(b"\x00\x01")
    (rules / "limits/xx/law/README.md").write_text("notes")
    assert check_rules(rules) == []


def test_a_file_is_not_read_from_a_place_that_its_kind_does_not_have(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    (rules / "limits_of_kilns.yaml").write_text("a: 1\n")
    assert [message.partition(";")[0] for message in check_rules(rules)] == ["rules/limits_of_kilns.yaml:1: the file is read by nothing"]


def test_five_hundred_rules_of_one_instrument_are_checked_without_a_false_alarm(tmp_path: Path) -> None:
    rules = make_folder(tmp_path, {"limits/xx/law/_instrument.yaml": INSTRUMENT})
    for number in range(500):
        text = LIMIT.replace("process: clinker_kiln", f"process: clinker_kiln, size: {{from: {number}, unit: t/d}}")
        (rules / f"limits/xx/law/xx_law__rule_{number}.yaml").write_text(text)
    assert check_rules(rules) == []
    assert len(load_rulebook(rules).rules) == 500


def test_an_index_over_a_limit_of_an_unknown_indicator_is_still_read(tmp_path: Path) -> None:
    index = """\
title: Index
kind: index
applies_to: {sector: cement}
groups:
  air:
    weight: 1
    weight_from: instrument
    indicators:
      nox: {weight: 1, levels: {I: xx_law__kiln_nox, II: xx_law__kiln_nox}, levels_from: instrument}
owner: owner@example.org
"""
    rules = limit_folder(tmp_path, LIMIT.replace("nox_concentration", "noxx"))
    (rules / "index").mkdir()
    (rules / "index" / "cement.yaml").write_text(index)
    assert [message.partition(";")[0] for message in check_rules(rules)] == [
        "rules/limits/xx/law/xx_law__kiln_nox.yaml:3: indicator 'noxx' is unknown"
    ]


EXAMPLE_LINES = range(2, len(LIMIT.splitlines()))


@pytest.mark.parametrize("put", ["[]", "{}", "null", "-1", "[[1], {a: 2}]", "{a: 1}", "2014-01-01", "true", '""'])
def test_no_value_of_a_wrong_shape_takes_the_loader_down(put: str, tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    lines = LIMIT.splitlines()
    for number in EXAMPLE_LINES:
        key = lines[number].partition(":")[0]
        text = "\n".join([*lines[:number], f"{key}: {put}", *lines[number + 1 :]])
        (rules / "limits/xx/law/xx_law__kiln_nox.yaml").write_text(text)
        assert all(message.count("; ") >= 1 for message in check_rules(rules))

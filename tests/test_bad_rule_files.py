"""Each file of tests/rules/bad holds one mistake that a person makes; its last comments say where it stands and what is said about it.

`# place: limits/xx/law/xx_law__kiln_nox.yaml` is the path below the rules folder; each `# expect: 7: …` is one message, with its line
(and its path where it is told about another file).
The folder around it has the shipped words, units and indicators and a few good rules of an invented law.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.rulebook.check_rulebook import check_rules
from tests.unit.rulebook.rule_folder import INSTRUMENT, LIMIT, make_folder

BAD = sorted((Path(__file__).parent / "rules" / "bad").glob("*.yaml"))
GOOD = {
    "limits/xx/law/_instrument.yaml": INSTRUMENT,
    "limits/xx/base/_instrument.yaml": INSTRUMENT,
    "equipment/xx_catalogue/_instrument.yaml": INSTRUMENT,
    "requirements/xx_iso/_instrument.yaml": INSTRUMENT,
    "limits/xx/base/xx_base__kiln_pm.yaml": LIMIT.replace("nox_c", "pm_c"),
    "limits/xx/base/xx_base__kiln_draft.yaml": LIMIT.replace("nox_c", "so2_c") + "status: draft\n",
    "limits/xx/base/xx_base__clinker_energy.yaml": """\
title: Energy of clinker
kind: limit
indicator: clinker_comprehensive_energy
applies_to: {sector: cement, process: clinker_kiln}
severity: error
evidence: unverified
averaging: year
at_most:
  2022-11-01:
    tiers: {I: 100, II: 107, III: 117}
    unit: kgce/t clinker
    reference: {clause: Table 2}
owner: owner@example.org
""",
    "limits/zz/guide/_instrument.yaml": INSTRUMENT.replace("layer: home_law", "layer: lender_standard"),
    "limits/zz/guide/zz_guide__kiln_pm.yaml": LIMIT.replace("nox_c", "pm_c").replace("400", "50"),
    "limits/zz/guide/zz_guide__kiln_nox.yaml": LIMIT,
    "limits/zz/guide/zz_guide__kiln_so2.yaml": LIMIT.replace("nox_c", "so2_c"),
    "limits/zz/weak/_instrument.yaml": INSTRUMENT.replace("layer: home_law", "layer: lender_standard"),
    "limits/zz/weak/zz_weak__kiln_pm.yaml": LIMIT.replace("nox_c", "pm_c"),
    "quality/loans__id_unique.yaml": """\
title: Loan ids are unique
kind: quality
severity: error
table: raw_bank__loans
check: unique
columns: [loan_id]
message: the id stands twice
what_to_do: send each loan once
owner: owner@example.org
""",
}


def test_there_are_many_mistakes_to_learn_from() -> None:
    assert len(BAD) >= 30


def test_the_good_rules_around_have_no_mistake(tmp_path: Path) -> None:
    assert check_rules(make_folder(tmp_path, GOOD)) == []


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_broken_file_is_told_with_line_and_remedy(file: Path, tmp_path: Path) -> None:
    text = file.read_text(encoding="utf-8")
    place = re.findall(r"^# place: (.*)$", text, re.M)[0]
    expected = re.findall(r"^# expect: (.*)$", text, re.M)
    rules = make_folder(tmp_path, GOOD | {place: text})
    told = [message.removeprefix(f"rules/{place}:") for message in check_rules(rules)]
    assert expected, "the file expects nothing"
    assert told == expected

"""A waiver has a scope, a reason, two people and an end; one that lacks any of it is refused with file, line and remedy."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from pipelines import settings
from pipelines.errors import RuleFileError
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.load_waivers import Waiver, load_waivers, refuse_back_dating, waiver_rows
from pipelines.rulebook.model import Rulebook

GOOD = """\
scope: {rule: th_factory_stacks_2006__without_combustion_co, plant: THA-S01}
reason: The gas cleaning is being replaced
compensating_control: Half load until it is
requester: loan.officer@example.org
approver: risk.manager@example.org
requested: 2026-07-01
approved: 2026-07-05
start: 2026-07-06
expiry: 2026-12-31
"""


@cache
def rulebook() -> Rulebook:
    return load_rulebook(settings.RULES_FOLDER)


def load(folder: Path, text: str, name: str = "w_2026_014.yaml") -> list[Waiver]:
    waivers = folder / "waivers"
    waivers.mkdir(exist_ok=True)
    (waivers / name).write_text(text, encoding="utf-8")
    return load_waivers(waivers, rulebook())


def test_a_waiver_is_read_with_scope_people_and_days(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, GOOD)
    assert (waiver.waiver_id, waiver.plant_id, waiver.entity_id) == ("w_2026_014", "THA-S01", None)
    assert (waiver.start, waiver.expiry) == (date(2026, 7, 6), date(2026, 12, 31))
    assert waiver_rows([waiver]).to_pylist()[0]["approver"] == "risk.manager@example.org"


def test_no_folder_is_no_waiver(tmp_path: Path) -> None:
    assert load_waivers(tmp_path / "none", rulebook()) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("approver: risk.manager", "approver: loan.officer", 5, "is the requester; let another person approve"),
        ("approver: risk.manager@example.org", "approver: Loan.Officer@example.org", 5, "is the requester"),
        ("expiry: 2026-12-31\n", "", 1, "needs the key 'expiry'"),
        ("reason: The gas cleaning is being replaced\n", "reason:\n", 2, "key 'reason' is empty"),
        ("compensating_control: Half load until it is\n", "", 1, "needs the key 'compensating_control'"),
        ("expiry: 2026-12-31", "expiry: 2027-07-31", 9, "longer than 366 days"),
        ("expiry: 2026-12-31", "expiry: 2026-07-05", 9, "expiry 2026-07-05 is before start 2026-07-06"),
        ("start: 2026-07-06", "start: 2026-07-04", 8, "start 2026-07-04 is before approved 2026-07-05; no waiver is given backwards"),
        ("approved: 2026-07-05", "approved: 2026-06-30", 7, "approved 2026-06-30 is before requested 2026-07-01"),
        ("expiry: 2026-12-31", "expiry: end of year", 9, "is not a date"),
        ("rule: th_factory_stacks_2006__without_combustion_co", "rule: th_factory_stack_2006__without_combustion_co", 1, "perhaps"),
        ("plant: THA-S01", "plants: THA-S01", 1, "perhaps 'plant'"),
        ("requester:", "requestor:", 4, "perhaps 'requester'"),
    ],
)
def test_a_waiver_that_lacks_something_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in GOOD
    with pytest.raises(RuleFileError) as refused:
        load(tmp_path, GOOD.replace(old, new))
    assert f"waivers/w_2026_014.yaml:{line}: " in str(refused.value)
    assert said in str(refused.value)


def test_a_name_that_is_no_id_and_a_wrong_suffix_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="no waiver id"):
        load(tmp_path, GOOD, "My Waiver.yaml")
    (tmp_path / "waivers" / "My Waiver.yaml").unlink()
    with pytest.raises(RuleFileError, match="would not be read"):
        load(tmp_path, GOOD, "w1.yml")


def test_a_new_waiver_may_not_reach_back_into_results_already_issued(tmp_path: Path) -> None:
    waivers = load(tmp_path, GOOD)
    refuse_back_dating(waivers, set(), None)
    refuse_back_dating(waivers, set(), date(2026, 7, 5))
    with pytest.raises(RuleFileError, match="is not after 2026-07-06"):
        refuse_back_dating(waivers, set(), date(2026, 7, 6))
    refuse_back_dating(waivers, {waivers[0].sha256}, date(2026, 8, 31))


def test_a_changed_text_counts_as_a_new_waiver(tmp_path: Path) -> None:
    (waiver,) = load(tmp_path, GOOD)
    with pytest.raises(RuleFileError, match="a new waiver file"):
        refuse_back_dating([replace(waiver, sha256="other")], {waiver.sha256}, date(2026, 8, 31))

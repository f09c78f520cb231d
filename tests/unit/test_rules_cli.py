"""`greencap rules …` from the outside: what is printed, what is refused and with which exit code."""

from __future__ import annotations

import re
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from pipelines import cli
from tests.published import ONE_KILN, publish
from tests.unit.rulebook.rule_folder import LIMIT, RULES, make_folder

HOST = "title: Invented law\njurisdiction: IDN\nlayer: host_law\ncountries: [IDN]\nhref: https://example.org/law\n"
BANK = "title: Invented guideline of a lender\njurisdiction: IFC\nlayer: lender_standard\n"
TARGET = "title: Invented target\njurisdiction: CHN\nlayer: home_target\n"
CATALOGUE = "title: Invented catalogue\njurisdiction: IDN\nlayer: host_law\ncountries: [IDN]\n"
DAILY = LIMIT.replace("nox_concentration", "so2_concentration").replace("NOx", "SO2").replace("averaging: hour", "averaging: day")
LAW_LIMIT = DAILY.replace("oxygen_pct: 10", "oxygen_pct: 7").replace("273.15", "298.15").replace("value: 400", "value: 800")
SHAFT = """\
title: Shaft kilns under 2 m
kind: prohibition
class: eliminated
applies_to: {sector: cement, process: clinker_kiln, technology: shaft, size: {to: 2.0, unit: m}}
severity: error
evidence: secondary
in_force:
  2012-12-31: {reference: {clause: "I.1"}}
sources: [a book]
owner: owner@example.org
"""
FILES = {
    "limits/id/law/_instrument.yaml": HOST,
    "limits/id/law/id_law__kiln_so2.yaml": LAW_LIMIT,
    "limits/id/law/id_law__mill_so2.yaml": DAILY.replace("clinker_kiln", "cement_mill"),
    "limits/id/law/id_law__kiln_so2_draft.yaml": DAILY.replace("400", "300") + "status: draft\n",
    "limits/bank/guide/_instrument.yaml": BANK,
    "limits/bank/guide/bank_guide__kiln_so2.yaml": DAILY,
    "limits/bank/guide/bank_guide__kiln_so2_new.yaml": DAILY.replace("clinker_kiln}", "clinker_kiln, plants: new}").replace("400", "350"),
    "limits/cn/target/_instrument.yaml": TARGET,
    "limits/cn/target/cn_target__kiln_so2.yaml": DAILY.replace("averaging: day", "averaging: hour").replace("400", "100"),
    "equipment/catalogue/_instrument.yaml": CATALOGUE,
    "equipment/catalogue/catalogue__shaft_kiln.yaml": SHAFT,
}


def folder_of_rules(folder: Path, files: dict[str, str]) -> Path:
    """The shipped words and policies with the given rules only."""
    folder.mkdir(parents=True)
    rules = make_folder(folder, files)
    shutil.copytree(RULES / "policy", rules / "policy")
    return rules


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of_rules(tmp_path_factory.mktemp("rules") / "bank", FILES)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, rules: Path) -> Path:
    folder = tmp_path_factory.mktemp("home")
    publish(folder, rules, ONE_KILN, so2_mg_per_nm3=500.0)
    return folder


def greencap(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    """Exit code, output and error output of `greencap rules …`."""
    monkeypatch.setattr(sys, "argv", ["greencap", "rules", *map(str, words)])
    try:
        cli.main()
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    return lambda *words: greencap(monkeypatch, capsys, *words)


# ---- wrong use --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "id_law__kiln_so3"], "rule 'id_law__kiln_so3' is unknown .*; perhaps 'id_law__kiln_so2'"),
        (["show", "id_law__kiln_so2", "--on", "yesterday"], "'yesterday' is no day; write year-month-day, such as 2026-06-30"),
        (["compare", "so2_concentration", "--on", "30.06.2026"], "'30.06.2026' is no day; write year-month-day"),
        (["shwo", "id_law__kiln_so2"], "No such command 'shwo'. Did you mean 'show'"),
        (["compare", "so2_concentratoin"], "indicator 'so2_concentratoin' is unknown; perhaps 'so2_concentration'"),
        (["compare", "so2_concentration", "--sector", "cemnt"], "sector 'cemnt' is unknown; perhaps 'cement'"),
        (["diff", "no_such_revision", "no_other"], "neither a folder nor a revision"),
        (["diff", "--home", "x"], "Missing argument"),
        (["new", "id_law__kiln_so2", "--kind", "limit"], "id_law__kiln_so2.yaml is there already; edit it, or choose another id"),
        (["new", "kiln_so2", "--kind", "limit"], "'kiln_so2' is no rule id"),
        (["new", "law__kiln_so2", "--kind", "limit"], "instrument 'law' of a limit begins with its jurisdiction"),
        (["new", "id_law__x_y", "--kind", "limits"], "kind 'limits' is unknown; perhaps 'limit'"),
        (["new", "id_law__x_y", "--kind", "prohibition"], "holds no prohibition rules"),
        (["new", "id_law__x_y", "--kind", "limit", "--indicator", "so3"], "indicator 'so3' is unknown"),
        (["new", "id_law__x_y", "--kind", "limit", "--unit", "mg/Nm"], "unit 'mg/Nm' is unknown; perhaps 'mg/Nm[3³]'"),
        (["new", "id_x__x_y", "--kind", "limit", "--jurisdiction", "IDO"], "jurisdiction 'IDO' is unknown; perhaps '"),
        (["new", "id_law__x_y", "--kind", "limit", "--process", "float_line"], "process of cement 'float_line' is unknown"),
        (["verify", "id_law__kiln_so2", "--by", "A", "--edition", "1", "--page", "2", "--value-confirmed"], "Missing option '--on'"),
        (["verify", "id_law__kiln_so2", "--by", "A", "--edition", "1", "--page", "2", "--on", "2026-01-01"], "--value-confirmed"),
        (
            ["verify", "id_law__kiln_so2", "--by", "A", "--edition", "1", "--page", "2", "--on", "2999-01-01", "--value-confirmed"],
            "--on 2999-01-01 lies after today",
        ),
        (
            ["verify", "id_law__kiln_so2", "--by", " ", "--edition", "1", "--page", "2", "--on", "2026-01-01", "--value-confirmed"],
            "--by is empty",
        ),
        (
            ["verify", "gates", "--by", "A", "--edition", "1", "--page", "2", "--on", "2026-01-01", "--value-confirmed"],
            "gates is a policy rule; name a limit, prohibition or requirement",
        ),
    ],
)
def test_wrong_use_is_told_and_ends_with_2(words, said, call, rules) -> None:  # type: ignore[no-untyped-def]
    before = {path: path.read_bytes() for path in rules.rglob("*.yaml")}
    code, _, error = call(*words, "--rules", rules)
    assert code == 2
    assert re.search(said, re.sub(r"[\s│]+", " ", error))
    assert before == {path: path.read_bytes() for path in rules.rglob("*.yaml")}


@pytest.mark.parametrize("words", [["unverified"], ["explain", "A", "so2_concentration"]])
def test_a_home_without_a_published_run_is_wrong_use(words, call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    code, _, error = call(*words, "--home", tmp_path)
    assert code == 2
    assert "no run is published here; make one with `greencap run" in error


def test_a_folder_of_rules_that_is_not_there_is_wrong_use(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    for words in (["check"], ["show", "x"], ["compare", "x"], ["docs", "--out", tmp_path / "out"], ["impact", "--home", tmp_path]):
        code, _, error = call(*words, "--rules", tmp_path / "nowhere")
        assert code == 2
        assert "there is no such folder of rule files" in error or "no run is published here" in error


def test_a_folder_that_holds_no_rules_is_wrong_use_and_the_right_one_is_suggested(call, tmp_path, rules) -> None:  # type: ignore[no-untyped-def]
    code, _, error = call("check", "--rules", rules.parent)
    assert code == 2
    assert f"is no folder of rule files; perhaps {rules}" in error
    code, _, error = call("diff", tmp_path, rules, "--rules", rules)
    assert code == 2
    assert "is no folder of rule files; name the folder that holds units.yaml" in error


def test_check_names_drafts_that_are_not_filled_in_and_calls_them_no_mistake(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    rules = folder_of_rules(tmp_path / "bank", FILES)
    assert call("check", "--rules", rules)[1] == f"No mistake in {rules}\n"
    call("new", "id_law__dryer_so2", "--kind", "limit", "--rules", rules)
    code, out, _ = call("check", "--rules", rules)
    assert code == 0
    assert re.search(r"Drafts to be filled in .*:\n  rules/limits/id/law/id_law__dryer_so2\.yaml:\d+: still says TODO\n", out)


def test_check_asks_for_a_second_look_at_a_zero_and_at_a_unit_that_is_a_thousandfold_off(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = "limits/bank/guide/bank_guide__kiln_so2.yaml"
    rules = folder_of_rules(tmp_path / "bank", FILES | {path: DAILY.replace("unit: mg/Nm3", "unit: g/Nm3")})
    code, out, _ = call("check", "--rules", rules)
    assert code == 0
    far = "rules/limits/bank/guide/bank_guide__kiln_so2.yaml: 2014-03-01: 400 g/Nm3 is 1143 times the median of 5 other rules"
    assert f"Figures to look at again in print (no mistake, they are judged):\n  {far} for so2_concentration; are unit" in out
    (rules / path).write_text(DAILY.replace("value: 400", "value: 0"))
    assert "bank_guide__kiln_so2.yaml: 2014-03-01: 0 mg/Nm3 is 0; is it a dash in print?" in call("check", "--rules", rules)[1]
    (rules / path).write_text(DAILY)
    assert call("check", "--rules", rules)[1] == f"No mistake in {rules}\n"


def test_a_decimal_comma_is_told_with_the_point_it_wants(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    tiers = DAILY.replace("value: 400", "tiers: {II: 300, III: 0,45}")
    rules = folder_of_rules(tmp_path / "bank", FILES | {"limits/bank/guide/bank_guide__kiln_so2.yaml": tiers})
    code, out, error = call("check", "--rules", rules)
    assert code == 4
    assert "key '45' is a number or empty; a key is a word or a date; a decimal number has a point, such as 0.45" in out
    assert re.search(r"^\d+ mistakes in", error)


def test_a_broken_rule_file_stops_every_command_with_its_line(call, tmp_path) -> None:  # type: ignore[no-untyped-def]
    broken = folder_of_rules(tmp_path / "broken", FILES | {"limits/id/law/id_law__kiln_so2.yaml": LAW_LIMIT.replace("mg/Nm3", "mg/Nm")})
    code, _, error = call("show", "id_law__kiln_so2", "--rules", broken)
    assert code == 4
    assert "id_law__kiln_so2.yaml:12: unit 'mg/Nm' is unknown; perhaps 'mg/Nm3'" in error


# ---- unverified -------------------------------------------------------------------------------------------------------


def test_unverified_puts_rules_with_exposure_first_and_drafts_nowhere(call, home) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = call("unverified", "--home", home)
    assert code == 0
    first = out[out.index("1. ") : out.index("2. ")]
    assert "bank_guide__kiln_so2" in first or "id_law__kiln_so2" in first
    assert re.search(r"hangs on it: .* m USD .*; 10\.0 m USD at 1 plant judged; verdicts: \d+ FAIL, \d+ PASS, 0 other", first)
    assert re.search(r"look in: Invented .*, Table 1 ", first)
    assert "evidence: secondary; confirmed in print by nobody yet" in first
    assert re.findall(r"^\d+\. (\S+)", out, re.MULTILINE)[-1] == "id_law__mill_so2"
    assert "id_law__kiln_so2_draft" not in out


def test_unverified_says_how_many_more_there_are(call, home) -> None:  # type: ignore[no-untyped-def]
    _, out, _ = call("unverified", "--home", home, "--most", 2)
    assert len(re.findall(r"^\d+\. ", out, re.MULTILINE)) == 2
    assert "… and 4 more rules: --most 6 shows all" in out


# ---- impact -----------------------------------------------------------------------------------------------------------


def impact(call, tmp_path, home, files):  # type: ignore[no-untyped-def]
    database = home / "published" / "current" / "green_capacity.duckdb"
    before = sha256(database.read_bytes()).hexdigest(), sorted(path.name for path in home.rglob("*"))
    draft = folder_of_rules(tmp_path / "draft", files)
    code, out, error = call("impact", "--rules", draft, "--home", home)
    assert (code, error) == (0, "")
    assert before == (sha256(database.read_bytes()).hexdigest(), sorted(path.name for path in home.rglob("*"))), (
        "the published run was touched"
    )
    return out


def test_the_same_rules_have_no_impact(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    out = impact(call, tmp_path, home, FILES)
    assert "No rule differs from those of the published run." in out
    assert "No plant would change its class." in out
    assert "No rule would judge any plant differently." in out


def test_a_weaker_limit_no_longer_fails_and_a_new_one_fails(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    path = "limits/bank/guide/bank_guide__kiln_so2.yaml"
    fresh = DAILY.replace("400", "499").replace("at_most", "below")
    out = impact(
        call, tmp_path, home, FILES | {path: DAILY.replace("400", "501"), "limits/bank/guide/bank_guide__kiln_so2_below.yaml": fresh}
    )
    assert "added    bank_guide__kiln_so2_below" in out
    assert "changed  bank_guide__kiln_so2\n" in out
    gone, new = out[out.index("No longer failing") :], out[out.index("Newly failing") : out.index("No longer failing")]
    assert re.search(r"bank_guide__kiln_so2 +FAIL +PASS +WITHIN_LIMIT +1 +10\.0 m USD +binds +A", gone)
    assert re.search(r"bank_guide__kiln_so2_below +not judged +FAIL +LIMIT_EXCEEDED +1 +10\.0 m USD +binds +A", new)


def test_equipment_that_a_draft_eliminates_flips_the_plant_with_its_loan(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    files = {name: text for name, text in FILES.items() if not name.startswith("limits/bank")}
    quiet = tmp_path / "quiet"
    publish(quiet, folder_of_rules(tmp_path / "without_bank", files), ONE_KILN, so2_mg_per_nm3=500.0)
    drafted = files | {"equipment/catalogue/catalogue__shaft_kiln.yaml": SHAFT.replace("to: 2.0", "to: 3.0, to_included: true")}
    out = impact(call, tmp_path, quiet, drafted)
    assert re.search(r"catalogue__shaft_kiln +PASS +FAIL +EQUIPMENT_PROHIBITED +1 +10\.0 m USD +binds +A", out)
    assert "1 plant would change class, with 1 loan and 10.0 m USD behind them" in out
    assert re.search(r"A +Kiln Hill +IDN +\w+ +not_green +ELIMINATED_EQUIPMENT +1 +10\.0 m USD", out)
    assert re.search(r"BOOK +L1 +Kiln Hill Ltd +10\.0 m USD +A", out)
    assert re.search(r"BOOK +none → 0\.0%", out)


def test_a_new_draft_is_judged_as_if_active_and_said_so(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("400", "499").replace("at_most", "below") + "status: draft\n"
    out = impact(call, tmp_path, home, FILES | {"limits/bank/guide/bank_guide__kiln_so2_below.yaml": draft})
    assert "Judged as if active, though 1 is still a draft:\n  bank_guide__kiln_so2_below" in out
    assert re.search(r"bank_guide__kiln_so2_below +not judged +FAIL +LIMIT_EXCEEDED +1 +10\.0 m USD +binds +A", out)
    assert "id_law__kiln_so2_draft" not in out


def test_a_draft_whose_evidence_is_too_weak_is_judged_and_said_to_move_nothing(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = (
        DAILY.replace("400", "499").replace("at_most", "below").replace("evidence: secondary", "evidence: unverified") + "status: draft\n"
    )
    out = impact(call, tmp_path, home, FILES | {"limits/bank/guide/bank_guide__kiln_so2_below.yaml": draft})
    assert re.search(r"FAIL +LIMIT_EXCEEDED +1 +10\.0 m USD +would bind, evidence too weak +A", out)
    assert "No plant would change its class." in out


def test_no_data_of_a_draft_is_told_with_its_reason(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("so2_concentration", "nox_concentration") + "status: draft\n"
    out = impact(call, tmp_path, home, FILES | {"limits/bank/guide/bank_guide__kiln_nox.yaml": draft})
    assert re.search(r"bank_guide__kiln_nox +not judged +NO_DATA +NO_READINGS +1 ", out)
    assert "  NO_READINGS  No stack reading that can be judged was received for this indicator and period." in out


def test_a_draft_that_still_says_todo_is_left_out_of_the_impact(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("value: 400", "value: 1 # TODO") + "status: draft\n"
    out = impact(call, tmp_path, home, FILES | {"limits/bank/guide/bank_guide__kiln_so2_below.yaml": draft})
    assert "Left out, bank_guide__kiln_so2_below: still says TODO in line 11" in out
    assert "No rule would judge any plant differently." in out


def test_impact_says_what_it_does_not_try(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    policy = (RULES / "policy" / "matching.yaml").read_text()
    draft = folder_of_rules(tmp_path / "draft", FILES)
    (draft / "policy" / "matching.yaml").write_text(policy + "note: changed\n")
    _, out, _ = call("impact", "--rules", draft, "--home", home)
    assert "Without effect here, only a run tries them: matching" in out
    assert "names are not matched again" in out


def test_impact_names_a_run_of_another_version(call, tmp_path, rules, home) -> None:  # type: ignore[no-untyped-def]
    from pipelines.warehouse.database import connect

    old = tmp_path / "old"
    shutil.copytree(home, old, symlinks=True)
    with connect(old / "published" / "current" / "green_capacity.duckdb") as con:
        con.execute("drop table ref_rules__units")
    code, _, error = call("impact", "--rules", rules, "--home", old)
    assert code == 2
    assert "holds no ref_rules__units, so another version made it; run `greencap run` once" in error


# ---- diff -------------------------------------------------------------------------------------------------------------


def test_diff_of_two_folders_says_which_limit_moved_and_which_plants_are_concerned(call, tmp_path, rules, home) -> None:  # type: ignore[no-untyped-def]
    path = "limits/bank/guide/bank_guide__kiln_so2.yaml"
    other = folder_of_rules(tmp_path / "other", FILES | {path: DAILY.replace("400", "380")})
    code, out, _ = call("diff", rules, other, "--home", home, "--rules", rules)
    assert code == 0
    assert out.splitlines()[0] == "0 added, 0 removed, 1 changed"
    moved = "from 2014-03-01: at most 400 mg/Nm3 → at most 380 mg/Nm3"
    assert f"  {moved}\n  periods concerned: from 2014-03-01 on\n  plants concerned: A\n" in out


def test_diff_names_the_plants_of_a_rule_that_the_run_never_judged(call, tmp_path, rules, home) -> None:  # type: ignore[no-untyped-def]
    draft = DAILY.replace("nox_concentration", "so2_concentration") + "status: draft\n"
    other = folder_of_rules(tmp_path / "other", FILES | {"limits/bank/guide/bank_guide__kiln_so2_draft.yaml": draft})
    _, out, _ = call("diff", rules, other, "--home", home, "--rules", rules)
    assert "added: bank_guide__kiln_so2_draft" in out
    assert "  periods concerned: none\n  plants concerned: A" in out


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("fuel: coal", "plants concerned: A? (? = may be in scope: a size, technology or date is not known)"),
        ("commissioned: {from: 2020-01-01}", "plants concerned: A; no longer: A"),
    ],
)
def test_diff_tells_a_plant_that_may_be_in_scope_from_one_that_leaves_it(scope, said, call, tmp_path, rules, home) -> None:  # type: ignore[no-untyped-def]
    narrow = DAILY.replace("process: clinker_kiln}", f"process: clinker_kiln, {scope}}}")
    other = folder_of_rules(tmp_path / "other", FILES | {"limits/bank/guide/bank_guide__kiln_so2.yaml": narrow})
    _, out, _ = call("diff", rules, other, "--home", home, "--rules", rules)
    assert f"  {said}\n" in out


def test_an_instrument_that_moves_to_another_layer_concerns_all_its_rules(call, tmp_path, rules, home) -> None:  # type: ignore[no-untyped-def]
    moved = FILES | {"limits/bank/guide/_instrument.yaml": BANK.replace("lender_standard", "benchmark")}
    other = folder_of_rules(tmp_path / "other", moved)
    _, out, _ = call("diff", rules, other, "--home", home, "--rules", rules)
    assert (
        "instrument bank_guide\n  layer: lender_standard → benchmark\n  rules concerned: bank_guide__kiln_so2, bank_guide__kiln_so2_new"
        in out
    )
    assert "\n  periods concerned: from 2014-03-01 on\n  plants concerned: A\n" in out
    _, out, _ = call("impact", "--rules", other, "--home", home)
    assert "  its instrument changed  bank_guide__kiln_so2\n" in out


def test_diff_of_two_revisions_reads_the_banks_own_git(call, tmp_path, home) -> None:  # type: ignore[no-untyped-def]
    import subprocess

    bank = tmp_path / "bank"
    rules = folder_of_rules(bank, FILES)

    def git(*words: str) -> None:
        who = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(bank), *who, *words], check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    git("tag", "first")
    path = rules / "limits/bank/guide/bank_guide__kiln_so2.yaml"
    path.write_text(
        DAILY.replace("\nsources", "\n  2027-01-01:\n    value: 200\n    unit: mg/Nm3\n    reference: {clause: T2}\nsources", 1)
    )
    (rules / "limits/id/law/id_law__mill_so2.yaml").unlink()
    git("add", ".")
    git("commit", "-qm", "second")
    code, out, _ = call("diff", "first", "HEAD", "--rules", rules)
    assert code == 0
    assert "new from 2027-01-01: at most 200 mg/Nm3 (until now at most 400 mg/Nm3)" in out
    assert "removed: id_law__mill_so2" in out
    assert call("diff", "HEAD", "HEAD", "--rules", rules)[1] == "No rule differs.\n"
    _, out, _ = call("diff", "first", "HEAD", "--rules", rules, "--home", home)
    assert "  plants concerned: A\n" in out

"""Commands that write: skeletons that load, verifications kept in the file, pages with equal bytes; and the example of docs/new_rule.md."""

from __future__ import annotations

import re
import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from pipelines.errors import WrongUseError
from pipelines.rulebook.check_rulebook import check_and_notes, check_rules
from pipelines.rulebook.compare import compare_lines
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.in_force import is_in_force
from pipelines.rulebook.load import load_rulebook
from pipelines.rulebook.model import LawRule, LimitRule
from pipelines.rulebook.new_rule import Wish, write_rule
from pipelines.rulebook.periods import periods_concerned
from pipelines.rulebook.rule_pages import write_pages
from pipelines.rulebook.show import rule_lines
from pipelines.rulebook.verification import confirmed_by
from pipelines.rulebook.verify import Check, record_verification
from pipelines.warehouse.database import connect, read_rows
from tests.published import ONE_KILN, publish
from tests.unit.rulebook.rule_folder import LIMIT, RULES, limit_folder, make_folder

PAGE = (Path(__file__).parents[2] / "docs" / "new_rule.md").read_text(encoding="utf-8")
RULE = "xx_law__kiln_nox"
PATH = f"limits/xx/law/{RULE}.yaml"
POLICY = "policy/verification.yaml"


def bank(folder: Path, text: str = LIMIT, four_eyes: bool = True) -> Path:
    rules = limit_folder(folder, text)
    (rules / "policy").mkdir()
    policy = (RULES / POLICY).read_text(encoding="utf-8")
    (rules / POLICY).write_text(policy.replace("four_eyes: true", f"four_eyes: {str(four_eyes).lower()}"), encoding="utf-8")
    return rules


TODAY = date(2026, 3, 1)


def record(rules: Path, made: Check) -> list[str]:
    return record_verification(rules, RULE, made, TODAY)


def check(by: str, day: int = 1, is_confirmed: bool = True) -> Check:
    return Check(by, date(2026, 1, day), "GB 4915-2013, first print", "page 4", is_confirmed)


def evidence(rules: Path) -> str:
    return load_rulebook(rules).rules[RULE].evidence  # type: ignore[attr-defined, no-any-return]


# ---- verify -----------------------------------------------------------------------------------------------------------


def test_two_people_raise_the_evidence_and_one_does_not(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana"))
    assert evidence(rules) == "secondary"
    record(rules, check("Bo", 2))
    assert evidence(rules) == "printed_text"


def test_one_person_is_enough_where_the_policy_says_so(tmp_path: Path) -> None:
    rules = bank(tmp_path, four_eyes=False)
    record(rules, check("Ana"))
    assert evidence(rules) == "printed_text"


@pytest.mark.parametrize("name", ["Ana Sari", "ana sari", "Ana  Sari "])
def test_the_same_person_twice_is_refused_and_the_file_stays(name: str, tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana Sari"))
    before = (rules / PATH).read_bytes()
    with pytest.raises(WrongUseError, match="another person must read the print"):
        record(rules, check(name, 2))
    assert (rules / PATH).read_bytes() == before


def test_comments_order_and_line_endings_of_the_file_stay(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    text = LIMIT.replace("evidence: secondary", "evidence: secondary   # a table in a journal").replace("\n", "\r\n")
    (rules / PATH).write_bytes(text.encode())
    record(rules, check("Ana"))
    record(rules, check("Bo", 2))
    written = (rules / PATH).read_bytes().decode()
    kept, _, added = written.partition("verified:\r\n")
    assert kept == text.replace("evidence: secondary ", "evidence: printed_text ")
    assert added.count("- by:") == 2
    assert "\n" not in added.replace("\r\n", "")


def test_a_difference_lowers_the_evidence_and_counting_begins_anew(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    for check_made in (check("Ana"), check("Bo", 2), check("Cy", 3, is_confirmed=False)):
        record(rules, check_made)
    assert evidence(rules) == "unverified"
    record(rules, check("Ana", 4))
    assert evidence(rules) == "unverified"
    record(rules, check("Bo", 5))
    assert evidence(rules) == "printed_text"
    assert len(load_rulebook(rules).rules[RULE].verified) == 5  # type: ignore[attr-defined]


def test_a_day_before_the_last_check_is_refused(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana", 5))
    with pytest.raises(WrongUseError, match="was last checked on 2026-01-05"):
        record(rules, check("Bo", 4))


def test_a_figure_that_changes_loses_its_confirmations(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana"))
    record(rules, check("Bo", 2))
    path = rules / PATH
    path.write_text(path.read_text().replace("value: 400", "value: 401"))
    assert check_rules(rules) == [
        f"rules/{PATH}:1: evidence is printed_text, but 0 of 2 people have confirmed the figures of today; "
        "write evidence: secondary and let `greencap rules verify` raise it"
    ]


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("averaging: hour", "averaging: day"),
        ("oxygen_pct: 10", "oxygen_pct: 11"),
        ("temperature_k: 273.15", "temperature_k: 298.15"),
        ("at_most:", "below:"),
        ("2014-03-01", "2014-03-02"),
        ("process: clinker_kiln", "process: clinker_cooler"),
        ("averaging: hour", "averaging: hour\npass_test: share_of_periods\nshare: 0.95\nperiod_share_over: month"),
        ("averaging: hour", "averaging: hour\nexclude: [startup]"),
        ("averaging: hour", "averaging: hour\nmax_multiple: 2"),
        ("process: clinker_kiln", "process: clinker_kiln, size: {from: 2, unit: m}"),
    ],
)
def test_a_confirmation_falls_with_everything_that_it_was_about(change: str, into: str, tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana"))
    text = (rules / PATH).read_text()
    head, figures = text.split("verified:")
    assert change in head
    (rules / PATH).write_text(head.replace(change, into) + "verified:" + figures)
    record(rules, check("Bo", 2))
    assert evidence(rules) == "secondary"
    assert confirmed_by(load_rulebook(rules).rules[RULE]) == ("Bo",)  # type: ignore[arg-type]


def test_a_confirmation_does_not_fall_with_what_it_was_not_about(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana"))
    path = rules / PATH
    path.write_text(
        path.read_text().replace("title: NOx from cement kilns", "title: NOx of kilns").replace("severity: error", "severity: warning")
    )
    record(rules, check("Bo", 2))
    assert evidence(rules) == "printed_text"


def test_a_day_after_today_is_refused_and_today_is_not(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    with pytest.raises(WrongUseError, match="--on 2026-03-02 lies after today, 2026-03-01"):
        record(rules, Check("Ana", date(2026, 3, 2), "first print", "page 4", True))
    record(rules, Check("Ana", TODAY, "first print", "page 4", True))


def test_a_skeleton_cannot_be_verified(tmp_path: Path) -> None:
    rules = bank(tmp_path, LIMIT.replace("value: 400", "value: 1 # TODO: as printed") + "status: draft\n")
    with pytest.raises(WrongUseError, match="still says TODO in line 11"):
        record(rules, check("Ana"))


def test_the_table_of_verifications_says_who_checked_what_and_what_counts(tmp_path: Path) -> None:
    rules = bank(tmp_path)
    for made in (check("Ana"), check("Cy", 2, is_confirmed=False), check("ana", 3), check("Bo", 4)):
        record(rules, made)
    rows = rulebook_tables(load_rulebook(rules))["ref_rules__verifications"].to_pylist()
    assert [(row["verification_no"], row["checked_by"], row["result"], row["is_counted"]) for row in rows] == [
        (1, "Ana", "confirmed", False),
        (2, "Cy", "differs", False),
        (3, "ana", "confirmed", True),
        (4, "Bo", "confirmed", True),
    ]
    assert rows[0]["figures"] == (
        "at_most 2014-03-01 400 mg/Nm3; hour, every_period; 10 % O2 dry 273.15 K; for sector cement, process clinker_kiln"
    )
    assert rows[0]["checked_on_date"] == date(2026, 1, 1)


def test_printed_text_that_nobody_verified_is_refused(tmp_path: Path) -> None:
    (message,) = check_rules(bank(tmp_path, LIMIT.replace("secondary", "printed_text")))
    assert "0 of 2 people have confirmed" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("day: 2026-01-01", "day: soon"), "day 'soon' is not a date"),
        (("result: confirmed", "result: ok"), "result 'ok' is unknown"),
        (('    page: "page 4"\n', ""), "a verification needs the key 'page'"),
        (("    result:", "    remark: x\n    result:"), "key 'remark' is unknown in a verification"),
    ],
)
def test_a_verification_that_was_edited_badly_is_told(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    rules = bank(tmp_path)
    record(rules, check("Ana"))
    text = (rules / PATH).read_text()
    assert change[0] in text
    (rules / PATH).write_text(text.replace(*change))
    assert any(said in message for message in check_rules(rules))


# ---- new --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wish",
    [
        Wish("id_p99_2031__kiln_so2", "limit"),
        Wish("id_p99_2031__clinker_energy", "limit", indicator="clinker_comprehensive_energy"),
        Wish("eu_new_2031__furnace_nox", "limit", sector="flat_glass", indicator="nox_concentration", layer="international_reference"),
        Wish("list_2031__shaft_kiln", "prohibition", jurisdiction="CHN", layer="equipment_catalogue", title='Kilns "under" 2 m: all'),
        Wish("iso_2031__plan", "requirement", sector="steel", indicator="iso_14001", layer="management"),
    ],
    ids=lambda wish: wish.rule_id,
)
def test_a_skeleton_loads_as_a_draft_and_is_never_overwritten(wish: Wish, tmp_path: Path) -> None:
    rules = make_folder(tmp_path, {})
    written = write_rule(rules, wish)
    assert {path.name for path in written} == {"_instrument.yaml", f"{wish.rule_id}.yaml"}
    rule = load_rulebook(rules).rules[wish.rule_id]
    assert (rule.kind, rule.status) == (wish.kind, "draft")
    with pytest.raises(WrongUseError, match="is there already"):
        write_rule(rules, wish)


def test_a_skeleton_that_is_made_active_before_it_is_filled_in_is_refused_at_every_todo(tmp_path: Path) -> None:
    rules = make_folder(tmp_path, {})
    rule, instrument = sorted(write_rule(rules, Wish("id_p99_2031__kiln_so2", "limit")), key=lambda path: path.name == "_instrument.yaml")
    assert check_rules(rules) == []
    notes = check_and_notes(rules)[1]
    rule.write_text(rule.read_text().replace("status: draft\n", ""))
    messages = [message for message in check_rules(rules) if "still says TODO" in message]
    assert len(messages) >= len(notes) - 1 > 5
    assert any(
        message.startswith("rules/limits/id/p99_2031/_instrument.yaml:2: the rule is active and this line still says TODO")
        for message in messages
    )
    assert any(
        re.match(r"rules/limits/id/p99_2031/id_p99_2031__kiln_so2\.yaml:\d+: .*keep the rule at `status: draft`", one) for one in messages
    )
    for path in (rule, instrument):
        path.write_text(re.sub("(?m)^.*TODO.*$", lambda line: line[0].replace("TODO", "done"), path.read_text()))
    assert check_rules(rules) == []


def test_a_second_rule_of_an_instrument_leaves_the_instrument_alone(tmp_path: Path) -> None:
    rules = limit_folder(tmp_path)
    assert [path.name for path in write_rule(rules, Wish("xx_law__kiln_so2", "limit"))] == ["xx_law__kiln_so2.yaml"]


# ---- show and docs ----------------------------------------------------------------------------------------------------


def test_show_marks_the_value_of_the_day(tmp_path: Path) -> None:
    second = "  2020-01-01:\n    value: 320\n    unit: mg/Nm3\n    reference: {clause: Table 2}\nsources"
    rule = load_rulebook(limit_folder(tmp_path, LIMIT.replace("sources", second))).rules[RULE]

    def marked(day: date) -> list[str]:
        return [line for line in rule_lines(rule, day) if "→" in line or "nothing is in force" in line]

    assert "nothing is in force on 2014-02-28" in marked(date(2014, 2, 28))[0]
    assert "at most 400" in marked(date(2014, 3, 1))[0]
    assert "at most 400" in marked(date(2019, 12, 31))[0]
    assert "at most 320" in marked(date(2020, 1, 1))[0]


TWO_DATES = """\
  2020-01-01:
    value: 320
    unit: mg/Nm3
    existing_plants_from: 2022-01-01
    reference: {clause: Table 2}
sources"""


@pytest.mark.parametrize(
    ("day", "old", "new"),
    [("2014-02-28", None, None), ("2014-03-01", 400, 400), ("2019-12-31", 400, 400), ("2020-01-01", 400, 320), ("2022-01-01", 320, 320)],
)
def test_show_and_compare_tell_new_plants_from_existing_ones(day: str, old: int | None, new: int | None, tmp_path: Path) -> None:
    rulebook = load_rulebook(limit_folder(tmp_path, LIMIT.replace("sources", TWO_DATES)))
    rule, on = rulebook.rules[RULE], date.fromisoformat(day)
    shown = {value: line.partition("← ")[2] for value in (400, 320) for line in rule_lines(rule, on) if f"at most {value}" in line}
    compared = "\n".join(compare_lines(rulebook, rulebook.indicators["nox_concentration"], None, on))
    for value in (400, 320):
        who = {
            (True, True): "every plant",
            (True, False): "plants commissioned before 2020-01-01",
            (False, True): "plants commissioned from 2020-01-01 on",
        }
        expected = who.get((old == value, new == value), "")
        assert shown[value] == (f"on {day}: {expected}" if expected else "")
        assert (f"≤ {value} mg/Nm3" in compared) is bool(expected)
        assert expected in compared


def test_show_names_the_tier_that_binds_and_compare_the_one_that_binds_nobody(tmp_path: Path) -> None:
    tiers = LIMIT.replace("    value: 400\n", "    tiers: {I: 300, II: 350, III: 400}\n")
    rulebook = load_rulebook(limit_folder(tmp_path, tiers))
    day = date(2020, 1, 1)
    (line,) = [line for line in rule_lines(rulebook.rules[RULE], day) if "→" in line]
    assert line.endswith("plants commissioned before 2014-03-01 (tier III); plants commissioned from 2014-03-01 on (tier II)")
    compared = compare_lines(rulebook, rulebook.indicators["nox_concentration"], None, day)
    assert any("≤ 300 mg/Nm3" in line and "nobody, a level of the index" in line for line in compared)


# ---- periods concerned ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (LIMIT, LIMIT.replace("400", "401"), "from 2014-03-01 on"),
        (LIMIT, LIMIT.replace("sources", TWO_DATES), "new plants from 2020-01-01 on; older plants from 2022-01-01 on"),
        (LIMIT, LIMIT.replace("evidence: secondary", "evidence: unverified"), "none"),
        (LIMIT, LIMIT.replace("title: NOx", "title: NO2"), "none"),
        (LIMIT, LIMIT.replace("averaging: hour", "averaging: day"), "from 2014-03-01 on"),
        (LIMIT, LIMIT.replace("2014-03-01", "2015-01-01"), "from 2014-03-01 to 2014-12-31"),
        (LIMIT, LIMIT + "status: draft\n", "from 2014-03-01 on"),
        (None, LIMIT + "status: draft\n", "none"),
        (None, LIMIT, "from 2014-03-01 on"),
        (LIMIT, None, "from 2014-03-01 on"),
    ],
)
def test_periods_concerned_are_the_days_on_which_a_rule_asks_something_else(
    before: str | None, after: str | None, said: str, tmp_path: Path
) -> None:
    def rule(name: str, text: str | None) -> LawRule | None:
        (tmp_path / name).mkdir()
        found = load_rulebook(limit_folder(tmp_path / name, text)).rules[RULE] if text else None
        assert found is None or isinstance(found, LawRule)
        return found

    assert periods_concerned(rule("before", before), rule("after", after)) == said


def test_equal_rules_give_equal_pages_and_foreign_files_stay(tmp_path: Path) -> None:
    rulebook = load_rulebook(limit_folder(tmp_path))
    first, second = (write_pages(rulebook, tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert [path.name for path in first] == ["index.md", "xx_law.md"]
    assert "at most 400 mg/Nm3, from 2014-03-01 | [Table 1](https://example.org/standard) |" in (tmp_path / "one/xx_law.md").read_text()
    (tmp_path / "two/notes.md").write_text("mine")
    with pytest.raises(WrongUseError, match=r"notes\.md: was not made by"):
        write_pages(rulebook, tmp_path / "two")


# ---- docs/new_rule.md -------------------------------------------------------------------------------------------------


def page_files() -> dict[str, str]:
    """Path below rules/ → text of each example on the page."""
    blocks = re.findall(r"```yaml\n# rules/(\S+)\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == PAGE.count("```yaml") == 4
    return dict(blocks)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rules = make_folder(tmp_path_factory.mktemp("page"), page_files())
    shutil.copytree(RULES / "policy", rules / "policy")
    return rules


def test_every_command_of_the_page_is_one_with_options_that_it_has() -> None:
    from typer.main import get_command

    from pipelines.rules_cli import rules_app

    commands = get_command(rules_app).commands  # type: ignore[attr-defined]
    found = re.findall(r"`greencap rules (\w+)([^`]*)`", PAGE)
    assert {name for name, _ in found} == set(commands) - {"docs"}
    for name, words in found:
        known = {option for param in commands[name].params for option in (*param.opts, *param.secondary_opts)}
        assert set(re.findall(r"--[a-z-]+", words)) <= known, (name, words)
        if name in ("show", "compare", "verify", "impact", "explain", "new"):
            assert "--rules" in words or "--on DATE" in words or words.strip() == "water", (name, words)


def test_the_example_with_tiers_binds_new_large_kilns_only(example: Path, tmp_path: Path) -> None:
    found = {}
    for size, commissioned in (
        (2500.0, date(2025, 1, 1)),
        (2499.9, date(2025, 1, 1)),
        (2500.0, date(2010, 1, 1)),
        (None, date(2025, 1, 1)),
    ):
        unit = ONE_KILN["raw_plants__process_units"][0] | {"commissioning_date": commissioned, "size_value": size, "size_unit": "t/d"}
        plant = ONE_KILN["raw_plants__plants"][0] | {"country_iso3": "PAK"}
        rows = ONE_KILN | {"raw_plants__process_units": [unit], "raw_plants__plants": [plant]}
        database = publish(tmp_path / f"{size}-{commissioned}", example, rows)
        sql = "select tier, is_applicable from int_rules__applicability where rule_id like 'pk_%' and is_binding_tier"
        with connect(database, read_only=True) as con:
            found[size, commissioned.year] = [tuple(row.values()) for row in read_rows(con, sql)]
    assert found == {(2500.0, 2025): [("II", "yes")], (2499.9, 2025): [], (2500.0, 2010): [], (None, 2025): [("II", "unknown")]}


def test_the_example_of_the_page_loads(example: Path) -> None:
    assert check_rules(example) == []


@pytest.mark.parametrize(("day", "value"), [("2020-02-29", None), ("2020-03-01", 650), ("2025-12-31", 650), ("2026-01-01", 400)])
def test_the_example_changes_on_its_days(day: str, value: int | None, example: Path) -> None:
    rule = load_rulebook(example).rules["id_example_2020__kiln_so2"]
    assert isinstance(rule, LimitRule)
    found = [entry.values[None] for entry in rule.entries if is_in_force(entry, date.fromisoformat(day))]
    assert found == ([] if value is None else [Fraction(value)])


def table_of_the_page() -> list[tuple[str, str, str]]:
    rows = re.findall(r"^\| (\d{4}-\d\d-\d\d) \| ([^|]*?) *\| ([^|]*?) *\|$", PAGE, re.MULTILINE)
    assert len(rows) == 7
    return rows


def test_kilns_old_and_new_are_bound_as_the_table_of_the_page_says(example: Path, tmp_path: Path) -> None:
    for column, commissioned in ((1, date(2010, 1, 1)), (2, date(2026, 6, 1))):
        unit = ONE_KILN["raw_plants__process_units"][0] | {"commissioning_date": commissioned}
        database = publish(tmp_path / str(column), example, ONE_KILN | {"raw_plants__process_units": [unit]})
        with connect(database, read_only=True) as con:
            bounds = read_rows(con, "select threshold_id, bound_from_date, bound_to_date from int_rules__applicability")
        for row in table_of_the_page():
            if row[column]:
                day = date.fromisoformat(row[0])
                bound = [b for b in bounds if b["bound_from_date"] <= day and (b["bound_to_date"] is None or day < b["bound_to_date"])]
                limits = {"2020-03-01": "at most 650", "2026-01-01": "at most 400"}
                assert [limits[b["threshold_id"].partition("@")[2]] for b in bound] == [row[column]] * (row[column] != "no limit")

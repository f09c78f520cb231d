"""The whole path on the committed samples, as a person runs it."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.report.site.addresses import plant_address
from pipelines.report.site.formats import percent
from pipelines.report.words import STANDINGS
from pipelines.warehouse.database import connect, read_rows

GREENCAP = [sys.executable, "-c", "from pipelines.cli import main; main()"]
STATES = {"PASS", "FAIL", "INDETERMINATE", "NO_DATA", "NOT_APPLICABLE", "ERROR"}


def _run(home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GREENCAP, "run", "--home", str(home)],
        cwd=home.parent,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def sample(sample_run: Path) -> Path:
    """Published folder of a run on the samples."""
    return sample_run


@pytest.fixture(scope="module")
def scorecard(sample: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((sample / "scorecard.json").read_text(encoding="utf-8"))
    return found


def _rows(sample: Path, sql: str) -> list[dict[str, Any]]:
    with connect(sample / "green_capacity.duckdb", read_only=True) as con:
        return read_rows(con, sql)


def test_everything_promised_is_published(sample: Path) -> None:
    for name in (
        "scorecard.html",
        "scorecard.json",
        "verdicts.parquet",
        "rejects.csv",
        "run_summary.json",
        "green_capacity.duckdb",
        "data_docs/index.html",
        "site/index.html",
        "scorecard.xlsx",
        "csv/datapackage.json",
    ):
        assert (sample / name).stat().st_size > 0, name


def test_the_summary_counts_what_came_in_and_says_that_it_was_published(sample: Path) -> None:
    summary = json.loads((sample / "run_summary.json").read_text(encoding="utf-8"))
    assert (summary["published"], summary["reason"]) == (True, "all gates hold")
    assert summary["counts"]["rows_received"]["raw_bank__loans"] == len(_rows(sample, "select 1 from raw_bank__loans"))
    assert set(summary["counts"]["verdicts"]) <= STATES
    assert sum(summary["counts"]["verdicts"].values()) == len(_rows(sample, "select 1 from int_plants__verdicts"))
    of_books = "plant_id in (select plant_id from mart_portfolio__plants)"
    errors = _rows(sample, f"select 1 from int_plants__verdicts where state = 'ERROR' and {of_books}")
    assert sum(summary["counts"]["verdict_errors"].values()) == len(errors) > 0
    assert "OXYGEN_MISSING at TUR-C01" in summary["counts"]["verdict_errors"]
    assert summary["duration_seconds"]


def test_all_six_states_occur_in_the_samples_each_with_a_reason(sample: Path) -> None:
    rows = _rows(sample, "select state, count(*) as n, count(reason_code) as reasons from int_plants__verdicts group by state")
    assert {row["state"] for row in rows} == STATES
    assert all(row["n"] == row["reasons"] for row in rows)


def test_every_reason_code_has_words(sample: Path) -> None:
    shown = {row["c"] for row in _rows(sample, "select distinct reason_code as c from int_plants__verdicts")}
    shown |= {row["c"] for row in _rows(sample, "select distinct class_reason as c from int_plants__class")}
    shown |= {
        row["c"] for row in _rows(sample, "select distinct reason_code as c from mart_portfolio__loans where reason_code is not null")
    }
    assert shown <= {row["c"] for row in _rows(sample, "select reason_code as c from ref_rules__reason_codes")}


@pytest.fixture(scope="module")
def by_hand() -> dict[str, list[dict[str, Any]]]:
    """What somebody worked out by hand that the samples must say."""
    path = Path(__file__).parent / "samples_expected.yaml"
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def test_verdicts_worked_out_by_hand_are_the_verdicts_found(sample: Path, by_hand: dict[str, list[dict[str, Any]]]) -> None:
    rows = _rows(sample, "select plant_id, rule_id, tier, period_end_date, state, reason_code, measured_value from int_plants__verdicts")
    assert len(by_hand["verdicts"]) >= 40
    wrong = []
    for case in by_hand["verdicts"]:
        found = [
            row
            for row in rows
            if (row["plant_id"], row["rule_id"]) == (case["plant"], case["rule"])
            and case.get("tier") in (None, row["tier"])
            and case.get("period") in (None, row["period_end_date"])
        ]
        states = {(row["state"], row["reason_code"]) for row in found} - {("NOT_APPLICABLE", "NOT_OPERATING")}
        values = {row["measured_value"] for row in found} if "value" in case else set()
        if states != {(case["state"], case["reason"])} or any(value != pytest.approx(case["value"], abs=5e-5) for value in values):
            wrong.append(f"{case}: found {sorted(states)} {values}")
    assert not wrong, "\n".join(wrong)


def test_index_and_classes_worked_out_by_hand_are_those_found(sample: Path, by_hand: dict[str, list[dict[str, Any]]]) -> None:
    index = {row["plant_id"]: row for row in _rows(sample, "select * from int_plants__index")}
    for case in by_hand["index"]:
        found = index[case["plant"]]
        for name in ("score_i_low", "score_i_high", "score_ii_low", "score_ii_high"):
            assert found[name] == pytest.approx(case[name], abs=1e-6), (case["plant"], name)
        assert (found["index_level_worst"], found["index_level_best"]) == (case["worst"], case["best"]), case["plant"]
    classes = {row["plant_id"]: row["plant_class"] for row in _rows(sample, "select plant_id, plant_class from int_plants__class")}
    assert {case["plant"]: classes[case["plant"]] for case in by_hand["classes"]} == {
        case["plant"]: case["class"] for case in by_hand["classes"]
    }


def test_dollars_worked_out_by_hand_are_those_found(sample: Path, by_hand: dict[str, list[dict[str, Any]]]) -> None:
    found = {(row["loan_id"], row["plant_id"]): row["exposure_usd"] for row in _rows(sample, "select * from int_loans__attribution")}
    for case in by_hand["attributions"]:
        assert float(found[case["loan"], case["plant"]]) == pytest.approx(case["usd"], abs=0.01), case
    headlines = {row["portfolio_id"]: row for row in _rows(sample, "select * from mart_portfolio__headline where sector = 'all'")}
    for case in by_hand["headline"]:
        for name in set(case) - {"portfolio"}:
            assert headlines[case["portfolio"]][name] == pytest.approx(case[name], abs=0.02), (case["portfolio"], name)


def test_attribution_covenants_and_lock_in_worked_out_by_hand_are_those_found(sample: Path, by_hand: dict[str, Any]) -> None:
    factors = {row["loan_id"]: row for row in _rows(sample, "select * from int_loans__attribution_factors")}
    for case in by_hand["attribution_factors"]:
        found = factors[case["loan"]]
        assert (found["value_level"], float(found["value_usd"])) == (case["level"], case["value_usd"]), case
        assert found["attribution_factor"] == pytest.approx(case["factor"], abs=1e-9), case
        assert found["commitment_factor"] == pytest.approx(case["committed"], abs=1e-9), case
    names = {"headroom": "headroom_ratio", "achievement": "achievement_ratio", "cure_end": "cure_end_date"}
    covenants = {row["covenant_id"]: row for row in _rows(sample, "select * from mart_portfolio__covenants")}
    assert set(covenants) == {case["covenant"] for case in by_hand["covenants"]}
    for case in by_hand["covenants"]:
        for name in set(case) - {"covenant", "why"}:
            found = covenants[case["covenant"]][names.get(name, name)]
            assert found == (pytest.approx(case[name], abs=1e-9) if isinstance(case[name], float) else case[name]), (case, name)
    watched = _rows(sample, "select subject_id from mart_portfolio__watch_list where movement = 'entered' order by subject_id")
    assert [row["subject_id"] for row in watched] == by_hand["watch_list"]
    units = {(row["loan_id"], row["unit_id"]): row for row in _rows(sample, "select * from mart_portfolio__lock_in")}
    for case in by_hand["lock_in"]:
        found = units[case["loan"], case["unit"]]
        assert (found["decision_date"], found["decision_basis"]) == (case["decision"], case["basis"]), case
        assert found["remaining_years"] == pytest.approx(case["years"], abs=1e-9), case
        financed = found["financed_ratio"] * found["emissions_tco2e_per_year"]
        assert found["before_maturity_tco2e"] == pytest.approx(financed * case["share_before"], abs=0.01), case
        assert found["after_maturity_tco2e"] == pytest.approx(financed * (case["years"] - case["share_before"]), abs=0.01), case


def test_what_every_weighting_says_of_the_book_adds_up_from_borrowers_and_plants(sample: Path) -> None:
    rows = _rows(
        sample,
        """select w.weighting, w.lower_ratio, w.upper_ratio,
            sum(c.lower_contribution_ratio) as lower, sum(c.upper_contribution_ratio) as upper
        from mart_portfolio__weightings as w
        inner join mart_portfolio__contributions as c
            on w.portfolio_id = c.portfolio_id and w.sector = c.sector and w.weighting = c.weighting and c.weight_value is not null
        where w.lower_ratio is not null group by w.portfolio_id, w.sector, w.weighting, w.lower_ratio, w.upper_ratio""",
    )
    assert len({row["weighting"] for row in rows}) == 12
    assert all((row["lower"], row["upper"]) == pytest.approx((row["lower_ratio"], row["upper_ratio"]), abs=1e-9) for row in rows)


def test_the_eliminated_kiln_makes_its_plant_not_green_whatever_its_score(sample: Path) -> None:
    rows = _rows(sample, "select distinct c.plant_class from int_plants__class as c where c.elimination_state = 'FAIL'")
    assert rows == [{"plant_class": "not_green"}]


def test_unknown_is_never_green(sample: Path) -> None:
    rows = _rows(
        sample,
        """select c.plant_id from int_plants__class as c
        where c.plant_class = 'green' and (c.class_worst <> 'green' or c.elimination_state <> 'PASS'
        or c.legal_state not in ('PASS', 'NOT_APPLICABLE') or c.index_level_worst not in ('I', 'II'))""",
    )
    assert rows == []
    nothing_known = _rows(sample, "select plant_id from mart_plants__scorecard where pass_count + fail_count = 0")
    assert nothing_known, "the samples hold a plant without data"
    for row in nothing_known:
        assert _rows(sample, f"select plant_class from int_plants__class where plant_id = '{row['plant_id']}'") == [
            {"plant_class": "unknown"}
        ]


def test_headline_numbers_on_the_page_are_those_of_the_mart(sample: Path, scorecard: dict[str, Any]) -> None:
    rows = _rows(
        sample,
        "select portfolio_id, lower_ratio, upper_ratio from mart_portfolio__headline where sector = 'all'",
    )
    assert {row["portfolio_id"] for row in rows} == {portfolio["portfolio_id"] for portfolio in scorecard["portfolios"]}
    page = (sample / "scorecard.html").read_text(encoding="utf-8")
    for row in rows:
        assert row["portfolio_id"] in page
        assert f"lies between {percent(row['lower_ratio'])} and {percent(row['upper_ratio'])}." in page
        assert 0 <= row["lower_ratio"] <= row["upper_ratio"] <= 1


def test_exposure_splits_without_loss_or_double_counting(sample: Path) -> None:
    for row in _rows(sample, "select * from mart_portfolio__headline"):
        parts = row["green_usd"] + row["transition_usd"] + row["not_green_usd"] + row["unknown_usd"] + row["unmatched_usd"]
        assert parts == pytest.approx(row["exposure_usd"], abs=0.01)
    worst = _rows(
        sample,
        "select max(total) as m from (select sum(allocation_ratio) as total from int_loans__attribution group by portfolio_id, loan_id)",
    )
    assert worst[0]["m"] <= 1 + 1e-9


def test_data_docs_open_from_the_folder_without_a_network(sample: Path) -> None:
    for page in (sample / "data_docs").rglob("*.html"):
        assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//[^\"'> ]+\.(?:js|css|woff2?|png|svg)", page.read_text(encoding="utf-8")), (
            page.name
        )


def test_rejects_are_listed_with_file_row_column_and_reason(sample: Path) -> None:
    with (sample / "rejects.csv").open(encoding="utf-8", newline="") as file:
        assert {"file_name", "row_number", "column_name", "value", "reason"} <= set(csv.DictReader(file).fieldnames or [])


def test_two_runs_in_other_folders_time_zones_and_languages_give_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    home = tmp_path / "another place" / "home"
    home.parent.mkdir()
    done = _run(home, TZ="Asia/Kathmandu", LC_ALL="de_DE.UTF-8", LANG="tr_TR.UTF-8", PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    other = home / "published" / "current"
    for name in ("scorecard.json", "scorecard.html", "scorecard.xlsx", "rejects.csv"):
        assert _sha256(sample / name) == _sha256(other / name), name
    for folder in ("data_docs", "csv", "site"):
        assert _folder(sample / folder) == _folder(other / folder)
    with connect(":memory:") as con:
        sql = "select * from read_parquet(?) order by all"
        assert read_rows(con, sql, [str(sample / "verdicts.parquet")]) == read_rows(con, sql, [str(other / "verdicts.parquet")])


def test_only_the_portfolio_asked_for_is_judged_and_an_unknown_one_is_wrong_use(tmp_path: Path, scorecard: dict[str, Any]) -> None:
    wanted = scorecard["portfolios"][0]["portfolio_id"]
    done = subprocess.run(
        [*GREENCAP, "run", "--home", str(tmp_path / "home"), "--portfolio", wanted],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    only = json.loads((tmp_path / "home" / "published" / "current" / "scorecard.json").read_text(encoding="utf-8"))
    assert [portfolio["portfolio_id"] for portfolio in only["portfolios"]] == [wanted]
    refused = subprocess.run(
        [*GREENCAP, "run", "--home", str(tmp_path / "home"), "--portfolio", "nobody"],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert refused.returncode == 2
    assert wanted in refused.stderr


def test_help_and_version_do_not_load_heavy_libraries() -> None:
    heavy = {"dagster", "duckdb", "great_expectations", "pandas", "pyarrow", "sqlglot"}
    code = f"import sys; from pipelines.cli import app; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _folder(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_reader_finds_on_the_page_which_indicator_keeps_a_plant_from_its_level(sample: Path) -> None:
    page = (sample / "site" / plant_address("VNM-C01")).read_text(encoding="utf-8")
    index = re.sub(r"<[^>]+>", "", page[page.index("<h2 id=index") : page.index("<h2 id=units")])
    rows = _rows(sample, "select indicator_title from int_plants__index_indicators where plant_id = 'VNM-C01'")
    assert rows
    assert all(f"{row['indicator_title']} (" in index for row in rows)


def test_no_rule_that_binds_nobody_stands_among_the_binding_ones(sample: Path) -> None:
    rows = _rows(sample, "select layer, binding_plant_count, is_verified from mart_portfolio__failing_rules")
    assert any(row["binding_plant_count"] == 0 for row in rows)
    assert all(row["binding_plant_count"] == 0 for row in rows if not row["is_verified"] or row["layer"] in ("home_target", "benchmark"))


# ---- `greencap rules explain` and the scorecard ------------------------------------------------------------------------

SHARED = ("rule_id", "entity_id", "basis", "basis_o2_pct", "strictness_rank", "limit_value", "comparable_value", "measured_value", "state")
SHARED += (
    "is_binding",
    "is_effective",
    "effective_reason",
    "needs_justification",
    "effective_state",
    "justification_state",
    "justification_id",
)


def test_explain_reads_for_every_plant_and_indicator_what_the_scorecard_shows(sample: Path) -> None:
    from pipelines.rulebook.published_sql import REGIMES_SQL

    shown: dict[tuple[str, str], list[str]] = {}
    with connect(sample / "green_capacity.duckdb", read_only=True) as con:
        for row in read_rows(con, "select * from mart_plants__regimes"):
            shown.setdefault((row["plant_id"], row["indicator_id"]), []).append(_shared(row, row["tier"]))
        assert len(shown) > 1000
        for keys, rows in shown.items():
            explained = [_shared(row, row["tier"] or "-") for row in read_rows(con, REGIMES_SQL, keys)]
            assert sorted(explained) == sorted(rows), keys


def _shared(row: dict[str, Any], tier: str) -> str:
    return str([tier, *(row[name] for name in SHARED)])


def test_every_page_and_the_json_say_that_the_samples_are_synthetic(sample: Path, scorecard: dict[str, Any]) -> None:
    assert scorecard["run"]["data_kinds"] == "synthetic"
    pages = [sample / "scorecard.html", *(sample / "site").rglob("*.html")]
    header = re.compile(r"<header>.*>SYNTHETIC DATA<.*</header>", re.DOTALL)
    assert [page.name for page in pages if not header.search(page.read_text(encoding="utf-8"))] == []


def test_the_words_of_the_standings_stand_in_the_order_of_the_models(sample: Path) -> None:
    found = _rows(sample, "select distinct standing, standing_no from int_plants__rule_standing order by standing_no")
    places = {name: place for place, name in enumerate(STANDINGS, start=1)}
    assert len(found) > 2
    assert found == [{"standing": name, "standing_no": places[name]} for name in places if name in {row["standing"] for row in found}]


def test_the_list_of_findings_holds_what_binds_and_counts_what_it_leaves_out(sample: Path) -> None:
    by_standing = _rows(sample, "select standing, count(*) as n from mart_findings__register group by standing")
    counts = {row["standing"]: row["n"] for row in by_standing}
    assert set(counts) == {"binding", "elimination", "comparison"}
    deciding = counts["binding"] + counts["elimination"]
    listed = _findings(sample)
    assert len([line for line in listed if line.startswith("F-")]) == deciding
    of_each = f"1 binding, {counts['elimination']} elimination"
    assert listed[-1] == f"{deciding} findings: {of_each}; not shown: {counts['comparison']} comparison (--all)"
    said = f"{counts['comparison'] + deciding} findings: {of_each}, {counts['comparison']} comparison, the first 1 shown (--most)"
    assert _findings(sample, "--all", "--most", "1")[-1] == said


def _findings(sample: Path, *options: str) -> list[str]:
    from typer.testing import CliRunner

    from pipelines.cli import app

    done = CliRunner().invoke(app, ["findings", *options, "--home", str(sample.parents[1])], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output.splitlines()


ASKED = """
select distinct plant_id, indicator_id from mart_plants__regimes where is_effective
union
select plant_id, min(indicator_id) as indicator_id from mart_plants__regimes group by plant_id
union
select plant_id, indicator_id from int_plants__verdicts where overlay_id is not null
order by 1, 2
"""


def test_the_words_of_explain_name_the_state_and_the_limits_that_the_scorecard_shows(sample: Path) -> None:
    from pipelines.rulebook.explain import explain_lines, find_asked

    with connect(sample / "green_capacity.duckdb", read_only=True) as con:

        def read(sql: str, params: Any = ()) -> list[dict[str, Any]]:
            return read_rows(con, sql, params)

        for keys in [list(row.values()) for row in read(ASKED)]:
            text = "\n".join(explain_lines(read, find_asked(read, *keys)))
            rows = read("select * from mart_plants__regimes where plant_id = ? and indicator_id = ?", keys)
            assert all(re.search(_ruler_line(row), text, re.MULTILINE) for row in rows), keys
            states = {row["effective_state"] for row in rows if row["is_effective"]}
            assert set(re.findall(r"What counts: (\w+) – effective", text)) == states
            moved = read("select distinct overlay_id from int_plants__verdicts where plant_id = ? and indicator_id = ?", keys)
            assert all(f"moved by overlay {row['overlay_id']}" in text for row in moved if row["overlay_id"])


def _ruler_line(row: dict[str, Any]) -> str:
    name = row["rule_id"] if row["tier"] == "-" else f"{row['rule_id']}#{row['tier']}"
    limit = "no number" if row["comparable_value"] is None else f"[≤<≥>] {row['comparable_value']:.6g}"
    mark = "→ effective +" if row["is_effective"] else "binding +" if row["is_binding"] else ""
    return rf"^ +{mark}{limit} +\|.*\|  {row['state']}  {name}$"

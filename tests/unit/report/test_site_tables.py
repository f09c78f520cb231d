"""Pages of findings, rules, countries, coverage and method show what the marts hold; rows in scripts say the same as the page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from pipelines.report.scorecard import Read, collect
from pipelines.report.site import formats
from pipelines.report.site.addresses import instrument_address, rule_address, rule_anchor
from pipelines.report.site.findings import count_words, finding_columns
from pipelines.report.site.names import Names
from pipelines.report.site.row_table import Table, day_column, mark_column, number_column, text_column, word_column
from pipelines.report.site.rules import scope_words
from pipelines.report.site.words import Text
from pipelines.warehouse.database import close, connect, read_rows

#: Columns of the register that the page of findings reads.
_FINDING_COLUMNS = (
    "state change standing severity plant_id plant_name rule_id title tier entity_id indicator_id worst_value unit operator "
    "worst_limit_value worst_headroom_ratio open_days first_seen_days cure_end_date check_end_date owner exposure_usd sector country_iso3 "
    "last_fail_date is_overdue is_not_reassessed"
).split()


def rows_of(script: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(script.removeprefix("window.greenCapacityRows=").removesuffix(";\n"))
    return found


@pytest.fixture(scope="module")
def read(database: Path) -> Iterator[Read]:
    con = connect(database, read_only=True)
    yield partial(read_rows, con)
    close(con)


def page(site: Path, address: str) -> str:
    return unescape((site / address).read_text(encoding="utf-8"))


def table(**columns: Any) -> Table:
    return Table("rules/index.html", columns, dict.fromkeys(columns, "rule"), facets=(), searched=())


def test_a_column_holds_each_word_once_and_numbers_as_they_are_shown() -> None:
    found = rows_of(
        table(
            id=text_column(["F-1", "F-2", "F-3"]),
            state=mark_column(["OPEN", "CLOSED", "OPEN"], lambda code: Text(code.lower(), "中"), lambda code: "green"),
            room=number_column([Decimal("-0.35249"), None, 0.5], "percent", 1),
            day=day_column([date(2026, 6, 1), None, date(2026, 6, 1)]),
        ).script(())
    )
    assert found["count"] == 3
    assert found["columns"]["state"] == {"kind": "mark", "words": [["open", "中", "green"], ["closed", "中", "green"]], "at": [0, 1, 0]}
    assert found["columns"]["room"]["values"] == [-35.2, None, 50]
    assert found["columns"]["day"] == {"kind": "day", "words": ["2026-06-01", None], "at": [0, 1, 0]}


def test_a_word_leads_only_to_a_page_that_the_site_has_seen_from_its_own_page() -> None:
    words = word_column(["a", "b"], lambda key: key, lambda key: f"plants/{key}.html#x", lambda key: 1)
    found = rows_of(table(plant=words).script({"plants/a.html"}))
    assert found["columns"]["plant"]["words"] == [["a", None, "../plants/a.html#x", 1.0], ["b", None, None, 1.0]]


def test_the_number_of_a_finding_leads_to_where_its_verdict_is_told(site: Path, read: Read) -> None:
    text = (site / "findings.html").read_text(encoding="utf-8")
    columns = rows_of((site / "findings.rows.js").read_text(encoding="utf-8"))["columns"]
    assert columns["finding"]["like"] == "where"
    places = {word[0]: word[2] for word in columns["where"]["words"]}
    assert places["stack:A-S1"].startswith("indicators/stack-A-S1.")
    for row in read("select finding_id, operator from mart_findings__register where operator in ('prohibited', 'required')"):
        place = columns["where"]["at"][columns["finding"]["values"].index(row["finding_id"])]
        at = {"prohibited": "units", "required": "required"}[row["operator"]]
        assert columns["where"]["words"][place][2] == f"plants/A.html#{at}"
        assert f"<code><a href=plants/A.html#{at}>{row['finding_id']}</a></code>" in text


def test_the_count_of_findings_names_the_states_that_are_not_closed() -> None:
    states = ["OPEN", "OPEN", "PENDING_CHECK", "CLOSED", "FALSE_POSITIVE"]
    said = count_words([{"state": state} for state in states])
    assert said.en == "5 findings, 3 of them not closed: 2 open, 1 pending check."
    assert said.zh == "共 5 项发现，其中 3 项未结：未处理 2 项、待核实 1 项。"
    assert count_words([{"state": "CLOSED"}]).en == "1 finding, and it is closed."


def test_the_page_shows_the_first_rows_and_the_script_has_all() -> None:
    many = table(id=text_column([str(n) for n in range(1234)]))
    assert (many.count, many.first_rows, many.address) == (1234, 50, "rules/index.rows.js")
    assert rows_of(many.script(()))["count"] == 1234


def test_every_finding_of_the_register_is_in_the_rows_with_its_figures(site: Path, read: Read) -> None:
    register = read("select finding_id, worst_value, worst_headroom_ratio, exposure_usd, plant_id from mart_findings__register")
    assert register
    found = rows_of((site / "findings.rows.js").read_text(encoding="utf-8"))
    columns = found["columns"]
    places = {finding_id: place for place, finding_id in enumerate(columns["finding"]["values"])}
    assert set(places) == {row["finding_id"] for row in register}
    for row in register:
        place = places[row["finding_id"]]
        shown = columns["headroom"]["values"][place]
        assert formats.signed_percent(None if shown is None else Decimal(str(shown)) / 100) == formats.signed_percent(
            row["worst_headroom_ratio"]
        )
        for name, column in (("value", "worst_value"), ("exposure", "exposure_usd")):
            assert columns[name]["words"][columns[name]["at"][place]][3] == pytest.approx(row[column])
        assert columns["plant"]["words"][columns["plant"]["at"][place]][2] == f"plants/{row['plant_id']}.html"


def test_what_must_be_mended_first_stands_first_and_closed_findings_last() -> None:
    from pipelines.report.site import findings

    con = connect(":memory:")
    columns = "finding_id state change standing plant_id plant_name country_iso3 sector entity_id rule_id tier title severity indicator_id"
    columns += " operator unit owner"
    numbers = "worst_value worst_limit_value worst_headroom_ratio open_days first_seen_days exposure_usd standing_no"
    typed = [f"{name} varchar" for name in columns.split()] + [f"{name} double" for name in numbers.split()]
    typed += [f"{name} date" for name in ("cure_end_date", "due_date", "last_fail_date", "check_end_date")]
    typed += ["is_waiting boolean default false", "is_not_reassessed boolean"]
    con.execute("create table ref_run__settings as select date '2026-06-30' as as_of_date")
    con.execute(f"create table mart_findings__register ({', '.join(typed)})")
    for row in (
        ("closed", "CLOSED", 1, "2026-01-01"),
        ("late", "OPEN", 1, "2026-12-31"),
        ("soon", "OPEN", 1, "2026-07-01"),
        ("only", "OPEN", 4, "2026-02-01"),
        ("waived", "WAIVED", 4, "2026-03-01"),
    ):
        con.execute("insert into mart_findings__register (finding_id, state, standing_no, cure_end_date) values (?, ?, ?, ?)", list(row))
    con.execute(
        "insert into mart_findings__register (finding_id, state, standing_no, cure_end_date, is_waiting, check_end_date)"
        " values ('mended', 'PENDING_CHECK', 1, date '2026-01-31', true, date '2026-12-31')"
    )
    rows = read_rows(con, findings._FINDINGS)
    con.close()
    assert [row["finding_id"] for row in rows] == ["soon", "late", "mended", "only", "waived", "closed"]
    assert [row["finding_id"] for row in rows if row["is_overdue"]] == ["only"], "past its day, open, not mended and not waived"
    assert [row["cure_end_date"] for row in rows if row["finding_id"] == "mended"] == [None], "nothing is to be mended"


def test_an_overdue_finding_is_marked_in_a_word_and_a_symbol(read: Read) -> None:
    names = Names(collect(read, {}))
    row = dict.fromkeys(_FINDING_COLUMNS) | {"finding_id": "F-1", "entity_id": "plant:P", "plant_id": "P"}
    row |= {"state": "OPEN", "is_overdue": True, "rule_id": "r", "last_fail_date": date(2026, 5, 1)}
    columns = finding_columns([row], names)
    assert columns["state"]["words"] == [["open, overdue", "未处理，逾期", "not-green"]]
    assert columns["failed"]["words"] == ["2026-05-01"]


def test_a_finding_that_came_back_says_since_when_it_is_open_and_when_it_was_first_seen(read: Read) -> None:
    row = dict.fromkeys(_FINDING_COLUMNS) | {"finding_id": "F-1", "entity_id": "plant:P", "plant_id": "P", "rule_id": "r"}
    again = row | {"state": "REOPENED", "open_days": 0, "first_seen_days": 31}
    waits = row | {"state": "PENDING_CHECK", "open_days": 31, "first_seen_days": 31, "check_end_date": date(2026, 11, 30)}
    columns = finding_columns([again, waits], Names(collect(read, {})))
    assert [word[::3] for word in columns["days"]["words"]] == [["0 (first seen 31 days ago)", 0.0], ["31", 31.0]]
    assert [word[0] for word in columns["state"]["words"]] == ["reopened", "pending check"]
    assert [word[0] for word in columns["cure"]["words"]] == ["–", "check 30 Nov 2026"]
    told = finding_columns(
        [row | {"is_not_reassessed": True}, row | {"is_not_reassessed": True, "worst_value": 3.0}], Names(collect(read, {}))
    )
    assert [word[0] for word in told["value"]["words"]] == ["not assessed again", "3"]


def test_an_unknown_number_stays_unknown_in_the_table_of_findings(read: Read) -> None:
    names = Names(collect(read, {}))
    row = dict.fromkeys(_FINDING_COLUMNS)
    found = finding_columns(
        [row | {"finding_id": "F-1", "plant_id": "P", "rule_id": "a__b", "entity_id": "plant:P", "indicator_id": "x"}], names
    )
    assert found["headroom"]["values"] == [None]
    assert found["value"]["words"][0][::3] == ["–", None]
    assert found["exposure"]["words"][0][::3] == ["–", None]


def test_every_rule_stands_on_the_page_of_its_instrument_with_clause_and_values(site: Path, read: Read) -> None:
    rules = read("select r.rule_id, r.instrument_id, r.title from mart_rules__results as r")
    listed = rows_of((site / "rules/index.rows.js").read_text(encoding="utf-8"))["columns"]["rule"]
    assert len(listed["at"]) == len(rules) > 500
    pages = {row["instrument_id"]: page(site, instrument_address(row["instrument_id"])) for row in rules}
    for row in rules:
        assert rule_address(row["rule_id"]) == f"{instrument_address(row['instrument_id'])}#{rule_anchor(row['rule_id'])}"
        assert f'id="{rule_anchor(row["rule_id"])}">{row["title"]}</h2>' in pages[row["instrument_id"]]
    values = read("select t.*, r.instrument_id from mart_rules__limits as t inner join ref_rules__rules as r on t.rule_id = r.rule_id")
    for row in values:
        assert (
            row["limit_value"] is None
            or f"<strong>{formats.significant(row['limit_value'])} {row['unit'] or ''}" in pages[row["instrument_id"]]
        )


def test_the_counts_of_a_rule_are_those_of_its_verdicts(site: Path, read: Read) -> None:
    columns = rows_of((site / "rules/index.rows.js").read_text(encoding="utf-8"))["columns"]
    for state, name in (("FAIL", "fail_count"), ("PASS", "pass_count")):
        assert sum(columns[name]["values"]) == read(f"select count(*) as n from int_plants__verdicts where state = '{state}'")[0]["n"]
    unknown = "select count(*) as n from int_plants__verdicts where state in ('NO_DATA', 'ERROR', 'INDETERMINATE')"
    assert sum(columns["unknown_count"]["values"]) == read(unknown)[0]["n"] > 0


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ({}, "all plants"),
        ({"sector": "flat_glass", "is_new_only": True}, "flat glass · new plants only"),
        ({"size_to": 3.0, "size_unit": "m", "is_existing_only": True}, "–3 m · existing plants only"),
        ({"commissioned_from_date": date(2014, 3, 1)}, "built from 2014-03-01"),
    ],
)
def test_a_scope_is_told_in_words(scope: dict[str, Any], words: str) -> None:
    names = "sector process technology route fuel region_class size_from size_to size_unit is_new_only is_existing_only"
    empty = dict.fromkeys([*names.split(), "commissioned_from_date", "commissioned_before_date"])
    assert scope_words(empty | scope).en == words


def test_countries_show_the_figures_of_their_mart_and_the_map_has_each_of_them(site: Path, read: Read) -> None:
    text = page(site, "countries.html")
    rows = read("select * from mart_portfolio__countries")
    assert rows
    for row in rows:
        assert formats.percent(row["coverage_ratio"]) in text
        assert str(formats.money(row["exposure_usd"])) in text
    assert text.count('class="sign"') == len(rows)
    assert "Indonesia" in text


def test_coverage_names_every_gap_what_to_do_and_every_file(site: Path, read: Read) -> None:
    text = page(site, "coverage.html")
    gaps = read("select loan_id, what_to_do from mart_portfolio__unassessable")
    inputs = read("select indicator_title, what_to_do, exposure_usd from mart_portfolio__open_inputs order by exposure_usd desc limit 100")
    assert inputs
    for row in gaps:
        assert f"<td class=id>{row['loan_id']}<td>" in text
    for row in (*gaps, *inputs):
        assert row["what_to_do"] is None or row["what_to_do"] in text


def test_the_method_page_has_every_policy_value_of_the_run(site: Path, read: Read) -> None:
    text = page(site, "method.html")
    for row in read("select key, value from ref_rules__policy"):
        assert f"<code>{row['key']}</code><td>{row['value']}\n" in text

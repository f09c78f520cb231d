"""The page: everything on it leads somewhere, nothing is loaded from elsewhere, nothing received runs as markup."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.errors import ModelFileError
from pipelines.report.page import render
from pipelines.report.scorecard import Scorecard, collect, write_reports
from pipelines.report.words import PARTS, STATES
from tests.unit.report.book import Tables, headline, make_reader, plant, verdict

CHECKOUT = Path(__file__).parents[3]
VOID = {"meta", "col", "br", "link", "img", "input", "hr", "rect", "line", "circle", "path", "stop"}
#: What a finished run's folder holds beside the page.
BESIDE = {
    *("scorecard.json", "scorecard.xlsx", "verdicts.parquet", "rejects.csv", "data_docs/index.html", "green_capacity.duckdb"),
    *("csv/data_dictionary.csv", "csv/datapackage.json"),
}


class Page(HTMLParser):
    """Elements, ids and links of a page; complains about tags that do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def all(self, tag: str, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for name, attrs in self.tags if name == tag and attribute in attrs]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]


def text_of(page: str) -> str:
    """The page without its styles, scripts and tags, white space folded."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)))


def plant_section(page: str, plant_id: str) -> str:
    found = re.search(rf'<article class="plant" aria-labelledby="plant-{plant_id}">(.*?)</article>', page, flags=re.DOTALL)
    assert found
    return found[1]


def test_every_link_inside_the_page_has_a_target_and_ids_are_unique(rendered: str) -> None:
    page = Page(rendered)
    targets = [href for href in page.all("a", "href") if href.startswith("#")]
    assert {"#plant-A", "#plant-B", "#plant-C"} <= set(targets)
    assert {target[1:] for target in targets} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_every_file_beside_the_page_is_linked_and_no_other(tmp_path: Path, scorecard: Scorecard) -> None:
    write_reports(tmp_path, scorecard)
    page = Page((tmp_path / "scorecard.html").read_text(encoding="utf-8"))
    links = {href for href in page.all("a", "href") if not href.startswith(("#", "http"))}
    links = {href for href in links if not href.startswith("data_docs/") or href == "data_docs/index.html"}
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} - {"scorecard.html"}
    assert links >= BESIDE
    assert links - written == BESIDE - written
    assert written <= links


def test_the_page_loads_nothing_from_anywhere(rendered: str) -> None:
    page = rendered
    parsed = Page(page)
    assert not [attrs for _, attrs in parsed.tags if {"src", "srcset", "data", "poster"} & set(attrs)]
    assert not [tag for tag, _ in parsed.tags if tag in ("link", "img", "iframe", "object", "embed", "base")]
    style = re.search(r"<style>(.*?)</style>", page, flags=re.DOTALL)
    assert style
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert "default-src 'none'" in page


def test_received_text_is_shown_and_never_runs(tables: Tables) -> None:
    tables["mart_plants__scorecard"][0]["plant_name"] = '<img src=x onerror="alert(1)">'
    tables["ref_rules__thresholds"][0]["href"] = "javascript:alert(1)"
    page = render(collect(make_reader(tables), {}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page
    assert "javascript:" not in page
    assert page.count("<script>") == 1


def test_the_page_is_the_same_to_the_byte_in_another_time_zone_language_and_hash_seed(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.report.scorecard import collect, write_reports; "
        "from tests.unit.report.book import book, make_reader; write_reports(Path(sys.argv[1]), collect(make_reader(book()), {}))"
    )
    folders = [tmp_path / "one", tmp_path / "two"]
    places = [
        {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "2"},
    ]
    for folder, place in zip(folders, places, strict=True):
        folder.mkdir()
        subprocess.run([sys.executable, "-c", code, str(folder)], cwd=CHECKOUT, env={**os.environ, **place}, check=True, timeout=120)
    one, two = ({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in folders)
    assert len(one) > 10
    assert one == two


def test_a_book_without_answers_says_not_assessable_and_names_no_share(rendered: str) -> None:
    page = text_of(rendered)
    section = page[page.index(" Portfolio book_b Not assessable.") : page.index(" Plants one by one The verdicts")]
    assert "No statement about the green share is possible" in section
    assert "of assessed exposure is green" not in section
    assert "can lie" not in section


def test_exposure_never_stands_without_its_basis(rendered: str) -> None:
    heads = re.findall(r"<th[^>]*>([^<]*Exposure[^<]*)</th>", rendered)
    assert heads
    bare = [head for head in heads if "(" not in head and head not in ("Exposure, USD", "Exposure in scope, USD", "Exposure, own currency")]
    assert bare == []  # those three have the basis in their caption or in a column of its own
    page = text_of(rendered)
    assert "80 % of the exposure in scope (USD 1,000, outstanding amounts) could be assessed." in page


@pytest.mark.parametrize("mark", [*PARTS.values(), *STATES.values()], ids=lambda mark: mark.code)
def test_every_state_has_a_symbol_a_word_and_a_meaning_in_the_legend(rendered: str, mark: object) -> None:
    page = text_of(rendered)
    legend = page[page.index(" What the states mean Classes") :]
    assert f"{mark.symbol} {mark.word} {mark.meaning}" in legend  # type: ignore[attr-defined]


def test_a_plant_shows_its_verdicts_worst_first_with_rule_clause_limit_value_and_source_row(rendered: str) -> None:
    section = plant_section(rendered, "B")
    words = text_of(section)
    for expected in (
        "✖ fail",
        "NOx from cement kilns",
        "GB 4915-2013 , Table 1, row 2",
        "at most 400 mg/Nm3",
        "500 mg/Nm3",
        "−25 %",
        "Beyond the limit",
        "read in a secondary source",
        "stack_readings.csv, row 815",
        "2025-11-01 to 2025-11-30",
    ):
        assert expected in words, expected
    assert 'href="https://example.org/gb4915"' in section
    assert section.index("815") < section.index("<details>") < section.index("4711")


def test_verdicts_of_a_plant_are_ordered_worst_first(tables: Tables) -> None:
    tables["int_plants__verdicts"] = [
        verdict("A", state, entity_id=f"stack:{state}", headroom_ratio=headroom, is_binding_tier=binding)
        for state, headroom, binding in [
            ("PASS", 0.1, True),
            ("INDETERMINATE", 0, True),
            ("FAIL", -0.5, False),
            ("FAIL", -0.1, True),
            ("ERROR", None, True),
            ("NO_DATA", None, True),
            ("FAIL", -0.9, True),
        ]
    ]
    found = [(row["state"], row["headroom_ratio"]) for row in collect(make_reader(tables), {}).verdicts]
    assert found == [
        ("FAIL", -0.9),
        ("FAIL", -0.1),
        ("FAIL", -0.5),
        ("ERROR", None),
        ("NO_DATA", None),
        ("INDETERMINATE", 0),
        ("PASS", 0.1),
    ]


def test_plants_that_nobody_finances_have_no_section_and_rules_out_of_scope_no_row(scorecard: Scorecard, rendered: str) -> None:
    page = rendered
    assert "Works D" not in page
    assert "stack:C-S9" not in page
    assert {row["plant_id"] for row in scorecard.verdicts} == {"A", "B", "C"}


def test_loans_without_a_usable_amount_are_listed_with_what_to_do(tables: Tables) -> None:
    run = {
        "reason_words": {"FX_RATE_MISSING": "No exchange rate is young enough."},
        "reason_actions": {"FX_RATE_MISSING": "Send the rate."},
    }
    page = text_of(render(collect(make_reader(tables), run)))
    assert "1 loan without a usable amount. They stand in none of the figures above." in page
    assert "L9, Lost Ltd: No exchange rate is young enough. Send the rate." in page


def test_files_that_brought_nothing_are_named_first(rendered: str) -> None:
    page = text_of(rendered)
    assert "1 file brought no rows." in page
    assert "loans_2.csv: header only, no rows. ask the sender" in page


def test_a_run_without_any_loan_still_makes_a_page_that_says_so(tables: Tables) -> None:
    for name in list(tables):
        if name.startswith(("mart_portfolio", "int_loans")):
            tables[name] = []
    page = render(collect(make_reader(tables), {}))
    assert "No portfolio." in text_of(page)
    assert "nan" not in text_of(page).lower().split()
    Page(page)


def test_long_tables_say_how_many_rows_they_leave_out(tables: Tables) -> None:
    loan = tables["mart_portfolio__loans"][0]
    tables["mart_portfolio__loans"] = [{**loan, "loan_id": f"L{i:04}"} for i in range(501)]
    page = render(collect(make_reader(tables), {}))
    assert "The first 500 of 501 rows" in text_of(page)
    assert "L0499" in page
    assert "L0500" not in page


def test_odd_ids_become_safe_anchors_that_differ(tables: Tables) -> None:
    names = ["a b", "a_b", "a/b", "厂 1", '"><b>']
    tables["mart_plants__scorecard"] = [plant(name, name, "unknown") for name in names]
    tables["mart_portfolio__plants"] = [
        {"portfolio_id": "book_a", "plant_id": name, "plant_name": name, "plant_class": "unknown"} for name in names
    ]
    tables["int_loans__attribution"] = [{"portfolio_id": "book_a", "loan_id": "L1", "plant_id": name} for name in names]
    page = Page(render(collect(make_reader(tables), {})))
    anchors = [name for name in page.ids if name.startswith("plant-")]
    assert len(set(anchors)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", name) for name in anchors)


def test_a_mart_without_a_column_that_the_page_needs_is_named(tables: Tables) -> None:
    read = make_reader(tables)
    read("alter table mart_portfolio__headline drop column coverage_ratio")
    with pytest.raises(ModelFileError, match=r"mart_portfolio__headline.sql:1: the reports need the column\(s\) coverage_ratio; add"):
        collect(read, {})


def test_tables_have_captions_and_header_cells_have_scopes(rendered: str) -> None:
    page = Page(rendered)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == tags.count("table") > 8
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in page.tags if tag == "th")
    assert ("html", {"lang": "en"}) in page.tags
    assert ("a", {"class": "skip", "href": "#content"}) in page.tags


def test_a_part_that_an_unverified_rule_carries_is_called_so(tables: Tables) -> None:
    tables["mart_portfolio__evidence"].append({**tables["mart_portfolio__evidence"][0], "evidence": "unverified"})
    assert "not verified" in text_of(render(collect(make_reader(tables), {})))


def test_one_portfolio_has_no_table_of_portfolios(tables: Tables) -> None:
    tables["mart_portfolio__headline"] = [headline("book_a", green=1)]
    assert "All portfolios" not in render(collect(make_reader(tables), {"portfolio": "book_a"}))


def test_periods_of_one_rule_place_and_state_stand_in_one_row_with_the_worst(tables: Tables) -> None:
    months = [date(2025, month, 28) for month in (9, 10, 11)]
    tables["int_plants__verdicts"] = [
        verdict("A", "FAIL", period_end_date=month, measured_value=value, headroom_ratio=(400 - value) / 400)
        for month, value in zip(months, (410.0, 480.0, 430.0), strict=True)
    ]
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "A"))
    assert words.count("✖ fail") == 1
    assert "480 mg/Nm3" in words
    assert "worst of 3; also 2025-09, 2025-11" in words


def test_what_does_not_bind_or_is_for_information_stands_apart_from_what_fails(tables: Tables) -> None:
    tables["int_plants__verdicts"] = [
        verdict("A", "FAIL", measured_value=601.0),
        verdict("A", "FAIL", tier="I", is_binding_tier=False, measured_value=602.0, entity_id="unit:1"),
        verdict("A", "FAIL", severity="info", measured_value=603.0, entity_id="unit:2"),
    ]
    section = plant_section(render(collect(make_reader(tables), {})), "A")
    assert section.index("601") < section.index("<details>") < min(section.index("602"), section.index("603"))
    assert "2: levels and benchmarks not reached" in text_of(section)


def test_binding_rules_that_await_verification_are_counted_beside_the_plant(rendered: str) -> None:
    assert "3 more await verification, 1 of them failed" in text_of(plant_section(rendered, "A"))


def test_little_coverage_asks_to_read_the_range(tables: Tables) -> None:
    asked = "Little is known: read the range, not the rate."
    tables["mart_portfolio__headline"] = [headline("book_a", green=500, not_green=300, unknown=200)]
    assert asked not in text_of(render(collect(make_reader(tables), {})))
    tables["mart_portfolio__headline"] = [headline("book_a", green=500, not_green=299, unknown=201)]
    assert asked in text_of(render(collect(make_reader(tables), {})))


def test_a_loan_without_an_answer_leads_to_the_plant_that_lacks_data(rendered: str) -> None:
    page = rendered
    gaps = page[page.index('id="portfolio-book_5f_a-gaps"') : page.index('id="portfolio-book_5f_a-levels"')]
    assert '<a href="#plant-C">Works C</a>' in gaps
    assert "#plant-A" not in gaps


def test_rules_that_nothing_was_judged_by_are_counted_and_left_to_the_csv_file(tables: Tables) -> None:
    tables["mart_rules__results"].append(
        {"rule_id": "nobody__asked", "title": "Nobody asked", "status": "draft", "not_applicable_count": 4}
    )
    page = text_of(render(collect(make_reader(tables), {})))
    assert "1 further rules (drafts, and those that apply to no plant received) stand in csv/mart_rules__results.csv" in page
    assert "Nobody asked" not in page


@pytest.mark.parametrize(("code", "name"), [("PAK", "Pakistan"), ("VNM", "Vietnam"), ("XQZ", "XQZ"), (None, "–")])
def test_countries_are_named_as_received_else_by_the_standard_else_by_their_code(tables: Tables, code: str | None, name: str) -> None:
    tables["mart_plants__scorecard"][0]["country_iso3"] = code
    assert f"Country {name}" in text_of(plant_section(render(collect(make_reader(tables), {})), "A"))


def index_of(plant_id: str, **indicator: object) -> Tables:
    """The index tables with one indicator of 100 points for the plant; `indicator` says how it stands."""
    scores = {f"score_{level}_{end}": 0.0 if end == "low" else 40.0 for level in ("i", "ii", "iii") for end in ("low", "high")}
    row = {"plant_id": plant_id, "index_id": "x", "group_id": "energy", "indicator_title": "kiln heat", "is_limiting": True}
    return {
        "int_plants__index": [{"plant_id": plant_id, "index_id": "x", "indicator_count": 1, "unknown_indicator_count": 1, **scores}],
        "int_plants__index_indicators": [{**row, "group_weight_ratio": 0.8, "weight_ratio": 0.5, "has_unverified": False, **indicator}],
        "ref_rules__index": [{"index_id": "x", "group_id": "energy", "group_title": "Energy"}],
        "ref_rules__policy": [
            {"policy_id": "index", "key": "level_I.score", "value": "85"},
            {"policy_id": "index", "key": "level_I.limiting", "value": "I"},
            {"policy_id": "index", "key": "level_I.others", "value": "II"},
        ],
    }


def test_a_level_of_the_index_is_traced_to_its_indicators_their_weight_and_the_rule_of_the_level(tables: Tables) -> None:
    tables |= index_of("B", meets_i=0.0, meets_ii=None, meets_iii=1.0)
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "B"))
    assert "Y I 0.0 to 40.0 of 100 points, level I needs 85: out of reach, whatever the unknowns are" in words
    assert "level I: Y_I at least 85 points, limiting indicators at level I, all others at least at level II" in words
    assert "kiln heat limiting Energy 40.0 ✖ not met ? unknown ✔ met" in words


def test_an_indicator_whose_rule_awaits_verification_is_not_called_missing_data(tables: Tables) -> None:
    tables |= index_of("C", has_unverified=True, meets_i_all=1.0, meets_ii_all=1.0, meets_iii_all=1.0)
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "C"))
    assert "Heaviest that await verification of a rule, not data: kiln heat (40.0 points)." in words
    assert "Heaviest without data" not in words
    assert "40.0 … awaiting verification … awaiting verification" in words


def test_whoever_asks_for_data_reads_the_heaviest_open_indicators(tables: Tables) -> None:
    tables |= index_of("C", has_unverified=True, meets_i_all=None)
    page = text_of(render(collect(make_reader(tables), {})))
    actions = page[page.index("What to look at first") : page.index("By sector")]
    assert "Heaviest open indicators of Works C : kiln heat (40.0 points)." in actions


def test_failing_rules_that_bind_stand_apart_from_those_that_wait_or_compare(tables: Tables) -> None:
    row = tables["mart_portfolio__failing_rules"][0]
    tables["mart_portfolio__failing_rules"] = [
        {**row, "rule_id": "binding", "title": "Binding rule"},
        {**row, "rule_id": "waiting", "title": "Waiting rule", "is_verified": False, "binding_plant_count": 0},
        {**row, "rule_id": "compared", "title": "Compared rule", "binding_plant_count": 0},
        {**row, "rule_id": "kiln", "title": "Kiln rule", "binding_plant_count": 0, "layer": "equipment_catalogue"},
    ]
    page = render(collect(make_reader(tables), {}))
    section = page[page.index('id="portfolio-book_5f_a-failing"') : page.index('id="portfolio-book_5f_a-gaps"')]
    order = [
        "Binding rule",
        "<details>",
        "catalogues of",
        "Kiln rule",
        "awaiting verification<",
        "Waiting rule",
        "for comparison<",
        "Compared rule",
    ]
    places = [section.index(found) for found in order]
    assert places == sorted(places)


def test_a_rule_leads_to_its_text_in_the_data_docs(rendered: str) -> None:
    assert '<a href="data_docs/cn_gb_4915.html#cn_gb_4915__nox">GB 4915-2013</a>' in rendered


def test_the_worst_hour_of_a_stack_is_told_as_sent_and_at_the_oxygen_of_the_limit(tables: Tables) -> None:
    tables["ref_rules__thresholds"][0] |= {"ref_o2_pct": 10.0, "gas_basis": "dry"}
    tables["int_plants__verdicts"] = [verdict("B", "FAIL", indicator_id="nox", measured_value=500.0)]
    reading = {"stack_id": "B-S1", "indicator_id": "nox", "source_file_id": "f1", "source_row_number": 4711}
    reading |= {"period_start_at": datetime.fromisoformat("2025-11-07T03:00"), "sent_value": 195.0, "sent_unit": "ppm", "o2_pct": 12.2}
    tables["int_monitoring__deciding_readings"] = [reading, {**reading, "source_row_number": 4712, "sent_value": 1.0}]
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "B"))
    assert "Worst hour: 2025-11-07 03:00, sent 195 ppm, oxygen 12.2 % → 500 mg/Nm3 at 10 % O2" in words
    assert "at most 400 mg/Nm3 by hour, dry at 10 % O2" in words


def test_the_page_says_how_rows_of_files_are_counted(rendered: str) -> None:
    assert "the header of a CSV file as line 1; rows of a Parquet file count from 1" in text_of(rendered)


def step(role: str, item: str, amount: float, factor: float, rows: tuple[int, int]) -> dict[str, object]:
    made = {"plant_id": "B", "entity_id": "unit:B-K1", "indicator_id": "el", "period_count": 2, "is_monthly": True, "source_file_id": "f1"}
    days = {"period_start_date": date(2025, 1, 1), "period_end_date": date(2025, 2, 28), "source_file_count": 1}
    place = {"first_source_row_number": rows[0], "last_source_row_number": rows[1], "unit": "kWh" if item == "power" else "t"}
    return {**made, **days, **place, "role": role, "item": item, "amount": amount, "factor": factor}


def test_an_annual_value_names_its_items_their_sums_over_complete_months_and_its_rows(tables: Tables) -> None:
    tables["ref_rules__indicators"] = [{"indicator_id": "el", "title": "Electricity of clinker", "unit": "kWh/t"}]
    tables["int_returns__steps"] = [
        step("numerator", "power", 10000.5, 0.5, (2, 4)),
        step("denominator", "clinker", 200.0, 1.0, (3, 5)),
    ]
    tables["int_returns__indicators"] = [{"entity_id": "unit:B-K1", "indicator_id": "el", "value": 25.0}]
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "B"))
    assert "Electricity of clinker B-K1 25 kWh/t power 10,000.5 kWh × 0.5 ÷ clinker 200 t" in words
    assert "2 complete months, 2025-01-01 to 2025-02-28 stack_readings.csv, rows 2 to 5" in words


def test_a_plant_shows_its_gases_with_evidence_and_what_a_verifier_would_look_at_in_neutral_words(tables: Tables) -> None:
    days = {"period_start_date": date(2025, 7, 1), "period_end_date": date(2026, 6, 30)}
    made = {"production_item": "production_clinker", "intensity_t_per_t": 0.8}
    reported = {"scope": "1", "emissions_tco2e": 800.0, "gas_basis": "CO2", **made}
    tables["mart_plants__emissions"] = [
        {"plant_id": "B", **reported, "evidence_tier": "reported", "pcaf_score": 2, "factor_source": "returns"},
        {"plant_id": "B", "scope": "2", "gap_code": "NO_FACTOR"},
    ]
    flag = {"stack_id": "B-S1", "indicator_title": "NOx", "test": "flat_line", "words": "Readings repeat; a verifier would look."}
    tables["mart_plants__suspicions"] = [
        {"plant_id": "B", "entity_id": "stack:B-S1", **flag, **days, "statistic": 54.0, "threshold": 18.0, "n": 8000, "test_count": 380}
    ]
    account = {"check_name": "load_and_stack", "item": "emission_nox", "item_title": "NOx", "unit": "kg", "words": "two accounts"}
    account |= {"plant_id": "B", "entity_id": "plant:B", "reported_value": 150.0, "compared_value": 200.0}
    tables["mart_plants__return_checks"] = [
        {**account, **days, "state": state, **sizes}
        for state, sizes in (
            ("differs", {"difference_ratio": -0.25, "tolerance_ratio": 0.05}),
            ("agrees", {"difference_ratio": 0.01, "tolerance_ratio": 0.05}),
        )
    ]
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "B"))
    assert "scope 1 800 t CO2, 0.8 t/t clinker (reported, PCAF score 2); scope 2 not known" in words
    assert "What a verifier would look at: 2" in words
    assert "380 tests were made in this run" in words
    assert "Readings repeat; a verifier would look. 54 looked at from 18; n 8,000" in words
    assert "two accounts: 150 beside 200 kg -25 % agree up to 5 %" in words


def test_what_could_not_be_computed_is_named_with_plant_reason_and_remedy_first(tables: Tables) -> None:
    tables["ref_rules__reason_codes"].append({"reason_code": "INPUT_MISSING", "title": "An input is missing.", "what_to_do": "Ask for it."})
    tables["int_plants__verdicts"] = [
        verdict("B", "ERROR", reason_code="INPUT_MISSING", reason_detail="scrap_share"),
        verdict("D", "ERROR", reason_code="INPUT_MISSING"),
    ]
    page = text_of(render(collect(make_reader(tables), {})))
    actions = page[page.index("What to look at first") : page.index("By sector")]
    assert "Mend what could not be computed at 1 plant ( Works B : scrap share): An input is missing. Ask for it." in actions
    assert "Correct 1 loan without a usable amount, which stand in no figure: L9, Lost Ltd: No exchange rate is young enough." in actions


def test_marts_that_a_run_may_lack_are_shown_where_they_are(tables: Tables, rendered: str) -> None:
    tables |= index_of("B", meets_i=0.0)
    waiting = {key: value for key, value in headline("book_a", green=800, not_green=200).items() if not key.endswith("loan_count")}
    for name in ("plant_count", "out_of_scope_usd", "undrawn_usd"):
        waiting.pop(name)
    tables["mart_portfolio__awaiting_verification"] = [waiting | {"changed_plant_count": 1, "changed_usd": 300.0}]
    tables["mart_portfolio__sdg"] = [
        {"portfolio_id": "book_a", "sdg_target": target, "sdg_goal": int(target.split(".")[0]), "fail_plant_count": 1, "plant_count": 3}
        for target in ("9.4", "12.10", "12.2")
    ]
    shift = {"group_weight_ratio": 0.4, "index_level_worst": "III", "can_change": True, "level_after": "unrated"}
    tables["mart_plants__index_sensitivity"] = [
        {"plant_id": "B", "group_id": "energy", "weight_at_change": 0.45, "weight_shift": 0.05, **shift},
        {"plant_id": "B", "group_id": "air", "weight_at_change": 0.1, "weight_shift": -0.3, **shift},
    ]
    row = {"plant_id": "B", "entity_id": "stack:B-S1", "indicator_id": "nox", "indicator_title": "NOx", "unit": "mg/Nm3", "basis": "hour"}
    row |= {"tier": "-", "rule_id": "cn_gb_4915__nox", "measured_value": 500.0, "state": "FAIL", "needs_justification": False}
    tables["mart_plants__regimes"] = [
        {**row, "strictness_rank": 2, "limit_value": 400.0, "layer": "host_law", "is_effective": True},
        {**row, "strictness_rank": 1, "limit_value": 320.0, "layer": "home_law", "is_effective": False},
    ]
    country = {"indicator_id": "nox", "indicator_title": "NOx by country", "sector": "cement", "process": "-", "instrument_id": "-"}
    tables["mart_country_variance"] = [
        {**country, "country_iso3": "PAK", "plant_count": 6, "is_shown": True, "median_value": 333.0},
        {**country, "country_iso3": "VNM", "plant_count": 2, "is_shown": False},
    ]
    page = render(collect(make_reader(tables), {}))
    words = text_of(page)
    assert "If the rules that await verification counted: 80 % of assessed exposure green" in words
    assert "1 plant (USD 300, outstanding amounts) would change class" in words
    assert words.index(" 9.4 ") < words.index(" 12.2 ") < words.index(" 12.10 ")
    assert "from III to unrated if the weight of Energy went from 40 % to 45 %" in words
    assert "320 mg/Nm3, Chinese standard (home of the financier) ✖ fail; ▶ effective: 400 mg/Nm3, law of the host country ✖ fail" in words
    assert "1 combination of indicator, process and country has fewer plants" in words
    assert "333" in words
    assert "Vietnam" not in words
    Page(page)
    assert not any(
        found in text_of(rendered) for found in ("If the rules that await", "NOx by country", "Which limit is effective", "Weights:")
    )


def test_a_rule_without_data_at_several_places_stands_once_under_its_reason(tables: Tables) -> None:
    silent = {"reason_code": "NO_READINGS", "measured_value": None, "headroom_ratio": None, "operating_count": None}
    tables["int_plants__verdicts"] = [verdict("C", "NO_DATA", entity_id=f"stack:{name}", stack_id=name, **silent) for name in ("S1", "S2")]
    words = text_of(plant_section(render(collect(make_reader(tables), {})), "C"))
    assert "2: what to ask for" in words
    assert words.count("NOx from cement kilns") == 1
    assert "stack S1, stack S2 at most 400 mg/Nm3" in words

"""The landing folder of docs/public_data.md, built from the public files themselves: which loans, which plants, which matches."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pipelines.matching.candidates import match_loans
from pipelines.matching.match_rows import Matches
from pipelines.sources.landing import read_landing
from pipelines.sources.received import Received

ROOT = Path(__file__).parents[1]
PUBLIC = ROOT / "../shared/data"
FILES = ("loans/aiddata_gcdf3.csv", "plants/gem_cement_2025-07.xlsx", "plants/gem_steel_2025-09.xlsx", "country/fx_annual.csv")
OTHER_FILES = ("loans/ifc_investment_projects_2025-04.csv", "plants/hotmaps_industrial_database.csv")

pytestmark = [
    pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public files are not beside this checkout (../shared/data)"),
    pytest.mark.slow,
]


def _landing(folder: Path, names: tuple[str, ...]) -> Path:
    """A landing folder whose files have names that tell nothing."""
    for number, name in enumerate(names):
        source = (PUBLIC / name).resolve()
        (folder / f"received_{number}{source.suffix}").symlink_to(source)
    return folder


@pytest.fixture(scope="module")
def received(tmp_path_factory: pytest.TempPathFactory) -> Received:
    folder = _landing(tmp_path_factory.mktemp("landing"), FILES)
    (folder / "countries.csv").write_bytes((ROOT / "data/reference/countries.csv").read_bytes())
    return read_landing(folder, lambda text: None)


@pytest.fixture(scope="module")
def loans(received: Received) -> list[dict[str, Any]]:
    return received.rows["raw_bank__loans"].to_pylist()


@pytest.fixture(scope="module")
def matches(received: Received, loans: list[dict[str, Any]]) -> Matches:
    plants, ownership = received.rows["raw_plants__plants"].to_pylist(), received.rows["raw_bank__ownership"].to_pylist()
    return match_loans(loans, plants, [], ownership)


def test_every_file_is_known_by_its_content_and_read(received: Received) -> None:
    states = {(row["reader"], row["state"]) for row in received.files.to_pylist()}
    assert states == {
        (reader, "read")
        for reader in (
            "aiddata_gcdf",
            "gem_cement",
            "gem_steel_plants",
            "gem_steel_capacities",
            "gem_steel_production",
            "fed_fx_annual",
            "countries",
        )
    }


def test_the_book_is_the_loans_of_chinese_banks_to_works_of_the_three_sectors(loans: list[dict[str, Any]]) -> None:
    assert len(loans) == 66
    assert {loan["portfolio_id"] for loan in loans} == {"aiddata_cn_banks"}
    assert Counter(loan["sector"] for loan in loans) == {"cement": 47, "steel": 14, "flat_glass": 5}
    assert len({loan["country_iso3"] for loan in loans}) == 31
    assert Counter(loan["currency_code"] for loan in loans) == {"USD": 43, "CNY": 18, "EUR": 2, "GBP": 1, "HKD": 1, "IDR": 1}
    assert Counter(loan["status"] for loan in loans) == {"active": 58, "pipeline": 8}


def test_lenders_are_banks_under_one_name_each(loans: list[dict[str, Any]]) -> None:
    lenders = Counter(lender for loan in loans for lender in loan["lender_name"].split("; "))
    assert lenders == {
        "Export-Import Bank of China": 34,
        "Bank of China": 12,
        "China Development Bank": 11,
        "Industrial and Commercial Bank of China": 7,
        "Agricultural Bank of China": 3,
        "China Construction Bank": 1,
        "Chinese state-owned banks (not named)": 1,
    }


@pytest.mark.parametrize(
    ("loan_id", "amount", "facility", "currency"),
    [
        ("36000", 75_000_000, 150_000_000, "USD"),
        ("53795", 64_500_000, 129_000_000, "USD"),
        ("70845", 64_500_000, 129_000_000, "USD"),
        ("62338", 2_000_000_000, 2_000_000_000, "CNY"),
        ("62459", 457_390_000, None, "CNY"),
        ("64646", 1_040_000_000, None, "GBP"),
        ("95965", 27_600_000, None, "EUR"),
        ("66273", 100_000_000_000, None, "IDR"),
        ("66205", None, 1_200_000_000, "HKD"),
        ("95766", None, 159_250_000, "USD"),
        ("64286", None, None, "USD"),
    ],
)
def test_amounts_are_those_of_the_titles(
    loans: list[dict[str, Any]], loan_id: str, amount: int | None, facility: int | None, currency: str
) -> None:
    loan = next(loan for loan in loans if loan["loan_id"] == loan_id)
    assert (loan["commitment_amount"], loan["facility_amount"], loan["currency_code"]) == (amount, facility, currency)


@pytest.mark.parametrize(
    "word", ["Tire", "rubbish bins", "law enforcement", "Glass Bottle", "Fiberglass", "Steel Pipe", "Hydraulic Steel", "Iron Ore", "Moanda"]
)
def test_look_alikes_are_refused_with_a_reason_and_not_held_against_the_file(
    received: Received, loans: list[dict[str, Any]], word: str
) -> None:
    rejects = [reject for reject in received.rejects.to_pylist() if word in (reject["value"] or "")]
    assert rejects
    assert {reject["kind"] for reject in rejects} == {"out_of_scope"}
    assert all(word not in loan["note"] for loan in loans)


def test_every_record_is_either_a_loan_or_refused_with_a_reason(received: Received, loans: list[dict[str, Any]]) -> None:
    refused = [reject for reject in received.rejects.to_pylist() if reject["row_number"] and reject["column_name"] == "Title"]
    assert len(loans) + len(refused) == 9404


def test_plants_units_and_evidence_are_counted_once(received: Received) -> None:
    plants = received.rows["raw_plants__plants"].to_pylist()
    units = received.rows["raw_plants__process_units"].to_pylist()
    evidence = received.rows["raw_monitoring__management_evidence"].to_pylist()
    assert Counter(plant["sector"] for plant in plants) == {"cement": 3515, "steel": 1209}
    assert len({plant["plant_id"] for plant in plants}) == len(plants)
    assert len({unit["unit_id"] for unit in units}) == len(units)
    assert len(evidence) == 2 * 1209
    assert any(plant["country_iso3"] == "NAM" for plant in plants)


def test_only_what_the_page_says_cannot_be_read(received: Received) -> None:
    unreadable = [reject for reject in received.rejects.to_pylist() if reject["kind"] == "unreadable"]
    assert Counter("shares add up" in reject["reason"] for reject in unreadable) == {True: 13}


def test_no_loan_is_matched_outside_its_country_and_sector(received: Received, loans: list[dict[str, Any]], matches: Matches) -> None:
    plants = {plant["plant_id"]: plant for plant in received.rows["raw_plants__plants"].to_pylist()}
    by_id = {loan["loan_id"]: loan for loan in loans}
    for link in matches.links:
        loan, plant = by_id[link["loan_id"]], plants[link["plant_id"]]
        assert (loan["country_iso3"], loan["sector"]) == (plant["country_iso3"], plant["sector"])


def test_every_loan_is_matched_or_has_one_reason(loans: list[dict[str, Any]], matches: Matches) -> None:
    matched = {link["loan_id"] for link in matches.links if link["is_match"]}
    reasons = Counter(row["loan_id"] for row in matches.unmatched)
    assert matched | set(reasons) == {loan["loan_id"] for loan in loans}
    assert not matched & set(reasons)
    assert set(reasons.values()) == {1}
    assert Counter(row["reason_code"] for row in matches.unmatched) == {
        "BELOW_CUT_OFF": 16,
        "AMBIGUOUS": 5,
        "NO_PLANT_IN_COUNTRY": 5,
        "CONTRADICTED": 2,
    }


def test_the_page_shows_the_matches_of_this_very_run(matches: Matches) -> None:
    page = (ROOT / "docs/public_data.md").read_text(encoding="utf-8")
    matched, unmatched = page.split("### Matched")[1].split("### Not matched")
    shown = {(loan, plant) for loan, cell in re.findall(r"^\| (\d+) \|(.*)$", matched, re.M) for plant in re.findall(r"`(P\d+)`", cell)}
    assert shown == {(link["loan_id"], link["plant_id"]) for link in matches.links if link["is_match"]}
    assert dict(re.findall(r"^\| (\d+) \|.*?`([A-Z_]+)`", unmatched, re.M)) == {
        row["loan_id"]: row["reason_code"] for row in matches.unmatched
    }


def test_every_match_and_every_refusal_was_read_by_eye_and_no_match_was_found_wrong(matches: Matches) -> None:
    page = (ROOT / "docs/public_data.md").read_text(encoding="utf-8")
    matched, unmatched = page.split("### Matched")[1].split("## Limits")[0].split("### Not matched")
    verdicts = [dict(re.findall(r"^\| (\d+) \|.*\| ([^|:]+)[^|]*\|$", part, re.M)) for part in (matched, unmatched)]
    assert verdicts[0].keys() == {link["loan_id"] for link in matches.links if link["is_match"]}
    assert verdicts[1].keys() == {row["loan_id"] for row in matches.unmatched}
    counts = [Counter(verdict.strip() for verdict in part.values()) for part in verdicts]
    assert counts == [{"right": 36, "probable": 2}, {"right": 16, "right to ask": 4, "open": 2, "missed": 6}]


def test_the_page_shows_reasons_and_scores_of_this_very_run(matches: Matches) -> None:
    page = (ROOT / "docs/public_data.md").read_text(encoding="utf-8")
    for link in matches.links:
        if link["is_match"]:
            assert f"(`{link['plant_id']}`)" in page
            assert f"| {link['match_score']:.3f} | {link['match_reason']} |" in page
    for row in matches.unmatched:
        assert f"| `{row['reason_code']}` | {row['reason']} |" in page


def test_the_other_public_files_are_read_without_one_unreadable_row(tmp_path: Path) -> None:
    received = read_landing(_landing(tmp_path, OTHER_FILES), lambda text: None)
    plants = Counter(plant["sector"] for plant in received.rows["raw_plants__plants"].to_pylist())
    assert received.rows["raw_bank__loans"].num_rows == 75
    assert plants == {"cement": 454, "steel": 519, "flat_glass": 57}
    assert {reject["kind"] for reject in received.rejects.to_pylist()} == {"out_of_scope", "duplicate"}

"""AidData titles taken apart, look-alikes refused, nothing counted twice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.sources.aiddata import READER
from pipelines.sources.aiddata_title import Amount, amounts, lenders_of, read_title
from pipelines.sources.reader import ReadResult
from tests.unit.sources.sheets import only, read


def record(title: str, record_id: str = "1", country: str = "KAZ", day: str = "2017-05-04", **cells: str) -> dict[str, Any]:
    return {
        "AidData.Record.ID": record_id,
        "Title": title,
        "Recipient.ISO-3": country,
        "Commitment.Date.(MM/DD/YYYY)": day,
        "Status": "Completion",
        **cells,
    }


def loan(title: str, **cells: str) -> dict[str, Any]:
    return only(read(READER, record(title, **cells)).rows["raw_bank__loans"])


def refusal(title: str) -> tuple[str, str]:
    result: ReadResult = read(READER, record(title))
    assert result.rows["raw_bank__loans"] == []
    return result.rejects[0].kind, result.rejects[0].reason


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("RMB 457,390,000 loan", 457_390_000, "CNY"),
        ("$1.2 billion loan", 1_200_000_000, "USD"),
        ("£1.04 billion for", 1_040_000_000, "GBP"),
        ("EUR 27.6 million loan", 27_600_000, "EUR"),
        ("HKD 1.2 billion syndicated", 1_200_000_000, "HKD"),
        ("IDR 100 billion loan", 100_000_000_000, "IDR"),
        ("a $43.668 million USD loan", 43_668_000, "USD"),
        ("12 million USD loan", 12_000_000, "USD"),
        ("$25,000,000 loan", 25_000_000, "USD"),
        ("Rp500B loan", 500_000_000_000, "IDR"),
        ("€15.2 million", 15_200_000, "EUR"),
    ],
)
def test_every_way_to_write_an_amount_is_read_to_the_last_digit(text: str, value: int, currency: str) -> None:
    assert amounts(text) == [Amount(Decimal(value), currency)]


@pytest.mark.parametrize("text", ["Phase 2 of the 790MW", "No. 1 Steel Mill", "ID#12345", "1.2 Million All-Steel"])
def test_a_number_without_a_currency_is_no_amount(text: str) -> None:
    assert amounts(text) == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("CDB", ("China Development Bank",)),
        ("China Development Bank", ("China Development Bank",)),
        ("ICBC Indonesia", ("Industrial and Commercial Bank of China",)),
        ("Bank of China and ICBC", ("Bank of China", "Industrial and Commercial Bank of China")),
        (
            "China Eximbank, China Construction Bank, and Agricultural Bank of China",
            ("Export-Import Bank of China", "China Construction Bank", "Agricultural Bank of China"),
        ),
        ("Chinese Government", ()),
        ("CDB and CBMI Construction Co., Ltd.", ()),
    ],
)
def test_a_bank_has_one_name_however_it_is_spelled_and_no_other_lender_counts(text: str, names: tuple[str, ...]) -> None:
    assert lenders_of(text) == names


def test_a_stated_contribution_is_the_commitment_and_the_syndicate_the_facility() -> None:
    row = loan("CDB contributes $75 million to $150 million syndicated loan for Cartagena Cement Plant Construction Project")
    assert (row["commitment_amount"], row["facility_amount"], row["participation_ratio"]) == (75_000_000, 150_000_000, 0.5)
    assert (row["counterparty_name"], row["sector"], row["lender_name"]) == (
        "Cartagena Cement Plant Construction Project",
        "cement",
        "China Development Bank",
    )


@pytest.mark.parametrize(
    "title",
    [
        "Bank of China participates in $159.25 million syndicated loan for Hongshi-Shivam Cement Plant Construction Project",
        "Agricultural Bank of China contributes to HKD 1.2 billion syndicated loan to support the activities of Xinyi Glass in Malaysia",
    ],
)
def test_an_unknown_share_of_a_syndicate_is_no_amount(title: str) -> None:
    row = loan(title)
    assert row["commitment_amount"] is None
    assert row["participation_ratio"] is None
    assert row["facility_amount"]
    assert "share of the facility is not told" in row["note"]


def test_a_joint_loan_is_the_sum_of_its_named_banks() -> None:
    row = loan(
        "Bank of China and China Eximbank provide a RMB 1.168 billion syndicated loan for the Hongshi Laos Cement Production Project"
    )
    assert (row["commitment_amount"], row["currency_code"]) == (1_168_000_000, "CNY")
    assert row["lender_name"] == "Bank of China; Export-Import Bank of China"
    assert "sum of the named banks" in row["note"]


def test_a_contribution_without_the_size_of_the_syndicate_is_still_known() -> None:
    row = loan("ICBC Indonesia contributes $65 million to syndicated loan for Krakatau Steel’s Blast Furnace Project")
    assert (row["commitment_amount"], row["facility_amount"], row["project_name"]) == (
        65_000_000,
        None,
        "Krakatau Steel's Blast Furnace Project",
    )


def test_a_title_without_an_amount_gives_none_and_says_so() -> None:
    row = loan(
        "China Eximbank provides preferential buyer's credit for Kyaukse Glass Factory Construction Project",
        **{"Amount.(Constant.USD.2021)": "45881241.2"},
    )
    assert row["commitment_amount"] is None
    assert row["facility_type"] == "preferential_buyers_credit"
    assert "45,881,241 USD of 2021" in row["note"]
    assert "counted as flat glass" in row["note"]


@pytest.mark.parametrize(
    ("title", "facility_type"),
    [
        ("ICBC provides $166.6 million buyer’s credit loan for Settat Cement Plant", "buyers_credit"),
        ("ICBC provides $166.6 million buyer's credit loan for Settat Cement Plant", "buyers_credit"),
        ("China Eximbank provides $59.2 million seller's credit to CMEC for Bajil Cement Factory", "sellers_credit"),
        ("China Eximbank provides RMB 700 million government concessional loan for Baoré Cement Factory", "concessional_loan"),
        ("China Eximbank contributes $39.37 million of debt financing for Magboro Steel Mill Project", "debt_financing"),
        ("CDB lends £1.04 billion for Phases 2, 2A, and 3 of the Myingyan No. 1 Steel Mill", "term_loan"),
        ("ICBC loans $50 million to PT Conch Cement Indonesia in 2015 for working capital purposes", "term_loan"),
    ],
)
def test_the_kind_of_credit_is_read_with_either_apostrophe(title: str, facility_type: str) -> None:
    assert loan(title)["facility_type"] == facility_type


@pytest.mark.parametrize(
    ("title", "borrower", "project"),
    [
        (
            "CDB provides $26 million loan to CNG Glass Nigeria for Float Glass Production Line Project",
            "CNG Glass Nigeria",
            "Float Glass Production Line Project",
        ),
        ("Bank of China provides $53.1 million loan to Mamba Cement Company (Linked to Project ID#16650)", "Mamba Cement Company", None),
        (
            "CDB provides $3.3 million loan for a cement plant construction project",
            "cement plant construction project",
            "cement plant construction project",
        ),
        (
            "ICBC provides EUR 50 million working capital loan to Hesteel Group to support its acquisition of Zelezara steel mill",
            "Hesteel Group",
            "its acquisition of Zelezara steel mill",
        ),
    ],
)
def test_borrower_and_project_are_told_apart(title: str, borrower: str, project: str | None) -> None:
    row = loan(title)
    assert (row["counterparty_name"], row["project_name"]) == (borrower, project)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("China Eximbank provides $150 million loan for 1.2 Million All-Steel Radial Tire Production Facility Project", "tyres"),
        ("Foshan Municipality donates 250 stainless steel rubbish bins worth USD $46,135.40 to Port Vila", "rubbish bins"),
        ("Chinese Government provides wildlife protection law enforcement training program to a group of nations", "only contains"),
        ("China Eximbank provides RMB 660 million loan for Nairobi Network Upgrade and Reinforcement Project", "only contains"),
        ("China Eximbank provides concessional loan for Thanlyin Glass Bottle Factory Reconstruction Project", "hollow glass"),
        ("CDB provides $156 million loan for Fiberglass Production Line Construction Project", "glass fibre"),
        ("Bank of China provides $21.23 million buyer’s credit loan for Huludao Steel Pipe Factory Construction Project", "pipe works"),
        ("China Eximbank provides $200 million credit for Hydraulic Steel Structure of Yeywa Hydropower Plant", "steel structures"),
        ("China Development Bank provides $702 million loan for the Simandou Iron Ore Mining Project", "iron mine"),
        ("China Eximbank provides $8.5 million credit to produce sodium carbonate used in glass manufacturing", "raw material"),
        ("China Eximbank provides $400 million loan for the Pavlodar Aluminum Smelter Construction Project", "another metal"),
        ("ICBC provides $109.9 million buyer’s credit loan for Moanda Metallurgical Complex Construction Project", "other than steel"),
        ("Chinese Government provides RMB 260 million grant for Taean Friendship Glass Factory Construction Project", "no loan"),
        ("Mamba Cement Company donates money to repair local primary school", "no loan"),
        ("China Building Material Industrial Corporation (CMBC) invests in cement plant in Cabo Verde", "no loan"),
        (
            "Chinese Government provides $15.3 million interest-free loan for Thai Nguyen Steel Company Expansion Project",
            "no Chinese policy",
        ),
        ("CBMI Construction Co., Ltd. provides $31.9 million supplier credit for Al Badia Cement Plant Project", "no Chinese policy"),
        ("China Eximbank provides $90 million loan for Hospital Project", "names no cement"),
    ],
)
def test_what_only_looks_like_a_loan_to_a_works_is_out_of_scope_with_the_reason(title: str, word: str) -> None:
    kind, reason = refusal(title)
    assert kind == "out_of_scope"
    assert word in reason


def test_both_contributions_to_one_facility_count_and_a_record_of_the_whole_does_not() -> None:
    result = read(
        READER,
        record(
            "Bank of China contributes $64.5 million to $129 million syndicated loan for Shieli Cement Plant (Linked to Project ID#2)",
            "1",
        ),
        record(
            "China Eximbank contributes $64.5 million to $129 million syndicated loan for Shieli Cement Plant (Linked to Project ID#1)",
            "2",
        ),
        record(
            "Bank of China and China Eximbank provide $129 million syndicated loan for Shieli Cement Plant (Linked to Project ID#1, #2)",
            "3",
        ),
    )
    assert [row["loan_id"] for row in result.rows["raw_bank__loans"]] == ["1", "2"]
    assert (result.rejects[0].kind, result.rejects[0].row_number) == ("duplicate", 4)
    assert "1, 2" in result.rejects[0].reason


def test_an_umbrella_record_and_a_pure_repeat_are_not_counted_again_but_a_part_of_an_umbrella_is() -> None:
    title = "China Eximbank provides $70 million loan for Hamadan Cement Factory Construction Project"
    result = read(
        READER,
        record(f"{title} (Linked to Umbrella Project #9)", "1"),
        record(title, "2"),
        record("[Umbrella] China Eximbank provides $900 million loan for Hamadan Cement Factory and other projects", "9"),
        record(title, "3", day="2018-01-01"),
    )
    assert [row["loan_id"] for row in result.rows["raw_bank__loans"]] == ["1", "3"]
    assert sorted(reject.row_number for reject in result.rejects if reject.kind == "duplicate") == [3, 4]


def test_the_book_is_true_for_the_end_of_the_dataset_and_converted_at_the_day_of_commitment() -> None:
    row = loan("Bank of China provides $4 million loan for Yen Binh Cement Plant", day="2006-03-02", Status="Pipeline: Commitment")
    assert (row["reporting_date"], row["fx_date"], row["origination_date"], row["status"]) == (
        date(2021, 12, 31),
        date(2006, 3, 2),
        date(2006, 3, 2),
        "pipeline",
    )
    assert row.get("outstanding_amount") is None


@pytest.mark.parametrize("day", ["2017-02-03", "02/03/2017"])
def test_dates_are_read_as_the_file_has_them_and_as_its_header_says(day: str) -> None:
    assert loan("Bank of China provides $4 million loan for Yen Binh Cement Plant", day=day)["origination_date"] == date(2017, 2, 3)


def test_links_are_read_in_all_their_spellings() -> None:
    assert read_title("CDB provides $1 million loan for X (Linked to Project ID#67788, #52821, and ID #67013)").linked_ids == (
        "67788",
        "52821",
        "67013",
    )

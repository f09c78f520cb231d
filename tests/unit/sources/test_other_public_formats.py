"""IFC, Hotmaps, PACTA and Federal Reserve files, and the names of countries."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from pipelines.sources import fed_fx, hotmaps, ifc, pacta
from pipelines.sources.country_names import country_iso3, is_region
from pipelines.sources.sector_words import works_of
from tests.unit.sources.sheets import only, read

IFC_LOAN = "IFC investment for Loan(Million - USD)"
PROJECT = {
    "Project Name": "Titan Egypt",
    "Project Number": "30274",
    "Company Name": "Alexandria Portland Cement &amp; Lime Co.",
    "Country": "Egypt, Arab Republic of",
    "Industry": "Manufacturing",
    "Environmental Category": "B",
    "Status": "Completed",
    "IFC Approval Date": "12/10/2009",
    "IFC Signed Date": "03/22/2010",
    IFC_LOAN: "30.06",
    "As of Date": "04/17/2025",
}
SITE = {
    "SiteID": "27",
    "CompanyName": "S.A. Cimenteries CBR",
    "SiteName": "CBR sa - Site d'Antoing",
    "City": "Antoing",
    "Country": "Belgium",
    "geom": "SRID=4326;POINT(3.4426 50.576)",
    "Subsector": "Cement",
    "Emissions_ETS_2014": "642502.00",
    "Production": "851461.22",
}
LOAN = {
    "id_loan": "L1",
    "id_direct_loantaker": "C294",
    "name_direct_loantaker": "Vitale Group",
    "id_ultimate_parent": "UP15",
    "name_ultimate_parent": "Scholz KGaA",
    "loan_size_outstanding": "225625",
    "loan_size_outstanding_currency": "EUR",
    "loan_size_credit_limit": "300000",
    "loan_size_credit_limit_currency": "EUR",
    "sector_classification_system": "NACE",
    "sector_classification_direct_loantaker": "C23.51",
}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Turkiye", "TUR"),
        ("Türkiye", "TUR"),
        ("TURKEY", "TUR"),
        ("Côte d'Ivoire", "CIV"),
        ("Cote D’Ivoire", "CIV"),
        ("Lao PDR", "LAO"),
        ("Egypt, Arab Republic of", "EGY"),
        ("DR Congo", "COD"),
        ("Republic of the Congo", "COG"),
        ("Viet Nam", "VNM"),
        ("Netherland", "NLD"),
        ("Namibia", "NAM"),
        ("NA", "NAM"),
        ("NAM", "NAM"),
        ("Kosovo", "XKX"),
        ("Atlantis", None),
    ],
)
def test_a_country_has_one_code_under_every_name_and_namibia_is_not_lost(name: str, code: str | None) -> None:
    assert country_iso3(name) == code


@pytest.mark.parametrize(
    ("name", "region"), [("World Region", True), ("Caribbean Subregion", True), ("Country Name Pending", True), ("Chad", False)]
)
def test_a_region_is_no_misspelled_country(name: str, region: bool) -> None:
    assert is_region(name) is region


def test_an_ifc_loan_is_whole_dollars_with_us_dates_and_its_entities_read() -> None:
    row = only(read(ifc.READER, PROJECT).rows["raw_bank__loans"])
    assert (row["commitment_amount"], row["currency_code"], row["country_iso3"]) == (Decimal("30060000.00"), "USD", "EGY")
    assert (row["origination_date"], row["reporting_date"]) == (date(2010, 3, 22), date(2025, 4, 17))
    assert row["counterparty_name"] == "Alexandria Portland Cement & Lime Co."
    assert row["status"] == "repaid"
    assert "category B" in row["note"]


def test_a_world_region_is_kept_without_a_country_and_an_unknown_name_is_refused() -> None:
    row = only(read(ifc.READER, PROJECT | {"Country": "World Region"}).rows["raw_bank__loans"])
    assert row["country_iso3"] is None
    assert "World Region" in row["note"]
    assert read(ifc.READER, PROJECT | {"Country": "Atlantis"}).rejects[0].kind == "unreadable"


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({IFC_LOAN: ""}, "no loan"),
        ({IFC_LOAN: "0.00"}, "no loan"),
        ({"Industry": "Financial Institutions"}, "runs no works"),
        ({"Project Name": "Kioo Glass", "Company Name": "Kioo Ltd"}, "kind that is not told"),
        ({"Project Name": "Clinic", "Company Name": "CLINIQUE PROVIDENCE"}, "names no cement"),
        ({"Project Name": "Private Placement", "Company Name": "ORASCOM CONSTRUCTION"}, "only contains"),
    ],
)
def test_other_ifc_projects_are_out_of_scope_with_the_reason(change: dict[str, str], word: str) -> None:
    result = read(ifc.READER, PROJECT | change)
    assert result.rows["raw_bank__loans"] == []
    assert result.rejects[0].kind == "out_of_scope"
    assert word in result.rejects[0].reason


def test_the_same_project_and_loan_is_counted_once_and_another_loan_of_the_company_is_kept() -> None:
    result = read(ifc.READER, PROJECT, PROJECT, PROJECT | {"Project Number": "30275"})
    assert [row["loan_id"] for row in result.rows["raw_bank__loans"]] == ["30274", "30275"]
    assert (result.rejects[0].kind, result.rejects[0].row_number) == ("duplicate", 3)


@pytest.mark.parametrize(
    ("text", "sector"),
    [
        ("VicatSagarCement", "cement"),
        ("KUNDA NORDIC TSEMENT AS", "cement"),
        ("Çimsa Çimento Sanayi", "cement"),
        ("LES CIMENTS DU SAHEL", "cement"),
        ("Acindar Industria Argentina de Aceros", "steel"),
        ("Siderúrgica de Guatemala", "steel"),
        ("OOO Pilkington Glass Russia", "flat_glass"),
        ("HNG Float | HNG FLOAT GLASS LIMITED", "flat_glass"),
        ("China Environment Fund", None),
        ("Replacement of navigational aids", None),
    ],
)
def test_works_are_known_by_word_in_many_languages_and_written_together(text: str, sector: str | None) -> None:
    assert works_of(text, is_any_glass_flat=False).sector == sector


def test_a_site_has_its_point_and_its_verified_emissions_but_never_the_back_calculated_production() -> None:
    result = read(hotmaps.READER, SITE)
    plant, co2 = only(result.rows["raw_plants__plants"]), only(result.rows["raw_monitoring__periodic_returns"])
    assert (plant["plant_id"], plant["latitude"], plant["longitude"], plant["country_iso3"]) == ("hotmaps:27", 50.576, 3.4426, "BEL")
    assert (co2["item"], co2["value"], co2["unit"], co2["evidence_tier"], co2["period_end_date"]) == (
        "co2_scope1",
        "642502.00",
        "t CO2",
        "reported",
        date(2014, 12, 31),
    )
    assert "851461.22" not in str(result.rows)


def test_a_repeated_site_is_kept_once_with_its_verified_figure() -> None:
    empty, released = (
        SITE | {"SiteID": "1516", "Emissions_ETS_2014": "", "City": "ANTOING"},
        {"SiteID": "1551", "Emissions_EPRTR_2014": "750000.00"},
    )
    result = read(hotmaps.READER, empty, SITE | {"Emissions_ETS_2014": ""} | released, SITE)
    assert only(result.rows["raw_plants__plants"])["plant_id"] == "hotmaps:27"
    assert [(reject.kind, reject.row_number) for reject in result.rejects] == [("duplicate", 3), ("duplicate", 2)]


def test_a_site_without_a_point_is_kept_and_one_without_figures_has_no_return() -> None:
    result = read(hotmaps.READER, SITE | {"geom": "", "Emissions_ETS_2014": ""})
    assert only(result.rows["raw_plants__plants"])["latitude"] is None
    assert result.rows["raw_monitoring__periodic_returns"] == []


def test_a_figure_of_the_release_register_alone_is_marked_as_such() -> None:
    co2 = only(
        read(hotmaps.READER, SITE | {"Emissions_ETS_2014": "", "Emissions_EPRTR_2014": "750000.00"}).rows[
            "raw_monitoring__periodic_returns"
        ]
    )
    assert co2["value"] == "750000.00"
    assert "E-PRTR" in co2["note"]


@pytest.mark.parametrize(
    ("label", "code"), [("Netherland", "NLD"), ("Liechtenstein", "HRV"), ("Croatia", "ISL"), ("United Kingdom", "GBR")]
)
def test_country_labels_that_stand_one_place_off_are_put_right(label: str, code: str) -> None:
    assert only(read(hotmaps.READER, SITE | {"Country": label}).rows["raw_plants__plants"])["country_iso3"] == code


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        ({"Subsector": "Refineries"}, False),
        ({"SiteName": "LHOIST INDUSTRIE sa", "CompanyName": "Groupe Lhoist"}, False),
        ({"SiteName": "HeidelbergCement AG Kalkwerk Istein", "CompanyName": "HeidelbergCement AG"}, False),
        ({"SiteName": "ZKW Otterbein Zementwerk", "CompanyName": "Zement- und Kalkwerke Otterbein"}, True),
        ({"Subsector": "Glass", "SiteName": "Ardagh Glass Barnsley", "CompanyName": "Ardagh Glass"}, False),
        ({"Subsector": "Glass", "SiteName": "Saint-Gobain Isover", "CompanyName": "Saint-Gobain Cristalería"}, False),
        ({"Subsector": "Glass", "SiteName": "GUARDIAN Flachglas GmbH", "CompanyName": ""}, True),
        ({"Subsector": "Iron and steel"}, True),
    ],
)
def test_lime_works_and_bottle_works_are_no_cement_or_flat_glass_plants(change: dict[str, str], kept: bool) -> None:
    result = read(hotmaps.READER, SITE | change)
    assert len(result.rows["raw_plants__plants"]) == int(kept)
    assert kept or result.rejects[0].kind == "out_of_scope"


def test_a_pacta_loan_brings_borrower_and_parent_and_the_undrawn_rest() -> None:
    result = read(pacta.READER, LOAN)
    row = only(result.rows["raw_bank__loans"])
    assert (row["sector"], row["outstanding_amount"], row["undrawn_amount"], row["counterparty_id"]) == (
        "cement",
        "225625",
        74375.0,
        "C294",
    )
    assert [company["counterparty_id"] for company in result.rows["raw_bank__counterparties"]] == ["C294", "UP15"]
    held = only(result.rows["raw_bank__ownership"])
    assert (held["owner_id"], held["owned_id"], held["share_ratio"]) == ("UP15", "C294", None)


@pytest.mark.parametrize(
    ("change", "column", "value"),
    [
        ({"loan_size_credit_limit": "100"}, "undrawn_amount", None),
        ({"loan_size_credit_limit_currency": "USD"}, "undrawn_amount", None),
        ({"loan_size_outstanding": "NA"}, "outstanding_amount", None),
        ({"sector_classification_direct_loantaker": "C24.1"}, "sector", "steel"),
        ({"sector_classification_direct_loantaker": "C23.11"}, "sector", "flat_glass"),
        ({"sector_classification_direct_loantaker": "C23.6"}, "sector", "other"),
        ({"sector_classification_direct_loantaker": ""}, "sector", None),
        ({}, "reporting_date", date(2020, 12, 31)),
        ({"reporting_date": "2024-06-30"}, "reporting_date", "2024-06-30"),
        ({"portfolio_id": "north"}, "portfolio_id", "north"),
    ],
)
def test_what_a_pacta_book_leaves_open_stays_open(change: dict[str, str], column: str, value: Any) -> None:
    assert only(read(pacta.READER, LOAN | change).rows["raw_bank__loans"])[column] == value


def test_the_assumed_date_of_a_pacta_book_is_written_on_every_loan() -> None:
    assert "no date" in only(read(pacta.READER, LOAN).rows["raw_bank__loans"])["note"]


def test_a_yearly_rate_stands_for_its_year_and_the_euro_is_euro_per_dollar() -> None:
    rate = only(read(fed_fx.READER, {"Date": "2008-01-01", "Country": "Euro", "Exchange rate": "0.6802"}).rows["raw_reference__fx_rates"])
    assert (rate["currency_code"], rate["rate_date"], rate["units_per_usd"], rate["frequency"]) == (
        "EUR",
        date(2008, 12, 31),
        "0.6802",
        "year",
    )
    assert "Federal Reserve" in rate["rate_source"]


@pytest.mark.parametrize(("country", "kind"), [("Atlantis", "unreadable"), ("Venezuela", "out_of_scope")])
def test_a_rate_without_a_certain_currency_is_not_used(country: str, kind: str) -> None:
    result = read(fed_fx.READER, {"Date": "2019-01-01", "Country": country, "Exchange rate": "13269.1"})
    assert result.rows["raw_reference__fx_rates"] == []
    assert result.rejects[0].kind == kind

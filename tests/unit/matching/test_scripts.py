"""Names of other scripts and languages meet their Latin spelling, and look-alikes stay apart."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from pipelines.matching.candidates import match_loans
from pipelines.matching.match_rows import Matches
from pipelines.matching.names import whole_name, words_of
from pipelines.settings import REFERENCE_FOLDER


def match(name: str, country: str, sector: str = "cement", **plant: Any) -> Matches:
    loan = {"portfolio_id": "p", "loan_id": "1", "sector": sector, "country_iso3": country, "counterparty_name": name}
    return match_loans([loan], [{"plant_id": "A", "plant_name": "Other Works", "sector": sector, "country_iso3": country} | plant])


@pytest.mark.parametrize(
    ("name", "country", "sector", "plant"),
    [
        ("华新水泥股份有限公司", "CHN", "cement", {"owner_name": "Huaxin Cement Co., Ltd."}),
        ("唐山冀东水泥股份有限公司", "CHN", "cement", {"owner_name": "Tangshan Jidong Cement Co Ltd"}),
        ("信义玻璃（广西）有限公司", "CHN", "flat_glass", {"plant_name": "Xinyi Glass Guangxi"}),
        ("重庆钢铁股份有限公司", "CHN", "steel", {"plant_name": "Chongqing Iron and Steel plant"}),
        ("Huaxin Cement Co Ltd", "CHN", "cement", {"plant_name_local": "华新水泥厂"}),
        ("ОАО «Красносельскстройматериалы»", "BLR", "cement", {"plant_name": "Krasnoselskstroymaterialy Cement Plant"}),
        ("ТОО Стандарт Цемент", "KAZ", "cement", {"owner_name": "Standart Cement LLP"}),
        ("Công ty Cổ phần Xi măng Hà Tiên 1", "VNM", "cement", {"owner_name": "Ha Tien 1 Cement JSC"}),
        ("Çimsa Çimento Sanayi ve Ticaret A.Ş.", "TUR", "cement", {"owner_name": "Cimsa Cement"}),
        ("Lanexang Cement", "LAO", "cement", {"owner_name": "Lane Xang Cement Co"}),
    ],
)
def test_a_company_is_found_in_two_scripts(name: str, country: str, sector: str, plant: dict[str, str]) -> None:
    found = match(name, country, sector, **plant)
    assert [row["plant_id"] for row in found.links if row["is_match"]] == ["A"], found
    assert found.links[0]["match_score"] >= 0.85


@pytest.mark.parametrize(
    ("name", "country", "sector", "plant"),
    [
        ("شركة أسمنت اليمامة", "SAU", "cement", {"owner_name": "Yamamah Cement Co"}),  # consonants only: a candidate, never a match
    ],
)
def test_an_arabic_name_without_its_vowels_is_a_candidate_and_no_match(name: str, country: str, sector: str, plant: dict[str, str]) -> None:
    found = match(name, country, sector, **plant)
    assert [(row["plant_id"], row["is_match"]) for row in found.links] == [("A", False)]
    assert found.unmatched[0]["reason_code"] == "BELOW_CUT_OFF"


@pytest.mark.parametrize(
    ("name", "country", "sector", "plant"),
    [
        ("华新水泥股份有限公司", "CHN", "cement", {"owner_name": "Huarun Cement Co Ltd"}),
        ("冀东水泥", "CHN", "cement", {"owner_name": "Jinyu Cement Group", "plant_name": "Nanjidong Works"}),
        ("Cam Pha Cement", "VNM", "cement", {"owner_name": "Cam Ranh Glass"}),
        ("ОАО Цемент", "RUS", "cement", {"owner_name": "OAO Cement"}),  # says nothing but the product
        ("Standard Cement", "KAZ", "cement", {"owner_name": "Stanbard Holdings"}),
    ],
)
def test_a_look_alike_is_not_taken(name: str, country: str, sector: str, plant: dict[str, str]) -> None:
    assert [row for row in match(name, country, sector, **plant).links if row["is_match"]] == []


def test_every_belt_and_road_country_has_a_legal_form_that_is_dropped_from_names() -> None:
    def rows(name: str) -> list[dict[str, str]]:
        with (REFERENCE_FOLDER / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    forms = rows("legal_forms.csv")
    members = {row["country_iso3"] for row in rows("countries.csv") if row["bri_joined_year"]}
    assert members
    assert members <= {row["country_iso3"] for row in forms}
    assert all(row["source_note"] for row in forms)
    for row in forms:
        assert whole_name(f"Zyxwort {row['legal_form']}") == {"zyxwort"}, row


@pytest.mark.parametrize(
    ("name", "words"),
    [("Xi măng Bỉm Sơn", ("cement", "bim", "son")), ("Demir Çelik", ("iron", "steel")), ("钢铁厂", ("iron", "steel", "plant"))],
)
def test_words_for_products_and_works_become_english(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words

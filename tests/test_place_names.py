"""data/reference/place_names.csv: every spelling leads to one place, every place is one of ISO 3166-2 or a city in one."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from pipelines.rulebook.shelf import subdivisions

ROOT = Path(__file__).parents[1]
WORKBOOK = ROOT / "../shared/data/plants/gem_cement_2025-07.xlsx"
with (ROOT / "data/reference/place_names.csv").open(encoding="utf-8", newline="") as file:
    PLACES = tuple(csv.DictReader(file))


def test_no_spelling_leads_to_two_places() -> None:
    spelled = Counter((row["country_iso3"], row["sent_name"].lower(), bool(row["city_code"])) for row in PLACES)
    assert [key for key, count in spelled.items() if count > 1] == []


def test_every_province_is_one_of_iso_3166_2_and_every_city_lies_in_its_province() -> None:
    for row in PLACES:
        assert row["region_code"] in subdivisions(), row
        assert row["region_code"].startswith(f"{row['country_iso3']}-"), row
        assert not row["city_code"] or row["city_code"].startswith(f"{row['region_code']}/"), row
        assert row["source_note"].strip(), row


def test_all_provinces_of_the_mainland_are_listed() -> None:
    listed = {row["region_code"] for row in PLACES if row["country_iso3"] == "CHN"}
    assert listed == {code for code in subdivisions() if code.startswith("CHN-")} - {"CHN-HK", "CHN-MO", "CHN-TW"}


@pytest.mark.skipif(not WORKBOOK.is_file(), reason="the public tracker is not beside this checkout (../shared/data)")
def test_every_chinese_province_and_city_of_henan_in_the_public_tracker_is_known() -> None:
    from python_calamine import CalamineWorkbook

    header, *rows = CalamineWorkbook.from_path(str(WORKBOOK)).get_sheet_by_name("Plant Data").to_python()
    country, province, city = (header.index(name) for name in ("Country/Area", "Subnational unit", "Municipality"))
    names = {(row["sent_name"].lower(), bool(row["city_code"])) for row in PLACES if row["country_iso3"] == "CHN"}
    sent = {(str(row[province]).lower(), False) for row in rows if row[country] == "China"}
    sent |= {(str(row[city]).lower(), True) for row in rows if row[country] == "China" and row[province] == "Henan"}
    assert sent - names == set()
    assert len(sent) > 40

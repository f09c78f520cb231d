"""Addresses of pages: from ids alone, safe as file names, no two alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.site.addresses import indicator_address, plant_address, relative, slug


@given(st.text(min_size=1, max_size=120), st.text(min_size=1, max_size=120))
def test_two_ids_never_share_a_name_and_a_name_is_safe_in_a_file_system_and_a_link(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)
    assert slug(one).replace("_", "").replace(".", "").replace("-", "").isalnum() or set(slug(one)) <= set("._-")
    assert len(slug(one)) <= 100
    assert not slug(one).startswith(".")


def test_an_address_is_made_of_the_id_alone() -> None:
    assert plant_address("EGY-C01") == "plants/EGY-C01.html"
    assert plant_address("水泥/1") == "plants/_6c34__6ce5__2f_1.html"
    assert plant_address("index") == "plants/_index.html"
    assert indicator_address("stack:EGY-C01-K1-ST", "nox_concentration") == "indicators/stack-EGY-C01-K1-ST.nox_5f_concentration.html"


def test_a_link_is_relative_to_the_page_it_stands_on() -> None:
    assert relative("plants/A.html", "index.html") == "../index.html"
    assert relative("index.html", "plants/A.html") == "plants/A.html"
    assert relative("plants/A.html", "../csv/x.csv") == "../../csv/x.csv"
    assert relative("index.html", "../csv/x.csv") == "../csv/x.csv"


def test_a_link_does_not_depend_on_the_working_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    assert relative("plants/A.html", "../csv/x.csv") == "../../csv/x.csv"

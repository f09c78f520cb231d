"""Names as PACTA compares them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.matching.pacta_alias import aliases
from pipelines.matching.transliteration import latin_as_peer, romanised


@pytest.mark.parametrize(
    ("name", "kept", "removed"),
    [
        ("Example Cement Co., Ltd.", "examplecementco ltd", "examplecementco"),
        ("Two Rivers Holdings AG", "tworivershldgss ag", "tworivershldgss"),
        ("A. and B", "ab", "ab"),
        ("North-South plc", "northsouth plc", "northsouth"),
        ("", "", ""),
        ("a sa", "a sa", "a"),
        ("Stahl_Werk /Süd,  GmbH ", "stahlwerksud gmbh", "stahlwerksud"),
    ],
)
def test_an_alias_keeps_or_drops_the_form_of_ownership(name: str, kept: str, removed: str) -> None:
    assert aliases([name]) == [kept]
    assert aliases([name], is_ownership_removed=True) == [removed]


def test_a_missing_name_has_no_alias_and_keeps_its_place() -> None:
    assert aliases([None, "X AG", None]) == [None, "x ag", None]
    assert aliases([]) == []


NAMES = st.lists(st.text(alphabet="aAbz SApltd.,&-_/$1é中ж\n\t", max_size=14), max_size=6)


@given(NAMES)
def test_a_name_has_the_same_alias_alone_and_in_a_column(names: list[str]) -> None:
    assert aliases(names) == [aliases([name])[0] for name in names]


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("Жёлтый цех", "Zeltyj ceh"),
        ("Şişe", "Sise"),
        ("Xi măng", "Xi mang"),
        ("重庆钢铁", "chong qingGangTie"),
        ("الحديد", "alhdyd"),
        ("เหล็ก", "helk"),
        ("plain", "plain"),
    ],
)
def test_any_script_becomes_latin_as_the_peer_writes_it(name: str, latin: str) -> None:
    assert latin_as_peer(name) == latin


@pytest.mark.parametrize(
    ("name", "latin"), [("重庆 Steel", "chongqing Steel"), ("绿色", "luse"), ("Жёлтый цех", "Zheltyy tsekh"), ("Iğdır", "Igdir")]
)
def test_a_romanised_name_is_written_as_its_country_does(name: str, latin: str) -> None:
    assert romanised(name) == latin

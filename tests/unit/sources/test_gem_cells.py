"""The trackers' words for unknown, their owner lists, places and dates."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.sources.gem_cells import (
    Holding,
    capacity_note,
    capacity_tonnes,
    coordinates,
    holdings,
    plain_local_name,
    plant_status,
    start_date,
)


@pytest.mark.parametrize(
    ("cell", "tonnes"),
    [
        (1.5, 1_500_000.0),
        ("0.365", 365_000.0),
        (0, 0.0),
        (">0", None),
        ("unknown", None),
        ("n/a", None),
        ("N/A", None),
        ("", None),
        (None, None),
    ],
)
def test_a_capacity_is_a_number_or_no_number_never_zero_for_unknown(cell: object, tonnes: float | None) -> None:
    assert capacity_tonnes(cell, 1_000_000) == tonnes


@pytest.mark.parametrize("cell", ["about 2", "-1", "2,5 Mt"])
def test_a_capacity_that_is_no_number_and_no_word_of_the_tracker_is_refused(cell: str) -> None:
    with pytest.raises(ValueError):
        capacity_tonnes(cell, 1_000_000)


def test_in_production_with_unknown_capacity_leaves_a_note_and_unknown_leaves_none() -> None:
    assert capacity_note({"cement": ">0", "clinker": 1.2}) == "cement '>0': produces, capacity not known"
    assert capacity_note({"cement": "unknown", "clinker": "n/a"}) is None


def test_several_owners_of_one_cell_keep_their_shares() -> None:
    assert holdings("SECIL SA [51.0%]; Government of Portugal [49.0%]", "E1 [51.0%]; E2 [49.0%]") == [
        Holding("E1", "SECIL SA", 0.51),
        Holding("E2", "Government of Portugal", 0.49),
    ]


@pytest.mark.parametrize(
    ("names", "ids", "shares"),
    [
        ("Holcim AG [unknown%]", "E1 [unknown%]", [None]),
        ("Kurum International ShA", "E1", [1.0]),
        ("Lucky Cement Ltd; Groupe Rawji [unknown%]", "E1 [unknown%]; E2 [unknown%]", [None, None]),
        ("unknown", "E100000132388 [unknown%]", []),
        ("n/a", "n/a", []),
        ("Vicat SA [64.7%]; unknown [35.3%]", "E1 [64.7%]; E100000132388 [35.3%]", [0.647]),
    ],
)
def test_an_unstated_share_is_the_whole_only_for_a_single_owner(names: str, ids: str, shares: list[float | None]) -> None:
    assert [holding.share_ratio for holding in holdings(names, ids)] == shares


@pytest.mark.parametrize(
    ("names", "ids"),
    [("A [100.0%]; B [100.0%]", "E1 [100.0%]; E2 [100.0%]"), ("A [64.7%]; B [36.3%]", "E1; E2"), ("A [50%]; B [50%]", "E1 [100%]")],
)
def test_shares_above_the_whole_and_uneven_lists_are_refused(names: str, ids: str) -> None:
    with pytest.raises(ValueError):
        holdings(names, ids)


def test_rounded_shares_just_above_the_whole_are_taken() -> None:
    assert len(holdings("A [33.4%]; B [33.4%]; C [33.4%]", "E1; E2; E3")) == 3


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (1998.0, date(1998, 12, 31)),
        ("2014", date(2014, 12, 31)),
        (date(2023, 2, 1), date(2023, 2, 1)),
        ("2024-08-06", date(2024, 8, 6)),
        ("2023-02-31", None),
        ("unknown", None),
        ("cancelled", None),
        ("199", None),
    ],
)
def test_a_bare_year_ends_on_its_last_day_and_a_word_is_no_date(cell: object, day: date | None) -> None:
    assert start_date(cell) == day


@pytest.mark.parametrize(
    ("cell", "place"), [("35.966175, 68.686187", (35.966175, 68.686187)), ("unknown", None), ("", None), ("95.0, 10.0", None)]
)
def test_coordinates_are_latitude_then_longitude_or_nothing(cell: str, place: tuple[float, float] | None) -> None:
    assert coordinates(cell) == place


@pytest.mark.parametrize(
    ("word", "status"),
    [("operating pre-retirement", "operating"), ("mothballed pre-retirement", "mothballed"), ("Retired", "retired"), ("n/a", "unknown")],
)
def test_a_plant_that_will_retire_still_operates(word: str, status: str) -> None:
    assert plant_status(word) == status


@pytest.mark.parametrize("cell", ["(Pashto) افغان سیمنټ", "افغان سیمنټ (Pashto)", "(Pashto)افغان سیمنټ"])
def test_the_language_remark_is_no_part_of_a_local_name(cell: str) -> None:
    assert plain_local_name(cell) == "افغان سیمنټ"

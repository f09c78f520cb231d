"""Pieces of models that are kept across nights: those of the newest nights stay, older ones go."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipelines.warehouse.kept_pieces import NIGHTS, remove_unused


def night(folder: Path, names: Iterable[str]) -> int:
    """A night that used pieces, making those that are not there."""
    paths = [folder / "month=2026-06" / "int_a" / f"{name}.parquet" for name in names]
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return remove_unused(folder, paths)


def left(folder: Path) -> set[str]:
    return {path.stem for path in folder.rglob("*.parquet")}


def test_a_piece_goes_when_none_of_the_newest_nights_used_it(tmp_path: Path) -> None:
    for number in range(NIGHTS):
        assert night(tmp_path, ["common", f"of_{number}"]) == 0
    assert night(tmp_path, ["common", "new"]) == 1
    assert left(tmp_path) == {"common", "new", *(f"of_{number}" for number in range(1, NIGHTS))}


def test_the_same_night_over_and_over_pushes_no_other_out(tmp_path: Path) -> None:
    night(tmp_path, ["first"])
    assert [night(tmp_path, ["again"]) for _ in range(2 * NIGHTS)] == [0] * (2 * NIGHTS)
    assert left(tmp_path) == {"first", "again"}


def test_a_piece_of_a_night_that_was_killed_goes_with_the_next_published_one(tmp_path: Path) -> None:
    night(tmp_path, ["good"])
    (tmp_path / "month=2026-06" / "int_a" / "of_the_killed.parquet").touch()
    assert night(tmp_path, ["good"]) == 1
    assert left(tmp_path) == {"good"}


def test_a_home_without_pieces_is_left_as_it_is(tmp_path: Path) -> None:
    assert remove_unused(tmp_path / "folds", []) == 0
    assert not (tmp_path / "folds").exists()

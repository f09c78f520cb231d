"""Run ids: equal for equal content, other for any other content, whatever the place and the order."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from pipelines.hashing import file_hash
from pipelines.warehouse.fingerprint import code_version, file_hashes, folder_hash, run_id

INPUTS = {"a.csv": "1", "b.csv": "2"}
GIVEN = {"as_of": date(2025, 12, 31), "inputs": INPUTS, "rules": "r", "models": "m", "settings": {"portfolio": "P1"}, "code": "c"}


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_file_has_the_hash_that_anybody_can_compute(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"loan_id\n")
    assert file_hash(tmp_path / "x") == hashlib.sha256(b"loan_id\n").hexdigest()


def test_a_folder_has_one_hash_wherever_it_stands(tmp_path: Path) -> None:
    here = write(tmp_path / "here", b="2", sub__a="1")
    there = write(tmp_path / "there" / "deeper", sub__a="1", b="2")
    assert folder_hash(here) == folder_hash(there)


@pytest.mark.parametrize("change", [{"b": "3"}, {"c": "2"}, {"sub__a": "2"}])
def test_any_change_of_a_folder_changes_its_hash(tmp_path: Path, change: dict[str, str]) -> None:
    before = folder_hash(write(tmp_path, b="2", sub__a="1"))
    assert folder_hash(write(tmp_path, **change)) != before


def test_a_renamed_file_changes_the_hash(tmp_path: Path) -> None:
    before = folder_hash(write(tmp_path, a="1"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert folder_hash(tmp_path) != before


def test_files_are_listed_by_relative_path_and_hidden_ones_left_out(tmp_path: Path) -> None:
    write(tmp_path, z="1", sub__a="1", sub__rule="1")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "sub" / "rule").rename(tmp_path / "sub" / "rule.yaml")
    assert list(file_hashes(tmp_path)) == ["sub/a", "sub/rule.yaml", "z"]
    assert list(file_hashes(tmp_path, (".yaml",))) == ["sub/rule.yaml"]


def test_a_run_id_begins_with_its_date_and_repeats() -> None:
    reordered = GIVEN | {"inputs": {"b.csv": "2", "a.csv": "1"}}
    assert run_id(**GIVEN) == run_id(**reordered)  # type: ignore[arg-type]
    assert run_id(**GIVEN).startswith("2025-12-31-")  # type: ignore[arg-type]
    assert len(run_id(**GIVEN)) == len("2025-12-31-") + 12  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [{"as_of": date(2025, 12, 30)}, {"inputs": {"a.csv": "1"}}, {"inputs": {"a.csv": "1", "c.csv": "2"}}, {"rules": "s"}, {"models": "n"}]
    + [{"settings": {}}, {"code": "d"}],
)
def test_whatever_changes_a_result_changes_the_run_id(change: dict[str, object]) -> None:
    assert run_id(**(GIVEN | change)) != run_id(**GIVEN)  # type: ignore[arg-type]


def test_the_code_has_a_version_of_its_own() -> None:
    version, _, digits = code_version().partition("+")
    assert version.count(".") == 2
    assert len(digits) == 12

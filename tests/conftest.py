"""One published night that many tests look at; whoever writes into it takes a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.nights import perform, small_landing


@pytest.fixture(scope="session")
def one_landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A landing folder with the filled example of every format; read only."""
    return small_landing(tmp_path_factory.mktemp("one_landing"))


@pytest.fixture(scope="session")
def one_night(tmp_path_factory: pytest.TempPathFactory, one_landing: Path) -> Path:
    """A home with one published run on it, as of 2025-12-31; read only."""
    home = tmp_path_factory.mktemp("one_night") / "home"
    perform(one_landing, home)
    return home


@pytest.fixture
def night_copy(one_night: Path, tmp_path: Path) -> Path:
    """A copy of that home to write into: a home copied to another place is as good as the first."""
    return Path(shutil.copytree(one_night, tmp_path / "copied", symlinks=True))

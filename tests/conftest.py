"""What several test files share: one run on the samples as a bank starts it, one small night, the nights of the acceptance scripts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.assessment import Assessment
from tests.acceptance_nights import Nights, perform_nights
from tests.assessments import SAMPLE, judge, write_pages
from tests.nights import perform, small_landing

settings.register_profile("no clock", deadline=None, derandomize=True)  # no test depends on how busy the machine is, or on chance
settings.load_profile("no clock")


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published folder of a run on the samples."""
    home = tmp_path_factory.mktemp("sample") / "home"
    done = subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()", "run", "--home", str(home)],
        cwd=home.parent,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(home / "published" / "current" / "scorecard.html") in done.stdout
    return home / "published" / "current"


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


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    """The nights of the acceptance scripts (tests/acceptance_nights.py); read only."""
    return perform_nights(tmp_path_factory.mktemp("nights"))


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    """The self-assessment of the committed workbook, with its home kept; read only."""
    return judge(tmp_path_factory.mktemp("assess"), SAMPLE)


@pytest.fixture(scope="session")
def assessed_pages(judged: Assessment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of that assessment."""
    return write_pages(judged, tmp_path_factory.mktemp("assessed") / "out")

"""What several test files share: one run of the main job on the samples, in a process of its own as a bank starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


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
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert str(home / "published" / "current" / "scorecard.html") in done.stdout
    return home / "published" / "current"

"""The wheel is the whole product: it carries rules, SQL models and samples, and runs from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
#: Folder of the checkout → its place in the wheel.
BUNDLED = {name: f"pipelines/bundled/{name}" for name in ("rules", "dbt_like_sql", "data/samples", "data/reference")}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("green_capacity-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of a new environment that holds the wheel; it borrows the dependencies of this one instead of fetching them again."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    executable = folder / "bin" / "python"
    site = Path(_said([str(executable), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
    command = [sys.executable, "-m", "pip", "--python", str(executable), "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    _said(command)
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return executable


def _said(command: list[str], cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GREENCAP_", "PYTHON", "DAGSTER_"))}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_the_wheel_carries_every_rule_model_sample_and_reference_table(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for source, target in BUNDLED.items():
        files = _files(CHECKOUT / source)
        assert files, f"{source} is empty"
        assert {f"{target}/{file}" for file in files} <= names


def test_the_wheel_carries_all_of_the_package_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    package = {f"pipelines/{file}" for file in _files(CHECKOUT / "pipelines")}
    assert package <= names
    rest = {name for name in names - package if not name.startswith((*BUNDLED.values(), "green_capacity-"))}
    assert rest == set()


def test_an_installed_wheel_finds_its_own_knowledge(python: Path, tmp_path: Path) -> None:
    code = "import pipelines; from pipelines.settings import *; print(pipelines.__file__, RULES_FOLDER, SQL_FOLDER, SAMPLES_FOLDER)"
    home = python.parents[1].resolve()
    for text in _said([str(python), "-c", code], cwd=tmp_path).split():
        assert Path(text).resolve().is_relative_to(home), text
        assert Path(text).exists()


def test_an_installed_wheel_publishes_a_scorecard_from_an_empty_folder(python: Path, tmp_path: Path) -> None:
    _said([str(python.parent / "greencap"), "run"], cwd=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["greencap_home"]
    published = tmp_path / "greencap_home" / "published" / "current"
    for name in ("scorecard.html", "scorecard.json", "verdicts.parquet", "rejects.csv", "run_summary.json", "green_capacity.duckdb"):
        assert (published / name).stat().st_size > 0, name

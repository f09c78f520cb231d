"""The repository itself: nothing of one machine in it, every pin with its hash, every page to be found, every folder in its place."""

from __future__ import annotations

import importlib
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parents[1]
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "LICENSE", "Makefile", "README.md", "bench", "data", "dbt_like_sql", "docs", "pipelines",
    "pyproject.toml", "requirements.lock", "rules", "tests", "workspace.yaml",
}  # fmt: skip
TEXT = {".py", ".md", ".yaml", ".yml", ".sql", ".toml", ".csv", ".lock", ".html", ".css", ".js", ".j2", ".json", ".txt", ""}
#: A folder of somebody's machine, and an address of a package registry; written so that this file holds neither.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:work|root|Users|home/\w+)/\w")
REGISTRY = re.compile(r"https?://[^\s\"']*(?:pypi|pythonhosted|/simple/|index|artifactory|nexus)", re.IGNORECASE)


@cache
def tracked() -> list[Path]:
    """Files that git keeps or would keep."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return sorted(path for name in set(done.stdout.split("\0")) if name and (path := CHECKOUT / name).is_file())


def pins() -> dict[str, str]:
    """Package → the lines of its pin in the lock file."""
    text = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE))
    return {canonicalize_name(re.split(r"[=<>\[; ]", block)[0]): block for block in blocks if block.strip()}


def test_no_path_of_a_machine_is_written_anywhere() -> None:
    found = []
    for path in tracked():
        if path.suffix in TEXT and path.name != "requirements.lock":
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if MACHINE_PATH.search(line):
                    found.append(f"{path.relative_to(CHECKOUT)}:{number}: {line.strip()[:100]}")
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml", "Makefile", ".ci/run"])
def test_no_address_of_a_registry_is_written_down(name: str) -> None:
    assert REGISTRY.findall((CHECKOUT / name).read_text(encoding="utf-8")) == []


def test_every_pin_is_exact_and_has_a_hash() -> None:
    assert len(pins()) > 50
    assert [name for name, block in pins().items() if not re.match(r"\S+==\S+", block) or "--hash=sha256:" not in block] == []


def test_every_dependency_is_pinned_at_a_version_that_it_allows() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    locked = pins()
    for text in project["dependencies"] + project["optional-dependencies"]["dev"]:
        wanted = Requirement(text)
        block = locked[canonicalize_name(wanted.name)]
        version = re.match(r"\S+?==([^\s;\\]+)", block)
        assert version is not None
        assert wanted.specifier.contains(version[1]), f"{wanted} is pinned at {version[1]}; run make lock"


def test_the_build_backend_is_pinned_with_everything_else() -> None:
    build = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]
    assert {canonicalize_name(Requirement(text).name) for text in build["requires"]} <= set(pins())


def test_the_samples_stay_small() -> None:
    samples = [
        path
        for path in tracked()
        if path.relative_to(CHECKOUT).parts[:1] == ("data",) and path.relative_to(CHECKOUT).parts[1].startswith("samples")
    ]
    assert sum(path.stat().st_size for path in samples) < 10_000_000


def test_no_single_file_is_large() -> None:
    assert [str(path.relative_to(CHECKOUT)) for path in tracked() if path.stat().st_size > 5_000_000] == []


def test_every_top_level_name_has_its_place_in_the_plan() -> None:
    assert {path.relative_to(CHECKOUT).parts[0] for path in tracked()} - TOP_LEVEL == set()


def test_the_readme_leads_to_every_page_and_every_page_is_there() -> None:
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    linked = {link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link and not link.startswith("#")}
    assert [link for link in linked if not (CHECKOUT / link).exists()] == []
    pages = {path.relative_to(CHECKOUT).as_posix() for path in tracked() if path.parent == CHECKOUT / "docs" and path.suffix == ".md"}
    assert pages - linked == set()


def test_decisions_are_numbered_without_a_gap_and_short() -> None:
    decisions = sorted((CHECKOUT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    assert [path.name for path in decisions if len(path.read_text(encoding="utf-8").splitlines()) > 20] == []


def test_the_version_is_the_same_wherever_it_stands() -> None:
    import pipelines

    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == pipelines.__version__
    assert f"## {pipelines.__version__}" in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_scripts_can_be_executed() -> None:
    assert (CHECKOUT / ".ci" / "run").stat().st_mode & 0o111


@pytest.mark.parametrize("name", sorted(path.stem for path in (CHECKOUT / "bench").glob("*.py")))
def test_every_bench_still_imports_what_it_measures(name: str) -> None:
    assert importlib.import_module(f"bench.{name}")

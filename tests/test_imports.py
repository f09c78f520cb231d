"""Who may import whom: the rooms in the middle do not know each other, and each big library has one door (docs/architecture.md)."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[1]
PACKAGE = CHECKOUT / "pipelines"
FILES = sorted(PACKAGE.rglob("*.py"))

MIDDLE_ROOMS = {"sources", "rulebook", "warehouse", "matching", "ledger", "report"}
#: Library → the only files or rooms of `pipelines/` that import it.
DOORS = {
    "cryptography": {"ledger/signing.py"},
    "dagster": {"defs", "definitions.py"},
    "duckdb": {"warehouse/database.py"},
    "great_expectations": {f"rulebook/{name}.py" for name in ("expectations", "expectation_kinds", "data_docs", "docs_blocks")},
    "jinja2": {"report"},
    "openpyxl": set(),
    "pandas": {"rulebook/expectations.py"},
    "polars": set(),
    "pydantic": {"sources"},
    "pydantic_core": {"sources"},
    "python_calamine": {"sources"},
    "rapidfuzz": {"matching"},
    "rich": {"cli.py", "rules_cli.py"},
    "scipy": {"warehouse/significance.py"},
    "sqlalchemy": set(),
    "sqlglot": {"warehouse/sql_models.py", "warehouse/sql_lineage.py"},
    "anyascii": {"matching/transliteration.py"},
    "pypinyin": {"matching/transliteration.py"},
    "typer": {
        *("archive_cli.py", "assess_cli.py", "cli.py", "digest_cli.py", "findings_cli.py", "ledger_cli.py", "pacta_cli.py", "rules_cli.py"),
        "sample_cli.py",
    },
    "xlsxwriter": {"report/spreadsheet.py"},
    "yaml": {"rulebook", "warehouse/model_header.py"},
}
HEAVY = {"dagster", "duckdb", "great_expectations", "pandas", "pyarrow", "pydantic", "sqlglot", "jinja2", "numpy", "scipy"}


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """Line and full name of what a file imports, at its top or inside functions; what only the type checker sees is left out."""
    return tuple(_imports(ast.parse(path.read_text(encoding="utf-8"))))


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    unseen = {id(node) for block in ast.walk(tree) if _is_for_types(block) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in unseen:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(name: str) -> str | None:
    """Room of a name inside the package: `pipelines.report.page` → report, `pipelines.__version__` → None."""
    parts = name.split(".")
    if parts[0] != "pipelines" or len(parts) < 2 or parts[1].startswith("__"):
        return None
    return parts[1]


def offences(path: Path, allowed: set[str]) -> list[str]:
    found = [(line, name) for line, name in imports(path) if room(name) not in allowed | {None}]
    return [f"{path.relative_to(CHECKOUT)}:{line}: imports {name}" for line, name in found]


def test_the_package_has_rooms_to_look_at() -> None:
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} >= MIDDLE_ROOMS | {"settings.py", "errors.py"}


@pytest.mark.parametrize("name", sorted(MIDDLE_ROOMS))
def test_a_room_in_the_middle_imports_only_what_lies_below_the_rooms(name: str) -> None:
    files = [path for path in FILES if path.is_relative_to(PACKAGE / name)]
    assert [offence for path in files for offence in offences(path, {name, "settings", "errors", "hashing"})] == []


def test_what_lies_below_the_rooms_imports_none() -> None:
    assert [offence for name in ("settings.py", "errors.py", "hashing.py") for offence in offences(PACKAGE / name, set())] == []


def test_nothing_in_the_package_is_imported_relatively() -> None:
    trees = {path: ast.walk(ast.parse(path.read_text(encoding="utf-8"))) for path in FILES}
    found = [f"{path}:{node.lineno}" for path, nodes in trees.items() for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
    assert found == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_big_library_comes_in_by_its_door_only(library: str) -> None:
    found = {path.relative_to(PACKAGE).as_posix() for path in FILES for _, name in imports(path) if name.split(".")[0] == library}
    assert {file for file in found if file not in DOORS[library] and file.split("/")[0] not in DOORS[library]} == set()


def reads_environment(path: Path) -> bool:
    """Whether a file takes a value from the environment; setting one for a library is no reading."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    written = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)}
    words = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")]
    imported = any(name in ("os.environ", "os.getenv") for _, name in imports(path))
    return imported or any(id(node) not in written for node in words)


def test_only_settings_reads_the_environment() -> None:
    assert [path.name for path in FILES if reads_environment(path)] == ["settings.py"]


def test_asking_for_help_loads_no_heavy_library() -> None:
    code = "import sys, pipelines.cli; print(' '.join(sorted({name.split('.')[0] for name in sys.modules})))"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert HEAVY & set(done.stdout.split()) == set()

"""Content hashes: of files, folders and whole runs. Equal inputs give equal ids on every machine; paths and clocks do not enter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import pipelines
from pipelines.hashing import file_hash


def file_hashes(folder: Path, suffixes: Iterable[str] = ()) -> dict[str, str]:
    """sha256 of each file under `folder` by its relative path with `/`, sorted; hidden files and Python's caches left out.

    Args:
        suffixes: Only files that end so (`.yaml`); all when empty.
    """
    wanted = tuple(suffixes)
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: file_hash(paths[name]) for name in sorted(paths) if _counts(name) and (not wanted or name.endswith(wanted))}


def folder_hash(folder: Path, suffixes: Iterable[str] = ()) -> str:
    """sha256 over the relative paths and contents of a folder's files, hex."""
    return mapping_hash(file_hashes(folder, suffixes))


def mapping_hash(values: Mapping[str, object]) -> str:
    """sha256 of a mapping whose order does not matter, hex."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def code_version() -> str:
    """The package's version and 12 hex digits over its code and templates: two checkouts of one version can differ."""
    package = Path(pipelines.__file__).parent
    return f"{pipelines.__version__}+{folder_hash(package, ('.py', '.j2', '.html', '.css', '.js'))[:12]}"


def run_id(as_of: date, inputs: Mapping[str, str], rules: str, models: str, settings: Mapping[str, object], code: str) -> str:
    """`<as_of>-<12 hex digits>`, the same for equal inputs.

    Args:
        inputs: sha256 of each received file by its path inside the landing folder.
        rules: `folder_hash` of the rule files.
        models: `folder_hash` of the SQL models.
        settings: Options that change a result.
        code: `code_version()`.
    """
    parts = {"inputs": dict(inputs), "rules": rules, "models": models, "settings": dict(settings), "code": code}
    return f"{as_of.isoformat()}-{mapping_hash(parts)[:12]}"


def _counts(name: str) -> bool:
    return not any(part.startswith(".") or part in ("__pycache__", "bundled") for part in name.split("/"))

"""The manifest of a run: all that went in and all that came out, by hash.

`root_hash` stands for what the run was made from and what it found; it is known before anything is rendered, so the scorecard can print it.
The manifest's own hash stands for the rendered files too; the log carries it (`run_published`), and a bank may sign it.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.hashing import file_hash
from pipelines.ledger.canonical import value_hash
from pipelines.ledger.disk import write_whole
from pipelines.ledger.events import Break

FILE_NAME = "manifest.json"
#: Files that say how long steps took, or whose bytes depend on how the database laid its pages: checked by `verify`, not by `replay`.
NOT_REPEATABLE = frozenset({"run_summary.json", "green_capacity.duckdb"})
_FORMAT = 1
_PACKAGE = "green-capacity"


@dataclass(frozen=True)
class Made:
    """What a run was made from and what it found: equal on every machine for equal inputs.

    Attributes:
        settings: Options that change a result: as-of, known-at, portfolio, reporting currency, assessment window.
        inputs, rules, models, reference, waivers: sha256 of each file by its relative name.
        code: version and hash of the program.
        history: root hash of the run published before, which changes are told against, and id of the run that the headline is compared
            with; null = none.
        tables: content hash of each table that holds results, findings and waivers.
    """

    run_id: str
    settings: Mapping[str, Any]
    inputs: Mapping[str, str]
    rules: Mapping[str, str]
    models: Mapping[str, str]
    reference: Mapping[str, str]
    waivers: Mapping[str, str]
    code: str
    history: Mapping[str, Any]
    tables: Mapping[str, str]

    @property
    def root_hash(self) -> str:
        """One hash over all of it."""
        return value_hash(asdict(self))


@dataclass(frozen=True)
class Manifest:
    """`made` with the files it was rendered to, the moment of the log it knew, the bundle of its knowledge, and the libraries in use.

    `readings`: sha256 of each file of the store of readings that it rested on, by its path below `HOME/readings`.
    """

    made: Made
    events_head: str
    knowledge: str
    outputs: Mapping[str, str]
    dependencies: Mapping[str, str] = field(default_factory=dict)
    python: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)

    def write(self, folder: Path) -> str:
        """Write `manifest.json` into the run's folder; its sha256."""
        content = {"format": _FORMAT, "root_hash": self.made.root_hash, **asdict(self)}
        path = folder / FILE_NAME
        write_whole(path, (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8"))
        return file_hash(path)

    def first_break(self, folder: Path) -> Break | None:
        """The first file of the run's folder that is not what the manifest says; None when all are."""
        found = output_hashes(folder)
        for name in sorted({*self.outputs, *found}):
            if name not in found:
                return Break(folder / name, "is gone")
            if name not in self.outputs:
                return Break(folder / name, "is not of this run; it was put here by hand")
            if found[name] != self.outputs[name]:
                return Break(folder / name, "was changed after it was published")
        return None


def read_manifest_file(path: Path) -> Manifest:
    """The manifest written to `path`.

    Raises: WrongUseError when there is none, or it is damaged.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        manifest = Manifest(
            made=Made(**content["made"]),
            events_head=content["events_head"],
            knowledge=content["knowledge"],
            outputs=content["outputs"],
            dependencies=content["dependencies"],
            python=content["python"],
            readings=content.get("readings", {}),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WrongUseError(f"{path}: cannot be read as a run's manifest; run `greencap verify`") from error
    if content["root_hash"] != manifest.made.root_hash:
        raise WrongUseError(f"{path}: its root hash does not fit what it lists; run `greencap verify`")
    return manifest


def output_hashes(folder: Path) -> dict[str, str]:
    """sha256 of every file of a run's folder by its relative name, the manifest and signatures on it aside."""
    paths = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: file_hash(paths[name]) for name in sorted(paths) if not name.startswith(FILE_NAME)}


@cache
def dependency_versions() -> dict[str, str]:
    """Installed version of each library that the program needs, those that they need included; asked once in a process."""
    found: dict[str, str] = {}
    waiting = [_PACKAGE]
    while waiting:
        name = waiting.pop()
        try:
            about = metadata.distribution(name).metadata  # each access reads the file again
        except metadata.PackageNotFoundError:
            continue  # wanted on another system only, or the program runs from a checkout
        key = about["Name"].lower().replace("_", "-")
        if key in found:
            continue
        found[key] = about["Version"]
        waiting += [_name(line) for line in about.get_all("Requires-Dist") or () if "extra ==" not in line]
    found.pop(_PACKAGE, None)
    return dict(sorted(found.items()))


def python_version() -> str:
    """Version of the interpreter."""
    return platform.python_version()


def _name(requirement: str) -> str:
    end = next((place for place, sign in enumerate(requirement) if not (sign.isalnum() or sign in "-_.")), len(requirement))
    return requirement[:end]

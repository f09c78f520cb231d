"""An evidence pack on disk: a folder or zip file whose `hashes.json` lists the sha256 of every file. Equal content gives equal bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipelines.errors import WrongUseError
from pipelines.ledger.disk import write_whole
from pipelines.ledger.events import Break

HASHES = "hashes.json"
_FORMAT = 1
#: The earliest date that a zip file can hold; a pack carries no clock.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644 << 16


def content_hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """sha256 of each file by its name, in the order of the names."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}


def check_target(target: Path) -> None:
    """Refuse a target that is there already, an empty folder aside. Raises: WrongUseError."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        raise WrongUseError(f"--out {target}: is there already; name a folder or .zip file that is not")


def write_pack(target: Path, files: Mapping[str, bytes]) -> dict[str, str]:
    """Write files and their `hashes.json` into the folder `target`, or the zip file where its name ends in `.zip`; the hashes.

    Raises: WrongUseError when the target is there already.
    """
    check_target(target)
    hashes = content_hashes(files)
    listed = json.dumps({"format": _FORMAT, "algorithm": "sha256", "files": hashes}, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    content = {**files, HASHES: listed.encode("utf-8")}
    if target.suffix.lower() == ".zip":
        _write_zip(target, content)
    else:
        _write_folder(target, content)
    return hashes


def first_break(target: Path) -> Break | None:
    """The first file of a pack that is not what its `hashes.json` says; None when all are.

    Raises: WrongUseError when there is no pack, or its list cannot be read.
    """
    found = _read(target)
    try:
        listed: dict[str, str] = json.loads(found.pop(HASHES))["files"]
    except (KeyError, ValueError, TypeError) as error:
        raise WrongUseError(f"{target}: holds no readable {HASHES}, so it is no evidence pack; ask for it again") from error
    hashes = content_hashes(found)
    for name in sorted({*listed, *hashes}):
        if name not in hashes:
            return Break(target / name, "is gone")
        if name not in listed:
            return Break(target / name, "is not of this pack; it was put here by hand")
        if hashes[name] != listed[name]:
            return Break(target / name, "was changed after the pack was made")
    return None


def _write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    for name in sorted(files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])


def _write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as packed:  # compressed bytes differ between versions of zlib
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=_NO_DATE)
            entry.create_system, entry.external_attr = 3, _MODE
            packed.writestr(entry, files[name])
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, sink.getvalue())


def _read(target: Path) -> dict[str, bytes]:
    if target.is_dir():
        paths = (path for path in target.rglob("*") if path.is_file())
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in paths}
    try:
        with zipfile.ZipFile(target) as packed:
            return {name: packed.read(name) for name in packed.namelist() if not name.endswith("/")}
    except (OSError, zipfile.BadZipFile) as error:
        raise WrongUseError(f"{target}: is no evidence pack, or a damaged one ({error}); ask for it again") from error

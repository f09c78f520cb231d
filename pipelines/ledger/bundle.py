"""The knowledge of a run - rule files, SQL models, reference tables - as one archive file of fixed bytes."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

_MODE = 0o644


def pack(folders: Mapping[str, tuple[Path, list[str]]]) -> bytes:
    """A tar of files in the order of their names, without owner, time or compression: equal content gives equal bytes.

    Args: folders: name inside the bundle → folder and the relative names of its files.
    """
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w", format=tarfile.USTAR_FORMAT) as bundle:
        for prefix, (folder, names) in sorted(folders.items()):
            for name in sorted(names):
                content = (folder / name).read_bytes()
                entry = tarfile.TarInfo(f"{prefix}/{name}")
                entry.size, entry.mode = len(content), _MODE
                bundle.addfile(entry, io.BytesIO(content))
    return sink.getvalue()


def unpack(bundle: Path, folder: Path) -> None:
    """Lay a bundle's files out below `folder`; names that would leave it are refused."""
    with tarfile.open(bundle) as packed:
        packed.extractall(folder, filter="data")


def read_members(bundle: Path, names: list[str]) -> dict[str, bytes]:
    """Content of some files of a bundle by their names in it; names that it does not hold are left out."""
    with tarfile.open(bundle) as packed:
        opened = {name: packed.extractfile(name) for name in sorted({*names} & {*packed.getnames()})}
        return {name: file.read() for name, file in opened.items() if file}

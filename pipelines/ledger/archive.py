"""Received files, rule files and all else a run was made from, kept unchanged under their content hash.

```
HOME/archive/<2 hex>/<sha256>   the bytes; read-only
```
Where content came from and when it was first seen is an event (`received`) of the log. Nothing leaves the archive but by a logged removal.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.errors import SourceFileError
from pipelines.hashing import file_hash
from pipelines.ledger.disk import copy_whole
from pipelines.ledger.events import Break


class Archive:
    """The archive of one home; made where it is absent when the first file is kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, content_hash: str) -> Path:
        """Where content is kept, whether it is there or not."""
        return self.folder / content_hash[:2] / content_hash

    def keep(self, source: Path, content_hash: str) -> bool:
        """Keep a file whose content was read as `content_hash`; True when it was not kept before.

        Raises: SourceFileError when the file has changed since it was read: what was judged would not be what is kept.
        """
        target = self.path(content_hash)
        if target.exists():
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_whole(source, target)
        if file_hash(target) != content_hash:
            target.unlink()
            raise SourceFileError(f"{source}: was changed while it was being read; let the sender finish it, then run again")
        return True

    def lay_out(self, files: Mapping[str, str], folder: Path) -> None:
        """Make `folder` hold the kept files under the names they came with (name → content hash)."""
        for name, content_hash in sorted(files.items()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(content_hash), target)

    def trouble(self, content_hash: str) -> str | None:
        """What is wrong with kept content, in words; None when it is what it was."""
        path = self.path(content_hash)
        if not path.exists():
            return "is gone"
        return None if file_hash(path) == content_hash else "was changed"

    def byte_count(self, content_hash: str) -> int:
        """Size of kept content; 0 when it is gone."""
        path = self.path(content_hash)
        return path.stat().st_size if path.exists() else 0

    def hashes(self) -> Iterator[str]:
        """Content hashes of all that is kept, in order."""
        for path in sorted(self.folder.glob("??/*")):
            if not path.name.startswith("."):
                yield path.name

    def first_break(self, expected: Mapping[str, str]) -> Break | None:
        """The first kept file that is gone, changed, or that nobody kept here; None when all are as they were.

        Args: expected: content hash → name it came under, of everything that the log says was kept.
        """
        strangers = (path for path in map(self.path, self.hashes()) if path.name not in expected)
        not_received = "no event says that this was received; it was put here by hand"
        return self.content_break(expected) or next((Break(path, not_received) for path in strangers), None)

    def content_break(self, expected: Mapping[str, str]) -> Break | None:
        """The first of these contents (hash → name) that is gone or changed."""
        for content_hash, name in sorted(expected.items()):
            if what := self.trouble(content_hash):
                return Break(self.path(content_hash), f"the kept content of {name} {what}")
        return None

    def remove(self, content_hash: str) -> None:
        """Remove kept content; the caller has logged it."""
        self.path(content_hash).unlink(missing_ok=True)

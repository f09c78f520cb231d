"""The rules folder as it was at a revision of the bank's git, in a temporary folder; or a plain folder, as it is."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pipelines.errors import WrongUseError


@contextmanager
def rules_at(revision: str, folder: Path) -> Iterator[Path]:
    """A folder of rule files: `revision` itself where it is a folder, else `folder` as git knows it at that revision.

    Raises: WrongUseError when there is no git, the folder is in no repository, or the revision is unknown or has no such folder.
    """
    if Path(revision).is_dir():
        yield Path(revision)
        return
    packed = _archive(revision, folder)
    with TemporaryDirectory(prefix="greencap-") as made:
        place = Path(made) / "rules"
        place.mkdir()
        with tarfile.open(fileobj=io.BytesIO(packed)) as files:
            files.extractall(place, filter="data")
        yield place


def _archive(revision: str, folder: Path) -> bytes:
    if revision.startswith("-"):
        raise WrongUseError(f"{revision!r} is no revision; name a commit, branch or tag, or a folder of rule files")
    try:
        done = subprocess.run(["git", "-C", str(folder), "archive", "--format=tar", revision, "."], capture_output=True, check=False)
    except FileNotFoundError as error:
        raise WrongUseError("git is not installed; name two folders of rule files instead") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        raise WrongUseError(
            f"{revision!r} is neither a folder nor a revision in which {folder} can be read (git: {said}); `git log` lists revisions"
        )
    return done.stdout

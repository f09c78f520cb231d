"""Which files of a landing folder are data, and what they hold: told by their bytes, never by their names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from pipelines.errors import SourceFileError, WrongUseError
from pipelines.sources.received import Content, ReceivedFile, UnreadableError
from pipelines.sources.table_files import open_parquet_contents, open_workbook_contents
from pipelines.sources.text_files import open_text_contents

#: What may lie beside the data and is passed over.
_NO_DATA_SUFFIXES = frozenset({".md", ".txt", ".pdf", ".html", ".json"})
_GZIP = b"\x1f\x8b"
_PARQUET = b"PAR1"
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_NO_TABLES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"SQLi": "an SQLite database",
    b"7z\xbc\xaf": "a 7-Zip archive",
}


def data_paths(folder: Path) -> list[Path]:
    """The files of the folder that are taken for data, in the order of their names.

    Passed over: hidden files and folders, folders that begin with `_`, lock files of a spreadsheet (`~$`), README files,
    and .md, .txt, .pdf, .html and .json files.

    Raises:
        WrongUseError: There is no such folder. SourceFileError: There is no data in it.
    """
    if not folder.is_dir():
        raise WrongUseError(f"{folder}: there is no such landing folder; make one with `greencap init {folder}`")
    found = [path for path in folder.rglob("*") if path.is_file() and _is_data(path.relative_to(folder))]
    if not found:
        raise SourceFileError(f"{folder}: holds no file to read; {_first_files(folder)}")
    return sorted(found, key=lambda path: path.relative_to(folder).as_posix())


def _first_files(folder: Path) -> str:
    """What to do about a landing folder without data: `greencap init` leaves examples in a sub-folder that is not read."""
    if (folder / "_examples").is_dir():
        return f"copy the examples out of {folder / '_examples'}, or put your own CSV, XLSX or Parquet files beside that folder"
    return "put CSV, XLSX or Parquet files into it (`greencap init` writes templates)"


def _is_data(path: Path) -> bool:
    if any(part.startswith((".", "_")) for part in path.parts[:-1]):
        return False
    name = path.name.lower()
    return not name.startswith((".", "~$", "readme")) and path.suffix.lower() not in _NO_DATA_SUFFIXES


def identified(path: Path, folder: Path) -> ReceivedFile:
    """The file with its hash and its name below the folder.

    Raises:
        SourceFileError: The file cannot be opened.
    """
    try:
        with path.open("rb") as stream:
            file_id = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SourceFileError(f"{path}: cannot be opened ({error.strerror}); give the run the right to read it") from None
    return ReceivedFile(path, file_id, path.relative_to(folder).as_posix(), path.stat().st_size)


def open_contents(file: ReceivedFile, fit: Callable[[Sequence[str]], int]) -> list[Content]:
    """The tables of a file, headers found; none when it holds nothing.

    Args:
        file: The received file.
        fit: How many columns of the best reader a header has.

    Raises:
        UnreadableError: The bytes cannot be read; the message says why and what to do.
    """
    with file.path.open("rb") as stream:
        start = stream.read(4)
    if not start:
        return []
    if start == _PARQUET:
        return open_parquet_contents(file)
    if start in (_ZIP, _OLD_EXCEL):
        return open_workbook_contents(file)
    for mark, what in _NO_TABLES.items():
        if start.startswith(mark):
            raise UnreadableError(f"is {what}, not a table; send CSV, XLSX or Parquet")
    return open_text_contents(file, "gzip" if start.startswith(_GZIP) else "none", fit)

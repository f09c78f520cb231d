"""What a sender declares about a file of stack readings: its clock, its units, its flags, its columns. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from pipelines.errors import SourceFileError

FILES_FORMAT, COLUMNS_FORMAT = "stack_files", "stack_columns"


class DeclarationError(SourceFileError):
    """Declarations of one file that contradict each other. The message becomes its files row."""


@dataclass(frozen=True)
class FileDeclaration:
    """One row of `stack_files`; None = not declared. The meaning of each field stands in the format (docs/landing_formats.md)."""

    stack_id: str | None = None
    time_zone: str | None = None
    time_label: str | None = None
    time_format: str | None = None
    midnight: str | None = None
    interval_minutes: int | None = None
    repeated_hour: str | None = None
    skipped_hour: str | None = None
    decimal_comma: bool | None = None
    unit: str | None = None
    gas_basis: str | None = None
    flag_scheme: str | None = None
    known_at: datetime | None = None


@dataclass(frozen=True)
class ColumnDeclaration:
    """One row of `stack_columns`: what a column of a file holds."""

    column_name: str
    meaning: str
    indicator: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Declarations:
    """All that was declared in a landing folder, by file name or pattern."""

    files: tuple[tuple[str, FileDeclaration], ...] = ()
    columns: tuple[tuple[str, ColumnDeclaration], ...] = ()

    def of_file(self, file_name: str) -> FileDeclaration:
        """What is declared for a file: by its very name, else by the one pattern that fits.

        Raises:
            DeclarationError: Two declarations fit and differ.
        """
        exact = {declared for pattern, declared in self.files if pattern == file_name}
        fitting = exact or {declared for pattern, declared in self.files if _fits(pattern, file_name)}
        if len(fitting) > 1:
            raise DeclarationError(f"{len(fitting)} rows of {FILES_FORMAT} fit this file and differ; keep one, or name the file in full")
        return next(iter(fitting), FileDeclaration())

    def columns_of(self, file_name: str) -> dict[str, ColumnDeclaration]:
        """Declared columns of a file by their name in small letters.

        Raises:
            DeclarationError: A column is declared twice, differently.
        """
        found: dict[str, ColumnDeclaration] = {}
        for pattern, column in self.columns:
            key = _column_key(column.column_name)
            if _fits(pattern, file_name) and found.setdefault(key, column) != column:
                raise DeclarationError(f"column '{column.column_name}' is declared twice in {COLUMNS_FORMAT}; keep one of the two")
        return found

    def patterns_with_columns(self, headers: Collection[str]) -> list[str]:
        """Patterns all of whose declared columns a header has: what the file would be if it still had its name."""
        keys = {_column_key(header) for header in headers}
        lacking = {pattern for pattern, column in self.columns if _column_key(column.column_name) not in keys}
        return sorted({pattern for pattern, _ in self.columns} - lacking)


def declarations(files: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]]) -> Declarations:
    """Declarations from the rows of the formats `stack_files` and `stack_columns`."""
    names = [field.name for field in fields(FileDeclaration)]
    by_file = [(row["file_pattern"], FileDeclaration(**{name: row[name] for name in names})) for row in files]
    return Declarations(tuple(by_file), tuple((row["file_pattern"], _column(row)) for row in columns))


def unused_patterns(tables: Mapping[str, Sequence[Mapping[str, Any]]], file_names: Collection[str]) -> list[str]:
    """Words on each pattern of the two formats that fits none of the files, at the first row that has it.

    Args: tables: rows by format, with their source. file_names: all that were received, tonight and in earlier nights.
    """
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for table in (FILES_FORMAT, COLUMNS_FORMAT):
        for row in tables[table]:
            if not any(_fits(row["file_pattern"], name) for name in file_names):
                found.setdefault((row["source_file_name"], row["file_pattern"]), row)
    return [_unused(row) for row in found.values()]


def _unused(row: Mapping[str, Any]) -> str:
    place = f"{row['source_file_name']}, row {row['source_row_number']}"
    todo = "write the file's name (* stands for any signs, capital letters do not matter), or take the row out"
    return f"{place}: file_pattern '{row['file_pattern']}' fits no file received, so nothing is read as it declares; {todo}"


def _column(row: Mapping[str, Any]) -> ColumnDeclaration:
    return ColumnDeclaration(row["column_name"], row["meaning"], row["indicator"], row["unit"])


def _fits(pattern: str, file_name: str) -> bool:
    """A pattern without a folder fits the file's own name in any folder."""
    name = file_name if "/" in pattern else file_name.rpartition("/")[2]
    return fnmatchcase(name.lower(), pattern.lower())


def _column_key(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace("\ufeff", " ")).strip().lower()

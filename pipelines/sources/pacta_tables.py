"""Tables in the columns of PACTA as the `greencap match`, `prioritize` and `align` commands read and write them: every cell is text."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from pathlib import Path

from pipelines.errors import SourceFileError, WrongUseError

Row = dict[str, str | None]
#: What R writes for a missing value, and the columns in which it is Namibia.
_MISSING, _COUNTRY_COLUMNS = "NA", {"plant_location", "isos", "country_of_domicile"}
LOANBOOK_COLUMNS = (
    "id_loan",
    "id_direct_loantaker",
    "name_direct_loantaker",
    "sector_classification_system",
    "sector_classification_direct_loantaker",
)
COMPANY_COLUMNS = ("name_company", "sector")
CLASSIFICATION_COLUMNS = ("sector", "borderline", "code", "code_system")
OVERWRITE_COLUMNS = ("level", "id_2dii", "name", "sector", "source")
MATCHED_COLUMNS = ("id_loan", "level", "name_abcd", "sector_abcd", "sector", "score")


def read_table(path: Path, columns: Sequence[str]) -> list[Row]:
    """Rows of a CSV file (UTF-8, comma) as column to text; an empty cell and `NA` are None.

    Args:
        path: The file. columns: Columns that it must have; it may have more.

    Raises:
        WrongUseError: There is no such file. SourceFileError: It is no table, lacks columns, or a row has more or fewer cells.
    """
    if not path.is_file():
        raise WrongUseError(f"{path}: there is no such file")
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(csv.reader(file))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceFileError(f"{path}: cannot be read as comma-separated UTF-8 text ({error}); save it as such") from error
    header = lines[0] if lines else []
    _hold_columns(path, header, columns)
    uneven = [number for number, line in enumerate(lines[1:], start=2) if line and len(line) != len(header)]
    if uneven:
        raise SourceFileError(
            f"{path}, row {uneven[0]}: it has not the {len(header)} cells of the header; put cells with commas into quotes"
        )
    words = [frozenset(("",)) if name in _COUNTRY_COLUMNS else frozenset(("", _MISSING)) for name in header]
    return [
        {name: None if cell in empty else cell for name, cell, empty in zip(header, line, words, strict=True)} for line in lines[1:] if line
    ]


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows as CSV with these columns; None becomes an empty cell.

    Raises:
        WrongUseError: The file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([row[name] for name in columns] for row in rows)
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be written ({error.strerror}); name a file in a folder that is there") from error


def companies(path: Path) -> list[tuple[str, str]]:
    """Name and sector of each company of a company file, once."""
    rows = {(row["name_company"], row["sector"]) for row in read_table(path, COMPANY_COLUMNS)}
    return sorted((name, sector) for name, sector in rows if name is not None and sector is not None)


def classification(path: Path) -> dict[tuple[str, str], tuple[str, str]]:
    """(Code system, code) → (sector, borderline). Raises SourceFileError when a code has two sectors."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for number, row in enumerate(read_table(path, CLASSIFICATION_COLUMNS), start=2):
        key, value = (row["code_system"] or "", row["code"] or ""), (row["sector"] or "", row["borderline"] or "")
        if found.setdefault(key, value) != value:
            raise SourceFileError(f"{path}, row {number}: code {key[1]} of {key[0]} has a second sector '{value[0]}'; leave one of them")
    return found


def hold_unique_loans(path: Path, rows: Sequence[Row]) -> None:
    """Raise SourceFileError where an `id_loan` repeats or is missing."""
    seen: set[str | None] = {None}
    for number, row in enumerate(rows, start=2):
        if row["id_loan"] in seen:
            what = f"id_loan {row['id_loan']} stands here a second time" if row["id_loan"] else "id_loan is missing"
            raise SourceFileError(f"{path}, row {number}: {what}; each loan needs an id of its own")
        seen.add(row["id_loan"])


def hold_scores(path: Path, rows: Sequence[Row]) -> None:
    """Raise SourceFileError where a score is no number from 0 to 1."""
    for number, row in enumerate(rows, start=2):
        if not _is_number(row["score"]) or not 0 <= float(row["score"] or 0) <= 1:
            raise SourceFileError(f"{path}, row {number}: score {row['score']!r} is no number from 0 to 1; write 1 for a confirmed match")


def hold_numbers(path: Path, rows: Sequence[Row], columns: Sequence[str], is_empty_fine: bool = False) -> None:
    """Raise SourceFileError where a cell of `columns` is no number, or missing unless that is fine."""
    for number, row in enumerate(rows, start=2):
        for column in columns:
            if not _is_number(row[column]) and not (is_empty_fine and row[column] is None):
                raise SourceFileError(f"{path}, row {number}: {column} {row[column]!r} is no number; write digits with a decimal point")


def _is_number(cell: str | None) -> bool:
    try:
        return isfinite(float(cell or ""))
    except ValueError:
        return False


def _hold_columns(path: Path, header: Sequence[str], columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in header]
    if missing:
        raise SourceFileError(f"{path}, row 1: column {', '.join(missing)} is missing; there are {', '.join(header) or 'none'}")
    repeated = sorted({name for name in header if list(header).count(name) > 1})
    if repeated:
        raise SourceFileError(f"{path}, row 1: column {', '.join(repeated)} stands twice; rename one")

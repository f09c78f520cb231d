"""Readers of the canonical formats, made from their models: a header of their column names, rows passed on cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from pipelines.sources.columns import Format, columns_of
from pipelines.sources.formats import FORMATS, TABLES
from pipelines.sources.reader import ReadResult, Row, Sheet, header_key

#: How alike a foreign header must be to a missing column to be taken for a misspelling of it.
_MISSPELT = 0.88


@dataclass(frozen=True)
class CanonicalReader:
    """Reader of one canonical format; see `pipelines.sources.reader.Reader`."""

    reader_id: str
    model: type[Format]

    @property
    def table(self) -> str:
        """The raw table that its rows go to."""
        return TABLES[self.reader_id]

    @cached_property
    def columns(self) -> frozenset[str]:
        """The column names of the format."""
        return frozenset(self.model.model_fields)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The columns that the header must have."""
        return tuple(column.name for column in columns_of(self.model) if column.is_column_required)

    def column_of(self, header: str) -> str | None:
        """The column that a header names: case, blanks and hyphens do not matter."""
        name = header_key(header).replace(" ", "_").replace("-", "_")
        return name if name in self.columns else None

    def missing(self, headers: Sequence[str]) -> list[str]:
        """Required columns that the header lacks."""
        found = {self.column_of(header) for header in headers}
        return [name for name in self.required if name not in found]

    def header_fault(self, headers: Sequence[str]) -> str | None:
        """What is wrong with a header that has all required columns: a column twice, or an optional one misspelt."""
        found = [column for header in headers if (column := self.column_of(header))]
        twice = next((name for name in found if found.count(name) > 1), None)
        if twice:
            return f"column '{twice}' stands twice in the header; keep one of them"
        absent = sorted(self.columns - set(found))
        for header in self.foreign(headers):
            if close := get_close_matches(header_key(header).replace(" ", "_"), absent, n=1, cutoff=_MISSPELT):
                return f"column '{header}' is unknown to {self.reader_id}, perhaps '{close[0]}' is meant; rename it, or remove it"
        return None

    def foreign(self, headers: Sequence[str]) -> list[str]:
        """Headers that name no column of the format."""
        return [header for header in headers if header and self.column_of(header) is None]

    def read(self, sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
        """Every row as it stands, by column; the landing checks the cells."""
        columns = [self.column_of(header) for header in sheet.headers]
        places = [(place, column) for place, column in enumerate(columns) if column]
        rows: list[Row] = [
            {"source_row_number": number} | {column: cells[place] for place, column in places} for number, cells in sheet.rows
        ]
        return ReadResult(rows={self.table: rows})


def canonical_readers() -> list[CanonicalReader]:
    """One reader a format, in the order of the documentation."""
    return [CanonicalReader(name, model) for name, model in FORMATS.items()]

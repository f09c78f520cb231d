"""A reader of one public table: recognised by the headers it needs, read row by row by a function it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.sources.reader import Cell, ReadResult, Sheet, cells_by_header, header_key

#: What a public table's own function does with a sheet.
SheetFunction = Callable[[Sheet, Sequence[Sheet]], ReadResult]


@dataclass
class HeaderReader:
    """A `Reader` of a table with fixed headers.

    Args:
        reader_id: name of the format, as `source_format` shows it.
        required: headers without which the table is another one, as the publisher spells them.
        optional: headers that are read where present.
        read_sheet: sheet and book → rows and rejects.
    """

    reader_id: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    read_sheet: SheetFunction
    columns: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.columns = frozenset(header_key(header) for header in self.required + self.optional)

    def missing(self, headers: Sequence[str]) -> list[str]:
        """Required headers that `headers` lacks, as the publisher spells them."""
        present = {header_key(header) for header in headers}
        return [header for header in self.required if header_key(header) not in present]

    def read(self, sheet: Sheet, book: Sequence[Sheet]) -> ReadResult:
        """Rows and rejects of `sheet`."""
        return self.read_sheet(sheet, book)


def numbered_cells(sheet: Sheet) -> Iterator[tuple[int, dict[str, Cell]]]:
    """Row number and cells by `header_key` of every row of `sheet`."""
    for number, cells in sheet.rows:
        yield number, cells_by_header(sheet, cells)


def text_of(cell: Cell) -> str:
    """A cell as stripped text, runs of white space as one blank; a whole number loses its `.0`; blank is ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())

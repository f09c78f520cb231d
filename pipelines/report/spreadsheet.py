"""XLSX files: tables with fixed headings, filters, formats and links, in equal bytes for equal rows. The only import of XlsxWriter here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.report.csv_files import neutral_text
from pipelines.report.words import Mark

Row = Mapping[str, Any]

#: Limits of the file format.
MAX_ROWS, MAX_TEXT, MAX_LINKS = 1_048_576, 32_767, 65_530
_FIXED = datetime(2000, 1, 1)  # noqa: DTZ001 - the day of writing in the file's properties would make its bytes differ
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: Columns that a printed page can hold in letters of a readable size.
_PAGE_COLUMNS = 14
#: Kind of a column → number format. A word stands beside what a colour marks.
NUMBER_FORMATS = {
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm:ss",
    "whole": "#,##0",
    "money": "#,##0",
    "number": "#,##0.####",
    "ratio": "0.0%",
    "coverage": '[<0.8]0.0%" (low)";0.0%',
    "headroom": '0.0%" room";-0.0%" beyond";0.0%',
    "days_left": '#,##0;-#,##0" overdue";0',
}
#: Look of a mark → fill; black letters stand on each. The colours of Okabe and Ito, as on the pages.
FILLS = {
    "green": "#7FCEB9",
    "transition": "#F7F1A0",
    "not-green": "#EAAE7F",
    "unknown": "#AADAF4",
    "unmatched": "#D9D9D9",
    "error": "#E5BCD3",
}
#: Kind of a column → what is marked in it: comparison, value, look. Its number format has the word.
_ALERTS = {
    "coverage": [("<", "0.8", "transition")],
    "headroom": [("<", "0", "not-green")],
    "days_left": [("<", "0", "not-green")],
}


@dataclass(frozen=True)
class Field:
    """A column of a sheet.

    Args: name: key of the rows. heading: its unit included. kind: key of `NUMBER_FORMATS`, `text`, `year` (a plain number) or `yes_no`.
        width: in letters. marks: code → mark, for codes that are shown as symbol, word and colour. words: code → words, for other codes.
        link: row → address, None where there is none.
    """

    name: str
    heading: str
    kind: str = "text"
    width: float = 14
    marks: Mapping[str, Mark] = field(default_factory=dict)
    words: Callable[[str], str] | None = None
    link: Callable[[Row], str | None] | None = None


@dataclass(frozen=True)
class Written:
    """What a sheet holds: rows written, rows there are, texts that were cut, links that found no room."""

    row_count: int
    whole_count: int
    cut_count: int = 0
    unlinked_count: int = 0


@contextmanager
def open_book(path: Path, title: str, *, is_streamed: bool = False, about: str = "") -> Iterator[Book]:
    """A new workbook, written to `path` when the block ends. `is_streamed`: rows leave memory at once, and must come in their order.

    Raises: OSError when the file cannot be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import FileCreateError

    options = _OPTIONS | ({"constant_memory": True, "tmpdir": str(path.parent)} if is_streamed else {})
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": _FIXED, "title": title, "comments": about})
    yield Book(book)
    try:
        book.close()
    except FileCreateError as error:  # a full or read-only disk, as for every other file
        raise error.args[0] from error


class Book:
    """A workbook being written: makes sheets, and each format once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def sheet(self, name: str) -> Any:
        """A new sheet behind those there are."""
        return self._book.add_worksheet(name)

    def format(self, **properties: Any) -> Any:
        """A cell format with these properties of XlsxWriter."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    @cached_property
    def heading(self) -> Any:
        """Format of a heading."""
        return self.format(bold=True, text_wrap=True, valign="top", bottom=1, bg_color="#EDEFF2")

    @cached_property
    def kinds(self) -> dict[str, Any]:
        """Format of the cells of each kind of column."""
        return {kind: self.format(num_format=text) for kind, text in NUMBER_FORMATS.items()}

    def write_headings(self, sheet: Any, headings: Sequence[tuple[str, float]], frozen: int = 1, row_count: int = 0) -> None:
        """First line of a sheet from (heading, width): it and `frozen` columns stay in view, every column has a filter."""
        sheet.set_row(0, row_height(*headings))
        for place, (heading, width) in enumerate(headings):
            sheet.write_string(0, place, heading, self.heading)
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, frozen)
        sheet.autofilter(0, 0, max(row_count, 1), len(headings) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        if len(headings) <= _PAGE_COLUMNS:
            sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def write_table(
        self,
        sheet: Any,
        fields: Sequence[Field],
        rows: Iterable[Row],
        whole_count: int,
        whole: str,
        frozen: int = 1,
        max_rows: int = MAX_ROWS - 2,
    ) -> Written:
        """Write rows under their headings. What a sheet cannot hold is counted in its last line, with the place where it stands whole.

        Args: whole_count: how many `rows` there are. whole: words for where all of them stand. max_rows: written at most.
        """
        shown = min(whole_count, max_rows, MAX_ROWS - 2)
        self.write_headings(sheet, [(f.heading, f.width) for f in fields], frozen, shown)
        writer = _RowWriter(self, sheet, fields, whole)
        for line, row in zip(range(1, shown + 1), rows, strict=False):
            writer.write(line, row)
        if shown < whole_count:
            sheet.write_string(
                shown + 1,
                0,
                f"{whole_count - shown:,} more rows are not in this sheet; {whole} holds all {whole_count:,}",
                self.format(bold=True),
            )
        self._colour(sheet, fields, max(shown, 1))
        return Written(shown, whole_count, writer.cut_count, writer.unlinked_count)

    def _colour(self, sheet: Any, fields: Sequence[Field], last: int) -> None:
        """Conditional formats: words of marks, a thin coverage, a negative headroom, a cure period that is over."""
        for place, column in enumerate(fields):
            rules = [("==", f'"{mark_text(mark)}"', mark.style) for mark in column.marks.values()] + _ALERTS.get(column.kind, [])
            for criteria, value, style in rules:
                look = self.format(bg_color=FILLS[style])
                sheet.conditional_format(1, place, last, place, {"type": "cell", "criteria": criteria, "value": value, "format": look})


class _RowWriter:
    """Writes the cells of one sheet and counts what did not fit."""

    def __init__(self, book: Book, sheet: Any, fields: Sequence[Field], whole: str) -> None:
        self._sheet, self._fields, self._whole = sheet, fields, whole
        self._looks = [book.kinds.get(f.kind) for f in fields]
        self._link = book.format(font_color="#0B5394", underline=1)
        self._link_count = self.cut_count = self.unlinked_count = 0

    def write(self, line: int, row: Row) -> None:
        for place, (column, look) in enumerate(zip(self._fields, self._looks, strict=True)):
            value = row[column.name]
            if isinstance(value, bool) and column.kind == "yes_no":
                value = "yes" if value else "no"
            elif isinstance(value, str):
                value = self._shown(column, value)
                if column.link and self._links_to(line, place, column.link(row), value):
                    continue
            write_value(self._sheet, line, place, value, look)

    def _shown(self, column: Field, code: str) -> str:
        if code in column.marks:
            return mark_text(column.marks[code])
        text = neutral_text(column.words(code) if column.words else code)
        self.cut_count += len(text) > MAX_TEXT
        return fitting_text(text, self._whole)

    def _links_to(self, line: int, place: int, address: str | None, text: str) -> bool:
        if address is None:
            return False
        if self._link_count == MAX_LINKS:
            self.unlinked_count += 1
            return False
        self._link_count += 1
        return bool(self._sheet.write_url(line, place, f"external:{address}", self._link, text) == 0)


def write_value(sheet: Any, line: int, place: int, value: Any, look: Any = None) -> None:
    """Write one cell by the type of its value; null and what is not a number stay empty, text is never a formula."""
    if isinstance(value, str):
        sheet.write_string(line, place, neutral_text(value), look)
    elif isinstance(value, bool):
        sheet.write_boolean(line, place, value, look)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), look)
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day
    elif value is not None and math.isfinite(value):
        sheet.write_number(line, place, float(value) if isinstance(value, Decimal) else value, look)


def cell_name(line: int, place: int) -> str:
    """Name of a cell in formulas: line 0, place 0 is `A1`."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(line, place))


def row_height(*cells: tuple[str, float]) -> float:
    """Height that shows wrapped texts whole, each with the width of its column: not every program finds it by itself."""
    return 15.0 * max(math.ceil(0.95 * len(text) / width) for text, width in cells)


def mark_text(mark: Mark) -> str:
    """A mark in a cell: its symbol and its word."""
    return f"{mark.symbol} {mark.word}"


def fitting_text(text: str, whole: str) -> str:
    """Text as long as a cell can hold; what was cut says so, and where it stands whole."""
    if len(text) <= MAX_TEXT:
        return text
    end = f" … cut, of {len(text):,} characters; whole in {whole}"
    return text[: MAX_TEXT - len(end)] + end

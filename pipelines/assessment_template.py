"""The workbook of a self-assessment: sheets of landing formats, lists of allowed words, a guide. Made from the formats and the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipelines.report.spreadsheet import NUMBER_FORMATS, Book, cell_name, open_book
from pipelines.rulebook.text_table import shortened
from pipelines.sources.columns import Column, columns_of
from pipelines.sources.plant_formats import TECHNOLOGIES
from pipelines.sources.schemas import format_model

#: Sheet → landing format, in the order in which they are filled.
SHEETS = {
    "plants": "plants",
    "process units": "process_units",
    "emission points": "emission_points",
    "monitoring": "stack_readings",
    "returns": "periodic_returns",
    "management evidence": "management_evidence",
    "site inputs": "site_inputs",
}
#: Lists of words that the rules keep: format and column → (word, unit, meaning).
Words = Mapping[tuple[str, str], Sequence[tuple[str, str, str]]]
_STEPS = (
    "Self-assessment of one or several plants, without any loan. Nothing leaves your machine.",
    "1. Fill `plants` (a row a plant) and `process units`. A plant id is any short text; other sheets repeat it.",
    "2. Fill `returns`: production, fuel, electricity, water, CO2, a row an item and month, for twelve months. `words` lists the items.",
    "3. Fill `management evidence`, and `emission points` with `monitoring` where a stack is measured: hourly or half-hourly values, or "
    "single measurements, a row each. Monthly means are not asked for: no limit of stack gas is judged by one, and a mean hides bad hours.",
    "4. Leave empty what is not known. Unknown never counts as met, and the page says what is missing. A sheet may stay empty.",
    "5. Several plants: write the same parent_name for plants of one group. From five plants of five companies on there is a benchmark.",
    "6. Keep the names of the columns. Run `greencap assess FILE`; a cell that cannot be read is named by sheet, row and column.",
)
_LAST_ROW = 1_048_575
_LONGEST_PROMPT = 255
#: And at most so many in the heading of one.
_LONGEST_TITLE = 32


@dataclass(frozen=True)
class _Looks:
    """Cell formats of the workbook."""

    title: Any
    must: Any
    may: Any
    day: Any
    wrap: Any


def write_template(path: Path, words: Words, rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """Write the workbook; equal arguments give equal bytes.

    Args:
        words: Words of the rule files, by format and column. rows: Rows to fill in, by format; none = an empty template.
    """
    with open_book(path, "Self-assessment of plants") as book:
        looks = _looks(book)
        guide = book.sheet("guide")
        lists = _Lists(words)
        for sheet_name, name in SHEETS.items():
            _write_sheet(book.sheet(sheet_name), name, lists, (rows or {}).get(name, ()), looks)
        lists.write(book.sheet("words"), looks)
        _write_guide(guide, lists, looks)
    return path


def _looks(book: Book) -> _Looks:
    head = {"bottom": 1, "valign": "top", "text_wrap": True}
    return _Looks(
        title=book.format(bold=True, font_size=13),
        must=book.format(**head, bold=True, bg_color="#dbe5f1"),
        may=book.format(**head, bg_color="#f2f2f2"),
        day=book.format(num_format=NUMBER_FORMATS["date"]),
        wrap=book.format(text_wrap=True, valign="top"),
    )


class _Lists:
    """The sheet `words`: a column (or three) a list, and where each stands."""

    def __init__(self, words: Words) -> None:
        self.lists: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for name in SHEETS.values():
            for column in columns_of(format_model(name)):
                if found := self._of(name, column, words):
                    self.lists[name, column.name] = found
        self.places = {key: place for place, key in zip(range(0, 4 * len(self.lists), 4), self.lists, strict=True)}

    @staticmethod
    def _of(name: str, column: Column, words: Words) -> list[tuple[str, str, str]]:
        if column.words:
            return [(word, "", "") for word in column.words]
        if (name, column.name) == ("process_units", "technology"):
            known = dict.fromkeys(word for process in TECHNOLOGIES.values() for word in process)
            return [(word, "", ", ".join(process for process, of in TECHNOLOGIES.items() if word in of)) for word in known]
        return list(words.get((name, column.name), ()))

    def source(self, name: str, column: str) -> str | None:
        """The cells of a list as a data validation names them."""
        found = self.lists.get((name, column))
        place = self.places.get((name, column))
        if not found or place is None:
            return None
        letters = cell_name(0, place).rstrip("0123456789")
        return f"=words!${letters}$2:${letters}${len(found) + 1}"

    def write(self, sheet: Any, looks: _Looks) -> None:
        for (name, column), words in self.lists.items():
            place = self.places[name, column]
            sheet.write_row(0, place, (f"{_sheet_of(name)}: {column}", "its unit", "its meaning"), looks.may)
            for line, row in enumerate(words, start=1):
                for offset, text in enumerate(row):
                    if text:
                        sheet.write_string(line, place + offset, text)
            sheet.set_column(place, place, 26)
            sheet.set_column(place + 2, place + 2, 40 if any(row[2] for row in words) else 4)
        sheet.freeze_panes(1, 0)


def _write_sheet(sheet: Any, name: str, lists: _Lists, rows: Sequence[Mapping[str, Any]], looks: _Looks) -> None:
    columns = columns_of(format_model(name))
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.name, looks.must if column.is_required else looks.may)
        sheet.set_column(place, place, max(12, len(column.name) + 2), looks.day if column.kind.name == "date" else None)
        sheet.data_validation(1, place, _LAST_ROW, place, _validation(name, column, lists))
    for line, row in enumerate(rows, start=1):
        for place, column in enumerate(columns):
            _write_cell(sheet, line, place, row.get(column.name), looks)
    sheet.freeze_panes(1, 1)


def _validation(name: str, column: Column, lists: _Lists) -> dict[str, Any]:
    """What Excel and LibreOffice show beside the cell, and the list it is chosen from; only closed lists refuse other words."""
    title = shortened(column.name, _LONGEST_TITLE)
    prompt = {"input_title": title, "input_message": _prompt(column)}
    source = lists.source(name, column.name)
    if source is None:
        return {"validate": "any"} | prompt
    stop = {"error_type": "stop", "error_title": title, "error_message": "Choose a word of the list, or leave the cell empty."}
    return {"validate": "list", "source": source} | prompt | (stop if column.words else {"show_error": False})


def _prompt(column: Column) -> str:
    parts = [column.description + "."]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    parts.append("Must be filled." if column.is_required else f"Empty: {column.empty}.")
    return shortened(" ".join(parts), _LONGEST_PROMPT)


def _write_cell(sheet: Any, line: int, place: int, value: Any, looks: _Looks) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(line, place, "yes" if value else "no")
    elif isinstance(value, date):
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), looks.day)  # noqa: DTZ001 - a day
    elif isinstance(value, (int, float)):
        sheet.write_number(line, place, value)
    else:
        sheet.write_string(line, place, str(value))


def _write_guide(sheet: Any, lists: _Lists, looks: _Looks) -> None:
    for line, step in enumerate(_STEPS):
        sheet.write_string(line, 0, step, looks.title if line == 0 else None)
    first = len(_STEPS) + 1
    heads = ("sheet", "its column", "fill", "written as", "in unit", "allowed words", "if empty", "what it is")
    sheet.write_row(first, 0, heads, looks.must)
    described = [(sheet_name, name, column) for sheet_name, name in SHEETS.items() for column in columns_of(format_model(name))]
    for line, (sheet_name, name, column) in enumerate(described, start=first + 1):
        allowed = [word for word, _, _ in lists.lists.get((name, column.name), ())]
        shown = ", ".join(allowed[:12]) + (", … (sheet words)" if len(allowed) > 12 else "")
        need = "must" if column.is_required else "may"
        cells = (sheet_name, column.name, need, column.kind.written, column.unit or "", shown, column.empty or "", column.description)
        sheet.write_row(line, 0, cells, looks.wrap)
    for place, width in enumerate((20, 26, 6, 26, 18, 50, 34, 70)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(first + 1, 0)


def _sheet_of(name: str) -> str:
    return next(sheet for sheet, of in SHEETS.items() if of == name)

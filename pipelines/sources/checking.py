"""Rows in the words of a format → typed rows, and a reject for every cell that its column cannot hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from pipelines.sources.cells import is_blank, plain_text
from pipelines.sources.columns import Format, columns_of
from pipelines.sources.reader import Cell, Reject, Row, Sheet

_ROW_NUMBER = "source_row_number"


def checked_rows(model: type[Format], rows: Iterable[Row]) -> tuple[list[Row], list[Reject]]:
    """The rows that fit the format, converted, and the rejects of all others: one for every bad cell.

    Args:
        model: The canonical format.
        rows: Column → cell as received, with `source_row_number`; blank cells and absent columns are null.

    Raises:
        TypeError: A row has a column that the format lacks: a mistake of the reader, not of the file.
    """
    words = {column.name: column.words for column in columns_of(model) if column.words}
    validate = model.__pydantic_validator__.validate_python
    good: list[Row] = []
    rejects: list[Reject] = []
    for row in rows:
        # `is_blank`, written out: it is asked for every cell that is received.
        filled = {name: cell for name, cell in row.items() if (cell.strip() if type(cell) is str else cell is not None)}
        number = filled.pop(_ROW_NUMBER)
        try:
            good.append({**vars(validate(filled)), _ROW_NUMBER: number})
        except ValidationError as error:
            rejects.extend(_reject(detail, row, words) for detail in error.errors(include_url=False))
    return good, rejects


def _reject(detail: ErrorDetails, row: Row, words: Mapping[str, tuple[str, ...]]) -> Reject:
    context: dict[str, Any] = dict(detail.get("ctx") or {})
    column = str(context.get("column") or detail["loc"][0])
    number, value = row[_ROW_NUMBER], row.get(column)
    if detail["type"] == "missing":
        return Reject(number, column, None, f"{column} is empty", "fill it in: every row needs it")
    if detail["type"] == "literal_error":
        return _unknown_word(number, column, value, words[column])
    if "what_to_do" in context:
        reason, what_to_do = str(context["reason"]), str(context["what_to_do"])
        return Reject(number, column, shown(value), f"{column}: {reason}", what_to_do)
    raise TypeError(f"row {number}: {column}: {detail['msg']}; a reader may give only the columns of {sorted(words) or 'its format'}")


def _unknown_word(number: int, column: str, value: Cell, words: tuple[str, ...]) -> Reject:
    close = get_close_matches(plain_text(value).lower(), words, n=1, cutoff=0.6)
    hint = f", perhaps '{close[0]}'" if close else ""
    reason = f"{column}: '{plain_text(value)}' is not a known word"
    return Reject(number, column, shown(value), reason, f"use one of {', '.join(words)}{hint}")


def shown(cell: object) -> str | None:
    """A cell as the list of rejects shows it."""
    return None if cell is None else str(cell)


def well_shaped(sheet: Sheet) -> tuple[Sheet, list[Reject]]:
    """The sheet with exactly one cell a header in every row, and the rejects of rows with too few or too many cells.

    Blank cells beyond the header are dropped; they are what a spreadsheet leaves behind.
    """
    width = len(sheet.headers)
    rows: list[tuple[int, list[Cell]]] = []
    rejects: list[Reject] = []
    for number, cells in sheet.rows:
        if len(cells) < width or any(not is_blank(cell) for cell in cells[width:]):
            rejects.append(_misshapen(number, cells, width))
        else:
            rows.append((number, cells if len(cells) == width else cells[:width]))
    return Sheet(sheet.file_id, sheet.file_name, sheet.sheet_name, sheet.header_row_number, sheet.headers, rows), rejects


def _misshapen(number: int, cells: list[Cell], width: int) -> Reject:
    line = ", ".join("" if cell is None else str(cell) for cell in cells)[:200]
    what_to_do = "give every line as many cells as the header; put text that holds the delimiter in quotation marks"
    return Reject(number, None, line, f"the row has {len(cells)} cells, the header {width}", what_to_do)

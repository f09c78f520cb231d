"""Workbooks (XLSX, XLS, ODS through python-calamine) and Parquet files: tables of cells with their headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast
from xml.etree import ElementTree
from zipfile import BadZipFile

from pipelines.sources.cells import is_blank, plain_text
from pipelines.sources.reader import Cell, Sheet
from pipelines.sources.received import Content, ReceivedFile, UnreadableError
from pipelines.sources.workbook_errors import error_cells

if TYPE_CHECKING:
    import pyarrow.parquet as pq


def open_workbook_contents(file: ReceivedFile) -> list[Content]:
    """Every sheet of the workbook that holds anything; its header is the first row that does.

    Raises:
        UnreadableError: Damaged, cut off, protected by a password, or an archive of something else.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(file.path))
        tables = {name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in workbook.sheet_names}
        errors = error_cells(file.path)
    except (CalamineError, OSError, ValueError, BadZipFile, ElementTree.ParseError) as error:
        raise UnreadableError(f"is no workbook that can be read ({error}); save it again as .xlsx, without a password") from None
    return [content for name, cells in tables.items() for content in _sheet_content(file, name, _with_errors(cells, errors.get(name, {})))]


def _with_errors(cells: Sequence[Sequence[Cell]], errors: Mapping[tuple[int, int], str]) -> Sequence[Sequence[Cell]]:
    """The cells with errors of formulas in their places, which otherwise are blank."""
    if not errors:
        return cells
    rows = [list(row) for row in cells]
    for (row, column), error in errors.items():
        if row <= len(rows) and column <= len(rows[row - 1]):
            rows[row - 1][column - 1] = error
    return rows


def _sheet_content(file: ReceivedFile, name: str, cells: Sequence[Sequence[Cell]]) -> list[Content]:
    rows = [(number, list(row)) for number, row in enumerate(cells, start=1) if not all(is_blank(cell) for cell in row)]
    if not rows:
        return []
    number, header = rows[0]
    headers = ["" if is_blank(cell) else plain_text(cell) for cell in header]
    while not headers[-1]:
        headers.pop()
    # A cell beyond the header is a remark beside the table: unlike in a text file, nothing can have shifted.
    within = [(row_number, row[: len(headers)]) for row_number, row in rows[1:]]
    sheet = Sheet(file.file_id, file.file_name, name, number, headers, within)
    return [Content("workbook", name, headers, number, len(rows) > 1, lambda: sheet)]


def open_parquet_contents(file: ReceivedFile) -> list[Content]:
    """The one table of a Parquet file; its rows are counted from 1, the header is row 0.

    Raises:
        UnreadableError: Damaged or cut off.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file.path)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from None
    headers = list(parquet.schema_arrow.names)
    return [Content("parquet", None, headers, 0, parquet.metadata.num_rows > 0, lambda: _parquet_sheet(file, headers, parquet))]


def _parquet_sheet(file: ReceivedFile, headers: list[str], parquet: pq.ParquetFile) -> Sheet:
    import pyarrow as pa

    try:
        table = parquet.read()
    except (pa.ArrowException, OSError) as error:
        raise _damaged(error) from None
    columns = [column.to_pylist() for column in table.columns]
    rows = [(number, list(cells)) for number, cells in enumerate(zip(*columns, strict=True), start=1)]
    filled = [(number, cells) for number, cells in rows if not all(is_blank(cell) for cell in cells)]
    return Sheet(file.file_id, file.file_name, None, 0, headers, cast("list[tuple[int, list[Cell]]]", filled))


def _damaged(error: Exception) -> UnreadableError:
    return UnreadableError(f"the Parquet file is cut off or damaged ({str(error).splitlines()[0]}); send it again")

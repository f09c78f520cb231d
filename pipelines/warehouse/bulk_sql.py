"""The SQL of `bulk.py`: a received file as typed rows, and as rejects. Builds text, runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.warehouse.bulk import BulkFile

#: Stands between columns in no file: a line stays one cell.
_NEVER = "\x1f\x1e"
_MOMENT = r"\d{4}([-/])\d{1,2}[-/]\d{1,2}([T ]([01]?\d|2[0-3]):\d\d(:\d\d(\.\d{1,6})?)?)?"
_NUMBER_TYPES = frozenset({"DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_SHAPE_HINT = "give every line as many cells as the header; put text that holds the delimiter in quotation marks"
_HINTS = {
    "required": "fill it in: every row needs it",
    "number": "write digits with a point for the decimals, or leave the cell empty where the value is unknown",
    "moment": "write local time as YYYY-MM-DD HH:MM[:SS], without offset; 24:00 is 00:00 of the next day",
}
_REASONS = {"word": "is not a known word", "number": "is not a plain number", "moment": "is not a date and time"}


class BulkSql:
    """Statements for one file: `good_rows` and `rejects` divide its filled lines without rest.

    Args:
        file: What the landing knows of it.
        path: Where the database reads it, in UTF-8.
        types: Column of the raw table → SQL type.
        parquet_fields: Name and type of each field of a Parquet file, empty for text.
    """

    def __init__(self, file: BulkFile, path: Path, types: dict[str, str], parquet_fields: Sequence[tuple[str, str]]) -> None:
        self._file = file
        self._path = _text(str(path))
        self._types = types
        self._parquet_fields = list(parquet_fields)
        self._places = {column: place for place, column in enumerate(file.columns, start=1) if column}

    def filled_count(self) -> str:
        """How many rows the file has, the header and empty lines aside; lines of white space still count."""
        if self._parquet_fields:
            return f"select count(*) from read_parquet({self._path})"
        return f"select count(line) - 1 from {self._lines()}"

    def target_columns(self) -> str:
        """Columns of the raw table that `good_rows` fills."""
        return ", ".join([*self._places, "source_file_id", "source_file_name", "source_row_number", "source_format"])

    def good_rows(self) -> str:
        """Typed rows that hold what the format wants."""
        source = [_text(self._file.file_id), _text(self._file.file_name), "row_number", "'stack_readings'"]
        columns = ", ".join([*(f"typed_{column}" for column in self._places), *source])
        return f"select {columns} from ({self._typed_rows()}) where {self._is_good()}"

    def rejects(self) -> str:
        """One row for every bad cell, and one for every line with too few or too many cells; blank rows are none."""
        findings = [self._shape_finding(), *(self._finding(column, why) for column in self._places for why in self._doubts(column))]
        about = f"{_text(self._file.file_id)} as file_id, {_text(self._file.file_name)} as file_name, null::varchar as sheet"
        found = "found.column_name, found.value, found.reason, found.what_to_do, 'unreadable' as kind, found.place"
        bad = f"select * from ({self._typed_rows()}) where not ({self._is_good()}) and not ({self._is_blank()})"
        listed = f"select row_number, unnest(list_filter([{', '.join(findings)}], lambda f: f is not null)) as found from ({bad})"
        return f"select {about}, row_number, {found} from ({listed})"

    def _typed_rows(self) -> str:
        """Per row: its number, the text and the typed value of each cell, whether it has the right number of cells."""
        return self._rows_of_parquet() if self._parquet_fields else self._rows_of_text()

    def _rows_of_text(self) -> str:
        rows = f"select line, {self._cells()} as cells from {self._lines()}"
        width = len(self._file.columns)
        surplus = f"trim(array_to_string(cells[{width + 1}:], ''))"
        shape = f"len(cells) as cell_count, (len(cells) = {width} or (len(cells) > {width} and {surplus} = '')) as is_shaped"
        columns = self._typed({column: (f"cells[{place}]", "VARCHAR") for column, place in self._places.items()})
        # Numbering last keeps the database from pushing conditions below it, where every cell would be cut out anew for each.
        numbered = f"select *, row_number() over () as row_number from (select line, cells, {shape}, {columns} from ({rows}))"
        return f"select * from ({numbered}) where row_number > {self._file.header_row} and line is not null"

    def _rows_of_parquet(self) -> str:
        fields = {column: self._parquet_fields[place - 1] for column, place in self._places.items()}
        columns = self._typed({column: (_name(name), sql_type) for column, (name, sql_type) in fields.items()})
        shape = f"*, null::varchar as line, {len(self._file.columns)} as cell_count, true as is_shaped"
        return f"select file_row_number + 1 as row_number, {shape}, {columns} from read_parquet({self._path}, file_row_number = true)"

    def _typed(self, cells: dict[str, tuple[str, str]]) -> str:
        return ", ".join(f"{self._value(column, cell, sql_type)} as typed_{column}" for column, (cell, sql_type) in cells.items())

    def _sent(self, column: str) -> str:
        """The cell as text; looked at only where its typed value is null or a word."""
        place = self._places[column]
        cell = _name(self._parquet_fields[place - 1][0]) if self._parquet_fields else f"cells[{place}]"
        return f"coalesce(trim({cell}::varchar), '')"

    def _lines(self) -> str:
        """The file as one column `line`."""
        options = "quote = '', escape = '', comment = '', header = false, auto_detect = false, strict_mode = false"
        packing = _text(self._file.compression if self._file.encoding == "utf-8" else "none")
        return f"read_csv({self._path}, columns = {{'line': 'VARCHAR'}}, delim = {_text(_NEVER)}, compression = {packing}, {options})"

    def _cells(self) -> str:
        """The cells of a line; none of them where a quotation mark is not closed on its line."""
        delimiter = _text(self._file.delimiter)
        pattern = _text(f'{_escaped(self._file.delimiter)}( *"(?:[^"]|"")*" *|[^"{self._file.delimiter}]*)')
        found = f"regexp_extract_all({delimiter} || line, {pattern}, 1)"
        bare = """lambda c: case when starts_with(trim(c), '"') then replace(trim(c)[2:-2], '""', '"') else c end"""
        quoted = f"case when array_to_string({found}, {delimiter}) = line then list_transform({found}, {bare}) else [] end"
        return f"case when contains(line, '\"') then {quoted} else string_split(line, {delimiter}) end"

    def _value(self, column: str, cell: str, sql_type: str) -> str:
        """The typed value of a cell, null when it is blank or does not fit."""
        wanted = self._types[column]
        if column in self._file.words:
            return f"lower(nullif(trim({cell}::varchar), ''))"
        if wanted == "VARCHAR":
            return f"nullif(trim({cell}::varchar), '')"
        if wanted == "TIMESTAMP":
            return _moment(cell, sql_type)
        number = cell if sql_type in _NUMBER_TYPES else f"case when not contains({cell}::varchar, '_') then {cell}::varchar end"
        return f"case when isfinite(try_cast({number} as {wanted})) then try_cast({number} as {wanted}) end"

    def _doubts(self, column: str) -> list[str]:
        """What can be wrong with a cell of the column."""
        by_type = {"VARCHAR": [], "TIMESTAMP": ["moment"]}.get(self._types[column], ["number"])
        return ["required"] * (column in self._file.required) + ["word"] * (column in self._file.words) + by_type

    def _is_wrong(self, column: str, why: str) -> str:
        """Condition, never null."""
        if why == "required":
            return f"typed_{column} is null and {self._sent(column)} = ''"
        if why == "word":
            words = ", ".join(_text(word) for word in self._file.words[column])
            return f"coalesce(typed_{column} not in ({words}), false)"
        return f"typed_{column} is null and {self._sent(column)} <> ''"

    def _is_good(self) -> str:
        tests = [f"not ({self._is_wrong(column, why)})" for column in self._places for why in self._doubts(column)]
        return " and ".join(["is_shaped", *tests])

    def _is_blank(self) -> str:
        if self._parquet_fields:
            return " and ".join(f"{self._sent(column)} = ''" for column in self._places)
        return f"trim(replace(line, {_text(self._file.delimiter)}, '')) = ''"

    def _shape_finding(self) -> str:
        counted = f"'the row has ' || cell_count || ' cells, the header {len(self._file.columns)}'"
        reason = f"case when cell_count = 0 then 'a quotation mark is not closed on its line' else {counted} end"
        return _found("not is_shaped", "null::varchar", "left(line, 200)", reason, _SHAPE_HINT, 0)

    def _finding(self, column: str, why: str) -> str:
        """A finding where the cell is wrong, else null."""
        reason = _text(f"{column} is empty")
        if why in _REASONS:
            reason = f"{_text(column + ': ' + chr(39))} || {self._sent(column)} || {_text(chr(39) + ' ' + _REASONS[why])}"
        what_to_do = _HINTS.get(why) or f"use one of {', '.join(self._file.words[column])}"
        condition = f"is_shaped and {self._is_wrong(column, why)}"
        return _found(condition, _text(column), f"nullif({self._sent(column)}, '')", reason, what_to_do, self._places[column])


def _moment(cell: str, sql_type: str) -> str:
    """Local time; a type with a zone goes through its text and is refused for its offset."""
    if sql_type in ("DATE", "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_MS", "TIMESTAMP_S"):
        return f"{cell}::timestamp"
    text = f"trim({cell}::varchar)"
    return f"case when regexp_full_match({text}, {_text(_MOMENT)}) then try_cast(replace({text}, '/', '-') as timestamp) end"


def _found(condition: str, column_name: str, value: str, reason: str, what_to_do: str, place: int) -> str:
    fields = f"'column_name': {column_name}, 'value': {value}, 'reason': {reason}, 'what_to_do': {_text(what_to_do)}, 'place': {place}"
    return f"case when {condition} then {{{fields}}} end"


def _escaped(delimiter: str) -> str:
    return "\\" + delimiter if delimiter == "|" else delimiter


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'

"""The SQL of `bulk.py`: a received file as typed rows, and as rejects. Builds text, runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.warehouse.time_formats import measured_at_from, moment_from

if TYPE_CHECKING:
    from pipelines.warehouse.bulk import BulkFile

#: Stands between columns in no file: a line stays one cell.
_NEVER = "\x1f\x1e"
_NUMBER_TYPES = frozenset({"DOUBLE", "FLOAT", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER"})
_SHAPE_HINT = "give every line as many cells as the header; put text that holds the delimiter in quotation marks"
_HINTS = {
    "required": "fill it in: every row needs it",
    "number": "write digits with a point for the decimals (a file with decimal commas says so in stack_files, decimal_comma), "
    "or leave the cell empty where the value is unknown",
    "comma number": "the file is declared to write decimal commas: write digits with a comma and no point, or leave the cell empty",
    "moment": "write local time as YYYY-MM-DD HH:MM[:SS], without offset; 24:00 ends a day in measured_at only",
}
_REASONS = {"word": "is not a known word", "number": "is not a plain number", "comma number": "is not a number with a decimal comma",
            "moment": "is not a date and time"}  # fmt: skip
_TYPES = {"measured_at": "TIMESTAMP", "known_at": "TIMESTAMP", "interval_minutes": "BIGINT"} | dict.fromkeys(
    ("value", "o2_pct", "moisture_pct", "temperature_c", "pressure_kpa"), "DOUBLE"
)


@dataclass(frozen=True)
class _Field:
    """One cell of a row that is kept: `name` in the staged table, `shown` in a reject, `place` in the file (1 = first)."""

    name: str
    shown: str
    place: int
    type: str
    is_value: bool


class BulkSql:
    """Statements for one file: every filled row goes into the staged table, the bad ones with their cells as sent.

    Args:
        file: What the landing knows of it.
        path: Where the database reads it, in UTF-8.
        parquet_fields: Name and type of each field of a Parquet file, empty for text.
    """

    def __init__(self, file: BulkFile, path: Path, parquet_fields: Sequence[tuple[str, str]]) -> None:
        self._file = file
        self._path = _text(str(path))
        self._parquet_fields = list(parquet_fields)
        self._fields = [
            _Field(column, column, place, _TYPES.get(column, "VARCHAR"), column == "value")
            for place, column in enumerate(file.columns, start=1)
            if column
        ]
        for number, value in enumerate(file.values):
            self._fields.append(_Field(f"value_{number}", value.header, value.place, "DOUBLE", True))
            if value.flag_place:
                self._fields.append(_Field(f"flag_{number}", "flag", value.flag_place, "VARCHAR", False))

    def lines(self) -> str:
        """Every line of the file in its order, for a table: is_good, typed cells as `typed_NAME`, and `below_NAME` beside values.

        Bad rows also have is_blank, is_shaped, cell_count, line and sent_cells; of good ones they are null.
        """
        if self._parquet_fields:
            return f"select file_row_number + 1 as row_number, {self._kept()} from ({self._judged(self._rows_of_parquet())})"
        return f"select {self._kept()} from ({self._judged(self._rows_of_text())})"

    def rows(self, lines: str) -> str:
        """The rows of the table of `lines`, each with its row_number.

        Of text that is its place in the table: a window that counts would do the whole of the reading on one core.
        """
        if self._parquet_fields:
            return f"select * from {lines}"
        return f"select rowid + 1 as row_number, * exclude (is_empty) from {lines} where rowid >= {self._file.header_row} and not is_empty"

    def _judged(self, typed: str) -> str:
        return f"select *, coalesce({self._is_good()}, false) as is_good from ({typed})"

    def _kept(self) -> str:
        """Columns of the staged table: what bad rows need stays null in good ones, so that it costs next to nothing."""
        sent = ", ".join(f"{self._cell(field)}::varchar" for field in self._fields)
        bad = {"cell_count": "cell_count", "is_shaped": "is_shaped", "is_blank": self._is_blank(), "line": "left(line, 200)"}
        typed = [f"typed_{field.name}" for field in self._fields]
        typed += [f"below_{field.name}" for field in self._fields if field.is_value]
        kept = [f"case when not is_good then {sql} end as {name}" for name, sql in (bad | {"sent_cells": f"[{sent}]"}).items()]
        empty = [] if self._parquet_fields else ["line is null as is_empty"]
        return ", ".join(["is_good", *typed, *kept, *empty])

    def rejects(self, staged: str) -> str:
        """One row for every bad cell, and one for every line with too few or too many cells; blank rows are none."""
        findings = [self._shape_finding(), *(self._finding(field, why) for field in self._fields for why in self._doubts(field))]
        about = f"{_text(self._file.file_id)} as file_id, {_text(self._file.file_name)} as file_name, null::varchar as sheet"
        found = "found.column_name, found.value, found.reason, found.what_to_do, 'unreadable' as kind, found.place"
        bad = f"select * from {staged} where not is_good and not is_blank"
        listed = f"select row_number, unnest(list_filter([{', '.join(findings)}], lambda f: f is not null)) as found from ({bad})"
        return f"select {about}, row_number, {found} from ({listed})"

    def _rows_of_text(self) -> str:
        """Per line: its text, its cells, their typed values, whether it has the right number of them."""
        rows = f"select line, {self._cells()} as cells from {self._lines()}"
        width = len(self._file.columns)
        surplus = f"trim(array_to_string(cells[{width + 1}:], ''))"
        shape = f"len(cells) as cell_count, (len(cells) = {width} or (len(cells) > {width} and {surplus} = '')) as is_shaped"
        return f"select line, cells, {shape}, {self._typed('VARCHAR')} from ({rows})"

    def _rows_of_parquet(self) -> str:
        shape = f"*, null::varchar as line, {len(self._file.columns)} as cell_count, true as is_shaped"
        return f"select {shape}, {self._typed(None)} from read_parquet({self._path}, file_row_number = true)"

    def _typed(self, sql_type: str | None) -> str:
        columns = []
        for field in self._fields:
            cell = self._cell(field)
            kind = sql_type or self._parquet_fields[field.place - 1][1]
            columns.append(f"{self._value(field, cell, kind)} as typed_{field.name}")
            if field.is_value:
                columns.append(f"{_is_below(cell, kind)} as below_{field.name}")
        return ", ".join(columns)

    def _cell(self, field: _Field) -> str:
        return _name(self._parquet_fields[field.place - 1][0]) if self._parquet_fields else f"cells[{field.place}]"

    def _sent(self, field: _Field) -> str:
        """The cell as text; looked at only in bad rows."""
        return f"coalesce(trim(sent_cells[{self._fields.index(field) + 1}]), '')"

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

    def _value(self, field: _Field, cell: str, sql_type: str) -> str:
        """The typed value of a cell, null when it is blank or does not fit."""
        if field.name in self._file.words:
            return f"lower(nullif(trim({cell}::varchar), ''))"
        if field.type == "VARCHAR":
            return f"nullif(trim({cell}::varchar), '')"
        if field.type == "TIMESTAMP":
            if field.name != "measured_at":
                return moment_from(cell, sql_type)
            declared = self._file.declared
            return measured_at_from(cell, sql_type, declared.time_format, declared.midnight == "day_end")
        return self._number(field, cell, sql_type)

    def _number(self, field: _Field, cell: str, sql_type: str) -> str:
        """A number; of a value also what stands behind `<`: it is below that limit of detection."""
        if sql_type in _NUMBER_TYPES:
            return f"case when isfinite({cell}::double) then try_cast({cell} as {field.type}) end"
        number = self._number_of_text(f"{cell}::varchar", field.type)
        if not field.is_value:
            return number
        behind = self._number_of_text(f"substr(trim({cell}::varchar), 2)", field.type)
        return f"coalesce({number}, case when {_is_below(cell, sql_type)} and {behind} >= 0 then {behind} end)"

    def _number_of_text(self, text: str, wanted: str) -> str:
        """Plain digits, with a decimal comma where the file is declared to write one; no underscores, no infinity."""
        if self._file.declared.decimal_comma:
            text = f"case when not contains({text}, '.') then replace({text}, ',', '.') end"
        return f"case when isfinite(try_cast({text} as double)) and not contains({text}, '_') then try_cast({text} as {wanted}) end"

    def _doubts(self, field: _Field) -> list[str]:
        """What can be wrong with a cell."""
        number = "comma number" if self._file.declared.decimal_comma and not self._parquet_fields else "number"
        by_type = {"VARCHAR": [], "TIMESTAMP": ["moment"]}.get(field.type, [number])
        return ["required"] * (field.name in self._file.required) + ["word"] * (field.name in self._file.words) + by_type

    def _is_wrong(self, field: _Field, why: str, sent: str) -> str:
        """Condition, never null."""
        if why == "required":
            return f"case when typed_{field.name} is null then {sent} = '' else false end"
        if why == "word":
            words = ", ".join(_text(word) for word in self._file.words[field.name])
            return f"coalesce(typed_{field.name} not in ({words}), false)"
        return f"case when typed_{field.name} is null then {sent} <> '' else false end"

    def _is_good(self) -> str:
        sent = {field.name: f"coalesce(trim({self._cell(field)}::varchar), '')" for field in self._fields}
        tests = [f"not ({self._is_wrong(field, why, sent[field.name])})" for field in self._fields for why in self._doubts(field)]
        return " and ".join(["is_shaped", *tests])

    def _is_blank(self) -> str:
        if self._parquet_fields:
            return " and ".join(f"coalesce(trim({self._cell(field)}::varchar), '') = ''" for field in self._fields)
        return f"trim(replace(line, {_text(self._file.delimiter)}, '')) = ''"

    def _shape_finding(self) -> str:
        counted = f"'the row has ' || cell_count || ' cells, the header {len(self._file.columns)}'"
        reason = f"case when cell_count = 0 then 'a quotation mark is not closed on its line' else {counted} end"
        return _found("not is_shaped", "null::varchar", "line", reason, _SHAPE_HINT, 0)

    def _finding(self, field: _Field, why: str) -> str:
        """A finding where the cell is wrong, else null."""
        sent = self._sent(field)
        reason = _text(f"{field.shown} is empty")
        if why in _REASONS:
            reason = f"{_text(field.shown + ': ' + chr(39))} || {sent} || {_text(chr(39) + ' ' + _REASONS[why])}"
        what_to_do = _HINTS.get(why) or f"use one of {', '.join(self._file.words[field.name])}"
        if why == "moment" and field.name == "measured_at" and self._file.declared.time_format:
            what_to_do = f"write it as the file is declared to: {self._file.declared.time_format}"
        condition = f"is_shaped and {self._is_wrong(field, why, sent)}"
        return _found(condition, _text(field.shown), f"nullif({sent}, '')", reason, what_to_do, field.place)


def _is_below(cell: str, sql_type: str) -> str:
    return "false" if sql_type in _NUMBER_TYPES else f"coalesce(starts_with(ltrim({cell}::varchar), '<'), false)"


def _found(condition: str, column_name: str, value: str, reason: str, what_to_do: str, place: int) -> str:
    fields = f"'column_name': {column_name}, 'value': {value}, 'reason': {reason}, 'what_to_do': {_text(what_to_do)}, 'place': {place}"
    return f"case when {condition} then {{{fields}}} end"


def _escaped(delimiter: str) -> str:
    return "\\" + delimiter if delimiter == "|" else delimiter


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'

"""Wide files of stack readings: one column per indicator, told by their headers (`nox [mg/Nm3]`) or by declared columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.sources.declared import ColumnDeclaration, FileDeclaration
from pipelines.sources.reader import header_key
from pipelines.sources.received import UnrecognisedError, ValueColumn

#: Columns of a row that hold for all values in it.
COMMON = (
    "stack_id", "measured_at", "gas_basis", "o2_pct", "moisture_pct", "temperature_c", "pressure_kpa", "flag",
    "time_zone", "time_label", "interval_minutes", "flag_scheme", "known_at",
)  # fmt: skip
_WITH_UNIT = re.compile(r"\s*([^\[\](]+?)\s*(?:\[([^\]]+)\]|\(([^)]+)\))\s*")
_FLAG_OF = re.compile(r"(.+?)[ _]flag")


@dataclass(frozen=True)
class Layout:
    """What the columns of a file of readings hold: `columns` as in `BulkFile`, `values` of a wide file, `required` columns."""

    columns: tuple[str | None, ...]
    values: tuple[ValueColumn, ...]
    required: tuple[str, ...]


def wide_layout(headers: Sequence[str], file: FileDeclaration, columns: Mapping[str, ColumnDeclaration]) -> Layout | None:
    """The layout of a wide file; None where the header is no such one.

    Args:
        headers: As the file has them. file: What is declared about it. columns: Declared columns by name in small letters.

    Raises:
        UnrecognisedError: It is a wide file, but a column is missing, stands twice or has no unit; says which and what to do.
    """
    keys = [header_key(header) for header in headers]
    common = tuple(_common(key, columns) for key in keys)
    found = {place: _value(headers[place - 1], place, columns.get(key)) for place, key in enumerate(keys, start=1)}
    values = {place: value for place, value in found.items() if value and common[place - 1] is None}
    is_long = {"indicator", "value"} <= {key.replace(" ", "_") for key in keys}
    if is_long or not values or not ("measured_at" in common or columns):
        return None
    _refuse_faults(headers, common, list(values.values()), file, columns)
    flags = _flag_places(keys, columns)
    return Layout(
        columns=tuple(name if keys[number] not in flags.values() else None for number, name in enumerate(common)),
        values=tuple(_with_flag(value, flags, keys, file) for value in values.values()),
        required=("measured_at",) + (() if file.stack_id else ("stack_id",)),
    )


def _common(key: str, columns: Mapping[str, ColumnDeclaration]) -> str | None:
    declared = columns.get(key)
    if declared is not None:
        whole_row = declared.meaning not in ("value", "not_read") and not declared.indicator
        return declared.meaning if whole_row else None
    name = key.replace(" ", "_").replace("-", "_")
    return name if name in COMMON else None


def _value(header: str, place: int, declared: ColumnDeclaration | None) -> ValueColumn | None:
    if declared is not None:
        return ValueColumn(header, place, str(declared.indicator), declared.unit) if declared.meaning == "value" else None
    found = _WITH_UNIT.fullmatch(header)
    return ValueColumn(header, place, found[1].lower(), (found[2] or found[3]).strip()) if found else None


def _flag_places(keys: Sequence[str], columns: Mapping[str, ColumnDeclaration]) -> dict[str, str]:
    """Indicator → header of its own flag column."""
    flags = {str(column.indicator).lower(): key for key, column in columns.items() if column.meaning == "flag" and column.indicator}
    for key in keys:
        if key not in columns and (found := _FLAG_OF.fullmatch(key)):
            flags.setdefault(found[1], key)
    return flags


def _with_flag(value: ValueColumn, flags: Mapping[str, str], keys: Sequence[str], file: FileDeclaration) -> ValueColumn:
    flag = flags.get(value.indicator.lower())
    place = keys.index(flag) + 1 if flag in keys else 0
    return ValueColumn(value.header, value.place, value.indicator.lower(), value.unit or file.unit, place)


def _refuse_faults(
    headers: Sequence[str],
    common: Sequence[str | None],
    values: Sequence[ValueColumn],
    file: FileDeclaration,
    columns: Mapping[str, ColumnDeclaration],
) -> None:
    absent = [column.column_name for key, column in columns.items() if key not in {header_key(header) for header in headers}]
    if absent:
        raise UnrecognisedError(f"the file lacks declared columns: {', '.join(absent)}; correct stack_columns, or ask for the whole file")
    named = [name for name in common if name] + [value.indicator.lower() for value in values]
    if twice := next((name for name in named if named.count(name) > 1), None):
        raise UnrecognisedError(f"'{twice}' stands in two columns; keep one, or declare the other as not_read in stack_columns")
    if "measured_at" not in common:
        raise UnrecognisedError("a wide file of readings needs a column measured_at; name or declare it in stack_columns")
    if "stack_id" not in common and not file.stack_id:
        raise UnrecognisedError("a wide file of readings needs a column stack_id, or its stack_id declared in stack_files")
    if without := [value.header for value in values if not (value.unit or file.unit)]:
        raise UnrecognisedError(f"no unit is known for {', '.join(without)}; declare it in stack_columns or stack_files")

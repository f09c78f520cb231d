"""What a column of a canonical format can be: its type, how it is stored, how it is described. No format stands here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from pipelines.sources import cells
from pipelines.sources.cells import CellError


@dataclass(frozen=True)
class Kind:
    """How values of a column are stored (`sql` type) and how a person writes them."""

    name: str
    sql: str
    written: str


TEXT = Kind("text", "VARCHAR", "text")
WORD = Kind("word", "VARCHAR", "one of the words")
CURRENCY = Kind("currency code", "VARCHAR", "ISO 4217, three letters")
COUNTRY = Kind("country code", "VARCHAR", "ISO 3166-1, three letters")
AMOUNT = Kind("amount", "DECIMAL(20,2)", "plain number, decimal point, kept to two decimals")
NUMBER = Kind("number", "DOUBLE", "plain number, decimal point")
COUNT = Kind("whole number", "BIGINT", "whole number")
DATE = Kind("date", "DATE", "YYYY-MM-DD")
MOMENT = Kind("date and time", "TIMESTAMP", "YYYY-MM-DD HH:MM[:SS], local, no offset")
BOOLEAN = Kind("yes or no", "BOOLEAN", "yes, no, true or false")


def _read_by(convert: Callable[[object], Any]) -> BeforeValidator:
    """The validator of pydantic for one of the conversions of `cells`; texts that repeat, as dates do, are converted once."""
    convert_text = lru_cache(maxsize=4096)(convert)

    def read(cell: object) -> Any:
        try:
            return convert_text(cell) if type(cell) is str else convert(cell)
        except CellError as error:
            raise PydanticCustomError("cell", "{reason}", {"reason": error.reason, "what_to_do": error.what_to_do}) from None

    return BeforeValidator(read)


_NOT_NEGATIVE = "check the sign: the column cannot be negative"
_RATIO_HINT = "write a ratio between 0 and 1 (60 % is 0.6)"

_DEGREES_HINT = "write decimal degrees, north and east positive"
_YEAR_HINT = "write a year of four digits"
_SCORE_HINT = "write a score of 0 to 5; leave the cell empty where it is missing"

# The bounds of `Field` stand for the JSON Schema; the conversion refuses first, in words.
Text = Annotated[str, _read_by(cells.as_text), TEXT]
CurrencyCode = Annotated[str, _read_by(cells.as_currency), CURRENCY]
CountryCode = Annotated[str, _read_by(cells.as_country), COUNTRY]
Amount = Annotated[Decimal, _read_by(cells.as_amount), AMOUNT]
Balance = Annotated[Decimal, Field(ge=0), _read_by(cells.within(cells.as_amount, 0, hint=_NOT_NEGATIVE)), AMOUNT]
Number = Annotated[float, _read_by(cells.as_number), NUMBER]
Quantity = Annotated[float, Field(ge=0), _read_by(cells.within(cells.as_number, 0, hint=_NOT_NEGATIVE)), NUMBER]
Rate = Annotated[float, Field(gt=0), _read_by(cells.as_positive_number), NUMBER]
Ratio = Annotated[float, Field(ge=0, le=1), _read_by(cells.within(cells.as_number, 0, 1, _RATIO_HINT)), NUMBER]
Latitude = Annotated[float, Field(ge=-90, le=90), _read_by(cells.within(cells.as_number, -90, 90, _DEGREES_HINT)), NUMBER]
Longitude = Annotated[float, Field(ge=-180, le=180), _read_by(cells.within(cells.as_number, -180, 180, _DEGREES_HINT)), NUMBER]
Score = Annotated[float, Field(ge=0, le=5), _read_by(cells.within(cells.as_number, 0, 5, _SCORE_HINT)), NUMBER]
Count = Annotated[int, Field(ge=0), _read_by(cells.within(cells.as_whole_number, 0, hint=_NOT_NEGATIVE)), COUNT]
Year = Annotated[int, Field(ge=1900, le=2200), _read_by(cells.within(cells.as_whole_number, 1900, 2200, _YEAR_HINT)), COUNT]
Date = Annotated[date, _read_by(cells.as_date), DATE]
Moment = Annotated[datetime, _read_by(cells.as_moment), MOMENT]
YesNo = Annotated[bool, _read_by(cells.as_boolean), BOOLEAN]
#: To be used as `Annotated[Literal[…], AS_WORD, WORD]`.
AS_WORD = _read_by(cells.as_word)


class Format(BaseModel):
    """Base of the canonical formats: a column that is not known is a mistake of the reader, never dropped in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def required(description: str, unit: str | None = None) -> Any:
    """A column that every row must fill."""
    return Field(description=description, json_schema_extra=_extra(unit, None))


def optional(description: str, empty: str, unit: str | None = None) -> Any:
    """A column that may be empty or left out; `empty` says what that means."""
    return Field(default=None, description=description, json_schema_extra=_extra(unit, empty))


def required_column(description: str, empty: str, unit: str | None = None) -> Any:
    """A column that the file must have and a row may leave empty."""
    return Field(default=None, description=description, json_schema_extra={**_extra(unit, empty), "is_column_required": True})


def _extra(unit: str | None, empty: str | None) -> dict[str, Any]:
    return {key: value for key, value in (("unit", unit), ("empty", empty)) if value}


@dataclass(frozen=True)
class Column:
    """One column of a format, as the schema, the page and the checks need it.

    `is_required`: every row must fill it. `is_column_required`: the header must have it.
    """

    name: str
    kind: Kind
    is_required: bool
    is_column_required: bool
    description: str
    unit: str | None
    empty: str | None
    words: tuple[str, ...]


def columns_of(model: type[Format]) -> list[Column]:
    """The columns of a format, in the order of the file and of the raw table."""
    return [_column(name, field) for name, field in model.model_fields.items()]


def _column(name: str, field: FieldInfo) -> Column:
    base, kind = _base_and_kind(field)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return Column(
        name=name,
        kind=kind,
        is_required=field.is_required(),
        is_column_required=field.is_required() or bool(extra.get("is_column_required")),
        description=field.description or "",
        unit=_text_of(extra.get("unit")),
        empty=_text_of(extra.get("empty")),
        words=tuple(get_args(base)) if get_origin(base) is Literal else (),
    )


def _text_of(value: object) -> str | None:
    return str(value) if value else None


def _base_and_kind(field: FieldInfo) -> tuple[Any, Kind]:
    """The bare type and the `Kind` of a field, which stand deeper when the field may be None."""
    found = [item for item in field.metadata if isinstance(item, Kind)]
    if found:
        return field.annotation, found[0]
    annotated = next(part for part in get_args(field.annotation) if part is not type(None))
    base, *metadata = get_args(annotated)
    return base, next(item for item in metadata if isinstance(item, Kind))


def refused_cell(column: str, value: object, reason: str, what_to_do: str) -> PydanticCustomError:
    """The error of a check over several columns, pinned on one of them."""
    return PydanticCustomError("cell", "{reason}", {"column": column, "value": str(value), "reason": reason, "what_to_do": what_to_do})


def check_order(row: Format, first: str, last: str) -> None:
    """Refuse a period that ends before it begins."""
    start, end = getattr(row, first), getattr(row, last)
    if start is not None and end is not None and end < start:
        raise refused_cell(last, end, f"{last} {end} lies before {first} {start}", "check both dates")

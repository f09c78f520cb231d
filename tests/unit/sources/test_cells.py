from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from pipelines.sources import cells
from pipelines.sources.cells import CellError


@pytest.mark.parametrize(
    ("convert", "cell", "value"),
    [
        (cells.as_text, " L-1 ", "L-1"),
        (cells.as_text, 1001.0, "1001"),
        (cells.as_text, 1.5, "1.5"),
        (cells.as_text, True, "true"),
        (cells.as_text, date(2025, 1, 2), "2025-01-02"),
        (cells.as_word, "Flat Glass", "flat_glass"),
        (cells.as_word, "BF-BOF", "bf_bof"),
        (cells.as_number, "1e3", 1000.0),
        (cells.as_number, "-0.5", -0.5),
        (cells.as_number, Decimal("2.25"), 2.25),
        (cells.as_amount, "1000.005", Decimal("1000.01")),
        (cells.as_amount, 1234.56, Decimal("1234.56")),
        (cells.as_amount, "123456789012345678.99", Decimal("123456789012345678.99")),
        (cells.as_whole_number, "12", 12),
        (cells.as_whole_number, 2013.0, 2013),
        (cells.as_date, "2025-12-31", date(2025, 12, 31)),
        (cells.as_date, "2025/1/2", date(2025, 1, 2)),
        (cells.as_date, "20251231", date(2025, 12, 31)),
        (cells.as_date, "2025-12-31 00:00:00", date(2025, 12, 31)),
        (cells.as_date, datetime(2025, 12, 31), date(2025, 12, 31)),  # noqa: DTZ001 a cell of a workbook has no zone
        (cells.as_date, "9999-12-31", date(9999, 12, 31)),
        (cells.as_moment, "2025-12-31 23:00", datetime(2025, 12, 31, 23)),  # noqa: DTZ001
        (cells.as_moment, "2025/12/31T3:05:06.5", datetime(2025, 12, 31, 3, 5, 6, 500000)),  # noqa: DTZ001
        (cells.as_moment, date(2025, 12, 31), datetime(2025, 12, 31)),  # noqa: DTZ001
        (cells.as_boolean, "YES", True),
        (cells.as_boolean, "false", False),
        (cells.as_currency, "usd", "USD"),
        (cells.as_country, "idn", "IDN"),
        (cells.as_country, "NAM", "NAM"),
        (cells.as_country, "XKX", "XKX"),
    ],
)
def test_a_cell_is_read_as_its_column_wants(convert: Callable[[object], Any], cell: object, value: object) -> None:
    assert convert(cell) == value


@pytest.mark.parametrize(
    ("convert", "cell", "reason", "what_to_do"),
    [
        (cells.as_number, "1,234.5", "not a plain number", "write 1234.5"),
        (cells.as_number, "1 234 567", "not a plain number", "write 1234567"),
        (cells.as_number, "1_000", "not a plain number", "write 1000"),
        (cells.as_number, "1.234,5", "not a plain number", "write 1234.5"),
        (cells.as_number, "60%", "not a plain number", "0.5"),
        (cells.as_number, "N/A", "not a plain number", "leave the cell empty"),
        (cells.as_number, float("nan"), "not a number", "leave the cell empty"),
        (cells.as_number, "inf", "not a plain number", "leave the cell empty"),
        (cells.as_number, "1e999", "too large", "check the value"),
        (cells.as_number, True, "not a number", "write the number"),
        (cells.as_amount, "1e18", "too large for an amount", "18 digits"),
        (cells.as_whole_number, "1.5", "not a whole number", "whole number"),
        (cells.as_positive_number, "0", "not above zero", "check the value"),
        (cells.as_date, "31/12/2025", "not a date", "mixed up"),
        (cells.as_date, "2025-02-30", "not a date", "existing day"),
        (cells.as_date, "2014", "not a date", "2014-01-01"),
        (cells.as_date, 45000.0, "not a date", "day number of a spreadsheet"),
        (cells.as_date, datetime(2025, 1, 1, 5), "time of day", "YYYY-MM-DD"),  # noqa: DTZ001
        (cells.as_moment, "2025-12-31 24:00", "not a date and time", "00:00 of the next day"),
        (cells.as_moment, "2025-12-31 01:00+08:00", "not a date and time", "without offset"),
        (cells.as_moment, datetime(2025, 12, 31, 1, tzinfo=UTC), "not a date and time", "without offset"),
        (cells.as_boolean, "1", "neither yes nor no", "yes, no, true or false"),
        (cells.as_currency, "RMB", "not a currency code", "perhaps 'CNY'"),
        (cells.as_currency, "DOLLARS", "not a currency code", "ISO 4217"),
        (cells.as_currency, "XXX", "not a currency code", "ISO 4217"),
        (cells.as_country, "ID", "not a country code", "perhaps 'IDN'"),
        (cells.as_country, "Viet Nam", "not a country code", "perhaps 'VNM'"),
        (cells.as_country, "ZZZ", "not a country code", "ISO 3166-1"),
        (cells.as_text, ["a"], "a list", "one value"),
    ],
)
def test_a_cell_with_two_readings_or_none_is_refused_with_a_hint(
    convert: Callable[[object], Any], cell: object, reason: str, what_to_do: str
) -> None:
    with pytest.raises(CellError) as error:
        convert(cell)
    assert reason in error.value.reason
    assert what_to_do in error.value.what_to_do


@pytest.mark.parametrize(
    ("cell", "is_blank"), [(None, True), ("", True), (" \t", True), ("NA", False), ("N/A", False), (0, False), (False, False)]
)
def test_only_nothing_and_white_space_are_blank(cell: object, is_blank: bool) -> None:
    assert cells.is_blank(cell) is is_blank


@pytest.mark.parametrize(("cell", "is_fine"), [("-0.01", False), ("0", True), ("1", True), ("1.0001", False)])
def test_a_ratio_ends_at_zero_and_one(cell: str, is_fine: bool) -> None:
    convert = cells.within(cells.as_number, 0, 1)
    if is_fine:
        assert convert(cell) == float(cell)
    else:
        with pytest.raises(CellError):
            convert(cell)

"""A blocked night shows every kind of mistake, not twenty times the same one."""

from __future__ import annotations

from typing import Any

from pipelines.night_gate import reject_lines


def _reject(row_number: int, column: str = "measured_at", value: str = "31/12/2025", file: str = "a.csv") -> dict[str, Any]:
    where = {"file_name": file, "sheet": None, "row_number": row_number, "column_name": column, "value": value}
    return where | {"reason": f"'{value}' is no time", "what_to_do": "write YYYY-MM-DD hh:mm"}


def test_mistakes_alike_are_shown_three_times_and_counted_and_others_are_not_crowded_out() -> None:
    lines = reject_lines([*(_reject(n, value=f"{n}/12/2025") for n in range(2, 22)), _reject(9, file="b.csv"), _reject(4, "value", "x")])
    assert lines == [
        "a.csv, row 2: measured_at '2/12/2025': '2/12/2025' is no time; write YYYY-MM-DD hh:mm",
        "a.csv, row 3: measured_at '3/12/2025': '3/12/2025' is no time; write YYYY-MM-DD hh:mm",
        "a.csv, row 4: measured_at '4/12/2025': '4/12/2025' is no time; write YYYY-MM-DD hh:mm",
        "… and 17 more like it in a.csv, the last in row 21",
        "b.csv, row 9: measured_at '31/12/2025': '31/12/2025' is no time; write YYYY-MM-DD hh:mm",
        "a.csv, row 4: value 'x': 'x' is no time; write YYYY-MM-DD hh:mm",
    ]


def test_kinds_beyond_those_shown_are_counted() -> None:
    lines = reject_lines([_reject(2, f"column_{n}") for n in range(9)] + [_reject(3, "column_8")])
    assert len(lines) == 7
    assert lines[-1] == "… and 4 more cells that cannot be read, of 3 other kinds"

"""A blocked night shows every kind of mistake, not twenty times the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines.night_gate import LAST_REJECTS, blocked_words, reject_lines
from pipelines.warehouse import database


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


@pytest.mark.parametrize(
    ("blocking", "first"), [("loans.csv has too many such rows", "loans.csv, row 2"), ("plants.xlsx: no reader knows it", "plants.xlsx")]
)
def test_the_gate_says_first_what_blocked_it(tmp_path: Path, blocking: str, first: str) -> None:
    with database.connect(":memory:") as con:
        con.execute("""create table raw_landing__rejects as select 'loans.csv' as file_name, null::varchar as sheet, 2 as row_number,
            'amount' as column_name, 'x' as value, 'no number' as reason, 'write a number' as what_to_do, 'unreadable' as kind""")
        words = blocked_words(con, tmp_path, [blocking])
    assert words.startswith(first)
    assert "loans.csv, row 2: amount 'x': no number; write a number" in words
    assert blocking in words
    assert "write a number" in (tmp_path / LAST_REJECTS).read_text()

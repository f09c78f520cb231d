"""Equal inputs, equal bytes, on a machine with any number of cores: sums of fractions depend on the order in which they are added."""

from __future__ import annotations

from bench.made_up_year import write_year
from pipelines.warehouse.database import build_model, connect, read_rows
from tests.sql_cases import models


def contents(threads: int) -> dict[str, list[str]]:
    """Every row of every model's table as text, sorted, built with so many threads."""
    with connect(":memory:") as con:
        con.execute(f"set threads = {threads}")
        write_year(con, stacks=6)
        for model in models().values():
            build_model(con, model)
        rows = {name: read_rows(con, f"select row_text::varchar as line from {name} as row_text order by line") for name in models()}
        return {name: [row["line"] for row in lines] for name, lines in rows.items()}


def test_no_model_depends_on_the_number_of_threads() -> None:
    alone, many = contents(1), contents(4)
    different = {
        name: next(pair for pair in zip(alone[name], many[name], strict=True) if pair[0] != pair[1])
        for name in alone
        if alone[name] != many[name]
    }
    assert different == {}, "round to the digits that mean something, or add in a fixed order"

"""The portfolio step on a made-up book of 50,000 loans, 10,000 plants and 30,000 holdings: `python -m bench.portfolio`. Prints a table.

Everything from the received rows to the portfolio's marts; matching by name and the judging of plants are other steps.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.made_up_book import write_book

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from pipelines.warehouse.model import SqlModel

#: Tables about plants and rules that other steps make: taken as given.
GIVEN = (
    "int_plants__class", "int_plants__emissions", "int_plants__entities", "int_plants__verdicts", "int_plants__effective_limits",
    "int_plants__legal", "int_plants__rule_standing", "int_plants__rule_states", "int_plants__index", "int_returns__indicators",
    "int_rules__binding",
)  # fmt: skip
GOAL_SECONDS, GOAL_MB = 30, 2048


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--loans", type=int, default=50_000)
    options.add_argument("--plants", type=int, default=10_000)
    options.add_argument("--companies", type=int, default=14_000)
    options.add_argument("--memory", default="1500MB", help="limit of the database")
    chosen = options.parse_args()
    before = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        steps = dict(timed_steps(Path(folder) / "book.duckdb", chosen.loans, chosen.plants, chosen.companies, chosen.memory))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    total, computing = sum(steps.values()), time.process_time() - before
    print("| what | seconds | of the goal |\n|---|---|---|")
    print(f"| portfolio step, {chosen.loans:,} loans, {chosen.plants:,} plants | {total:.1f} | {total / GOAL_SECONDS:.2f} |")
    print(f"| – computing time of all threads, set-up included | {computing:.1f} | |")
    for name, seconds in sorted(steps.items(), key=lambda item: -item[1])[:6]:
        print(f"| – {name} | {seconds:.2f} | {seconds / GOAL_SECONDS:.2f} |")
    print(f"| peak memory of the process | {peak:.0f} MB | {peak / GOAL_MB:.2f} |")


def timed_steps(path: Path, loans: int, plants: int, companies: int, memory: str) -> Iterator[tuple[str, float]]:
    """Name and seconds of each model of the step, in the order they are built."""
    from pipelines import settings
    from pipelines.rulebook.compile import rulebook_tables
    from pipelines.rulebook.load import load_rulebook
    from pipelines.warehouse.database import build_model, connect, read_rows, write_table

    with connect(path, memory_limit=memory) as con:
        step = _create_tables(con)
        for name, table in rulebook_tables(load_rulebook(settings.RULES_FOLDER)).items():
            write_table(con, name, table)
        write_book(con, loans, plants, companies)
        holdings = read_rows(con, "select count(*) as n from raw_bank__ownership")[0]["n"]
        print(f"{loans:,} loans, {plants:,} plants, {holdings:,} holdings")
        for model in step:
            started = time.perf_counter()
            build_model(con, model)
            yield model.name, time.perf_counter() - started


def _create_tables(con: DuckDBPyConnection) -> list[SqlModel]:
    """Create every table that the step only reads; the models of the step in build order."""
    from pipelines import settings
    from pipelines.given_tables import given_schemas
    from pipelines.warehouse.database import arrow_types
    from pipelines.warehouse.sql_models import load_models

    types = arrow_types(given_schemas())
    known = {model.name: model for model in load_models(settings.SQL_FOLDER, types)}
    wanted: set[str] = set()
    still_open = [name for name in known if name.startswith("mart_portfolio__")]
    while still_open:
        name = still_open.pop()
        if name not in wanted and name not in GIVEN:
            wanted.add(name)
            still_open += [other for other in known[name].dependencies if other in known]
    for table in {other for name in wanted for other in known[name].dependencies} - wanted | set(types):
        columns = known[table].column_types() if table in known else types[table]
        con.execute(f"create table {table} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
    return [model for name, model in known.items() if name in wanted]


if __name__ == "__main__":
    main()

"""What a night says of readings without blocking."""

from __future__ import annotations

from pipelines.night_notices import notices_of_names

SERIES = "(values ('S1', 'nox'), ('S1', 'nox as no2'), ('S2', 'nox')) as t (stack_id, indicator)"
NAMES = "(values ('nox', 'n'), ('nox as no2', 'n')) as t (sent_name, indicator_id)"


def test_a_stack_that_sends_one_indicator_under_two_names_is_told_of() -> None:
    from pipelines.warehouse import database

    with database.connect(":memory:") as con:
        con.execute(f"create table stg_monitoring__series as select * from {SERIES}")
        con.execute(f"create table ref_rules__indicator_names as select * from {NAMES}")
        found = notices_of_names(lambda sql: database.read_rows(con, sql))
    assert len(found) == 1
    assert found[0].startswith("stack S1 sends n under several names (nox, nox as no2): of each interval the value that became known last")

"""A row leads back to its file, also when the file has left the landing folder."""

from __future__ import annotations

from pipelines.given_tables import given_schemas
from pipelines.run_readings import raw_columns
from pipelines.warehouse import database
from pipelines.warehouse.readings_rows import STORED


def test_a_reading_keeps_the_name_of_its_file_after_the_file_has_left_the_landing_folder() -> None:
    with database.connect(":memory:") as con:
        for name in ("raw_landing__files", "raw_monitoring__files"):
            database.create_table(con, name, given_schemas()[name])
        con.execute("insert into raw_landing__files by name select 'a' as file_id, 'june again.csv' as file_name")
        con.execute(
            """insert into raw_monitoring__files by name
            select unnest(['a', 'b']) as file_id, unnest(['june.csv', 'may.csv']) as file_name"""
        )
        empty = ", ".join(f"null::{kind} as {name}" for name, kind in STORED.items() if name != "source_file_id")
        sent = f"select {empty}, file as source_file_id from (values ('a'), ('b')) as r(file)"
        rows = database.read_rows(con, f"select source_file_id, source_file_name from ({raw_columns(sent)}) order by all")
    assert [tuple(row.values()) for row in rows] == [("a", "june again.csv"), ("b", "may.csv")]

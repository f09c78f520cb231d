"""Tables made again on other inputs: each once for each content of what it reads, also when several threads ask for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.warehouse import database
from pipelines.warehouse.versions import Versions, versions
from tests.unit.warehouse.test_side_by_side import model

MODELS = [model("a", "given"), model("b", "a"), model("c", "a", "b")]


def test_threads_that_ask_for_the_same_version_get_one_that_is_built_once(tmp_path: Path) -> None:
    with database.connect(tmp_path / "run.duckdb") as con:
        con.execute("create table given as select 5 as n")
        for each in MODELS:
            database.build_model(con, each)
        with versions(con, MODELS) as made:
            inputs = [{"given": made.add("given", f"select {number} as n")} for number in (5, 6, 7, 6, 7, 6)]
            with made.threads() as submit:
                found = [future.result() for future in [submit(lambda one=one: made.version("c", one)) for one in inputs]]
            assert found[0] == made.own("c")
            assert len(set(found)) == 3
            assert [_value(made, name) for name in found] == [14, 16, 18, 16, 18, 16]
            built = database.read_rows(made.con, "select count(*) as n from duckdb_tables() where database_name = 'beside'")
            assert built == [{"n": 8}], "two given tables of other content, and three models on each"
        assert con.execute("select n from c").fetchall() == [(14,)], "nothing of it shadows the run afterwards"


def test_an_error_of_one_thread_is_that_of_all_that_wait_for_it(tmp_path: Path) -> None:
    with database.connect(tmp_path / "run.duckdb") as con:
        con.execute("create table given as select 5 as n")
        for each in MODELS:
            database.build_model(con, each)
        with versions(con, MODELS) as made, made.threads() as submit:
            broken = made.add("given", "select 'no number' as n")
            futures = [submit(lambda: made.version("b", {"given": broken})) for _ in range(4)]
            for future in futures:
                with pytest.raises(Exception, match="Binder Error"):
                    future.result()


def test_what_is_read_through_views_is_that_of_the_version_asked_for_whatever_was_made_before(tmp_path: Path) -> None:
    models = [
        model("a", "given"),
        replace(model("seen", "a"), materialized="view"),
        replace(model("seen_again", "seen"), materialized="view"),
        model("b", "given", "seen_again"),
        model("c", "seen_again"),
    ]
    with database.connect(tmp_path / "run.duckdb") as con:
        con.execute("create table given as select 5 as n")
        for each in models:
            database.build_model(con, each)
        with versions(con, models) as made:
            inputs = {number: {"given": made.add("given", f"select {number} as n")} for number in (5, 6, 7)}
            found = {(name, number): made.version(name, inputs[number]) for name in ("a", "b", "c") for number in (6, 5, 7, 5)}
            assert found["c", 5] == made.own("c")
            values = {key: _value(made, name) for key, name in found.items()}
    # each table is 1 more than the sum of what it reads
    assert values == {(name, number): {"a": number + 1, "b": 2 * number + 4, "c": number + 4}[name] for name, number in values}


def _value(made: Versions, version: str) -> int:
    return int(database.read_rows(made.con, f"select n from {version}")[0]["n"])

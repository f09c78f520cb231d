"""Models built two at a time: each sees what it reads, whatever the order of the others, and one that fails ends the rest."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import ModelFileError
from pipelines.warehouse import database
from pipelines.warehouse.model import Column, SqlModel
from pipelines.warehouse.side_by_side import build_side_by_side, table_hashes, threads_on


def model(name: str, *reads: str) -> SqlModel:
    """A model that adds one to the sum of what it reads."""
    sql = f"select ({' + '.join([*(f'(select max(n) from {each})' for each in reads), '1'])})::bigint as n  -- a number"
    columns = (Column("n", "BIGINT", "a number", ()),)
    return SqlModel(
        name=name, layer="intermediate", description="A number.", grain=("n",), grain_nullable=(), grain_line=1, sql=sql,
        path=Path(f"{name}.sql"), dependencies=tuple(sorted(reads)), columns=columns,
    )  # fmt: skip


MODELS = [model("a"), model("b"), model("c", "a"), model("d", "a", "b"), model("e", "c", "d"), model("f", "given")]


def test_each_model_is_built_once_after_what_it_reads(tmp_path: Path) -> None:
    with database.connect(tmp_path / "x.duckdb") as con:
        con.execute("create table given as select 5 as n")
        found = {each.name: rows for each, rows in build_side_by_side(con, MODELS, database.build_model)}
        numbers = {name: con.execute(f"select n from {name}").fetchone() for name in found}
    assert found == dict.fromkeys("abcdef", 1)
    assert numbers == {"a": (1,), "b": (1,), "c": (2,), "d": (3,), "e": (6,), "f": (6,)}


def test_two_models_that_do_not_read_each_other_are_under_way_at_once() -> None:
    both = threading.Barrier(2, timeout=20)
    with database.connect(":memory:") as con:
        assert len(list(build_side_by_side(con, MODELS[:2], lambda _, __: both.wait()))) == 2


def test_a_model_that_fails_is_the_error_and_what_reads_it_is_not_begun() -> None:
    begun: list[str] = []

    def build(con: Any, each: SqlModel) -> int:
        begun.append(each.name)
        if each.name == "a":
            raise ModelFileError("a.sql:1: no")
        return database.build_model(con, each)

    with database.connect(":memory:") as con, pytest.raises(ModelFileError, match="a.sql"):
        list(build_side_by_side(con, MODELS[:5], build))
    assert set(begun) <= {"a", "b"}


def test_every_connection_counts_time_in_utc() -> None:
    zones = []

    def note(con: Any, _: SqlModel) -> int:
        zones.append(con.execute("select current_setting('timezone')").fetchone())
        return 0

    with database.connect(":memory:") as con:
        con.execute("set timezone = 'Asia/Karachi'")
        assert len(list(build_side_by_side(con, MODELS[:2], note))) == 2
    assert zones == [("UTC",), ("UTC",)]


def test_hashes_of_tables_are_those_of_each_alone(tmp_path: Path) -> None:
    with database.connect(tmp_path / "x.duckdb") as con:
        for number in range(5):
            con.execute(f"create table t{number} as select n, n * {number} as m from range(20) as r(n)")
        names = [f"t{number}" for number in (3, 1, 4, 0, 2)]
        assert list(table_hashes(con, names).items()) == [(name, database.table_hash(con, name)) for name in names]


def test_a_connection_beside_another_means_the_same_database_by_a_name_alone() -> None:
    with database.connect(":memory:") as con:
        con.execute("create table given as select 1 as n; attach ':memory:' as apart; use apart; create table given as select 2 as n")
        with threads_on(con) as submit:
            found = [submit(lambda own: database.read_rows(own, "select n from given")) for _ in range(4)]
            assert [future.result() for future in found] == [[{"n": 2}]] * 4

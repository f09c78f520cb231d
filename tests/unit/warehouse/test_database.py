"""The database: types kept, models commented and held to their grain, errors with file and line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipelines.errors import GateError, ModelFileError, WrongUseError
from pipelines.warehouse import database
from pipelines.warehouse.model import Column, SqlModel

CHECKOUT = Path(__file__).parents[3]


@pytest.fixture
def con() -> Iterator[Any]:
    with database.connect(":memory:") as connection:
        yield connection


def model(sql: str, grain: tuple[str, ...] = ("a",), nullable: tuple[str, ...] = ()) -> SqlModel:
    columns = (Column("a", "INTEGER", "the key, it's a number", ()),)
    return SqlModel("int_x__y", "intermediate", "One's rows.", grain, nullable, 3, sql, Path("int_x__y.sql"), (), columns)


def test_rows_come_back_with_the_types_they_were_written_with(con: Any) -> None:
    schema = pa.schema([("amount", pa.decimal128(20, 2)), ("day", pa.date32()), ("name", pa.string()), ("is_new", pa.bool_())])
    row = {"amount": Decimal("0.10"), "day": date(2024, 2, 29), "name": "铜陵", "is_new": None}
    assert database.write_table(con, "raw_x__y", pa.Table.from_pylist([row, row], schema=schema)) == 2
    assert database.read_rows(con, "select * from raw_x__y where name = ?", ["铜陵"]) == [row, row]
    assert database.read_arrow(con, "select * from raw_x__y").schema == schema


def test_writing_again_replaces_the_rows(con: Any) -> None:
    for count in (3, 1):
        database.write_table(con, "raw_x__y", pa.table({"a": list(range(count))}))
    assert database.read_rows(con, "select count(*) as n from raw_x__y") == [{"n": 1}]


def test_an_empty_table_keeps_its_types(con: Any) -> None:
    database.create_table(con, "raw_x__y", pa.schema([("amount", pa.decimal128(20, 2)), ("at", pa.timestamp("us"))]))
    assert database.table_types(con, "raw_x__y") == {"amount": "DECIMAL(20,2)", "at": "TIMESTAMP"}


def test_a_name_that_is_no_table_name_is_refused(con: Any) -> None:
    with pytest.raises(WrongUseError, match="no table name"):
        database.create_table(con, "x; drop table y", pa.schema([("a", pa.int64())]))


def test_times_are_utc_wherever_the_machine_stands() -> None:
    sql = "select (timestamptz '2025-01-01 00:00:00+00')::varchar as t"
    code = f"from pipelines.warehouse.database import *; print(read_rows(connect(':memory:'), {sql!r}))"
    environment = {"TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[{'t': '2025-01-01 00:00:00+00'}]"


def test_a_model_becomes_a_commented_table(con: Any) -> None:
    assert database.build_model(con, model("select unnest([1, 2]) as a")) == 2
    comments = "select comment from {} where table_name = 'int_x__y'"
    assert database.read_rows(con, comments.format("duckdb_columns()")) == [{"comment": "the key, it's a number"}]
    assert database.read_rows(con, comments.format("duckdb_tables()")) == [{"comment": "One's rows."}]


def test_a_repeated_key_is_named(con: Any) -> None:
    with pytest.raises(ModelFileError) as caught:
        database.build_model(con, model("select unnest([3, 2, 2, 1, 1]) as a"))
    assert str(caught.value).startswith("int_x__y.sql:3: grain (a) of int_x__y is not unique, first at a = 1, rows_found = 2; ")


def test_a_key_without_a_value_is_named(con: Any) -> None:
    sql = "select unnest([1, null]) as a, 7 as b"
    with pytest.raises(ModelFileError, match=r"3: grain \(a, b\) of int_x__y has a row where the key is null, first at a = None, b = 7; "):
        database.build_model(con, model(sql, ("a", "b")))
    assert database.build_model(con, model(sql, ("a", "b"), nullable=("a",))) == 2


def test_two_rows_whose_nullable_key_is_null_are_the_same_key(con: Any) -> None:
    with pytest.raises(ModelFileError, match="is not unique, first at a = None, rows_found = 2"):
        database.build_model(con, model("select unnest([1, null, null]) as a", nullable=("a",)))


def test_an_error_of_the_database_names_file_and_line(con: Any) -> None:
    with pytest.raises(ModelFileError) as caught:
        database.build_model(con, model("/*\nheader\n*/\nselect\n    1 as a,\n    bogus as b\nfrom range(3)"))
    assert str(caught.value).startswith('int_x__y.sql:6: Binder Error: Referenced column "bogus" not found')


def test_a_full_disk_is_not_called_a_mistake_in_the_model() -> None:
    error = database.explain_error(OSError("IO Error: could not write: No space left on device"), Path("m.sql"))
    assert isinstance(error, GateError)
    assert "the disk is full" in str(error)


def test_memory_that_runs_out_is_a_gate_with_a_way_out(tmp_path: Path) -> None:
    with database.connect(tmp_path / "x.duckdb", memory_limit="20MB") as con, pytest.raises(GateError, match="set GREENCAP_MEMORY higher"):
        con.execute("set max_temp_directory_size = '0KB'")
        wide = "select i as a, repeat('x', 1000) || i as b from range(2000000) as r(i) order by b"
        database.build_model(con, replace(model(wide), columns=()))


def test_a_database_that_another_process_writes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    code = f"from pipelines.warehouse.database import connect; con = connect({str(path)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        with pytest.raises(GateError, match="another process is writing"):
            database.connect(path)
        child.kill()


def test_a_database_that_is_not_there_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<html>" * 2000)
    for path in (tmp_path / "absent.duckdb", tmp_path / "page.html"):
        with pytest.raises(WrongUseError, match="cannot be opened as a database"):
            database.connect(path, read_only=True)


def test_a_closed_database_is_one_file_that_readers_share(tmp_path: Path) -> None:
    path = tmp_path / "x.duckdb"
    con = database.connect(path)
    database.write_table(con, "mart_x__y", pa.table({"a": [1]}))
    database.close(con)
    assert [file.name for file in tmp_path.iterdir()] == ["x.duckdb"]
    path.chmod(0o444)
    with database.connect(path, read_only=True) as first, database.connect(path, read_only=True) as second:
        assert database.read_rows(first, "select a from mart_x__y") == database.read_rows(second, "select a from mart_x__y") == [{"a": 1}]

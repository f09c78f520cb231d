"""Models made in pieces: the division, the order of rows and a killed night change nothing, and only what is new is made."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.errors import ModelFileError
from pipelines.hashing import file_hash
from pipelines.warehouse import chunks, database
from pipelines.warehouse.chunks import Piece, build_in_pieces, pieces
from pipelines.warehouse.fingerprint import mapping_hash
from pipelines.warehouse.readings_rows import sorted_rows
from tests.sql_cases import models, table_types

MODEL = models()["int_monitoring__folded"]
DECIDING = models()["int_monitoring__deciding_readings"]
VIEWS = [
    models()[name]
    for name in ("stg_monitoring__stack_readings", "int_monitoring__series", "int_monitoring__readings", "int_monitoring__averages")
]
STACKS = ["A", "B", "C"]


@dataclass(frozen=True)
class Part:
    path: Path
    month: str
    row_count: int
    first_date: date
    last_date: date


class Files:
    """Readings in Parquet files, as the store shows them."""

    def __init__(self, found: Sequence[Part], is_sorted: bool = True) -> None:
        self._parts = found
        self._is_sorted = is_sorted

    def series_sql(self) -> str:
        return "select stack_id, 'nox' as indicator from stg_plants__emission_points"

    @property
    def months(self) -> list[str]:
        return sorted({part.month for part in self._parts})

    def parts(self, month: str, first: date | None = None, last: date | None = None) -> list[Part]:
        found = [part for part in self._parts if part.month == month]
        return [part for part in found if (first is None or part.last_date >= first) and (last is None or part.first_date <= last)]

    def content_key(self, month: str, first: date | None = None, last: date | None = None) -> str:
        return mapping_hash({"parts": sorted(file_hash(part.path) for part in self.parts(month, first, last))})

    def readings_sql(
        self, months: Sequence[str], stacks: tuple[str, str] | None = None, first: date | None = None, last: date | None = None
    ) -> str:
        paths = [str(part.path) for month in months for part in self.parts(month, first, last)]
        days = f"period_start_at::date between date '{first}' and date '{last}'" if first else "true"
        chosen = "true" if stacks is None else f"stack_id between '{stacks[0]}' and '{stacks[1]}'"
        sent = f"select * from read_parquet({paths}) where {days} and {chosen}"
        if self._is_sorted:
            return sorted_rows(sent, "select * from int_monitoring__flag_classes")
        return f"select *, period_start_at::date as local_date, null::smallint as lane_no from ({sent})"


def _rows(days: int = 6) -> list[dict[str, Any]]:
    random_ = random.Random(7)
    start = datetime(2026, 1, 29, tzinfo=UTC).replace(tzinfo=None)
    return [
        {"plant_id": "P", "stack_id": stack, "indicator": "nox", "period_start_at": start + timedelta(hours=hour), "utc_offset_minutes": 0,
         "interval_minutes": 60, "value": random_.uniform(0, 300), "is_below_detection": False, "unit": "mg/Nm3", "gas_basis": "dry",
         "o2_pct": random_.uniform(5, 15), "flag": random_.choice(["N", "N", "N", "C", "F"])}
        for stack in STACKS for hour in range(24 * days) if random_.random() > 0.1
    ]  # fmt: skip


def _files(folder: Path, divided: dict[str, list[dict[str, Any]]], is_sorted: bool = True) -> Files:
    folder.mkdir(parents=True, exist_ok=True)
    schema = _SCHEMA
    found = []
    for name, rows in divided.items():
        for month in sorted({f"{row['period_start_at']:%Y-%m}" for row in rows}):
            inside = [row for row in rows if f"{row['period_start_at']:%Y-%m}" == month]
            path = folder / f"{name}-{month}.parquet"
            pq.write_table(pa.Table.from_pylist(inside, schema=schema), path)
            days = [row["period_start_at"].date() for row in inside]
            found.append(Part(path, month, len(inside), min(days), max(days)))
    return Files(found, is_sorted)


_NUMBERS = dict.fromkeys(("value", "o2_pct", "moisture_pct", "temperature_c", "pressure_kpa"), pa.float64())
_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("plant_id", "stack_id", "indicator", "unit", "gas_basis", "flag", "flag_scheme")),
        *_NUMBERS.items(),
        ("period_start_at", pa.timestamp("us")),
        ("utc_offset_minutes", pa.int16()),
        ("interval_minutes", pa.int16()),
        ("is_below_detection", pa.bool_()),
        ("known_at", pa.timestamp("us")),
        ("source_file_id", pa.string()),
        ("source_row_number", pa.int64()),
    ]
)


def _database(level: int = 15_000_000_000) -> Any:
    con = database.connect(":memory:")
    needed = {table for model in (MODEL, DECIDING, *VIEWS) for table in model.dependencies}
    for table in sorted(needed - {MODEL.name, *(view.name for view in VIEWS)}):
        con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in table_types(table).items())})")
    con.execute("insert into stg_plants__emission_points (stack_id) select unnest(['A', 'B', 'C'])")
    con.execute("insert into stg_monitoring__series select unnest(['A', 'B', 'C']), 'nox'")
    con.execute("insert into ref_rules__indicators (indicator_id, measured_by) values ('n', 'stack')")
    con.execute("insert into ref_rules__indicator_names values ('nox', 'n')")
    con.execute("insert into int_monitoring__unit_factors values ('n', 'mg/Nm3', 1, false)")
    con.execute(
        "insert into int_monitoring__flag_classes by name select 'hj_212' as flag_scheme, unnest(['N', 'C', 'F']) as sent_flag, "
        "unnest([0, 5, 6]) as class_no"
    )
    con.execute("update int_monitoring__flag_classes set usable = 1 where class_no = 0")
    con.execute(
        "insert into int_monitoring__slots by name select unnest(['A', 'B', 'C']) as stack_id, 'n' as indicator_id, 'hour' as averaging, "
        f"'' as excluded_states, 48 as max_invalid_half_hours, true as is_per_o2, 0 as block_no, {level} as level_1_e9"
    )
    return con


def _folded(con: Any, files: Files, folder: Path) -> list[dict[str, Any]]:
    build_in_pieces(con, MODEL, VIEWS, files, folder)
    return database.read_rows(con, f"select * from {MODEL.name} order by all")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("whole")
    found = _folded(_database(), _files(folder / "parts", {"all": _rows()}), folder / "folds")
    assert len(found) >= 18
    assert sum(row["over_1_to_4"] for row in found) > 20
    assert {row["lane"] for row in found} == {"plain"}
    return found


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), files=st.integers(1, 5), per_piece=st.sampled_from([50, 200, 10_000]))
def test_shuffled_rows_split_files_and_sizes_of_pieces_give_equal_rows(
    seed: int, files: int, per_piece: int, whole: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, random_ = tmp_path_factory.mktemp("split"), random.Random(seed)
    rows = _rows()
    random_.shuffle(rows)
    divided = {f"f{number}": rows[number::files] for number in range(files)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks.pieces, "__defaults__", (per_piece,))
        assert _folded(_database(), _files(folder / "parts", divided), folder / "folds") == whole


_UNPACKED = " union all ".join(
    [
        f"select * exclude (classes_4_to_7) from {MODEL.name} where reading_count > 0",
        *(
            f"""select * exclude (classes_4_to_7) replace ({number} as class_no, (classes_4_to_7 >> {bits}) & 4095 as reading_count,
            0 as valid_count, 0 as valid_with_o2_count, null as value_e9_sum, null as value_per_o2_e9_sum, 0 as o2_capped_count,
            null as highest_e9, 0 as over_1_to_4, 0 as over_5_to_8) from {MODEL.name} where (classes_4_to_7 >> {bits}) & 4095 > 0"""
            for number, bits in ((4, 0), (5, 12), (6, 24), (7, 36))
        ),
    ]
)
_WITHOUT_LANES = f"""
select * exclude (lane, reading_count, valid_count, valid_with_o2_count, value_e9_sum, value_per_o2_e9_sum, o2_capped_count, highest_e9,
    over_1_to_4, over_5_to_8), sum(reading_count), sum(valid_count), sum(valid_with_o2_count), sum(value_e9_sum),
    sum(value_per_o2_e9_sum), sum(o2_capped_count), max(highest_e9), sum(over_1_to_4), sum(over_5_to_8)
from ({_UNPACKED}) group by all order by all
"""


def _lanes(con: Any, stack: str) -> set[str]:
    return {row["lane"] for row in database.read_rows(con, f"select distinct lane from {MODEL.name} where stack_id = ?", [stack])}


def _highest(con: Any, files: Files, folder: Path) -> list[dict[str, Any]]:
    """The highest readings of every day, with and without oxygen, with and without starting up."""
    classes = "(0, 'normal'), (1, 'startup'), (2, 'shutdown')"
    con.execute(f"insert into int_monitoring__reading_classes (class_no, reading_class) values {classes}")
    con.execute(
        f"""insert into {DECIDING.days_of} by name
        select distinct stack_id, indicator_id, day_date, needs_o2 as is_per_o2, excluded_states, is_half_hour
        from {MODEL.name}, unnest([true, false]) as o(needs_o2), unnest(['', 'startup']) as x(excluded_states),
            unnest([true, false]) as h(is_half_hour)"""
    )
    build_in_pieces(con, DECIDING, VIEWS, files, folder)
    return database.read_rows(con, f"select * from {DECIDING.name} order by all")


def _odd_rows(seed: int) -> list[dict[str, Any]]:
    """Readings of which each is sent in another way."""
    random_ = random.Random(seed)
    for number, row in enumerate(rows := _rows(3)):
        row["source_file_id"], row["source_row_number"] = f"f{number % 2}", number
        row["value"] = random_.choice([row["value"], row["value"], 0.0, -1.0, None, 2e5, 4e5, 1e12])
        row["unit"] = random_.choice(["mg/Nm3", "mg/Nm3", "g/Nm3", "mg/m3", None, "odd"])
        row["gas_basis"] = random_.choice(["dry", "dry", "wet", None])
        row["o2_pct"] = random_.choice([row["o2_pct"], 19.0, 20.9, None])
        row["is_below_detection"] = random_.random() < 0.1
        row["flag"] = random_.choice(["N", "N", None, "C", "F", "S", "X", "unheard of"])
        row["flag_scheme"] = random_.choice([None, "hj_212", "eu"])
        row["interval_minutes"] = random_.choice([60, 60, 60, 30, 15])
        states = [(10.0, 120.0, 99.0), (100.0, None, 0.0), (None, None, None)]
        row["moisture_pct"], row["temperature_c"], row["pressure_kpa"] = random_.choice(states)
    return rows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_lane_of_a_reading_changes_nothing_but_the_cost(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, rows = tmp_path_factory.mktemp("lanes"), _odd_rows(seed)
    found, highest = [], []
    for is_sorted in (True, False):
        con = _database()
        con.execute("insert into int_monitoring__unit_factors values ('n', 'g/Nm3', 1000, false), ('n', 'mg/m3', 1, true)")
        flags = "('hj_212', 'S', 1, 1), ('hj_212', null, 0, 1), ('eu', 'N', 0, 1), ('eu', 'X', 10, null)"
        con.execute(f"insert into int_monitoring__flag_classes values {flags}")
        con.execute("insert into int_monitoring__unit_corrections values ('A', 'n', 'mg/Nm3', 0, 20482, 2, false, 'read as another unit')")
        build_in_pieces(con, MODEL, VIEWS, _files(folder / f"{is_sorted}", {"all": rows}, is_sorted), folder / f"folds-{is_sorted}")
        found.append(database.read_rows(con, _WITHOUT_LANES))
        highest.append(_highest(con, _files(folder / f"{is_sorted}", {"all": rows}, is_sorted), folder / f"folds-{is_sorted}"))
        lanes = {stack: _lanes(con, stack) for stack in STACKS}
        assert lanes["A"] == {"other", "finer"}
        assert (lanes["B"] | lanes["C"] > {"other", "finer"}) == is_sorted
    assert found[0] == found[1]
    assert highest[0] == highest[1] != []
    assert len({row["class_no"] for row in found[0]}) > 7


def test_a_month_that_arrives_day_by_day_is_made_day_by_day_and_a_new_day_makes_one_piece(
    whole: list[dict[str, Any]], tmp_path: Path
) -> None:
    by_day: dict[str, list[dict[str, Any]]] = {}
    for row in _rows():
        by_day.setdefault(f"{row['period_start_at']:%Y%m%d}", []).append(row)
    days = sorted(by_day)
    before = _files(tmp_path / "parts", {day: by_day[day] for day in days[:-1]})
    _folded(_database(), before, tmp_path / "folds")
    made = set((tmp_path / "folds").rglob("*.parquet"))
    assert len(made) == len(days) - 1
    assert _folded(_database(), _files(tmp_path / "parts", by_day), tmp_path / "folds") == whole
    assert len(set((tmp_path / "folds").rglob("*.parquet")) - made) == 1


def test_a_night_that_died_goes_on_where_it_stopped(whole: list[dict[str, Any]], tmp_path: Path) -> None:
    files = _files(tmp_path / "parts", {"all": _rows()})
    done: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:
        write = database.write_query

        def write_one(con: Any, model: Any, path: Path) -> None:
            if done:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.with_suffix(".arriving").write_bytes(b"half a piece")
                raise ModelFileError("killed")
            write(con, model, path)
            done.append(path)

        patch.setattr(database, "write_query", write_one)
        with pytest.raises(ModelFileError):
            _folded(_database(), files, tmp_path / "folds")
    stamp = done[0].stat().st_mtime_ns
    assert _folded(_database(), files, tmp_path / "folds") == whole
    assert done[0].stat().st_mtime_ns == stamp


def test_another_level_makes_the_pieces_anew_and_the_old_ones_serve_the_old_level(tmp_path: Path) -> None:
    files = _files(tmp_path / "parts", {"all": _rows()})
    strict = _folded(_database(level=1), files, tmp_path / "folds")
    lenient = _folded(_database(level=10**15), files, tmp_path / "folds")
    assert sum(row["over_1_to_4"] for row in strict) > 0 == sum(row["over_1_to_4"] for row in lenient)
    made = set((tmp_path / "folds").rglob("*.parquet"))
    assert _folded(_database(level=1), files, tmp_path / "folds") == strict
    assert set((tmp_path / "folds").rglob("*.parquet")) == made


def test_pieces_hold_all_stacks_once_and_about_as_many_readings_as_asked(tmp_path: Path) -> None:
    files = _files(tmp_path, {"all": _rows()})
    found = [piece for piece in pieces(files, STACKS, readings_per_piece=100) if piece.month == "2026-01"]
    assert [stack for piece in found for stack in piece.stacks or ()] == STACKS
    assert [piece.stacks for piece in pieces(files, STACKS)] == [None, None]


def test_readings_of_other_months_and_views_that_a_model_does_not_read_leave_its_pieces(tmp_path: Path) -> None:
    files, con = _files(tmp_path / "parts", {"all": _rows()}), _database()
    _folded(con, files, tmp_path / "folds")
    made = set((tmp_path / "folds").rglob("*.parquet"))
    con.execute("insert into raw_monitoring__stack_readings (stack_id, indicator) values ('A', 'nox')")
    other = replace(MODEL, name="int_x__beside", sql="select 1 as one from int_x__all", dependencies=("int_x__all",), materialized="view")
    build_in_pieces(con, MODEL, [*VIEWS, other], files, tmp_path / "folds")
    assert set((tmp_path / "folds").rglob("*.parquet")) == made


def test_pieces_of_few_readings_are_made_together_and_are_those_that_each_makes_alone(whole: list[dict[str, Any]], tmp_path: Path) -> None:
    by_day: dict[str, list[dict[str, Any]]] = {}
    for row in _rows():
        by_day.setdefault(f"{row['period_start_at']:%Y%m%d}", []).append(row)
    files = _files(tmp_path / "parts", by_day)
    assert _folded(_database(), files, tmp_path / "together") == whole
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks._together, "__defaults__", (0,))
        assert _folded(_database(), files, tmp_path / "alone") == whole
    rows = [_rows_by_file(tmp_path / name) for name in ("together", "alone")]
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(by_day)


def _rows_by_file(folder: Path) -> dict[str, list[str]]:
    """Rows of each piece, in no order, by its path."""
    return {str(path.relative_to(folder)): sorted(map(str, pq.read_table(path).to_pylist())) for path in folder.rglob("*.parquet")}


def test_pieces_are_made_together_up_to_a_number_of_readings_and_never_over_a_group_of_stacks() -> None:
    counts = [900, 900, 900, 3_000, 10, 10, 10]
    found = [Piece(f"2026-0{number + 1}", None, None, ("A",) if number == 5 else None, count) for number, count in enumerate(counts)]
    groups = chunks._together(found, most_readings=2_000)
    assert [[piece.reading_count for piece in group] for group in groups] == [[900, 900], [900], [3_000], [10], [10], [10]]


def test_an_indicator_sent_under_two_names_counts_once_with_the_value_known_last(tmp_path: Path) -> None:
    one = {"stack_id": "A", "indicator": "nox", "period_start_at": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "value": 100.0}
    one |= {"utc_offset_minutes": 0, "interval_minutes": 60, "is_below_detection": False, "unit": "mg/Nm3", "gas_basis": "dry", "flag": "N"}
    later = {
        "indicator": "nox as no2",
        "value": 70.0,
        "source_row_number": 2,
        "known_at": datetime(2026, 2, 2, tzinfo=UTC).replace(tzinfo=None),
    }
    rows = [one | {"source_row_number": 3, "known_at": datetime(2026, 2, 1, tzinfo=UTC).replace(tzinfo=None)}, one | later]
    con = _database()
    con.execute("insert into ref_rules__indicator_names values ('nox as no2', 'n')")
    con.execute("insert into stg_monitoring__series values ('A', 'nox as no2')")
    found = _folded(con, _files(tmp_path / "parts", {"all": rows}), tmp_path / "folds")
    assert [(row["reading_count"], row["value_e9_sum"]) for row in found] == [(1, 70_000_000_000)]


def test_without_a_reading_there_is_an_empty_table(tmp_path: Path) -> None:
    assert _folded(_database(), Files([]), tmp_path) == []

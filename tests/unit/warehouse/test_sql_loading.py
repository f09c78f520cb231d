"""What is read from a SQL file, and what is said about each mistake in one."""

# ruff: noqa: E501 – the cases are a table, one a line

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import ModelFileError
from pipelines.warehouse.model import SqlModel
from pipelines.warehouse.sql_models import load_models, to_spark

SCHEMAS = {
    "raw_bank__loans": {"portfolio_id": "VARCHAR", "loan_id": "VARCHAR", "amount": "DOUBLE"},
    "raw_bank__ownership": {"owner_id": "VARCHAR", "owned_id": "VARCHAR", "share_ratio": "DOUBLE"},
}
HEADER = "/*\ndescription: Loans.\ngrain: [loan_id]\n*/\n"
LOANS = HEADER + "select\n    loan_id::varchar as loan_id,  -- loan\n    amount::double as amount  -- own share\nfrom raw_bank__loans\n"


def write(folder: Path, **files: str) -> Path:
    layers = {"stg": "staging", "int": "intermediate", "mart": "marts"}
    for name, text in files.items():
        path = folder / layers[name.split("_")[0]] / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, **files: str) -> dict[str, SqlModel]:
    return {model.name: model for model in load_models(write(folder, **files), SCHEMAS)}


def complaints(folder: Path, text: str, name: str = "stg_bank__loans") -> list[str]:
    with pytest.raises(ModelFileError) as caught:
        load_models(write(folder, **{name: text}), SCHEMAS)
    return [line.replace(str(folder), "") for line in str(caught.value).splitlines()]


def sources(folder: Path, query: str) -> dict[str, tuple[tuple[str, str], ...]]:
    model = read(folder, int_a__b="/*\ndescription: d\ngrain: [a]\n*/\n" + query)["int_a__b"]
    return {column.name: column.sources for column in model.columns}


def test_everything_known_of_a_model_is_read_from_its_file(tmp_path: Path) -> None:
    model = read(tmp_path, stg_bank__loans=LOANS)["stg_bank__loans"]
    assert (model.layer, model.description, model.grain, model.grain_line) == ("staging", "Loans.", ("loan_id",), 3)
    assert model.dependencies == ("raw_bank__loans",)
    assert [(column.name, column.type, column.description, column.sources) for column in model.columns] == [
        ("loan_id", "VARCHAR", "loan", (("raw_bank__loans", "loan_id"),)),
        ("amount", "DOUBLE", "own share", (("raw_bank__loans", "amount"),)),
    ]


def test_a_comment_belongs_to_its_column_wherever_the_line_breaks(tmp_path: Path) -> None:
    query = """select
    -- a remark about what follows is no description
    loan_id::varchar as a,               -- one, with a comma
    (coalesce(amount, 0) + 1)::decimal(20, 2)  -- a remark inside
        as b,                            -- two; null = never
    case when amount > 1 then 'x' end::varchar as c  -- three (in brackets)
from raw_bank__loans
-- the end
"""
    model = read(tmp_path, int_a__b="/*\ndescription: d\ngrain: [a]\n*/\n" + query)["int_a__b"]
    assert [(column.name, column.type, column.description) for column in model.columns] == [
        ("a", "VARCHAR", "one, with a comma"),
        ("b", "DECIMAL(20,2)", "two; null = never"),
        ("c", "VARCHAR", "three (in brackets)"),
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("with x as (select loan_id, amount * 2 as twice from raw_bank__loans) select x.twice::double as a -- d\nfrom x", {"amount"}),
        ("with x as (select * from raw_bank__loans) select amount::double as a -- d\nfrom x", {"amount"}),
        ("with x as (select l.* from raw_bank__loans as l) select amount::double as a -- d\nfrom x", {"amount"}),
        ("with x(k, v) as (select loan_id, amount from raw_bank__loans) select v::double as a -- d\nfrom x", {"amount"}),
        ("select sum(amount)::double as a -- d\nfrom raw_bank__loans where loan_id > 'a' group by portfolio_id", {"amount"}),
        ("select row_number() over (partition by loan_id)::bigint as a -- d\nfrom raw_bank__loans", {"loan_id"}),
        ("select (select max(amount) from raw_bank__loans as m where m.loan_id = l.loan_id)::double as a -- d\nfrom raw_bank__loans as l", {"amount"}),
        ("select (loan_id in (select loan_id from raw_bank__loans))::boolean as a -- d\nfrom raw_bank__loans", {"loan_id"}),
        ("with x as (select loan_id as k from raw_bank__loans union all select portfolio_id from raw_bank__loans) select k::varchar as a -- d\nfrom x", {"loan_id", "portfolio_id"}),
        ("with x as (select amount as p, p + 1 as q from raw_bank__loans) select q::double as a -- d\nfrom x", {"amount"}),
        ("select i::bigint as a -- d\nfrom raw_bank__loans cross join range(3) as r(i)", set()),
        ("select count(*)::bigint as a -- d\nfrom raw_bank__loans", set()),
        ("select v.x::varchar as a -- d\nfrom raw_bank__loans, (values ('p')) as v(x)", set()),
    ],
)  # fmt: skip
def test_lineage_is_what_a_value_is_made_from(tmp_path: Path, query: str, expected: set[str]) -> None:
    assert sources(tmp_path, query)["a"] == tuple(("raw_bank__loans", name) for name in sorted(expected))


def test_lineage_follows_a_chain_of_owners(tmp_path: Path) -> None:
    query = """with recursive chains as (
    select owner_id, owned_id, share_ratio from raw_bank__ownership
    union all
    select c.owner_id, o.owned_id, c.share_ratio * o.share_ratio
    from chains as c inner join raw_bank__ownership as o on o.owner_id = c.owned_id
)
select
    owned_id::varchar as a,      -- end of the chain
    share_ratio::double as b     -- product of the shares
from chains"""
    found = sources(tmp_path, query)
    assert found == {"a": (("raw_bank__ownership", "owned_id"),), "b": (("raw_bank__ownership", "share_ratio"),)}


def test_lineage_names_the_upstream_model_not_what_stands_behind_it(tmp_path: Path) -> None:
    downstream = "/*\ndescription: d\ngrain: [a]\n*/\nselect loan_id::varchar as a -- loan\nfrom stg_bank__loans"
    models = read(tmp_path, stg_bank__loans=LOANS, int_a__b=downstream)
    assert list(models) == ["stg_bank__loans", "int_a__b"]
    assert models["int_a__b"].columns[0].sources == (("stg_bank__loans", "loan_id"),)


def test_models_are_built_after_what_they_read_and_else_by_name(tmp_path: Path) -> None:
    def reading(table: str) -> str:
        return f"/*\ndescription: d\ngrain: [loan_id]\n*/\nselect loan_id::varchar as loan_id -- loan\nfrom {table}"

    files = {
        "int_a__last": reading("int_z__first"),
        "int_z__first": reading("stg_bank__loans"),
        "stg_bank__loans": LOANS,
        "int_b__b": reading("stg_bank__loans"),
    }
    assert list(read(tmp_path, **files)) == ["stg_bank__loans", "int_b__b", "int_z__first", "int_a__last"]


def test_a_cte_hides_a_table_of_its_name(tmp_path: Path) -> None:
    query = "with stg_bank__loans as (select loan_id from raw_bank__loans) select loan_id::varchar as a -- d\nfrom stg_bank__loans"
    assert sources(tmp_path, query)["a"] == (("raw_bank__loans", "loan_id"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (LOANS.removeprefix(HEADER), "1: the header is missing; begin the file with /* description: … and grain: [columns] */"),
        (LOANS.replace("description: Loans.\n", ""), "1: the header has no description; begin the file with /* description: … and grain: [columns] */"),
        (LOANS.replace("Loans.", "Loans: all of them"), "2: the header is not YAML (mapping values are not allowed here); put texts with ': ' or '#' in quotes"),
        (LOANS.replace("grain:", "grian:"), "3: header key grian is unknown; perhaps grain"),
        (LOANS.replace("grain: [loan_id]", "grain: [loan_id]\ngrain: [amount]"), "4: header key grain stands twice; keep one"),
        (LOANS.replace("grain: [loan_id]", "grain: []"), "3: grain is empty; begin the file with /* description: … and grain: [columns] */"),
        (LOANS.replace("[loan_id]", "[plant_id]"), "3: grain column plant_id is not selected; select it"),
        (LOANS.replace("[loan_id]", "[loan_id]\ngrain_nullable: [amount]"), "4: grain_nullable names amount, which is not in the grain; remove it"),
        (LOANS.replace("  -- own share", ""), "7: column amount has no comment; say behind it what it is, its unit and what null means"),
        (LOANS.replace("amount::double as amount", "amount"), "7: column amount has no cast and name; write it as (expression)::type as name"),
        (LOANS.replace("amount::double as amount", "amount as amount"), "7: column amount has no cast and name; write it as (expression)::type as name"),
        (LOANS.replace("amount::double as amount", "*"), "7: the last select has a *; list each column with a cast and a comment"),
        (LOANS.replace("amount::double as amount", "amount::double as loan_id"), "6: column loan_id stands twice in the last select; rename one"),
        (LOANS.replace("amount::double", "amuont::double"), "7: column amuont is unknown here; perhaps amount"),
        (LOANS.replace("from raw_bank__loans", "from raw_bank__lones"), "8: table raw_bank__lones is unknown; perhaps raw_bank__loans"),
        (LOANS.replace("from raw_bank__loans", "from raw_bank__loans where today() > date '2025-01-01'"), "8: today makes equal inputs give other results; take as_of_date from ref_run__settings"),
        (LOANS.replace("from raw_bank__loans", "from raw_bank__loans union all " + LOANS.removeprefix(HEADER)), "1: the file does not end with one select; put a union into a CTE and select from that"),
        (LOANS.replace("select\n", "select (\n"), "8: the SQL cannot be read (Expecting )); correct it near: from raw_bank__loans"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_what_to_do(tmp_path: Path, text: str, expected: str) -> None:
    assert f"/staging/stg_bank__loans.sql:{expected}" in complaints(tmp_path, text)


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, int_a__b=LOANS.replace("  -- own share", "").replace("  -- loan", ""))
    assert len(complaints(tmp_path, LOANS.replace("raw_bank__loans", "raw_x"))) == 3


def test_a_model_stands_in_the_folder_of_its_layer(tmp_path: Path) -> None:
    write(tmp_path, stg_bank__loans=LOANS)
    (tmp_path / "staging" / "stg_bank__loans.sql").rename(tmp_path / "staging" / "int_bank__loans.sql")
    with pytest.raises(
        ModelFileError, match="the name of a model in staging/ begins with stg_; rename the file, perhaps stg_bank__loans.sql"
    ):
        load_models(tmp_path, SCHEMAS)


def test_staging_reads_no_later_layer(tmp_path: Path) -> None:
    write(tmp_path, int_a__b=LOANS)
    assert complaints(tmp_path, LOANS.replace("raw_bank__loans", "int_a__b")) == [
        "/staging/stg_bank__loans.sql:8: a model in staging/ reads int_a__b; it may read raw_, ref_, stg_ tables only"
    ]


def test_models_that_read_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, int_a__a=LOANS.replace("raw_bank__loans", "int_b__b"))
    messages = complaints(tmp_path, LOANS.replace("raw_bank__loans", "int_a__a"), "int_b__b")
    assert len(messages) == 1
    assert ":8: models read each other in a circle (int_" in messages[0]


def test_without_schemas_every_given_table_is_taken_as_known(tmp_path: Path) -> None:
    text = LOANS.replace("raw_bank__loans", "raw_other__table")
    model = load_models(write(tmp_path, stg_bank__loans=text))[0]
    assert model.columns[1].sources == (("raw_other__table", "amount"),)


def test_a_quantile_is_carried_to_spark_in_a_form_that_spark_has(tmp_path: Path) -> None:
    model = read(tmp_path, stg_bank__loans=LOANS.replace("amount::double", "quantile_cont(amount, 0.95)::double"))["stg_bank__loans"]
    assert "PERCENTILE(amount, 0.95)" in to_spark(model)

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.errors import WrongUseError
from pipelines.sources.columns import columns_of
from pipelines.sources.formats import FORMATS, TABLES
from pipelines.sources.page import landing_page
from pipelines.sources.plant_formats import GLASS_TECHNOLOGIES, KILN_TECHNOLOGIES, ROUTES
from pipelines.sources.schemas import SOURCE_COLUMNS, column_types, json_schema, raw_schemas, raw_table_ddl, template_csv
from pipelines.warehouse import database

CHECKOUT = Path(__file__).parents[3]


def test_the_page_is_what_the_formats_say() -> None:
    written = (CHECKOUT / "docs" / "landing_formats.md").read_text(encoding="utf-8")
    assert written == landing_page(), "run `python -m pipelines.sources.page > docs/landing_formats.md`"


@pytest.mark.parametrize("name", FORMATS)
def test_every_column_is_described_and_says_what_empty_means(name: str) -> None:
    for column in columns_of(FORMATS[name]):
        assert column.description, f"{name}.{column.name}"
        assert column.is_required or column.empty, f"{name}.{column.name}"


@pytest.mark.parametrize("name", FORMATS)
def test_amounts_quantities_and_shares_name_their_unit(name: str) -> None:
    for column in columns_of(FORMATS[name]):
        if column.kind.sql in ("DOUBLE", "DECIMAL(20,2)"):
            assert column.unit, f"{name}.{column.name}"


@pytest.mark.parametrize("name", FORMATS)
def test_the_contract_names_every_column(name: str) -> None:
    contract = (CHECKOUT / "docs" / "architecture.md").read_text(encoding="utf-8")
    line = next(line for line in contract.splitlines() if line.startswith(f"| `{name}` → `{TABLES[name]}`"))
    for column in columns_of(FORMATS[name]):
        shown = f"**{column.name}**" if column.is_required else column.name
        assert shown in line, f"{name}.{column.name}"


@pytest.mark.parametrize("table", column_types())
def test_the_database_makes_the_same_columns_from_the_statement_and_from_the_arrow_schema(table: str) -> None:
    with database.connect(":memory:") as con:
        con.execute(raw_table_ddl()[table])
        stated = database.table_types(con, table)
        database.create_table(con, "from_arrow", raw_schemas()[table])
        assert database.table_types(con, "from_arrow") == stated


def test_raw_tables_know_where_a_row_came_from() -> None:
    for table in TABLES.values():
        assert list(column_types()[table])[-5:] == list(SOURCE_COLUMNS)
    assert raw_schemas()["raw_bank__loans"].field("outstanding_amount").type == pa.decimal128(20, 2)


def test_json_schema_carries_words_unit_bounds_and_requirement() -> None:
    loan = json_schema("loans")
    assert {"portfolio_id", "loan_id", "reporting_date", "counterparty_name", "currency_code"} == set(loan["required"])
    assert loan["properties"]["outstanding_amount"]["unit"] == "loan currency"
    assert loan["properties"]["sector"]["anyOf"][0]["enum"] == ["cement", "steel", "flat_glass", "other"]
    assert loan["properties"]["reporting_date"]["format"] == "date"
    ratio = loan["properties"]["participation_ratio"]["anyOf"][0]
    assert (ratio["minimum"], ratio["maximum"]) == (0, 1)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(WrongUseError, match="'loan' is unknown; use one of loans,"):
        json_schema("loan")


def test_a_template_is_the_header_and_nothing_else() -> None:
    assert next(csv.reader([template_csv("loans")])) == list(FORMATS["loans"].model_fields)
    assert template_csv("loans").count("\n") == 1


def test_words_of_the_formats_are_those_of_the_vocabulary() -> None:
    import yaml

    words = yaml.safe_load((CHECKOUT / "rules" / "vocabulary.yaml").read_text(encoding="utf-8"))
    processes = {column.name: column for column in columns_of(FORMATS["process_units"])}["process"].words
    assert set(processes) == {process for sector in words["processes"].values() for process in sector}
    assert {sector: set(routes) for sector, routes in ROUTES.items()} == {sector: set(routes) for sector, routes in words["routes"].items()}
    assert set(KILN_TECHNOLOGIES) == set(words["technologies"]["cement"])
    assert set(GLASS_TECHNOLOGIES) == set(words["technologies"]["flat_glass"])
    assert {column.name: column for column in columns_of(FORMATS["plants"])}["status"].words == tuple(words["plant_states"])

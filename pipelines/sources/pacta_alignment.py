"""Files of PACTA's `target_sda` → the tables that the SQL models of alignment read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import SourceFileError
from pipelines.sources.pacta_tables import Row, hold_numbers, hold_unique_loans, read_table

if TYPE_CHECKING:
    import pyarrow as pa

#: Weight → column of the loan book with its amount.
WEIGHTS = {"outstanding": "loan_size_outstanding", "credit-limit": "loan_size_credit_limit"}
#: Columns of company data in which rows of one company and year may differ and still be one.
_INSIDE_COMPANY = {"technology", "plant_location", "country_of_domicile", "production", "emission_factor"}
_COMPANY = ("name_company", "sector", "year", "production", "emission_factor", "plant_location")
_SCENARIO = ("scenario_source", "scenario", "sector", "region", "year", "emission_factor")
_BOOK = "book"


def alignment_tables(matched: Path, companies: Path, scenario: Path, regions: Path, weight: str) -> dict[str, pa.Table]:
    """Table name → rows for `int_alignment__book`, `…company_production`, `…market_production`, `…scenarios` and `…regions`.

    Args:
        matched: Prioritised matches. companies: Production and emission factor by plant and year. scenario: Emission factors by year.
        regions: Countries (two letters) by region and source. weight: Key of `WEIGHTS`.

    Raises:
        SourceFileError: A loan stands twice, a name, sector or amount is missing, currencies are mixed, a number is none; with its row.
    """
    import pyarrow as pa

    points = _scenario_rows(scenario)
    producers = _company_rows(companies)
    rows: dict[str, list[dict[str, Any]]] = {
        "int_alignment__book": _book_rows(matched, WEIGHTS[weight]),
        "int_alignment__company_production": producers,
        "int_alignment__market_production": producers,
        "int_alignment__scenarios": points,
        "int_alignment__regions": _region_rows(regions, {point["scenario_source"] for point in points}),
    }
    return {name: pa.Table.from_pylist(rows[name], schema=pa.schema(table_columns()[name])) for name in rows}


def table_columns() -> dict[str, list[tuple[str, Any]]]:
    """Columns and Arrow types of the tables that the SQL models of alignment start from."""
    import pyarrow as pa

    text, number, year = pa.string(), pa.float64(), ("year", pa.int64())
    producer = [("company_id", text), ("group_id", text), ("sector", text), year, ("country_code", text)]
    producer += [("production_t", number), ("intensity_t_per_t", number), ("is_estimate", pa.bool_())]
    book = [("portfolio_id", text), ("loan_id", text), ("company_id", text), ("sector", text), ("weight_amount", number)]
    scenario = [("scenario_source", text), ("scenario", text), ("sector", text), ("region", text), year, ("intensity_t_per_t", number)]
    return {
        "int_alignment__book": book,
        "int_alignment__company_production": producer,
        "int_alignment__market_production": producer,
        "int_alignment__scenarios": scenario,
        "int_alignment__regions": [("region_source", text), ("region", text), ("country_code", text)],
    }


def _book_rows(path: Path, amount: str) -> list[dict[str, Any]]:
    currency = f"{amount}_currency"
    rows = read_table(path, ("id_loan", "name_abcd", "sector_abcd", amount, currency))
    hold_unique_loans(path, rows)
    _hold_filled(path, rows, ("name_abcd", "sector_abcd", currency))
    hold_numbers(path, rows, (amount,))
    currencies = sorted({str(row[currency]) for row in rows})
    if len(currencies) > 1:
        raise SourceFileError(f"{path}: {currency} has {', '.join(currencies)}; convert all amounts to one currency")
    return [
        {
            "portfolio_id": _BOOK,
            "loan_id": row["id_loan"],
            "company_id": row["name_abcd"],
            "sector": row["sector_abcd"],
            "weight_amount": float(row[amount] or 0),
        }
        for row in rows
    ]


def _company_rows(path: Path) -> list[dict[str, Any]]:
    rows = read_table(path, _COMPANY)
    _hold_filled(path, rows, ("name_company", "sector"))
    hold_numbers(path, rows, ("year",))
    hold_numbers(path, rows, ("production", "emission_factor"), is_empty_fine=True)
    apart = [column for column in (rows[0] if rows else {}) if column not in _INSIDE_COMPANY]
    return [
        {
            "company_id": row["name_company"],
            "group_id": " | ".join(str(row[column]) for column in apart),
            "sector": row["sector"],
            "year": int(float(row["year"] or 0)),
            "country_code": (row["plant_location"] or "").lower(),
            "production_t": None if row["production"] is None else float(row["production"]),
            "intensity_t_per_t": None if row["emission_factor"] is None else float(row["emission_factor"]),
            "is_estimate": False,
        }
        for row in rows
    ]


def _scenario_rows(path: Path) -> list[dict[str, Any]]:
    rows = read_table(path, _SCENARIO)
    _hold_filled(path, rows, _SCENARIO[:4])
    hold_numbers(path, rows, ("year", "emission_factor"))
    return [
        {name: row[name] for name in _SCENARIO[:4]}
        | {"year": int(float(row["year"] or 0)), "intensity_t_per_t": float(row["emission_factor"] or 0)}
        for row in rows
    ]


def _region_rows(path: Path, sources: set[str]) -> list[dict[str, Any]]:
    rows = read_table(path, ("region", "isos", "source"))
    kept = {(row["source"], row["region"], (row["isos"] or "").lower()) for row in rows if row["source"] in sources}
    return [{"region_source": source, "region": region, "country_code": code} for source, region, code in sorted(kept, key=str)]


def _hold_filled(path: Path, rows: Sequence[Row], columns: Sequence[str]) -> None:
    for number, row in enumerate(rows, start=2):
        for column in columns:
            if row[column] is None:
                raise SourceFileError(f"{path}, row {number}: {column} is missing; fill it or delete the row")

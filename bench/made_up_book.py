"""A made-up book of any size, written by SQL alone and equal on every machine: loans, companies, holdings, plants, rates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS = Path(__file__).with_suffix(".sql")


def write_book(con: DuckDBPyConnection, loans: int, plants: int, companies: int) -> None:
    """Fill the raw tables of an open database, and the tables about plants that other steps make. All tables must be there, empty."""
    con.execute(_ROWS.read_text(encoding="utf-8").format(loans=loans, plants=plants, companies=companies))

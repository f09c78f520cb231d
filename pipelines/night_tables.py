"""Tables that a night writes before any model: what was received, as sent, and what the run is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.errors import WrongUseError
from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.night_readings import NightReadings
from pipelines.portfolio_history import past_tables
from pipelines.run_readings import show_received, write_deliveries
from pipelines.run_settings import assessment_window, clock_changes

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from pipelines.sources.received import Received


def check_portfolio(received: Received, portfolio: str | None) -> None:
    """Raise WrongUseError when no loan received is in the portfolio asked for."""
    known = sorted(set(received.rows["raw_bank__loans"]["portfolio_id"].to_pylist()))
    if portfolio and portfolio not in known:
        raise WrongUseError(f"--portfolio {portfolio}: no loan received is in it; there are {', '.join(known) or 'none'}")


def newest_reporting_date(received: Received) -> date | None:
    """Newest reporting date of the loans; None when none has one."""
    import pyarrow.compute as pc

    dates = received.rows["raw_bank__loans"]["reporting_date"]
    newest: date | None = pc.max(dates).as_py() if len(dates) else None
    return newest


def file_troubles(files: pa.Table) -> str:
    """Messages of the files that could not be read, one a line."""
    rows = [row for row in files.to_pylist() if row["state"] != "read" and row["message"]]
    return "\n".join(f"{row['file_name']}{', sheet ' + row['sheet'] if row['sheet'] else ''}: {row['message']}" for row in rows)


def feeds_without_rows(received: Received | None) -> list[dict[str, Any]]:
    """Files and sheets that came without a row, in the order of their names."""
    rows = received.files.to_pylist() if received else []
    empty = [row for row in rows if row["state"] in ("refused", "header_only", "empty")]
    found = [{name: row[name] or "" for name in ("file_name", "sheet", "state", "message")} for row in empty]
    return sorted(found, key=lambda row: (row["file_name"], row["sheet"]))


def write_received(con: DuckDBPyConnection, received: Received, readings: NightReadings) -> None:
    """Write the raw tables; those that nothing was received for are empty."""
    from pipelines.sources.schemas import raw_schemas
    from pipelines.warehouse import database

    tables = {**received.rows, "raw_landing__files": received.files, "raw_landing__rejects": received.rejects}
    for name, schema in raw_schemas().items():
        database.write_table(con, name, tables[name]) if name in tables else database.create_table(con, name, schema)
    write_deliveries(con, readings)
    show_received(con, readings)


def write_asked(con: DuckDBPyConnection, received: Received, asked: Mapping[str, Any], past: dict[str, list[dict[str, Any]]]) -> None:
    """Write what the run is asked for, what earlier runs left, and the reference tables that are no rules.

    Args: asked: run_id, as_of_date, portfolio_id, known_at. past: rows by table, `portfolio_history.past_rows`.
    """
    import pyarrow as pa

    from pipelines.warehouse import database

    day = asked["as_of_date"]
    row = {**asked, **assessment_window(day), "reporting_currency_code": settings.REPORTING_CURRENCY}
    database.write_table(con, "ref_run__settings", pa.Table.from_pylist([row], schema=run_schemas()["ref_run__settings"]))
    zones = set(received.rows["raw_plants__emission_points"]["time_zone"].to_pylist())
    database.write_table(con, "ref_run__clock_changes", clock_changes(zones, day))
    for table, rows in past_tables(past).items():
        database.write_table(con, table, rows)
    for table, file in REFERENCE_FILES.items():
        database.write_table(con, table, reference_table(settings.REFERENCE_FOLDER / file, run_schemas()[table]))


def received_counts(con: DuckDBPyConnection) -> dict[str, int]:
    """Rows of each raw table."""
    from pipelines.sources.schemas import raw_schemas
    from pipelines.warehouse import database

    return {name: database.count_rows(con, name) for name in raw_schemas()}

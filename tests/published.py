"""A tiny published run for the tests of commands that read one: given raw rows and a rules folder, every SQL model is built on them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.night import DATABASE
from pipelines.rulebook.compile import rulebook_tables
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import REFERENCE_FOLDER
from pipelines.warehouse.database import build_model, close, connect, write_table
from tests.sql_cases import given_types, models

Rows = list[dict[str, Any]]

AS_OF = date(2026, 6, 30)
#: One cement works in Indonesia with one kiln of 2010, its stack, and one loan of 10 m USD behind it.
ONE_KILN: dict[str, Rows] = {
    "raw_plants__plants": [
        {
            "plant_id": "A",
            "plant_name": "Kiln Hill",
            "country_iso3": "IDN",
            "sector": "cement",
            "route": "integrated",
            "status": "operating",
        }
    ],
    "raw_plants__process_units": [
        {
            "unit_id": "A-K1",
            "plant_id": "A",
            "process": "clinker_kiln",
            "technology": "shaft",
            "size_value": 3.0,
            "size_unit": "m",
            "commissioning_date": date(2010, 1, 1),
            "status": "operating",
        }
    ],
    "raw_plants__emission_points": [
        {"stack_id": "A-S1", "plant_id": "A", "unit_id": "A-K1", "time_zone": "UTC", "time_label": "hour_beginning", "has_cems": True}
    ],
    "raw_bank__loans": [
        {
            "portfolio_id": "BOOK",
            "loan_id": "L1",
            "reporting_date": AS_OF,
            "counterparty_name": "Kiln Hill Ltd",
            "currency_code": "USD",
            "outstanding_amount": 10_000_000,
            "sector": "cement",
            "country_iso3": "IDN",
            "status": "active",
        }
    ],
    "raw_matching__links": [
        {"portfolio_id": "BOOK", "loan_id": "L1", "plant_id": "A", "match_method": "link", "match_score": 1.0, "is_match": True}
    ],
}


def publish(home: Path, rules: Path, rows: Mapping[str, Rows], so2_mg_per_nm3: float | None = None) -> Path:
    """Publish a run at `home`; its database. `so2_mg_per_nm3`: what the stack A-S1 sends for each hour of the year, dry, at 10 % oxygen."""
    folder = home / "runs" / "test.1"
    folder.mkdir(parents=True)
    (home / "published").mkdir()
    (home / "published" / "current").symlink_to(Path("..") / "runs" / "test.1")
    con = connect(folder / DATABASE)
    for table, types in given_types().items():
        con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
    for name, arrow in rulebook_tables(load_rulebook(rules)).items():
        write_table(con, name, arrow)
    for name, file in REFERENCE_FILES.items():
        write_table(con, name, reference_table(REFERENCE_FOLDER / file, run_schemas()[name]))
    settings = {
        "run_id": "test",
        "as_of_date": AS_OF,
        "window_start_date": date(2025, 7, 1),
        "window_end_date": AS_OF,
        "reporting_currency_code": "USD",
    }
    assert set(settings) <= set(run_schemas()["ref_run__settings"].names)
    for table, found in {**rows, "ref_run__settings": [settings]}.items():
        for row in found:
            con.execute(f"insert into {table} ({', '.join(row)}) values ({', '.join('?' for _ in row)})", list(row.values()))
    if so2_mg_per_nm3 is not None:
        con.execute(_READINGS, [so2_mg_per_nm3])
    for model in models().values():
        build_model(con, model)
    close(con)
    return folder / DATABASE


_READINGS = """
insert into raw_monitoring__stack_readings
    (stack_id, indicator, period_start_at, utc_offset_minutes, interval_minutes, measured_at, value, unit, gas_basis, o2_pct,
        source_file_id, source_row_number)
select 'A-S1', 'so2', timestamp '2025-07-01' + to_hours(h), 0, 60, timestamp '2025-07-01' + to_hours(h), ?, 'mg/Nm3', 'dry', 10.0,
    'file', h + 2
from range(8760) as r (h)
"""

"""Landing folders written inline, for tests of the landing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pipelines.sources.landing import read_landing
from pipelines.sources.received import Received

LOANS = "portfolio_id,loan_id,reporting_date,counterparty_name,currency_code,outstanding_amount,sector,country_iso3"
LOAN = "P1,L1,2025-12-31,PT Semen,USD,1000.50,cement,IDN"
PLANTS = "plant_id,plant_name,country_iso3,sector"
READINGS = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct"


def receive(folder: Path, **files: str | bytes) -> Received:
    """What is read of files given as `name=content`; `__` in a name stands for a point."""
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_landing(folder, lambda text: None, public=[])


def loans(*lines: str, header: str = LOANS) -> str:
    return "\n".join([header, *lines]) + "\n"


def file_of(received: Received) -> dict[str, Any]:
    """The one files row."""
    rows = received.files.to_pylist()
    assert len(rows) == 1, rows
    return rows[0]


def reject_of(received: Received) -> dict[str, Any]:
    """The one reject."""
    rows = received.rejects.to_pylist()
    assert len(rows) == 1, rows
    return rows[0]


def loan_rows(received: Received) -> list[dict[str, Any]]:
    return received.rows["raw_bank__loans"].to_pylist()

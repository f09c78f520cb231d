"""The worked book as a scorecard."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from pipelines.report.scorecard import Scorecard, collect
from pipelines.settings import RULES_FOLDER
from tests.published import ONE_KILN, publish
from tests.site import site_of
from tests.unit.report.book import Tables, book, make_reader
from tests.unit.report.mails import mail_of

#: Twelve months of production and emissions, as the plant returns them.
_MONTHS = [(date(2025 + (6 + i) // 12, (6 + i) % 12 + 1, 1), date(2025 + (7 + i) // 12, (7 + i) % 12 + 1, 1)) for i in range(12)]
_RETURNS = [
    {
        "plant_id": "A",
        "period_start_date": start,
        "period_end_date": following - timedelta(days=1),
        "item": item,
        "value": value,
        "unit": unit,
        "evidence_tier": "measured",
        "source_file_id": "returns",
        "source_file_name": "returns.csv",
        "source_row_number": 2 + 2 * i + (item == "co2_scope1"),
    }
    for i, (start, following) in enumerate(_MONTHS)
    for item, value, unit in (("production_clinker", 1000.0, "t"), ("co2_scope1", 900.0, "t CO2e"))
]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run: one kiln that fails its limits all year and returns its production, one loan behind it."""
    rows = ONE_KILN | {
        "raw_monitoring__periodic_returns": _RETURNS,
        "raw_landing__files": [{"file_id": "returns", "file_name": "returns.csv"}],
    }
    return publish(tmp_path_factory.mktemp("home"), RULES_FOLDER, rows, so2_mg_per_nm3=900.0)


@pytest.fixture(scope="session")
def site(database: Path) -> Path:
    """The site of that run."""
    return site_of(database, database.parent / "site")


@pytest.fixture
def tables() -> Tables:
    return book()


@pytest.fixture
def scorecard(tables: Tables) -> Scorecard:
    return collect(make_reader(tables), {"code_version": "0.1.0"})


@pytest.fixture(scope="session")
def rendered() -> str:
    """The mail of the worked book."""
    return mail_of(book())

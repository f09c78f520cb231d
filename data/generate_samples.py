"""Write the samples: `python data/generate_samples.py [FOLDER]` makes `samples` and `samples_next_month` in it, by default `data`.

Every name, amount and reading is invented. Equal code gives equal rows on every machine: seeded noise made of additions and
multiplications only. The READMEs of the folders are written by hand and left alone.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from sample_parts import bank, evidence, plants, readings, returns
from sample_parts.files import write_csv, write_parquet, write_xlsx

#: This country's data arrives as CSV, that of the others as Parquet by month.
CSV_COUNTRY = "TUR"


def generate(folder: Path) -> None:
    """Write every sample file below the folder, over older ones."""
    all_plants = plants.plants()
    tape = bank.loans()
    _write_bank(folder / "bank", tape)
    write_csv(folder / "bank" / "ownership.csv", bank.ownership(all_plants), bank.OWNERSHIP_COLUMNS)
    write_csv(folder / "bank" / "loan_plant_links.csv", bank.loan_plant_links(), bank.LINK_COLUMNS)
    write_csv(folder / "bank" / "covenants.csv", bank.covenants(), bank.COVENANT_COLUMNS)
    write_xlsx(folder / "bank" / "counterparties.xlsx", "counterparties", bank.counterparties(), bank.COUNTERPARTY_COLUMNS)
    _write_plants(folder / "plants", all_plants)
    _write_readings(folder / "monitoring", readings.YEAR)
    write_csv(folder / "monitoring" / "periodic_returns.csv", returns.returns(), returns.RETURN_COLUMNS)
    _write_evidence(folder / "monitoring", evidence.management_evidence(all_plants))
    write_csv(folder / "reference" / "fx_rates.csv", bank.fx_rates(), bank.RATE_COLUMNS)
    write_csv(folder / "reference" / "calendar_days.csv", bank.calendar_days(), bank.CALENDAR_COLUMNS)
    write_csv(folder / "data_labels.csv", [{"data_kind": "synthetic"}], ("data_kind",))


def generate_next_month(folder: Path) -> None:
    """Write what arrived in the month after: files that replace those of the same name, and the readings of the month."""
    _write_bank(folder / "bank", bank.next_loans())
    _write_readings(folder / "monitoring", readings.NEXT_MONTH)
    write_csv(folder / "monitoring" / "periodic_returns.csv", returns.next_returns(), returns.RETURN_COLUMNS)
    _write_evidence(folder / "monitoring", evidence.next_management_evidence(plants.plants()))
    write_csv(folder / "reference" / "fx_rates.csv", bank.fx_rates(bank.NEXT_REPORTING_DATE), bank.RATE_COLUMNS)


def _write_bank(folder: Path, tape: list[dict[str, str]]) -> None:
    for portfolio_id in bank.PORTFOLIOS:
        own = [loan for loan in tape if loan["portfolio_id"] == portfolio_id]
        write_csv(folder / f"loans_{portfolio_id}.csv", own, bank.LOAN_COLUMNS)
    write_csv(folder / "control_totals.csv", bank.control_totals(tape), bank.TOTAL_COLUMNS)


def _write_plants(folder: Path, all_plants: list[dict[str, str]]) -> None:
    write_csv(folder / "plants.csv", [_sent_plant(plant) for plant in all_plants], plants.PLANT_COLUMNS)
    write_csv(folder / "process_units.csv", plants.process_units(), plants.UNIT_COLUMNS)
    write_csv(folder / "site_inputs.csv", plants.site_inputs(), plants.INPUT_COLUMNS)
    write_csv(folder / "emission_points.csv", plants.emission_points(), plants.POINT_COLUMNS)


def _sent_plant(plant: dict[str, str]) -> dict[str, str]:
    names = {row["counterparty_id"]: row["counterparty_name"] for row in bank.counterparties()}
    parent_id = bank.parents().get(plant["owner_id"], "")
    sent = {name: text for name, text in plant.items() if name != "grade"}
    return {**sent, "owner_name": names[plant["owner_id"]], "parent_id": parent_id, "parent_name": names.get(parent_id, "")}


def _write_readings(folder: Path, span: readings.Span) -> None:
    hour_ending = {point["stack_id"] for point in plants.emission_points() if point["time_label"] == "hour_ending"}
    parts = defaultdict(list)
    for starts_at, row in readings.readings(hour_ending, span):
        is_csv = str(row["stack_id"]).startswith(CSV_COUNTRY)
        parts[f"{CSV_COUNTRY}{span.suffix}.csv.gz" if is_csv else f"{starts_at:%Y-%m}.parquet"].append(row)
    for name, rows in parts.items():
        write = write_csv if name.endswith(".gz") else write_parquet
        write(folder / f"stack_readings_{name}", rows, readings.READING_COLUMNS)


def _write_evidence(folder: Path, rows: Iterable[dict[str, str]]) -> None:
    write_csv(folder / "management_evidence.csv", rows, evidence.EVIDENCE_COLUMNS)


if __name__ == "__main__":
    base = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    generate(base / "samples")
    generate_next_month(base / "samples_next_month")

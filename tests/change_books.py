"""Small books for the change bridge: plants judged by one limit of electricity or NOx, with landing files and rules of their own."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipelines import settings
from tests.unit.rulebook.rule_folder import BASE

#: plant_id → (outstanding amount, currency, electricity in kWh/t cement)
Book = Mapping[str, tuple[float, str, float]]

DAY = "2026-06-30"
_BASE = (*BASE, "policy")
_INSTRUMENT = "title: Invented law\njurisdiction: IDN\nlayer: host_law\ncountries: [IDN]\nhref: https://example.org/law\n"
_POWER = """\
title: Electricity per tonne of cement
kind: limit
indicator: cement_comprehensive_electricity
applies_to: {{sector: cement, route: grinding}}
severity: error
evidence: secondary
averaging: year
at_most:
  2014-01-01: {{value: {limit}, unit: kWh/t cement, reference: {{clause: Table 1}}}}
sources: [a book]
owner: owner@example.org
"""
_NOX = """\
title: NOx from cement kilns
kind: limit
indicator: nox_concentration
applies_to: {{sector: cement, process: clinker_kiln, route: integrated}}
severity: error
evidence: secondary
averaging: hour
reference_state: {{oxygen_pct: 10, gas: dry, temperature_k: 273.15}}
at_most:
  2014-01-01: {{value: {limit}, unit: mg/Nm3, reference: {{clause: Table 1}}}}
sources: [a book]
owner: owner@example.org
"""
_INDEX = """\
title: Index of one indicator
kind: index
owner: owner@example.org
applies_to: {{sector: cement, route: {route}}}
groups:
  only:
    title: The only group
    weight: 1
    weight_from: project_choice
    reason: a test
    indicators:
      only:
        weight: 1
        limiting: true
        levels: {{I: {rule}, II: {rule}, III: {rule}}}
        levels_from: project_choice
        reason: a test
"""


def write_rules(folder: Path, power_limit: float = 50, nox_limit: float = 50) -> Path:
    """A rules folder with the shipped words and policies, one limit for grinding stations and one for kilns, each the whole index."""
    rules = folder / "rules"
    shutil.rmtree(rules, ignore_errors=True)
    rules.mkdir(parents=True)
    for name in _BASE:
        source = settings.RULES_FOLDER / name
        (rules / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, rules / name) if source.is_dir() else shutil.copy(source, rules / name)
    law = rules / "limits" / "xx" / "law"
    law.mkdir(parents=True)
    (law / "_instrument.yaml").write_text(_INSTRUMENT, encoding="utf-8")
    (law / "xx_law__power.yaml").write_text(_POWER.format(limit=power_limit), encoding="utf-8")
    (law / "xx_law__kiln_nox.yaml").write_text(_NOX.format(limit=nox_limit), encoding="utf-8")
    (rules / "index").mkdir()
    for route, rule in (("grinding", "xx_law__power"), ("integrated", "xx_law__kiln_nox")):
        (rules / "index" / f"index_{route}.yaml").write_text(_INDEX.format(route=route, rule=rule), encoding="utf-8")
    return rules


def write_landing(folder: Path, book: Book, cny_per_usd: float = 7.0, kiln_nox: float | None = None) -> Path:
    """A landing folder with a loan to each plant of the book; `kiln_nox` gives the plant `P14` a kiln with that hourly mean all year."""
    landing = folder / "landing"
    shutil.rmtree(landing, ignore_errors=True)
    landing.mkdir(parents=True)
    loans = [
        (f"L-{plant}", f"{plant} Ltd", currency, f"{amount:.2f}", "cement", "IDN", "BOOK", DAY)
        for plant, (amount, currency, _) in book.items()
    ]
    names = (
        "loan_id",
        "counterparty_name",
        "currency_code",
        "outstanding_amount",
        "sector",
        "country_iso3",
        "portfolio_id",
        "reporting_date",
    )
    _write(landing / "loans.csv", names, loans)
    links = [(f"L-{plant}", plant, 1, "BOOK", "", DAY, "stated") for plant in book]
    _write(landing / "links.csv", ("loan_id", "plant_id", "allocation_ratio", "portfolio_id", "decided_by", "decided_on", "reason"), links)
    plants = [(plant, f"Plant {plant}", "IDN", "cement", "integrated" if plant == "P14" else "grinding", "operating") for plant in book]
    _write(landing / "plants.csv", ("plant_id", "plant_name", "country_iso3", "sector", "route", "status"), plants)
    _write(landing / "returns.csv", _RETURN, [row for plant, (_, _, power) in book.items() for row in _returns(plant, power)])
    _write(
        landing / "fx.csv",
        ("currency_code", "rate_date", "units_per_usd", "frequency", "rate_source"),
        [("CNY", DAY, cny_per_usd, "day", "test")],
    )
    if kiln_nox is not None:
        _write_kiln(landing, kiln_nox)
    return landing


_RETURN = ("plant_id", "period_start_date", "period_end_date", "item", "value", "unit", "evidence_tier")


def _returns(plant: str, power: float) -> list[tuple[object, ...]]:
    year = (plant, "2025-07-01", DAY)
    return [(*year, "production_cement", 1000, "t", "measured"), (*year, "electricity_used", power * 1000, "kWh", "measured")]


def _write_kiln(landing: Path, nox: float) -> None:
    units = [("K1", "P14", "clinker_kiln", "new_dry_precalciner", "2010-01-01", "operating")]
    _write(landing / "units.csv", ("unit_id", "plant_id", "process", "technology", "commissioning_date", "status"), units)
    _write(
        landing / "stacks.csv",
        ("stack_id", "plant_id", "unit_id", "time_zone", "time_label", "has_cems"),
        [("S1", "P14", "K1", "UTC", "hour_beginning", "yes")],
    )
    hours = (datetime(2025, 7, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(8760))
    rows = [("S1", "nox", hour.strftime("%Y-%m-%d %H:%M"), nox, "mg/Nm3", "dry", 10) for hour in hours]
    _write(landing / "readings.csv", ("stack_id", "indicator", "measured_at", "value", "unit", "gas_basis", "o2_pct"), rows)


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)

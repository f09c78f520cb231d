"""A rules folder for tests: the shipped words, units, indicators and factors, and only the rules that a test writes."""

from __future__ import annotations

import shutil
from pathlib import Path

RULES = Path(__file__).parents[3] / "rules"
BASE = ("units.yaml", "vocabulary.yaml", "reason_codes.yaml", "indicators", "factors/energy_conversion.yaml")

INSTRUMENT = """\
title: Invented standard
jurisdiction: IDN
layer: home_law
countries: [CHN]
href: https://example.org/standard
"""
LIMIT = """\
title: NOx from cement kilns
kind: limit
indicator: nox_concentration
applies_to: {sector: cement, process: clinker_kiln}
severity: error
evidence: secondary
averaging: hour
reference_state: {oxygen_pct: 10, gas: dry, temperature_k: 273.15}
at_most:
  2014-03-01:
    value: 400
    unit: mg/Nm3
    reference: {clause: Table 1}
sources: [a book]
owner: owner@example.org
"""


def make_folder(folder: Path, files: dict[str, str]) -> Path:
    """`folder/rules` with the shipped base and the given files (path → text); existing base files may be replaced."""
    rules = folder / "rules"
    rules.mkdir()
    for name in BASE:
        source = RULES / name
        (rules / name).parent.mkdir(exist_ok=True)
        shutil.copytree(source, rules / name) if source.is_dir() else shutil.copy(source, rules / name)
    for name, text in files.items():
        path = rules / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return rules


def limit_folder(folder: Path, text: str = LIMIT, **others: str) -> Path:
    """A folder with one limit rule (`xx_law__kiln_nox`) and its instrument."""
    place = "limits/xx/law"
    files = {f"{place}/_instrument.yaml": INSTRUMENT, f"{place}/xx_law__kiln_nox.yaml": text}
    return make_folder(folder, files | {f"{place}/{name}.yaml": other for name, other in others.items()})

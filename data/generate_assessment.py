"""Write the sample of a filled self-assessment: `python data/generate_assessment.py [FOLDER]`, by default into `data/samples_assess`.

An invented association sends ten of the invented cement works of `data/samples`. Run it again when the landing formats change, so that the
workbook is the one that `greencap assess --template` writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.assessment import template_words
from pipelines.assessment_template import SHEETS, write_template
from pipelines.rulebook.load import load_rulebook
from pipelines.settings import RULES_FOLDER
from pipelines.sources.formats import TABLES
from pipelines.sources.landing import read_landing

SAMPLES = Path(__file__).parent / "samples"
FILE = "cement_association.xlsx"
PLANTS = ("PAK-C01", "PAK-C02", "IDN-C01", "VNM-C01", "KAZ-C02", "UZB-C01", "EGY-C01", "ETH-C01", "THA-C01", "KHM-C01")


def generate(folder: Path) -> Path:
    """Write the workbook into the folder; its path."""
    received = read_landing(SAMPLES, lambda _: None)
    rows = {
        name: [row for row in received.rows[TABLES[name]].to_pylist() if row.get("plant_id") in PLANTS]
        for name in SHEETS.values()
        if name != "stack_readings"
    }
    folder.mkdir(parents=True, exist_ok=True)
    return write_template(folder / FILE, template_words(load_rulebook(RULES_FOLDER)), rows)


if __name__ == "__main__":
    generate(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "samples_assess")

"""What a self-assessment leaves: a folder a plant with its own page, the list of plants, the anonymous benchmark, figures for programs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.errors import WrongUseError
from pipelines.report.marts import PLANTS
from pipelines.report.scorecard import PLANTS_IN_DETAIL, Read, Scorecard, collect
from pipelines.report.site.assessed import OVERVIEW_KINDS, full_pages, of_plant, own_kinds, plant_folder
from pipelines.report.site.material import Material, Readings
from pipelines.report.site.page import Page
from pipelines.report.site.write import write_site

FIGURES = "assessment.json"
_RUN = ("run_id", "as_of_date", "window_start_date", "window_end_date", "code_version")
_FIGURES = (
    "plant_id plant_name country_iso3 sector plant_class class_best class_worst class_reason legal_state elimination_state "
    "index_level_best index_level_worst score_low score_high pass_count fail_count indeterminate_count no_data_count error_count"
).split()


def prepare_folder(out: Path) -> None:
    """Make the folder, without what an earlier assessment left. Raises WrongUseError when it holds anything else."""
    if out.exists() and not out.is_dir():
        raise WrongUseError(f"--out {out}: is a file; name a folder that is empty or does not exist yet")
    if out.is_dir() and any(out.iterdir()):
        if not (out / FIGURES).exists():
            raise WrongUseError(f"--out {out}: holds other files; name a folder that is empty, new, or written by this command")
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)


def write_assessment(out: Path, read: Read, readings: Readings, run: Mapping[str, Any]) -> list[Path]:
    """Write all pages and `assessment.json` into `out`; equal runs give equal bytes. Returns the first page of each plant.

    Args: read, readings: as `Material` has them, from the database of the run. run: what the night says about itself
        (`Night.description`).
    """
    scorecard = collect(read, {**run, "root_hash": None})  # the home is thrown away: nobody could check a root hash
    _refuse_too_many(scorecard)
    material = Material(scorecard, read, readings)
    write_site(out, material, OVERVIEW_KINDS)
    pages = [_own_page(out, material, plant_id, own) for plant_id, own in full_pages(material).items()]
    content = {
        "run": {name: scorecard.run.get(name) for name in _RUN},
        "plants": [{name: row[name] for name in _FIGURES} for row in scorecard.rows(PLANTS)],
    }
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False, default=str)
    (out / FIGURES).write_text(text + "\n", encoding="utf-8", newline="\n")
    return pages


def _refuse_too_many(scorecard: Scorecard) -> None:
    if len(scorecard.rows(PLANTS)) > PLANTS_IN_DETAIL:
        raise WrongUseError(f"the workbook has {len(scorecard.rows(PLANTS))} plants; send at most {PLANTS_IN_DETAIL} in one")


def _own_page(out: Path, material: Material, plant_id: str, full: list[Page]) -> Path:
    folder = out / plant_folder(plant_id)
    write_site(folder, replace(material, scorecard=of_plant(material.scorecard, plant_id)), own_kinds(full))
    return folder / "index.html"

"""Assessments for tests: a night on one workbook, and the pages it leaves."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from pipelines import settings
from pipelines.assessment import Assessment
from pipelines.night import DATABASE
from pipelines.report.assessment import prepare_folder, write_assessment
from pipelines.warehouse.database import connect, read_rows
from pipelines.warehouse.evidence import day_readings

SAMPLE = settings.REFERENCE_FOLDER.parent / "samples_assess" / "cement_association.xlsx"


def night_on(folder: Path, book: Path) -> Assessment:
    """An assessment that has begun in a folder with one workbook."""
    (folder / "landing").mkdir(exist_ok=True)
    (folder / "landing" / book.name).write_bytes(book.read_bytes())
    return Assessment(landing=folder / "landing", home=folder / "home")


def judge(folder: Path, book: Path) -> Assessment:
    """The night on a workbook, with its home kept in the folder."""
    from pipelines.defs.run import perform

    night = night_on(folder, book)
    perform(night)
    return night


def write_pages(night: Assessment, out: Path) -> Path:
    """The pages of an assessment that was performed; their folder."""
    prepare_folder(out)
    assert night.published
    with connect(night.published / DATABASE, read_only=True) as con:
        write_assessment(out, partial(read_rows, con), partial(day_readings, con), night.description())
    return out

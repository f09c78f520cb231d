"""A self-assessment: a night on one workbook of plants, without any loan. The same steps, models and rules as every night; joins the rooms.

The night runs in a folder of its own that is thrown away; what stays are the pages (`pipelines.report.assessment`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from pipelines.errors import GateError, SourceFileError, WrongUseError
from pipelines.night import DATABASE, Night
from pipelines.night_gate import reject_line

if TYPE_CHECKING:
    from pipelines.rulebook.model import Rulebook
    from pipelines.sources.received import Received

_NOT_ONE_ROW = "no sheet of it has a row; fill `plants` at least (`greencap assess --template` writes an empty workbook)"
#: Columns that say up to which day a workbook knows anything.
_DAYS = (("raw_monitoring__periodic_returns", "period_end_date"), ("raw_monitoring__stack_readings", "measured_at"))
#: Of indicators of stack gas, the units that a monitor sends.
_STACK_UNITS = ("mg/Nm3", "mg/m3", "ug/Nm3", "ppm")


@dataclass
class Assessment(Night):
    """A night on one workbook. A sheet left empty says nothing is known; a cell that cannot be read stops everything, because the one who
    filled it sits in front of it. `pages`: the page of each plant, once written."""

    pages: list[Path] = field(default_factory=list)

    def read_files(self) -> Received:
        """The sheets of the workbook, those without a row taken as not sent.

        Raises:
            GateError: A cell, a sheet or the file cannot be read; the message names every such place and what to do.
        """
        import pyarrow.compute as pc

        received = super().read_files()
        troubles = [
            f"{_place(row)}: {row['message']}"
            for row in received.files.to_pylist()
            if row["state"] not in ("read", "refused", "header_only")
        ]
        troubles += [reject_line(row) for row in received.rejects.to_pylist() if row["kind"] == "unreadable"]
        if troubles:
            raise GateError("\n".join(troubles))
        files = received.files.filter(pc.equal(received.files["state"], "read"))
        if received.rows["raw_plants__plants"].num_rows == 0:
            raise SourceFileError(f"{received.files['file_name'][0]}: {_NOT_ONE_ROW}")
        return replace(received, files=files)

    def newest_day(self) -> date:
        """The last day that a return or a reading is about."""
        import pyarrow.compute as pc

        assert self._received is not None
        found = [pc.max(self._received.rows[table][column]).as_py() for table, column in _DAYS]
        days = [day if type(day) is date else day.date() for day in found if day is not None]
        if not days:
            raise WrongUseError("neither returns nor monitoring are filled, so no day follows from them; name it with --as-of YYYY-MM-DD")
        return max(days)


def assess(file: Path, rules: Path, as_of: date | None, out: Path, progress: Callable[[str], None]) -> Assessment:
    """Judge the plants of a workbook and write their pages into `out`; the night, for what is said about it.

    Raises:
        WrongUseError: There is no such file, or `out` holds something else. GateError, SourceFileError: Nothing was judged; says why.
    """
    from pipelines.defs.run import perform
    from pipelines.report.assessment import prepare_folder, write_assessment
    from pipelines.warehouse.database import connect, read_rows
    from pipelines.warehouse.evidence import day_readings

    _check_file(file)
    prepare_folder(out)
    with TemporaryDirectory(prefix="greencap-") as scratch:
        landing = Path(scratch) / "landing"
        landing.mkdir()
        shutil.copyfile(file, landing / file.name)
        night = Assessment(landing=landing, home=Path(scratch) / "home", rules=rules, as_of=as_of, progress=progress)
        perform(night)
        assert night.published is not None
        with connect(night.published / DATABASE, read_only=True) as con:
            night.pages = write_assessment(out, partial(read_rows, con), partial(day_readings, con), night.description())
    return night


def template_words(rulebook: Rulebook) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Words that the rules keep and a plant writes, by landing format and column: word, unit, meaning."""
    from pipelines.rulebook.model import RequirementRule

    vocabulary = rulebook.vocabulary
    items = sorted(rulebook.return_items.values(), key=lambda item: item.item)
    stacks = [indicator for indicator in rulebook.indicators.values() if indicator.measured_by == "stack"]
    required = {rule.requires: rule.title for rule in rulebook.rules.values() if isinstance(rule, RequirementRule)}
    return {
        ("plants", "sector"): _meanings(vocabulary.words("sectors")),
        ("plants", "route"): _meanings(vocabulary.words("routes")),
        ("process_units", "process"): _meanings(vocabulary.words("processes")),
        ("periodic_returns", "item"): [(item.item, item.unit.name, item.title) for item in items],
        ("periodic_returns", "unit"): [(unit, "", "") for unit in sorted({item.unit.name for item in items})],
        ("management_evidence", "item"): [(item, "", title) for item, title in sorted(required.items())],
        ("stack_readings", "indicator"): [(found.indicator_id, found.unit.name if found.unit else "", found.title) for found in stacks],
        ("stack_readings", "unit"): [(unit, "", "") for unit in _STACK_UNITS if unit in rulebook.units],
        ("site_inputs", "input"): _meanings(vocabulary.words("expression_inputs")),
    }


def _meanings(words: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(word, "", meaning) for word, meaning in words.items()]


def _check_file(file: Path) -> None:
    if not file.is_file():
        raise WrongUseError(f"{file}: there is no such file; `greencap assess --template --out {file}` writes one to fill")
    if file.suffix.lower() not in (".xlsx", ".ods", ".xls"):
        raise WrongUseError(f"{file}: is no workbook; fill the one that `greencap assess --template` writes and save it as .xlsx")


def _place(row: dict[str, Any]) -> str:
    return f"{row['file_name']}, sheet {row['sheet']}" if row["sheet"] else str(row["file_name"])

"""The first sheet of scorecard.xlsx: the run, the four figures of each portfolio, what the other sheets hold, what the marks mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.report.marts import HEADLINE
from pipelines.report.scorecard import Scorecard
from pipelines.report.spreadsheet import FILLS, NUMBER_FORMATS, Book, Written, mark_text, row_height, write_value
from pipelines.report.units import heading_of
from pipelines.report.words import EVIDENCE_MARKS, FINDING_STATES, PARTS, STANDING_MARKS, STATES
from pipelines.report.workbook_sheets import SHEETS

_FIGURES = ("assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio", "exposure_usd")
_WIDTHS = (30, 80, 18, 18, 36, 18)


class Summary:
    """The first sheet, from top to bottom: the run, each portfolio's four figures, what the other sheets hold, what the marks mean."""

    def __init__(self, book: Book, sheet: Any, scorecard: Scorecard, home: str) -> None:
        self._book, self._sheet, self._scorecard, self._home, self._line = book, sheet, scorecard, home, 2
        self._strong, self._wrap = book.format(bold=True, valign="top"), book.format(text_wrap=True, valign="top")
        self._link = book.format(font_color="#0B5394", underline=1, valign="top")

    def write(self, written: Mapping[str, Written]) -> None:
        """Write it. `written`: what each other sheet holds."""
        for place, width in enumerate(_WIDTHS):
            self._sheet.set_column(place, place, width)
        self._title()
        self._run()
        self._portfolios()
        self._contents(written)
        self._legend()

    def _title(self) -> None:
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        look = self._book.format(bold=True, font_size=16, font_color="#0B5394")
        self._sheet.write_url(0, 0, f"external:{self._home}", look, "Green Capacity scorecard")

    def _run(self) -> None:
        run = self._scorecard.run
        facts = {
            "As of": run["as_of_date"],
            "Window from": run["window_start_date"],
            "Window to": run["window_end_date"],
            "Data": run["data_kinds"],
            "Status": run["result_status"],
            "Final until": run["final_until_date"],
            "Known at, UTC": run["known_at"],
            "Portfolio asked for": run["portfolio"] or "all",
            "Reporting currency": run["reporting_currency_code"],
            "Run": run["run_id"],
            "Root hash": run["root_hash"],
        }
        day, moment = (self._book.format(num_format=form, align="left") for form in ("yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"))
        for name, value in facts.items():
            if value is not None:
                self._sheet.write_string(self._line, 0, name, self._strong)
                write_value(
                    self._sheet, self._line, 1, value, moment if name.startswith("Known") else None if isinstance(value, str) else day
                )
                self._line += 1
        self._note(
            "Unknown is never green: a missing value counts in the range, not in the share. Rates are read together with their coverage."
        )

    def _note(self, text: str) -> None:
        self._sheet.write_string(self._line + 1, 0, text)
        self._line += 3

    def _wrapped(self, text: str) -> None:
        self._sheet.set_row(self._line, row_height((text, _WIDTHS[1])))
        self._sheet.write_string(self._line, 1, text, self._wrap)

    def _headings(self, *headings: str) -> None:
        self._sheet.set_row(self._line, row_height(*zip(headings, _WIDTHS, strict=False)))
        for place, heading in enumerate(headings):
            self._sheet.write_string(self._line, place, heading, self._book.heading)
        self._line += 1

    def _portfolios(self) -> None:
        figures = [heading_of(name) for name in _FIGURES]
        self._headings("Portfolio", figures[0], *figures[1:])
        kinds = ["ratio", "coverage", "ratio", "ratio", "money"]
        for row in self._scorecard.rows(HEADLINE):
            if row["sector"] != "all":
                continue
            write_value(self._sheet, self._line, 0, row["portfolio_id"], self._strong)
            for place, (name, kind) in enumerate(zip(_FIGURES, kinds, strict=True), start=1):
                found = "not assessable" if row[name] is None else row[name]
                write_value(self._sheet, self._line, place, found, self._book.format(num_format=NUMBER_FORMATS[kind], align="left"))
            self._line += 1
        self._line += 2

    def _contents(self, written: Mapping[str, Written]) -> None:
        self._headings("Sheet", "What it holds", "Rows here", "Rows in all", "All rows and columns in")
        files = {sheet.name: (sheet.file, self._scorecard.descriptions.get(sheet.table, "")) for sheet in SHEETS}
        files["dictionary"] = ("csv/data_dictionary.csv", "Where each column of the other sheets comes from, what it means, and its unit.")
        for name, found in written.items():
            file, what = files[name]
            self._sheet.write_url(self._line, 0, f"internal:'{name}'!A1", self._link, name)
            self._wrapped("; ".join((what, *_left_out(found, file))))
            self._sheet.write_number(self._line, 2, found.row_count, self._book.format(num_format="#,##0", valign="top"))
            self._sheet.write_number(self._line, 3, found.whole_count, self._book.format(num_format="#,##0", valign="top"))
            self._sheet.write_url(self._line, 4, f"external:{file}", self._link, file)
            self._line += 1
        self._line += 2

    def _legend(self) -> None:
        self._headings("Mark", "Meaning")
        for mark in (*PARTS.values(), *STATES.values(), *EVIDENCE_MARKS.values(), *STANDING_MARKS.values(), *FINDING_STATES.values()):
            self._sheet.write_string(self._line, 0, mark_text(mark), self._book.format(bg_color=FILLS[mark.style], valign="top"))
            self._wrapped(mark.meaning)
            self._line += 1


def _left_out(found: Written, file: str) -> Iterator[str]:
    """What a sheet does not hold, in words; nothing where it holds all."""
    if found.row_count < found.whole_count:
        yield f"{found.whole_count - found.row_count:,} rows are left out here, {file} has them"
    if found.cut_count:
        yield f"{found.cut_count:,} texts are cut to the length of a cell, {file} has them whole"
    if found.unlinked_count:
        yield f"{found.unlinked_count:,} rows carry no link, a sheet holds no more"

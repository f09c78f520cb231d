"""scorecard.xlsx: the marts as sheets for people who sort, filter and calculate. Every figure is that of its mart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from pipelines.report.marts import HEADLINE, RULES
from pipelines.report.scorecard import Column, Read, Row, Scorecard
from pipelines.report.spreadsheet import FILLS, NUMBER_FORMATS, Book, Field, Written, mark_text, open_book, write_value
from pipelines.report.units import heading_of, unit_of
from pipelines.report.views import anchor
from pipelines.report.words import EVIDENCE_MARKS, PARTS, STATES
from pipelines.report.workbook_sheets import SHEETS, VERDICTS, Link, Sheet, fields_of

#: Verdicts in the workbook, worst first; all of them stand in verdicts.parquet. More would make a file that no spreadsheet opens gladly.
VERDICTS_SHOWN = 50_000
#: Verdicts read at once.
_PIECE = 5_000
_COUNT = f"select count(*) as n from {VERDICTS}"
_COLUMNS = f"""select column_name, data_type, comment from duckdb_columns()
where table_name = '{VERDICTS}' and not internal order by column_index"""
_VERDICTS = f"""
with files as (
    select file_id, min(file_name) as file_name from raw_landing__files group by file_id
)
select v.*, p.plant_name, coalesce(r.title, v.rule_id) as title, coalesce(t.clause, r.clause) as clause, f.file_name
from {VERDICTS} as v
left join mart_plants__scorecard as p on v.plant_id = p.plant_id
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join files as f on v.source_file_id = f.file_id
order by case v.state when 'FAIL' then 1 when 'ERROR' then 2 when 'NO_DATA' then 3 when 'INDETERMINATE' then 4 when 'PASS' then 5
        else 6 end,
    v.is_binding_tier desc nulls last, v.plant_id, v.rule_id, v.tier nulls first, v.entity_id, v.period_end_date desc, v.threshold_id
limit {{limit}} offset {{offset}}"""
_FIGURES = ("assessed_rate_ratio", "coverage_ratio", "lower_ratio", "upper_ratio", "exposure_usd")


def write_workbook(folder: Path, scorecard: Scorecard, read: Read, max_verdicts: int = VERDICTS_SHOWN) -> Path:
    """Write scorecard.xlsx into `folder`; equal runs give equal bytes.

    Args: read: SQL → rows, from the database of the scorecard.
    """
    path = folder / "scorecard.xlsx"
    source = _Source(scorecard, read, max_verdicts)
    run = scorecard.run
    with open_book(path, f"Scorecard {run['run_id']}", is_streamed=True, about=f"root hash {run['root_hash']}") as book:
        summary = book.sheet("summary")
        written = {sheet.name: _write_sheet(book, sheet, source) for sheet in SHEETS}
        dictionary = list(_dictionary(source))
        written["dictionary"] = book.write_table(
            book.sheet("dictionary"), _DICTIONARY, dictionary, len(dictionary), "csv/data_dictionary.csv", 2
        )
        _Summary(book, summary, source).write(written)
    return path


@dataclass(frozen=True)
class _Source:
    """Rows and columns of the sheets."""

    scorecard: Scorecard
    read: Read
    max_verdicts: int

    @cached_property
    def columns(self) -> dict[str, list[Column]]:
        """Columns of every table that a sheet names."""
        verdicts = [Column(row["column_name"], row["data_type"], row["comment"] or "") for row in self.read(_COLUMNS)]
        return self.scorecard.columns | {VERDICTS: verdicts}

    def rows(self, sheet: Sheet) -> tuple[Iterable[Row], int, int]:
        """Rows of a sheet, how many there are, and how many it shows at most."""
        if sheet.table == VERDICTS:
            count = self.read(_COUNT)[0]["n"]
            return self._verdicts(), count, self.max_verdicts
        rows = self.scorecard.extra(sheet.table)
        return rows, len(rows), len(rows)

    def _verdicts(self) -> Iterator[Row]:
        for offset in range(0, self.max_verdicts, _PIECE):
            piece = self.read(_VERDICTS.format(limit=_PIECE, offset=offset))
            yield from piece
            if len(piece) < _PIECE:
                return

    @cached_property
    def pages(self) -> dict[str, Link]:
        """Where the page of a row stands, by kind of page."""
        plants = set(self.scorecard.detailed_plants)
        rules = {row["rule_id"] for row in self.scorecard.rows(RULES) if is_judged(row)}

        def plant(row: Mapping[str, Any]) -> str | None:
            return f"scorecard.html#{anchor('plant', row['plant_id'])}" if row["plant_id"] in plants else None

        def rule(row: Mapping[str, Any]) -> str | None:
            return f"scorecard.html#{anchor('rule', row['rule_id'])}" if row["rule_id"] in rules else None

        def portfolio(row: Mapping[str, Any]) -> str | None:
            return f"scorecard.html#{anchor('portfolio', row['portfolio_id'])}"

        return {"plant": plant, "rule": rule, "portfolio": portfolio, "indicator": plant}


def _write_sheet(book: Book, sheet: Sheet, source: _Source) -> Written:
    rows, count, most = source.rows(sheet)
    fields = fields_of(sheet, source.columns, source.scorecard.reason_words, source.pages)
    return book.write_table(book.sheet(sheet.name), fields, rows, count, sheet.file, sheet.frozen, most)


def _dictionary(source: _Source) -> Iterator[Row]:
    """A row per column of every sheet: where it comes from, and what the SQL model says of it."""
    for sheet in SHEETS:
        beside = [column for _, column in sheet.places()]
        for table, name in sheet.places():
            column = next((column for column in source.columns.get(table, []) if column.name == name), Column(name, "", ""))
            yield {
                "sheet": sheet.name,
                "heading": heading_of(name, beside),
                "meaning": column.description,
                "unit": unit_of(name, beside),
                "table": table,
                "column": name,
                "type": column.type,
            }


_DICTIONARY = (
    Field("sheet", "Sheet", width=14),
    Field("heading", "Heading", width=34),
    Field("meaning", "Meaning", width=100),
    Field("unit", "Unit", width=24),
    Field("table", "Table", width=32),
    Field("column", "Column", width=26),
    Field("type", "Type", width=14),
)


class _Summary:
    """The first sheet, from top to bottom: the run, each portfolio's four figures, what the other sheets hold, what the marks mean."""

    def __init__(self, book: Book, sheet: Any, source: _Source) -> None:
        self._book, self._sheet, self._source, self._line = book, sheet, source, 0
        self._strong, self._wrap = book.format(bold=True, valign="top"), book.format(text_wrap=True, valign="top")
        self._link = book.format(font_color="#0B5394", underline=1, valign="top")

    def write(self, written: Mapping[str, Written]) -> None:
        """Write it. `written`: what each other sheet holds."""
        for place, width in enumerate((30, 62, 16, 16, 30, 18)):
            self._sheet.set_column(place, place, width)
        self._title()
        self._run()
        self._portfolios()
        self._contents(written)
        self._legend()

    def _title(self) -> None:
        self._sheet.set_landscape()
        self._sheet.fit_to_pages(1, 0)
        self._sheet.write_url(
            0, 0, "external:scorecard.html", self._book.format(bold=True, font_size=16, font_color="#0B5394"), "Green Capacity scorecard"
        )
        self._line = 2

    def _run(self) -> None:
        run = self._source.scorecard.run
        facts = {
            "As of": run["as_of_date"],
            "Window from": run["window_start_date"],
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

    def _headings(self, *headings: str) -> None:
        for place, heading in enumerate(headings):
            self._sheet.write_string(self._line, place, heading, self._book.heading)
        self._line += 1

    def _portfolios(self) -> None:
        figures = [heading_of(name) for name in _FIGURES]
        self._headings("Portfolio", figures[0], *figures[1:])
        kinds = ["ratio", "coverage", "ratio", "ratio", "money"]
        for row in self._source.scorecard.rows(HEADLINE):
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
        files = {sheet.name: (sheet.file, self._source.scorecard.descriptions.get(sheet.table, "")) for sheet in SHEETS}
        files["dictionary"] = ("csv/data_dictionary.csv", "Where each column of the other sheets comes from, what it means, and its unit.")
        for name, found in written.items():
            file, what = files[name]
            self._sheet.write_url(self._line, 0, f"internal:'{name}'!A1", self._link, name)
            self._sheet.write_string(self._line, 1, "; ".join((what, *_left_out(found, file))), self._wrap)
            self._sheet.write_number(self._line, 2, found.row_count, self._book.format(num_format="#,##0", valign="top"))
            self._sheet.write_number(self._line, 3, found.whole_count, self._book.format(num_format="#,##0", valign="top"))
            self._sheet.write_url(self._line, 4, f"external:{file}", self._link, file)
            self._line += 1
        self._line += 2

    def _legend(self) -> None:
        self._headings("Mark", "Meaning")
        for mark in (*PARTS.values(), *STATES.values(), *EVIDENCE_MARKS.values()):
            self._sheet.write_string(self._line, 0, mark_text(mark), self._book.format(bg_color=FILLS[mark.style], valign="top"))
            self._sheet.write_string(self._line, 1, mark.meaning, self._wrap)
            self._line += 1


def _left_out(found: Written, file: str) -> Iterator[str]:
    """What a sheet does not hold, in words; nothing where it holds all."""
    if found.row_count < found.whole_count:
        yield f"{found.whole_count - found.row_count:,} rows are left out here, {file} has them"
    if found.cut_count:
        yield f"{found.cut_count:,} texts are cut to the length of a cell, {file} has them whole"
    if found.unlinked_count:
        yield f"{found.unlinked_count:,} rows carry no link, a sheet holds no more"

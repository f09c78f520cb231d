"""scorecard.xlsx: the marts as sheets for people who sort, filter and calculate. Every figure is that of its mart."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pipelines.report.scorecard import Column, Read, Row, Scorecard
from pipelines.report.site import addresses
from pipelines.report.spreadsheet import Book, Field, Written, open_book
from pipelines.report.units import heading_of, unit_of
from pipelines.report.workbook_sheets import SHEETS, VERDICTS, Link, Sheet, fields_of
from pipelines.report.workbook_summary import Summary

#: Verdicts in the workbook, worst first; all of them stand in verdicts.parquet. More would make a file that no spreadsheet opens gladly.
VERDICTS_SHOWN = 50_000
#: Verdicts read at once.
_PIECE = 5_000
_COUNT = f"select count(*) as n from {VERDICTS}"
_COLUMNS = f"""select column_name, data_type, comment from duckdb_columns()
where table_name = '{VERDICTS}' and not internal order by column_index"""
_VERDICTS = f"""
with files as (
    select file_id, file_name from stg_landing__file_names
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
HOME_PAGE = f"site/{addresses.HOME}"
#: Kind of page → its address from a row that has its ids.
_ADDRESSES: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "portfolio": lambda row: addresses.portfolio_address(row["portfolio_id"]),
    "borrower": lambda row: addresses.borrower_address(row["borrower_id"]),
    "plant": lambda row: addresses.plant_address(row["plant_id"]),
    "indicator": lambda row: addresses.place_address(*(row[name] for name in ("plant_id", "entity_id", "indicator_id", "operator"))),
    "rule": lambda row: addresses.rule_address(row["rule_id"]),
}

#: Columns of the dictionary.
_DICTIONARY = (
    Field("sheet", "Sheet", width=14),
    Field("heading", "Heading", width=34),
    Field("meaning", "Meaning", width=100),
    Field("unit", "Unit", width=24),
    Field("table", "Table", width=32),
    Field("column", "Column", width=26),
    Field("type", "Type", width=14),
)


def write_workbook(folder: Path, scorecard: Scorecard, read: Read, files: Collection[str] = (), max_verdicts: int = VERDICTS_SHOWN) -> Path:
    """Write scorecard.xlsx into `folder`; equal runs give equal bytes.

    Args: read: SQL → rows, from the database of the scorecard. files: those of the run that exist, relative to `folder`: a page of the site
        that is none of them is not linked to.
    """
    path = folder / "scorecard.xlsx"
    source = _Source(scorecard, read, frozenset(files), max_verdicts)
    run = scorecard.run
    with open_book(path, f"Scorecard {run['run_id']}", is_streamed=True, about=f"root hash {run['root_hash']}") as book:
        summary = book.sheet("summary")
        written = {sheet.name: _write_sheet(book, sheet, source) for sheet in SHEETS}
        dictionary = list(_dictionary(source))
        written["dictionary"] = book.write_table(
            book.sheet("dictionary"), _DICTIONARY, dictionary, len(dictionary), "csv/data_dictionary.csv", 2
        )
        Summary(book, summary, scorecard, source.home).write(written)
    return path


@dataclass(frozen=True)
class _Source:
    """Rows and columns of the sheets."""

    scorecard: Scorecard
    read: Read
    files: frozenset[str]
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

    @property
    def home(self) -> str:
        """Where to begin reading: the first page of the site, else the page in one file."""
        return HOME_PAGE if HOME_PAGE in self.files else "scorecard.html"

    @cached_property
    def pages(self) -> dict[str, Link]:
        """Where the page of a row stands, by kind of page; None where the site has none."""
        return {kind: partial(self._page, address) for kind, address in _ADDRESSES.items()}

    def _page(self, address: Callable[[Mapping[str, Any]], str], row: Mapping[str, Any]) -> str | None:
        found = f"site/{address(row)}"
        return found if found.partition("#")[0] in self.files else None


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

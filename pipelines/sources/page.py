"""The page `docs/landing_formats.md`, made from the formats: `python -m pipelines.sources.page` prints it."""

from __future__ import annotations

from pipelines.sources.columns import Column, Format, columns_of
from pipelines.sources.formats import FORMATS, TABLES

_HEAD = """# Landing formats

Made from the formats that `pipelines/sources/formats.py` gathers (`python -m pipelines.sources.page > docs/landing_formats.md`); change
them, not this page.

A landing folder holds files as they were received, in any sub-folders. A file is recognised by its header, never by its name:

- **Text** (CSV): UTF-8 with or without byte-order mark, UTF-16 with one, or Chinese GBK/GB18030; cells separated by comma, semicolon,
  tab or vertical bar; plain or gzip. **Workbooks** (XLSX): every sheet is read. **Parquet**.
- The header is the first line that is not blank. Case does not matter, and a blank or a hyphen in a header counts as `_`. Columns may
  stand in any order; optional columns may be missing; other columns are not read, and are named in the list of files. Remarks in
  a workbook to the right of the header are passed over; in a text file a line with more or fewer cells than the header is refused.
- Passed over: hidden files, folders that begin with `_`, README files, and `.md .txt .pdf .html .json` files.

How cells are written:

| kind | as |
|---|---|
| number | digits with a decimal point. `1,234.5`, `1.234,5` and `60 %` are refused, because each has two readings |
| amount | as a number, kept to two decimals, half a cent away from zero |
| date | `2025-12-31`, `2025/12/31` or `20251231`; in workbooks and Parquet a date cell. `31/12/2025` is refused |
| date and time | `2025-12-31 23:00`, with seconds or not; local time, no offset. `24:00` only as `measured_at`: the end of that day |
| yes or no | `yes`, `no`, `true`, `false` |
| currency, country | ISO 4217 and ISO 3166-1 alpha-3, three letters |
| unknown | an empty cell. `N/A`, `-` and `unknown` are refused where a number or date is due, `#DIV/0!` and the like everywhere |

**Stack readings** may be as many as a monitor sends, in long files (format `stack_readings`) or wide ones (a row a time, a column
an indicator):

- A wide file has `measured_at`, `stack_id` and columns of values whose header names indicator and unit, `nox [mg/Nm3]` or `pm
  (mg/m3)`. Other columns of `stack_readings` (`flag`, `o2_pct`, …) hold for the whole row; `nox flag`, where it is not blank, for
  that indicator in place of `flag`. A blank cell without a flag is no reading; a row with a bad cell is left out as a whole, and its
  other values show as missing.
- What a file does not say itself is declared in two small files beside it: `stack_files` (clock, unit, decimal comma, flag scheme,
  the one stack it is about) and `stack_columns` (what its columns hold, where headers do not tell). Row counts before file, file
  before stack.
- Clocks: any IANA zone or fixed offset; the rules of the zones are those of the pinned package tzdata. Days of 23 and 25 hours come
  out right. When the clock is set back, the first occurrence of a time in the file is the first hour and the next the second
  (`repeated_hour` declares otherwise); a time that the clock skips is refused (`skipped_hour`). An hour-ending label is its start
  plus the interval.
- A value `<5` is below the limit of detection 5 and marked so; `<` in workbooks is refused. Decimal commas are read only where
  declared.
- Flags are kept as sent; `data/reference/monitoring_flags.csv` says what they mean, by scheme: `hj_212` (the default),
  `us_part_75`, `eu_ereporting`, `eu_bat`, and `words`, which every scheme understands. The same sign means different things in
  different schemes; a flag that its scheme lacks makes the value invalid.
- A reading delivered again with equal content is dropped and counted; one that differs restates the earlier one, which is kept.
  `known_at` says when a value became known: without it, the night that received the file. A moment after that night cannot be known
  in it: such rows are told and left out, and count from the first night after it. Send a correction as a new file; the same file is
  never read twice.

Columns: readings as a row in `stack_readings` below, declarations in `stack_files` and `stack_columns`.

A row with a cell that cannot be read is left out and listed with file, row, column, value, reason and what to do (`rejects.csv`);
rows are counted as a person sees them, the header of a text file being line 1. In Parquet the first row is 1. A column in **bold** must
be there and filled; *italics*: it must be there, a row may leave it empty.
"""


def landing_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(name, model) for name, model in FORMATS.items())])


def _section(name: str, model: type[Format]) -> str:
    lines = [f"## {name}", "", f"{_docstring(model)} Goes to `{TABLES[name]}`.", ""]
    lines += ["| column | kind | unit | meaning | when empty |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(column) for column in columns_of(model)), ""])


def _docstring(model: type[Format]) -> str:
    return " ".join((model.__doc__ or "").split())


def _row(column: Column) -> str:
    meaning = column.description + (f": {' / '.join(column.words)}" if column.words else "")
    empty = "refused" if column.is_required else column.empty or ""
    return f"| {_name(column)} | {column.kind.name} | {column.unit or ''} | {meaning} | {empty} |"


def _name(column: Column) -> str:
    if column.is_required:
        return f"**{column.name}**"
    return f"*{column.name}*" if column.is_column_required else column.name


if __name__ == "__main__":
    print(landing_page(), end="")

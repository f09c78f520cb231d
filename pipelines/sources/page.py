"""The page `docs/landing_formats.md`, made from the formats: `python -m pipelines.sources.page` prints it."""

from __future__ import annotations

from pipelines.sources.columns import Column, Format, columns_of
from pipelines.sources.formats import FORMATS, TABLES

_HEAD = """# Landing formats

Made from `pipelines/sources/formats.py` by `python -m pipelines.sources.page > docs/landing_formats.md`; change the models, not this page.

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
| date and time | `2025-12-31 23:00`, with seconds or not; local time, no offset. `24:00` is `00:00` of the next day |
| yes or no | `yes`, `no`, `true`, `false` |
| currency, country | ISO 4217 and ISO 3166-1 alpha-3, three letters |
| unknown | an empty cell. `N/A`, `-` and `unknown` are refused where a number or date is due, `#DIV/0!` and the like everywhere |

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

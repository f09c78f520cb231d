"""The working paper of an audit sample: one row an item, with cell formulas that compute each result again from value and limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.report.csv_files import neutral_text
from pipelines.report.spreadsheet import Book, cell_name, open_book, write_value

Row = Mapping[str, Any]

#: Column, heading, width.
_COLUMNS = (
    ("item_no", "Item", 6),
    ("rule_id", "Rule", 44),
    ("title", "Title", 44),
    ("clause", "Clause", 22),
    ("rule_version", "Version of the rule", 12),
    ("evidence", "Evidence of the rule", 14),
    ("layer", "Layer", 18),
    ("plant_id", "Plant", 14),
    ("entity_id", "Entity", 26),
    ("period_start_date", "Period from", 12),
    ("period_end_date", "Period to", 12),
    ("measured_value", "Measured value", 14),
    ("operator", "Must be", 10),
    ("limit_value", "Limit", 12),
    ("unit", "Unit", 16),
    ("within_ratio", "Periods within the limit", 12),
    ("pass_share_ratio", "Share of periods wanted", 12),
    ("unit_process", "Process of the unit", 16),
    ("unit_technology", "Technology of the unit", 16),
    ("unit_size", "Size of the unit", 10),
    ("scope_process", "Prohibited process", 16),
    ("scope_technology", "Prohibited technology", 16),
    ("scope_size_from", "Prohibited from size", 10),
    ("scope_from_inclusive", "That size too (from)", 10),
    ("scope_size_to", "Prohibited to size", 10),
    ("scope_to_inclusive", "That size too (to)", 10),
    ("document_status", "Document", 10),
    ("document_from_date", "Document valid from", 12),
    ("document_to_date", "Document valid to", 12),
    ("judged_by", "Judged by", 10),
    ("no_formula", "Why there is no formula", 30),
    ("state", "State by the run", 10),
    ("reason_code", "Reason by the run", 24),
    ("reason_detail", "More on the reason", 30),
    ("headroom_ratio", "Headroom by the run", 12),
    ("finding_id", "Id for greencap evidence", 18),
    ("exposure_usd", "Exposure, USD", 16),
    ("source_file_name", "Source file", 30),
    ("source_row_number", "Source row", 10),
)
#: Headings of what people fill in.
_PEOPLE = ("Looked at by", "Tick-mark", "Remark")
_HEADROOM = (
    '=IF(OR({value}="",{limit}="",{limit}=0),"",IF(OR({operator}="at_most",{operator}="below"),({limit}-{value})/ABS({limit}),'
    "({value}-{limit})/ABS({limit})))"
)
_MET = (
    'IF({operator}="at_most",{value}<={limit},IF({operator}="below",{value}<{limit},'
    'IF({operator}="at_least",{value}>={limit},{value}>{limit})))'
)
_LISTED = (
    'AND(OR({scope_process}="",{unit_process}={scope_process}),OR({scope_technology}="",{unit_technology}={scope_technology}),'
    'OR({scope_size_from}="",{unit_size}>{scope_size_from},AND({scope_from_inclusive}="yes",{unit_size}={scope_size_from})),'
    'OR({scope_size_to}="",{unit_size}<{scope_size_to},AND({scope_to_inclusive}="yes",{unit_size}={scope_size_to})))'
)
_HELD = (
    'AND({document_status}="yes",OR({document_from_date}="",{document_from_date}<={period_end_date}),'
    'OR({document_to_date}="",{document_to_date}>={period_end_date}))'
)
_STATE = (
    '=IF({by}="share",IF(ROUND({within}-{wanted},9)>=0,"PASS","FAIL"),IF({by}="value",'
    f'IF({_MET},"PASS","FAIL"),IF({{by}}="equipment",IF({_LISTED},"FAIL","PASS"),IF({{by}}="document",IF({_HELD},"PASS","FAIL"),'
    '"no formula: "&{no_formula}))))'
)
_AGREES = '=IF({by}="none","look at the evidence",IF({again}={state},"yes","NO"))'
#: Heading and formula of each computed column, in order.
_FORMULAS = (("Headroom again", _HEADROOM), ("State again", _STATE), ("Agrees", _AGREES))


def write_working_paper(path: Path, rows: Sequence[Row], about: Mapping[str, Any]) -> Path:
    """Write the workbook; equal samples give equal bytes.

    Args: rows: items of the sample, rows of `ITEMS_SQL`. about: how it was drawn, a line each on the first sheet.
    """
    with open_book(path, "Audit sample") as book:
        _write_about(book, about)
        _write_items(book, rows)
    return path


def _write_about(book: Book, about: Mapping[str, Any]) -> None:
    sheet, bold = book.sheet("Sample"), book.format(bold=True, valign="top")
    wrap = book.format(text_wrap=True, valign="top", align="left")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)
    for line, (name, text) in enumerate(about.items()):
        sheet.write_string(line, 0, name, bold)
        sheet.write_string(line, 1, neutral_text(str(text)), wrap)


def _write_items(book: Book, rows: Sequence[Row]) -> None:
    sheet = book.sheet("Items")
    shown = [(heading, width) for _, heading, width in _COLUMNS]
    shown += [(heading, 18) for heading in (*(heading for heading, _ in _FORMULAS), *_PEOPLE)]
    book.write_headings(sheet, shown, frozen=2, row_count=len(rows))
    looks = {end: book.kinds[kind] for end, kind in (("_date", "date"), ("_ratio", "ratio"), ("_usd", "money"))}
    for line, row in enumerate(rows, start=1):
        for place, (column, _, _) in enumerate(_COLUMNS):
            look = next((look for end, look in looks.items() if column.endswith(end)), None)
            write_value(sheet, line, place, line if column == "item_no" else row[column], look)
        _write_formulas(sheet, line, row, looks["_ratio"])


def _write_formulas(sheet: Any, line: int, row: Row, ratio: Any) -> None:
    """Each formula carries the value it must come to, for programs that show a file without computing it."""
    places = {column: cell_name(line, place) for place, (column, _, _) in enumerate(_COLUMNS)}
    names = places | {
        "value": places["measured_value"],
        "limit": places["limit_value"],
        "operator": places["operator"],
        "within": places["within_ratio"],
        "wanted": places["pass_share_ratio"],
        "by": places["judged_by"],
        "state": places["state"],
        "again": cell_name(line, len(_COLUMNS) + 1),
    }
    values = _computed(row)
    for number, (_, formula) in enumerate(_FORMULAS):
        place = len(_COLUMNS) + number
        sheet.write_formula(line, place, formula.format(**names), ratio if number == 0 else None, values[number])


def _computed(row: Row) -> tuple[float | str, str, str]:
    """What the formulas of a row come to: headroom, state, and whether the state agrees."""
    value, limit = row["measured_value"], row["limit_value"]
    headroom: float | str = ""
    if value is not None and limit:
        headroom = (limit - value if row["operator"] in ("at_most", "below") else value - limit) / abs(limit)
    if row["judged_by"] == "none":
        return headroom, f"no formula: {row['no_formula']}", "look at the evidence"
    again = "PASS" if _is_met(row) else "FAIL"
    return headroom, again, "yes" if again == row["state"] else "NO"


def _is_met(row: Row) -> bool:
    value, limit = row["measured_value"], row["limit_value"]
    match row["judged_by"]:
        case "share":
            return round(row["within_ratio"] - row["pass_share_ratio"], 9) >= 0
        case "equipment":
            return not _is_listed(row)
        case "document":
            begin, end, day = row["document_from_date"], row["document_to_date"], row["period_end_date"]
            return row["document_status"] == "yes" and (begin is None or begin <= day) and (end is None or end >= day)
    return {"at_most": value <= limit, "below": value < limit, "at_least": value >= limit}.get(row["operator"], value > limit)


def _is_listed(row: Row) -> bool:
    """Whether the prohibition is about this unit."""
    size, begin, end = row["unit_size"], row["scope_size_from"], row["scope_size_to"]
    return (
        row["scope_process"] in (None, row["unit_process"])
        and row["scope_technology"] in (None, row["unit_technology"])
        and (begin is None or size > begin or (row["scope_from_inclusive"] == "yes" and size == begin))
        and (end is None or size < end or (row["scope_to_inclusive"] == "yes" and size == end))
    )

"""The working paper of an audit sample: one row an item, with cell formulas that compute each result again from value and limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.report.csv_files import neutral_text
from pipelines.report.spreadsheet import Book, cell_name, open_book, write_value

Row = Mapping[str, Any]

#: The population: every verdict that passes or fails. `judged_by`: value = the value against the limit · share = periods within the limit
#: against the share wanted · evidence = more than two numbers decide (see reason_code and reason_detail), so that people look.
ITEMS_SQL = """
with exposure as (
    select plant_id, sum(exposure_usd::decimal(20, 6))::double as exposure_usd
    from int_loans__attribution
    group by plant_id
), tests as (
    select threshold_id, count(*) as test_count
    from ref_rules__tests
    group by threshold_id
), files as (
    select file_id, min(file_name) as file_name
    from raw_landing__files
    group by file_id
)
select v.threshold_id, v.rule_id, coalesce(r.title, v.rule_id) as title, coalesce(t.clause, r.clause) as clause, v.rule_version, v.evidence,
    v.tier, v.kind, v.family, v.layer, v.severity, v.plant_id, p.country_iso3, v.sector, v.entity_id,
    v.period_start_date, v.period_end_date, v.measured_value, v.operator, v.limit_value, v.unit, v.within_ratio, t.pass_share_ratio,
    v.capture_ratio, v.state, v.reason_code, v.reason_detail, v.headroom_ratio,
    coalesce(e.exposure_usd, 0) as exposure_usd, f.file_name as source_file_name, v.source_row_number,
    case when v.reason_code not in ('WITHIN_LIMIT', 'LIMIT_EXCEEDED') or coalesce(x.test_count, 1) > 1 or coalesce(t.uncertainty_pct, 0) > 0
            then 'evidence'
        when t.pass_test = 'share_of_periods' and v.within_ratio is not null then 'share'
        when v.measured_value is null or v.limit_value is null then 'evidence'
        else 'value' end as judged_by
from int_plants__verdicts as v
left join ref_rules__thresholds as t on v.threshold_id = t.threshold_id
left join ref_rules__rules as r on v.rule_id = r.rule_id
left join stg_plants__plants as p on v.plant_id = p.plant_id
left join exposure as e on v.plant_id = e.plant_id
left join tests as x on v.threshold_id = x.threshold_id
left join files as f on v.source_file_id = f.file_id
where v.state in ('PASS', 'FAIL')
order by v.threshold_id, v.entity_id, v.period_end_date
"""
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
    ("judged_by", "Judged by", 10),
    ("state", "State by the run", 10),
    ("reason_code", "Reason by the run", 24),
    ("reason_detail", "More on the reason", 30),
    ("headroom_ratio", "Headroom by the run", 12),
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
_STATE = (
    '=IF({by}="share",IF(ROUND({within}-{wanted},9)>=0,"PASS","FAIL"),IF({by}="value",'
    f'IF({_MET},"PASS","FAIL"),"look at the evidence"))'
)
_AGREES = '=IF({again}="look at the evidence","look at the evidence",IF({again}={state},"yes","NO"))'
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
    names = {
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
    if row["judged_by"] == "evidence":
        return headroom, "look at the evidence", "look at the evidence"
    if row["judged_by"] == "share":
        met = round(row["within_ratio"] - row["pass_share_ratio"], 9) >= 0
    else:
        met = {"at_most": value <= limit, "below": value < limit, "at_least": value >= limit}.get(row["operator"], value > limit)
    again = "PASS" if met else "FAIL"
    return headroom, again, "yes" if again == row["state"] else "NO"

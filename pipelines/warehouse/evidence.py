"""What a published database holds about one finding, read into tables for an evidence pack. Computes nothing that the run did not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.errors import WrongUseError
from pipelines.warehouse import evidence_sql as sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
#: Readings that go into a pack at most; a longer period (a year of half-hours) says so and keeps the deciding reading.
MOST_READINGS = 10_000
#: Stacks whose days are read by one query: planning it costs more than reading a stack.
_STACKS_AT_ONCE = 40
_ALWAYS = {"limits": sql.LIMITS, "applicability": sql.APPLICABILITY, "scope": sql.SCOPE, "waivers": sql.WAIVERS}
_PARAMETER = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class FindingEvidence:
    """One finding of a run, laid open.

    Attributes:
        finding: row of mart_findings__register. verdict: the verdict looked at. verdicts: all of the window.
        sources: rows as received, by what they are. tables: steps, limits and the rest, by name.
        files: file_id (sha256) → file_name of every file that a source row came from.
        rule: row of ref_rules__rules. names: what tells who it is; for redaction. notes: what the pack leaves out, in words.
    """

    run_id: str
    finding: Row
    verdict: Row
    verdicts: list[Row]
    rule: Row
    sources: dict[str, list[Row]]
    tables: dict[str, list[Row]]
    files: dict[str, str]
    names: list[str]
    notes: list[str] = field(default_factory=list)


def read_evidence(con: DuckDBPyConnection, finding_id: str, period_end: date | None = None) -> FindingEvidence:
    """Everything the run holds about a finding.

    Args: period_end: last day of the verdict to lay open; default the worst failing one, else the last.
    Raises: WrongUseError when this run does not know the finding, did not judge it, or has no verdict that ends then.
    """
    finding = _finding(con, finding_id)
    verdicts = _rows(con, sql.VERDICTS, finding)
    verdict = _chosen(finding, verdicts, period_end)
    key = finding | {"threshold_id": verdict["threshold_id"], "stack_id": verdict["stack_id"]}
    key["counted_averaging"] = verdict["failed_averaging"] or verdict["averaging"]
    key |= _span(con, key, verdict)
    sources = {name: ordered for name, query in sql.PLACE.items() if (ordered := _ordered(_rows(con, query, key)))}
    notes: list[str] = []
    tables = {"verdicts": verdicts} | {name: _rows(con, query, key) for name, query in _ALWAYS.items()}
    if verdict["stack_id"]:
        tables |= {"readings": _readings(con, key, verdict, notes), "average": _rows(con, sql.AVERAGE, key)}
    elif verdict["kind"] == "requirement":
        sources["management_evidence"] = _ordered(_rows(con, sql.MANAGEMENT_EVIDENCE, key))
    elif verdict["kind"] == "prohibition":
        tables["equipment"] = _rows(con, sql.EQUIPMENT, key)
    elif verdict["kind"] == "limit":
        sources["periodic_returns"] = _ordered(_rows(con, sql.RETURNS, key))
        tables |= {
            "return_rows": _rows(con, sql.RETURN_ROWS, key),
            "return_steps": _rows(con, sql.RETURN_STEPS, key),
            "return_periods": _rows(con, sql.RETURN_PERIODS, key),
            "return_value": _rows(con, sql.RETURN_VALUE, key),
        }
    rows = [row for part in (*sources.values(), tables.get("readings", [])) for row in part]
    return FindingEvidence(
        run_id=verdict["run_id"],
        finding=finding,
        verdict=verdict,
        verdicts=verdicts,
        rule=_rows(con, "select * from ref_rules__rules where rule_id = $rule_id", key)[0],
        sources=sources,
        tables=tables,
        files={row["source_file_id"]: row["source_file_name"] for row in rows if row["source_file_id"]},
        names=[row["name"] for row in _rows(con, sql.NAMES, {})],
        notes=notes,
    )


def subjects(con: DuckDBPyConnection, wanted: str) -> list[Row]:
    """What was judged under the finding id `wanted`, or under ids that begin so, whether it passes or fails."""
    return _rows(con, sql.SUBJECTS, {"first": wanted, "last": wanted + "g"})  # ids end in hex digits


def verdict_rows(con: DuckDBPyConnection, finding: Row) -> list[Row]:
    """The verdicts of a finding in a run, for `replay`. `finding`: rule_id, tier, entity_id, indicator_id, averaging."""
    return _rows(con, sql.VERDICTS, finding)


def day_readings(con: DuckDBPyConnection, wanted: Iterable[tuple[str, str, str, date, str]]) -> list[Row]:
    """Readings of local days behind verdicts on stacks, in order of time, with every factor of their way to the limit's reference.

    Args: wanted: threshold_id, stack_id, indicator_id, local day, and the averaging of the test looked at.
    Returns: the columns of `readings.csv` of an evidence pack, `threshold_id`, `averaging`, `day_date`, `local_at`, `average_value` of the
        day and its `block_count`.
    """
    by_stack: dict[str, list[tuple[str, int]]] = {}
    for threshold_id, stack_id, indicator_id, day, averaging in sorted(set(wanted)):
        day_no = (day - date(1970, 1, 1)).days
        texts = ", ".join(_literal(text) for text in (threshold_id, stack_id, indicator_id))
        by_stack.setdefault(stack_id, []).append((f"({texts}, {day_no}, {_literal(averaging)})", day_no))
    stacks, found = sorted(by_stack), []
    for place in range(0, len(stacks), _STACKS_AT_ONCE):
        some = stacks[place : place + _STACKS_AT_ONCE]
        rows = [row for stack_id in some for row in by_stack[stack_id]]
        literals = {
            "wanted": ", ".join(row for row, _ in rows),
            "stacks": ", ".join(_literal(stack_id) for stack_id in some),
            "days": ", ".join(str(day) for day in sorted({day for _, day in rows})),
        }
        found += _rows(con, sql.DAY_READINGS.format(**literals), {})
    return found


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _finding(con: DuckDBPyConnection, finding_id: str) -> Row:
    """Its row of the register; of what passes, and is no finding, a row of the same columns."""
    key = {"finding_id": finding_id}
    found = _rows(con, sql.FINDING, key)
    if found:
        return found[0]
    judged = _rows(con, sql.SUBJECT, key)
    if not judged:
        raise WrongUseError(f"{finding_id}: the published run does not hold it; make a run first, or name another home")
    return dict.fromkeys(row["column_name"] for row in _rows(con, sql.REGISTER_COLUMNS, {})) | judged[0]


def _chosen(finding: Row, verdicts: list[Row], period_end: date | None) -> Row:
    wanted = [row for row in verdicts if period_end in (None, row["period_end_date"]) and row["state"] != "NOT_APPLICABLE"]
    if not wanted:
        ends = ", ".join(str(row["period_end_date"]) for row in verdicts) or "none"
        asked = f" ends {period_end}" if period_end else ""
        raise WrongUseError(f"{finding['finding_id']}: no verdict to lay open{asked}; ends judged: {ends}")
    failing = [row for row in wanted if row["state"] == "FAIL"]
    if not failing:
        return wanted[-1]
    return min(failing, key=lambda row: (row["headroom_ratio"] is None, row["headroom_ratio"] or 0, row["period_end_date"]))


def _span(con: DuckDBPyConnection, key: Row, verdict: Row) -> dict[str, date]:
    """Local days whose readings made the average: one day, thirty operating days, or the period where the average is of all of it."""
    day = verdict["highest_date"]
    if day is None or key["counted_averaging"] in ("month", "year"):
        return {"first_date": verdict["period_start_date"], "last_date": verdict["period_end_date"]}
    if key["counted_averaging"] != "rolling_30_operating_days":
        return {"first_date": day, "last_date": day}
    (found,) = _rows(con, sql.FIRST_OF_THIRTY, key | {"last_date": day})
    return {"first_date": found["first_date"] or day, "last_date": day}


def _readings(con: DuckDBPyConnection, key: Row, verdict: Row, notes: list[str]) -> list[Row]:
    rows = _rows(con, sql.READINGS, key)
    if key["first_date"] < key["last_date"] and not _rows(con, sql.CARRIES_READINGS, {}):
        notes.append("the database of this run carries the readings of days that decided a limit only: this average is of more days")
    if len(rows) <= MOST_READINGS:
        return rows
    notes.append(f"{len(rows):,} readings made this average; more than {MOST_READINGS:,} are not copied, only the deciding one is")
    return [row for row in rows if _is_deciding(row, verdict)]


def _is_deciding(row: Row, verdict: Row) -> bool:
    return bool(row["source_file_id"] == verdict["source_file_id"] and row["source_row_number"] == verdict["source_row_number"])


def _rows(con: DuckDBPyConnection, query: str, values: Row) -> list[Row]:
    """Rows of a query with named parameters; values that it does not name are left out."""
    cursor = con.execute(query, {name: values[name] for name in sorted(set(_PARAMETER.findall(query)))})
    columns = [column[0] for column in cursor.description or ()]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _ordered(rows: list[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["source_file_id"] or "", row["source_sheet"] or "", row["source_row_number"] or 0))

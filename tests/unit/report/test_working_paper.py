"""The working paper computes each result again by itself; a small evaluator of its formulas says what a spreadsheet would show."""

from __future__ import annotations

import re
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from pipelines.report.working_paper import write_working_paper
from pipelines.report.working_paper_items import ITEMS_SQL
from pipelines.warehouse.database import connect, read_rows
from tests.sql_cases import table_types

ITEM = {
    "rule_id": "r",
    "title": "T",
    "clause": "4.1",
    "rule_version": "v1",
    "evidence": "secondary",
    "layer": "host_law",
    "plant_id": "P",
    "entity_id": "stack:S",
    "period_start_date": date(2026, 6, 1),
    "period_end_date": date(2026, 6, 30),
    "measured_value": 40.0,
    "operator": "at_most",
    "limit_value": 50.0,
    "unit": "mg/Nm3",
    "within_ratio": None,
    "pass_share_ratio": None,
    "judged_by": "value",
    "state": "PASS",
    "reason_code": "WITHIN_LIMIT",
    "reason_detail": None,
    "headroom_ratio": 0.2,
    "exposure_usd": 1.0,
    "source_file_name": "f.csv",
    "source_row_number": 2,
    "finding_id": "F-000000000000",
    "no_formula": None,
    **dict.fromkeys(("unit_process", "unit_technology", "unit_size", "scope_process", "scope_technology", "scope_size_from")),
    **dict.fromkeys(("scope_from_inclusive", "scope_size_to", "scope_to_inclusive")),
    **dict.fromkeys(("document_status", "document_from_date", "document_to_date")),
}
#: A shaft kiln of 2.5 m under a prohibition of shaft kilns below 3 m.
KILN = {"judged_by": "equipment", "unit_process": "clinker_kiln", "unit_technology": "shaft", "unit_size": 2.5}
KILN |= {"scope_process": "clinker_kiln", "scope_technology": "shaft", "scope_size_to": 3.0, "scope_to_inclusive": "no", "state": "FAIL"}
KILN |= {"measured_value": None, "limit_value": None, "operator": "prohibited"}
DOCUMENT = {"judged_by": "document", "document_status": "yes", "document_from_date": date(2024, 1, 1), "operator": "required"}
DOCUMENT |= {"measured_value": None, "limit_value": None}


class Blank:
    """An empty cell: equal to "" and to 0, as in a spreadsheet."""

    def __eq__(self, other: object) -> bool:
        return other in ("", 0)

    __hash__ = None  # type: ignore[assignment]

    def _blank(self, *_: object) -> Blank:
        return self

    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __abs__ = __round__ = _blank

    def __radd__(self, text: str) -> str:
        return text

    def _is_not(self, _: object) -> bool:
        return False

    __le__ = __lt__ = __ge__ = __gt__ = _is_not


class Divisor(float):
    """A number that may be divided by though it is 0: only the branch not taken does so."""

    def __rtruediv__(self, other: float) -> float | Blank:  # type: ignore[override]
        return Blank() if self == 0 else float(other) / float(self)


def computed(formula: str, sheet: Any) -> Any:
    """Value of a formula of IF, OR, ABS, ROUND, comparisons and arithmetic, as a spreadsheet computes it."""

    def cell(name: str) -> Any:
        found = sheet[name].value
        if isinstance(found, str) and found.startswith("="):
            return computed(found, sheet)
        return Blank() if found is None else found.date() if isinstance(found, datetime) else found

    names = {
        "cell": cell,
        "IF": lambda condition, then, otherwise: then if condition else otherwise,
        "OR": lambda *conditions: any(conditions),
        "AND": lambda *conditions: all(conditions),
        "ABS": lambda value: value if isinstance(value, Blank) else Divisor(abs(value)),
        "ROUND": round,
    }
    return eval(re.sub(r'"[^"]*"|\b[A-Z]{1,2}\d+\b|<=|>=|<>|=|&', lambda met: _python(met.group()), formula.removeprefix("=")), names)


def _python(token: str) -> str:
    if token[0].isalpha():
        return f"cell('{token}')"
    return {"=": "==", "<>": "!=", "&": "+"}.get(token, token)


def written(path: Path, *rows: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Formulas of the last three computed columns as a spreadsheet works them out, and the values the file carries."""
    write_working_paper(path, rows, {"Run": "r"})
    sheet, kept = load_workbook(path)["Items"], load_workbook(path, data_only=True)["Items"]
    heads = {cell.value: cell.column for cell in sheet[1] if cell.value in ("Headroom again", "State again", "Agrees")}
    lines = range(2, len(rows) + 2)
    worked = [{name: computed(sheet.cell(line, place).value, sheet) for name, place in heads.items()} for line in lines]
    return worked, [{name: _text(kept.cell(line, place).value) for name, place in heads.items()} for line in lines]


def _text(value: Any) -> Any:
    return "" if value is None else value


def _equal(a: Any, b: Any) -> bool:
    return a == b if isinstance(a, str) or isinstance(b, str) else a == pytest.approx(b, rel=1e-9, abs=1e-12)


@given(
    value=st.one_of(st.none(), st.floats(-1e6, 1e6)),
    limit=st.one_of(st.none(), st.just(0.0), st.floats(1e-9, 1e6), st.floats(-1e6, -1e-9)),
    operator=st.sampled_from(["at_most", "below", "at_least", "above"]),
    state=st.sampled_from(["PASS", "FAIL"]),
    within=st.floats(0, 1),
    wanted=st.sampled_from([0.95, 0.97]),
    judged_by=st.sampled_from(["value", "share", "none"]),
)
@settings(max_examples=15, deadline=None)
def test_the_formulas_come_to_the_values_that_the_file_carries(judged_by: str, **given_values: Any) -> None:
    row = {**ITEM, "measured_value": given_values["value"], "limit_value": given_values["limit"], "operator": given_values["operator"]}
    row |= {"state": given_values["state"], "within_ratio": given_values["within"], "pass_share_ratio": given_values["wanted"]}
    without_number = judged_by == "value" and (row["measured_value"] is None or row["limit_value"] is None)
    row["judged_by"] = "none" if without_number else judged_by
    row["no_formula"] = "there is no number" if row["judged_by"] == "none" else None
    with tempfile.TemporaryDirectory() as folder:
        (worked,), (kept,) = written(Path(folder) / "w.xlsx", row)
    for name in worked:
        assert _equal(worked[name], kept[name]), (name, row)


@pytest.mark.parametrize(
    ("changed", "headroom", "state", "agrees"),
    [
        ({}, 0.2, "PASS", "yes"),
        ({"measured_value": 50.0}, 0.0, "PASS", "yes"),
        ({"measured_value": 50.0, "operator": "below", "state": "FAIL"}, 0.0, "FAIL", "yes"),
        ({"measured_value": 60.0}, -0.2, "FAIL", "NO"),
        ({"operator": "at_least", "state": "FAIL"}, -0.2, "FAIL", "yes"),
        ({"operator": "above", "measured_value": 50.0, "state": "PASS"}, 0.0, "FAIL", "NO"),
        ({"judged_by": "share", "measured_value": 80.0, "within_ratio": 0.95, "pass_share_ratio": 0.95}, -0.6, "PASS", "yes"),
        ({"judged_by": "share", "within_ratio": 0.949, "pass_share_ratio": 0.95}, 0.2, "FAIL", "NO"),
        ({"judged_by": "none", "no_formula": "3 tests decide"}, 0.2, "no formula: 3 tests decide", "look at the evidence"),
        (KILN, "", "FAIL", "yes"),
        (KILN | {"unit_size": 3.0}, "", "PASS", "NO"),
        (KILN | {"unit_size": 3.0, "scope_to_inclusive": "yes"}, "", "FAIL", "yes"),
        (KILN | {"unit_technology": "wet", "unit_size": None, "state": "PASS"}, "", "PASS", "yes"),
        (KILN | {"scope_size_from": 2.5, "scope_from_inclusive": "no", "state": "PASS"}, "", "PASS", "yes"),
        (KILN | {"scope_size_from": 2.5, "scope_from_inclusive": "yes"}, "", "FAIL", "yes"),
        (DOCUMENT, "", "PASS", "yes"),
        (DOCUMENT | {"document_to_date": date(2026, 6, 30)}, "", "PASS", "yes"),
        (DOCUMENT | {"document_to_date": date(2026, 6, 29), "state": "FAIL"}, "", "FAIL", "yes"),
        (DOCUMENT | {"document_status": "no", "state": "FAIL"}, "", "FAIL", "yes"),
        (DOCUMENT | {"document_from_date": None}, "", "PASS", "yes"),
        (DOCUMENT | {"document_from_date": None, "document_status": None, "state": "FAIL"}, "", "FAIL", "yes"),
        ({"limit_value": 0.0, "measured_value": 1.0, "state": "FAIL"}, "", "FAIL", "yes"),
    ],
)
def test_each_result_is_worked_out_again(tmp_path: Path, changed: dict[str, Any], headroom: Any, state: str, agrees: str) -> None:
    (worked,), _ = written(tmp_path / "w.xlsx", {**ITEM, **changed})
    assert _equal(worked["Headroom again"], headroom)
    assert (worked["State again"], worked["Agrees"]) == (state, agrees)


def test_text_that_a_spreadsheet_would_run_is_neutralised(tmp_path: Path) -> None:
    wild = {"title": "=1+1", "clause": "+1", "unit": "@SUM(A1)", "source_file_name": "-2", "entity_id": "\tx"}
    write_working_paper(tmp_path / "w.xlsx", [{**ITEM, **wild}], {"Seed": "=2+2"})
    book = load_workbook(tmp_path / "w.xlsx")
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if isinstance(cell.value, str)]
    assert {f"'{text}" for text in (*wild.values(), "=2+2")} <= {cell.value for cell in cells}
    assert sum(cell.data_type == "f" for cell in cells) == 3


def test_equal_samples_give_equal_bytes(tmp_path: Path) -> None:
    first, second = (write_working_paper(tmp_path / name, [ITEM, ITEM], {"Run": "r"}) for name in ("1.xlsx", "2.xlsx"))
    assert first.read_bytes() == second.read_bytes()


def test_a_cell_computes_a_limit_again_only_where_uncertainty_does_not_decide() -> None:
    tables = ("int_plants__verdicts", "ref_rules__thresholds", "ref_rules__rules", "stg_plants__plants", "int_loans__attribution")
    tables += (
        "ref_rules__tests",
        "stg_landing__file_names",
        "int_plants__entities",
        "ref_rules__scopes",
        "stg_monitoring__management_evidence",
    )
    with connect(":memory:") as con:
        for table in (*tables, "int_findings__subjects"):
            con.execute(f"create table {table} ({', '.join(f'{name} {kind}' for name, kind in table_types(table).items())})")
        for threshold_id, decision_rule in (("plain", "simple"), ("strict", "lender_conservative")):
            con.execute(
                "insert into int_plants__verdicts (threshold_id, entity_id, kind, state, reason_code, measured_value, limit_value)"
                " values (?, 'stack:A', 'limit', 'PASS', 'WITHIN_LIMIT', 49, 50)",
                [threshold_id],
            )
            con.execute("insert into ref_rules__thresholds (threshold_id, decision_rule) values (?, ?)", [threshold_id, decision_rule])
        judged = {row["threshold_id"]: row["judged_by"] for row in read_rows(con, ITEMS_SQL)}
    assert judged == {"plain": "value", "strict": "none"}

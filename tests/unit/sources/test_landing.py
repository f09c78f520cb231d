"""What the landing makes of a loan tape in every state in which one arrives."""

from __future__ import annotations

import gzip
import io
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from pipelines.errors import SourceFileError, WrongUseError
from pipelines.sources.declared import unused_patterns
from pipelines.sources.schemas import FILES_TABLE, REJECTS_TABLE, raw_schemas
from tests.unit.sources.landings import LOAN, LOANS, PLANTS, file_of, loan_rows, loans, receive, reject_of

CHINESE_LOAN = "P1,L1,2025-12-31,海螺水泥股份有限公司,USD,1000.50,cement,CHN"


def workbook(**sheets: list[list[Any]]) -> bytes:
    """An XLSX file with these sheets; dates are written as date cells."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return sink.getvalue()


def parquet(**columns: list[Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def test_a_clean_row_arrives_typed_and_knows_where_it_came_from(tmp_path: Path) -> None:
    received = receive(tmp_path, tape__csv=loans(LOAN))
    row = loan_rows(received)[0]
    assert (row["reporting_date"], row["outstanding_amount"], row["undrawn_amount"]) == (date(2025, 12, 31), Decimal("1000.50"), None)
    about = file_of(received)
    assert (row["source_file_name"], row["source_row_number"], row["source_sheet"], row["source_format"]) == ("tape.csv", 2, None, "loans")
    assert row["source_file_id"] == about["file_id"]
    assert (about["state"], about["reader"], about["row_count"], about["reject_count"]) == ("read", "loans", 1, 0)
    assert {name: table.schema for name, table in received.rows.items()} == {
        name: schema for name, schema in raw_schemas().items() if name not in (FILES_TABLE, REJECTS_TABLE)
    }


@pytest.mark.parametrize(
    "content", [loans(LOAN), loans(LOAN).replace(",", ";"), loans(LOAN).replace(",", "\t"), loans(LOAN).replace(",", "|")]
)
def test_the_delimiter_is_found(tmp_path: Path, content: str) -> None:
    assert len(loan_rows(receive(tmp_path, tape__csv=content))) == 1


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (loans(CHINESE_LOAN).encode("utf-8"), None),
        (loans(CHINESE_LOAN).encode("utf-8-sig"), None),
        (loans(CHINESE_LOAN).encode("utf-16"), "read as UTF-16"),
        (b"\xfe\xff" + loans(CHINESE_LOAN).encode("utf-16-be"), "read as UTF-16"),
        (loans(CHINESE_LOAN).encode("gbk"), "read as GBK/GB18030; UTF-8 is the safer choice"),
        (gzip.compress(loans(CHINESE_LOAN).encode("utf-8")), None),
        (loans(CHINESE_LOAN).replace("\n", "\r\n").encode("utf-8"), None),
    ],
)
def test_text_arrives_whole_in_every_encoding_that_can_be_told(tmp_path: Path, content: bytes, note: str | None) -> None:
    received = receive(tmp_path, tape=content)
    assert loan_rows(received)[0]["counterparty_name"] == "海螺水泥股份有限公司"
    assert file_of(received)["message"] == note


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (loans(LOAN.replace("PT Semen", "Société Générale")).encode("latin-1"), "byte 128 cannot be decoded"),
        (loans(LOAN).encode("utf-16-le"), "byte 1 is NUL: the file is UTF-16 without its mark"),
        (loans(LOAN).encode("utf-16")[:-1], "begins as UTF-16 but byte"),
        (gzip.compress(loans(LOAN).encode())[:-20], "gzip archive is cut off or damaged"),
        (b"PAR1" + b"\0" * 100, "Parquet file is cut off or damaged"),
        (b"PK\x03\x04 not a workbook", "is no workbook that can be read"),
        (b"%PDF-1.7", "is a PDF, not a table"),
        (loans(LOAN, 'P1,L2,2025-12-31,"PT Semen,USD,1,cement,IDN').encode(), "line 3: a cell cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(tmp_path: Path, content: bytes, message: str) -> None:
    received = receive(tmp_path, tape__csv=content)
    about = file_of(received)
    assert about["state"] == "unreadable"
    assert message in about["message"]
    assert ";" in about["message"]
    assert loan_rows(received) == []


def test_a_truncated_parquet_file_is_unreadable(tmp_path: Path) -> None:
    whole = parquet(**dict(zip(LOANS.split(","), [[cell] for cell in LOAN.split(",")], strict=True)))
    about = file_of(receive(tmp_path, tape__parquet=whole[:-30]))
    assert (about["state"], about["row_count"]) == ("unreadable", 0)
    assert "send it again" in about["message"]


def test_a_file_of_which_every_row_is_refused_is_not_called_read(tmp_path: Path) -> None:
    wrong = LOAN.replace("2025-12-31", "31/12/2025")
    assert wrong != LOAN
    about = file_of(receive(tmp_path, tape__csv=loans(wrong, wrong.replace("L1", "L2"))))
    assert (about["state"], about["row_count"], about["reject_count"]) == ("refused", 0, 2)
    assert about["message"] == "none of its rows could be read; rejects.csv says for each why, and what to do"
    about = file_of(receive(tmp_path, tape__csv=loans(wrong, LOAN)))
    assert (about["state"], about["row_count"], about["reject_count"], about["message"]) == ("read", 1, 1, None)


@pytest.mark.parametrize(
    ("content", "state"), [("", "empty"), ("\n \n", "empty"), (loans(), "header_only"), (loans("", ",,,,,,,"), "header_only")]
)
def test_nothing_to_read_is_noticed_and_not_taken_for_nothing_to_report(tmp_path: Path, content: str, state: str) -> None:
    received = receive(tmp_path, tape__csv=content)
    assert file_of(received)["state"] == state
    assert loan_rows(received) == []


@pytest.mark.parametrize(
    ("column", "value", "reason", "what_to_do"),
    [
        ("outstanding_amount", "-5", "'-5' is negative", "check the sign"),
        ("outstanding_amount", '"1,234.5"', "'1,234.5' is not a plain number", "write 1234.5"),
        ("currency_code", "RMB", "'RMB' is not a currency code", "perhaps 'CNY'"),
        ("country_iso3", "Indonesia", "'Indonesia' is not a country code", "perhaps 'IDN'"),
        ("reporting_date", "31/12/2025", "'31/12/2025' is not a date", "YYYY-MM-DD"),
        ("sector", "cemnt", "'cemnt' is not a known word", "perhaps 'cement'"),
        ("loan_id", " ", "loan_id is empty", "fill it in"),
    ],
)
def test_a_bad_cell_takes_its_row_out_and_says_why(tmp_path: Path, column: str, value: str, reason: str, what_to_do: str) -> None:
    cells = dict(zip(LOANS.split(","), LOAN.split(","), strict=True)) | {column: value}
    received = receive(tmp_path, tape__csv=loans(LOAN, ",".join(cells.values())))
    reject = reject_of(received)
    assert (reject["row_number"], reject["column_name"], reject["kind"]) == (3, column, "unreadable")
    assert reason in reject["reason"]
    assert what_to_do in reject["what_to_do"]
    assert [row["source_row_number"] for row in loan_rows(received)] == [2]
    assert (file_of(received)["row_count"], file_of(received)["reject_count"]) == (1, 1)


def test_every_bad_cell_is_named_and_the_row_counted_once(tmp_path: Path) -> None:
    received = receive(tmp_path, tape__csv=loans("P1,L1,soon,PT Semen,RMB,-5,cement,IDN"))
    assert [reject["column_name"] for reject in received.rejects.to_pylist()] == ["reporting_date", "currency_code", "outstanding_amount"]
    assert (file_of(received)["row_count"], file_of(received)["reject_count"]) == (0, 1)


def test_a_plant_without_sector_is_refused(tmp_path: Path) -> None:
    reject = reject_of(receive(tmp_path, plants__csv=f"{PLANTS}\nPL1,Works,IDN,\n"))
    assert (reject["column_name"], reject["reason"]) == ("sector", "sector is empty")


@pytest.mark.parametrize(
    ("header", "line", "column"),
    [
        (f"{PLANTS},route", "PL1,Works,IDN,cement,eaf", "route"),
        ("unit_id,plant_id,process,technology", "U1,PL1,clinker_kiln,float", "technology"),
        ("plant_id,item,status,valid_from_date,valid_to_date", "PL1,iso_14001,yes,2025-01-02,2025-01-01", "valid_to_date"),
        ("plant_id,period_start_date,period_end_date,item,value,unit", "PL1,2025-02-01,2025-01-31,water,1,m3", "period_end_date"),
        (f"{LOANS},origination_date,maturity_date", f"{LOAN},2025-01-02,2025-01-01", "maturity_date"),
    ],
)
def test_cells_that_contradict_each_other_are_refused(tmp_path: Path, header: str, line: str, column: str) -> None:
    assert reject_of(receive(tmp_path, sent__csv=f"{header}\n{line}\n"))["column_name"] == column


@pytest.mark.parametrize(
    "line", ["P1,L2,2025-12-31,PT Semen,USD,1,cement", LOAN + ",surplus", 'P1,L2,2025-12-31,PT, Semen,USD,"1",cement,IDN']
)
def test_a_line_with_too_few_or_too_many_cells_is_a_reject_not_lost(tmp_path: Path, line: str) -> None:
    received = receive(tmp_path, tape__csv=loans(LOAN, line))
    reject = reject_of(received)
    assert (reject["row_number"], reject["column_name"]) == (3, None)
    assert "the header 8" in reject["reason"]
    assert len(loan_rows(received)) == 1


def test_blank_lines_and_blank_cells_beyond_the_header_do_no_harm_and_rows_keep_their_number(tmp_path: Path) -> None:
    received = receive(tmp_path, tape__csv=f"\n\n{LOANS},,\n\n{LOAN},,\n,,,,,,,,,\n{LOAN},,\n")
    assert [row["source_row_number"] for row in loan_rows(received)] == [5, 7]
    assert received.rejects.num_rows == 0


def test_a_cell_with_line_breaks_counts_its_lines(tmp_path: Path) -> None:
    broken = LOAN.replace("PT Semen", '"PT\nSemen"')
    rows = loan_rows(receive(tmp_path, tape__csv=loans(broken, LOAN)))
    assert [row["source_row_number"] for row in rows] == [2, 4]


def test_case_blanks_and_hyphens_in_a_header_do_not_matter(tmp_path: Path) -> None:
    header = LOANS.replace("loan_id", "Loan ID").replace("reporting_date", "REPORTING-DATE")
    assert len(loan_rows(receive(tmp_path, tape__csv=loans(LOAN, header=header)))) == 1


def test_a_misspelt_required_column_is_named_with_what_each_reader_misses(tmp_path: Path) -> None:
    about = file_of(receive(tmp_path, tape__csv=loans(LOAN, header=LOANS.replace("reporting_date", "reportng_date"))))
    assert about["state"] == "unrecognised"
    assert "loans misses reporting_date (perhaps 'reportng_date')" in about["message"]
    assert "counterparties misses counterparty_id" in about["message"]


def test_a_misspelt_optional_column_is_refused_instead_of_dropped(tmp_path: Path) -> None:
    about = file_of(receive(tmp_path, tape__csv=loans(LOAN, header=LOANS.replace("outstanding_amount", "outstanding_amout"))))
    assert about["state"] == "unrecognised"
    assert "'outstanding_amout' is unknown to loans, perhaps 'outstanding_amount' is meant" in about["message"]


def test_a_column_that_is_not_known_is_named(tmp_path: Path) -> None:
    received = receive(tmp_path, tape__csv=loans(LOAN + ",A", header=LOANS + ",internal_rating"))
    assert file_of(received)["message"] == "columns not read: internal_rating"
    assert len(loan_rows(received)) == 1


def test_a_column_twice_is_refused(tmp_path: Path) -> None:
    about = file_of(receive(tmp_path, tape__csv=loans(LOAN + ",2", header=LOANS + ",Loan ID")))
    assert (about["state"], about["message"]) == ("unrecognised", "column 'loan_id' stands twice in the header; keep one of them")


def test_a_delimiter_that_nobody_can_make_sense_of_is_named(tmp_path: Path) -> None:
    about = file_of(receive(tmp_path, tape__csv=loans(LOAN).replace(",", "^")))
    assert about["state"] == "unrecognised"
    assert "not separated by a comma, semicolon, tab or vertical bar" in about["message"]


def test_a_header_that_nobody_knows_is_told_what_may_be_done(tmp_path: Path) -> None:
    about = file_of(receive(tmp_path, notes__csv="colour,shape\nred,round\n"))
    assert re.match(r"none of the [0-9]{2} formats has a column of this header \(colour, shape\); rename the columns", about["message"])
    assert about["message"].endswith("declare its columns in stack_columns and its stack in stack_files")


def test_a_renamed_file_is_told_where_its_name_was_declared(tmp_path: Path) -> None:
    columns = "file_pattern,column_name,meaning,indicator,unit\nmill*.csv,Clock,measured_at,,\nmill*.csv,Dust,value,pm,mg/Nm3\n"
    received = receive(tmp_path, columns__csv=columns, works__csv="Clock,Dust\n2026-01-01T00:00:00Z,3\n")
    about = next(row for row in received.files.to_pylist() if row["file_name"] == "works.csv")
    assert about["state"] == "unrecognised"
    assert "stack_columns declares for 'mill*.csv', which does not fit the name of this file; write the name" in about["message"]


def test_two_readers_that_know_equally_many_columns_are_an_error(tmp_path: Path) -> None:
    header = "plant_id,item,status,document_reference,unit_id,process"
    about = file_of(receive(tmp_path, sent__csv=f"{header}\nPL1,iso_14001,yes,,,\n"))
    assert about["state"] == "unrecognised"
    assert "fits process_units and management_evidence equally well" in about["message"]


def test_the_reader_that_knows_most_columns_wins(tmp_path: Path) -> None:
    received = receive(tmp_path, tape__csv=loans(LOAN + ",CP1", header=LOANS + ",counterparty_id"))
    assert file_of(received)["reader"] == "loans"


def test_every_sheet_of_a_workbook_is_read_with_its_dates_and_row_numbers(tmp_path: Path) -> None:
    loan: list[Any] = [*LOAN.split(",")[:2], date(2025, 12, 31), "PT Semen", "USD", 1000.5, "cement", "IDN"]
    content = workbook(
        Tape=[[], LOANS.split(","), loan],
        Empty=[],
        Plants=[PLANTS.split(","), [1001, "Works", "IDN", "cement", "", "a remark"]],
        Notes=[["dear colleague"]],
    )
    received = receive(tmp_path, sent__bin=content)
    row = loan_rows(received)[0]
    assert (row["reporting_date"], row["source_sheet"], row["source_row_number"]) == (date(2025, 12, 31), "Tape", 3)
    assert received.rows["raw_plants__plants"]["plant_id"].to_pylist() == ["1001"]
    assert received.files["sheet"].to_pylist() == ["Tape", "Plants"]
    assert received.files["message"].to_pylist() == ["sheets not read: Notes"] * 2


def test_a_sheet_with_a_changed_header_beside_a_good_one_is_refused(tmp_path: Path) -> None:
    changed = LOANS.replace("reporting_date", "as of")
    received = receive(
        tmp_path, sent__xlsx=workbook(Plants=[PLANTS.split(","), ["PL1", "W", "IDN", "cement"]], Tape=[changed.split(","), ["P1"]])
    )
    states = {row["sheet"]: row["state"] for row in received.files.to_pylist()}
    assert states == {"Tape": "unrecognised", "Plants": "read"}


def test_an_error_of_a_formula_is_a_reject_and_not_taken_for_unknown(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink) as book:
        book.add_worksheet("Notes").write_formula("A1", "=1/0", None, "#DIV/0!")
        sheet = book.add_worksheet("Plants")
        sheet.write_row(0, 0, [*PLANTS.split(","), "capacity_t_per_year", "product"])
        for row, name in enumerate(("PL1", "PL2", "PL3"), start=1):
            sheet.write_row(row, 0, [name, "Works", "IDN", "cement", 1000])
        sheet.write_formula("E3", "=1/0", None, "#DIV/0!")
        sheet.write_formula("F4", "=nowhere", None, "#REF!")
    received = receive(tmp_path, sent__xlsx=sink.getvalue())
    assert received.rows["raw_plants__plants"]["plant_id"].to_pylist() == ["PL1"]
    places = [(reject["row_number"], reject["column_name"], reject["value"]) for reject in received.rejects.to_pylist()]
    assert places == [(3, "capacity_t_per_year", "#DIV/0!"), (4, "product", "#REF!")]


def test_an_empty_workbook_is_empty(tmp_path: Path) -> None:
    assert file_of(receive(tmp_path, sent__xlsx=workbook(Sheet1=[])))["state"] == "empty"


def test_parquet_keeps_its_types_and_counts_rows_from_one(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {name: [cell, cell] for name, cell in zip(LOANS.split(","), LOAN.split(","), strict=True)}
    columns |= {"reporting_date": [date(2025, 12, 31)] * 2, "outstanding_amount": [Decimal("1.25"), Decimal("-1")]}
    received = receive(tmp_path, tape=parquet(**columns))
    assert [(row["outstanding_amount"], row["source_row_number"]) for row in loan_rows(received)] == [(Decimal("1.25"), 1)]
    assert reject_of(received)["row_number"] == 2


def test_the_same_file_under_two_names_is_read_once_and_noted(tmp_path: Path) -> None:
    received = receive(tmp_path, a__csv=loans(LOAN), b__csv=loans(LOAN))
    assert len(loan_rows(received)) == 1
    assert (file_of(received)["file_name"], file_of(received)["message"]) == ("a.csv", "also received as b.csv; read once")


def test_repeated_rows_are_kept_for_the_quality_rules(tmp_path: Path) -> None:
    assert len(loan_rows(receive(tmp_path, tape__csv=loans(LOAN, LOAN)))) == 2


def test_namibia_is_no_blank(tmp_path: Path) -> None:
    received = receive(tmp_path, c__csv="country_iso3,country_name,country_iso2\nNAM,Namibia,NA\n")
    assert received.rows["raw_reference__countries"]["country_iso2"].to_pylist() == ["NA"]


def test_what_lies_beside_the_data_is_passed_over(tmp_path: Path) -> None:
    for name in (
        "README.md",
        "readme",
        "notes.txt",
        "paper.pdf",
        ".hidden.csv",
        "~$tape.xlsx",
        "schema.json",
        "_templates/loans.csv",
        ".git/x.csv",
    ):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("colour\n")
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "tape.dat").write_text(loans(LOAN))
    assert file_of(receive(tmp_path))["file_name"] == "bank/tape.dat"


def test_a_folder_that_is_absent_or_without_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceFileError, match="holds no file to read"):
        receive(tmp_path)
    with pytest.raises(WrongUseError, match="there is no such landing folder"):
        receive(tmp_path / "absent")


def test_a_reader_that_gives_an_unknown_column_is_a_mistake_of_the_reader(tmp_path: Path) -> None:
    from pipelines.sources.checking import checked_rows
    from pipelines.sources.plant_formats import Plant

    with pytest.raises(TypeError, match="colour"):
        checked_rows(
            Plant,
            [{"source_row_number": 2, "plant_id": "1", "plant_name": "W", "country_iso3": "IDN", "sector": "cement", "colour": "red"}],
        )


def test_a_declaration_that_fits_no_file_of_any_night_is_told_with_its_row_and_what_to_do() -> None:
    row = {"source_file_name": "stack_files.csv", "source_row_number": 3}
    rows = [row | {"file_pattern": "kiln_*.csv"}, row | {"file_pattern": "Furnace_2025_*.CSV"}, row | {"file_pattern": "raw/kiln.csv"}]
    tables = {"stack_files": rows, "stack_columns": [row | {"file_pattern": "mill.csv"}]}
    told = unused_patterns(tables, ["in/furnace_2025_07.csv", "other/kiln.csv"])
    assert [words.split("'")[1] for words in told] == ["kiln_*.csv", "raw/kiln.csv", "mill.csv"]
    assert told[0].startswith("stack_files.csv, row 3: file_pattern 'kiln_*.csv' fits no file received")
    assert "write the file's name" in told[0]

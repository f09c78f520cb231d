"""Bad input gets a message that names file, row, column and what to do; the last good scorecard stays published."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import settings
from pipelines.errors import GateError
from tests.nights import Rows, edit_csv, last_run, perform, published_id, small_landing


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, str]:
    """A landing folder, a home with one published run, and its id."""
    folder = tmp_path_factory.mktemp("good")
    landing, home = small_landing(folder), folder / "home"
    perform(landing, home)
    run_id = published_id(home)
    assert run_id
    return landing, home, run_id


def _first(rows: Rows, **cells: str) -> None:
    rows[0].update(cells)


def _truncated_parquet(landing: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    path = landing / "loans.csv"
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(path), landing / "loans.parquet")
    path.unlink()
    whole = (landing / "loans.parquet").read_bytes()
    (landing / "loans.parquet").write_bytes(whole[: len(whole) // 2])


def _wrong_delimiter(landing: Path) -> None:
    path = landing / "loans.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", "^"), encoding="utf-8")


def _undecodable_text(landing: Path) -> None:
    path = landing / "loans.csv"
    text = path.read_text(encoding="utf-8").splitlines()
    path.write_bytes("\n".join(text[:1]).encode() + b"\n\xff\xfe\x00\xd8broken\x81\n" + "\n".join(text[1:]).encode("utf-16-le"))


def _repeated_loan(landing: Path) -> None:
    edit_csv(landing / "loans.csv", lambda rows: [*rows, rows[0]])


def _loan(**cells: str) -> Callable[[Path], None]:
    return lambda landing: edit_csv(landing / "loans.csv", lambda rows: _first(rows, **cells))


def _plant_without_sector(landing: Path) -> None:
    edit_csv(landing / "plants.csv", lambda rows: _first(rows, sector=""))


def _zero_bytes(landing: Path) -> None:
    (landing / "loans_late.csv").write_bytes(b"")


def _header_only(landing: Path) -> None:
    path = landing / "periodic_returns.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")


def _changed_header_in_a_workbook(landing: Path) -> None:
    import csv

    import xlsxwriter

    with (landing / "loans.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    (landing / "loans.csv").unlink()
    rows[0][rows[0].index("counterparty_name")] = "conterparty_name"
    with xlsxwriter.Workbook(str(landing / "loans.xlsx")) as book:
        sheet = book.add_worksheet("loans")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)


def _misspelt(column: str, as_sent: str) -> Callable[[Path], None]:
    def spoil(landing: Path) -> None:
        path = landing / "loans.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(column, as_sent, 1), encoding="utf-8")

    return spoil


CASES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "truncated Parquet": (_truncated_parquet, ["loans.parquet"]),
    "wrong delimiter": (_wrong_delimiter, ["loans.csv"]),
    "text that no encoding fits": (_undecodable_text, ["loans.csv"]),
    "duplicate loan id": (_repeated_loan, ["loan_id"]),
    "negative balance": (_loan(outstanding_amount="-5"), ["loans.csv", "outstanding_amount", "-5"]),
    "two cents off the control totals": (_loan(outstanding_amount="41999999.98"), ["control totals", "USD"]),
    "unknown currency": (_loan(currency_code="XYQ"), ["loans.csv", "currency_code", "XYQ"]),
    "date in the future": (_loan(reporting_date="2099-01-01"), ["2099-01-01"]),
    "plant without sector": (_plant_without_sector, ["plants.csv", "sector"]),
    "required column misspelt": (_misspelt("loan_id", "loanid"), ["loans.csv", "loan_id", "loanid"]),
    "optional column misspelt": (
        _misspelt("outstanding_amount", "outstanding_amout"),
        ["loans.csv", "outstanding_amout", "outstanding_amount"],
    ),
    "0-byte file": (_zero_bytes, ["loans_late.csv"]),
    "header-only file": (_header_only, ["periodic_returns.csv"]),
    "workbook with a changed header": (_changed_header_in_a_workbook, ["loans.xlsx", "counterparty_name"]),
}


@pytest.mark.parametrize(("spoil", "words"), CASES.values(), ids=CASES.keys())
def test_bad_input_is_named_and_the_last_good_scorecard_stays(
    good: tuple[Path, Path, str], tmp_path: Path, spoil: Callable[[Path], None], words: list[str]
) -> None:
    landing, home, run_id = good
    spoiled = tmp_path / "landing"
    shutil.copytree(landing, spoiled)
    spoil(spoiled)
    from datetime import date

    with pytest.raises(GateError) as blocked:
        perform(spoiled, home, as_of=date(2026, 6, 30))
    for word in words:
        assert word in str(blocked.value)
    assert published_id(home) == run_id
    assert last_run(home)["published"] is False
    assert any(word in last_run(home)["reason"] for word in words)


def test_rows_refused_in_a_blocked_attempt_are_kept_beside_the_published_run(good: tuple[Path, Path, str], tmp_path: Path) -> None:
    landing, home, _ = good
    spoiled = tmp_path / "landing"
    shutil.copytree(landing, spoiled)
    _loan(outstanding_amount="-5")(spoiled)
    with pytest.raises(GateError) as blocked:
        perform(spoiled, home)
    path = home / "last_rejects.csv"
    assert str(path) in str(blocked.value)
    assert "loans.csv,,2,outstanding_amount,-5," in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("encoding", ["utf-16", "gbk", "utf-8-sig"])
def test_text_in_another_encoding_reads_the_same(good: tuple[Path, Path, str], tmp_path: Path, encoding: str) -> None:
    landing, _, _ = good
    other = tmp_path / "landing"
    shutil.copytree(landing, other)
    edit_csv(other / "loans.csv", lambda rows: _first(rows, project_name="水泥厂 第二条生产线"))
    text = (other / "loans.csv").read_text(encoding="utf-8")
    plain = perform(other, tmp_path / "plain")
    (other / "loans.csv").write_text(text, encoding=encoding)
    encoded = perform(other, tmp_path / "encoded")
    assert encoded.counts["headline"] == plain.counts["headline"]
    assert encoded.counts["rejects"] == plain.counts["rejects"]


def test_a_rule_file_with_a_typo_blocks_and_says_where(good: tuple[Path, Path, str], tmp_path: Path) -> None:
    landing, home, run_id = good
    rules = tmp_path / "rules"
    shutil.copytree(settings.RULES_FOLDER, rules)
    path = sorted((rules / "limits").rglob("*__*.yaml"))[0]
    lines = path.read_text(encoding="utf-8").splitlines()
    number = next(n for n, line in enumerate(lines) if line.startswith("severity:"))
    lines[number] = "severty: error"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with pytest.raises(GateError) as blocked:
        perform(landing, home, rules=rules)
    assert f"{path.name}:{number + 1}:" in str(blocked.value)
    assert "severity" in str(blocked.value)
    assert published_id(home) == run_id

"""Evidence packs of real nights: what an auditor gets, equal each time, tampering named, nobody's name in a redacted one."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.errors import GateError, WrongUseError
from pipelines.evidence import make_pack
from pipelines.ledger.book import Book
from pipelines.ledger.findings import act
from pipelines.ledger.pack import first_break, write_pack
from pipelines.night import DATABASE
from pipelines.report.redaction import Redaction, band
from pipelines.warehouse import database

STACK = "eu_bat_clm_2013__preheater_kiln_nox"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, one_night: Path) -> Path:
    return Path(shutil.copytree(one_night, tmp_path_factory.mktemp("evidence") / "home", symlinks=True))


def register(home: Path, condition: str) -> list[dict[str, Any]]:
    con = database.connect(home / "published" / "current" / DATABASE, read_only=True)
    try:
        return database.read_rows(con, f"select * from mart_findings__register where {condition} order by finding_id")
    finally:
        con.close()


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


@pytest.fixture(scope="module")
def stack_id(home: Path) -> str:
    return str(register(home, f"rule_id = '{STACK}'")[0]["finding_id"])


def test_a_stack_finding_shows_every_step_from_the_reading_to_the_verdict(home: Path, stack_id: str) -> None:
    act(Book(home), stack_id, "finding_acknowledged", actor="officer@example.org", reason="seen", details={"owner": "officer@example.org"})
    pack = make_pack(Book(home), stack_id)
    gives = [float(row["value"]) for row in rows_of(pack["steps.csv"])]
    normal = 612.4 * (273.15 + 118.5) / 273.15 * 101.325 / 101.2
    second = 598.1 * (273.15 + 118.9) / 273.15 * 101.325 / 101.2 * 11 / (21 - 10.4)
    first = normal * 11 / (21 - 10.2)
    day = (first + second) / 2
    assert gives == pytest.approx([612.4, 612.4, normal, normal, first, day, (450 - day) / 450], rel=1e-8)
    assert "agrees with the verdict" in rows_of(pack["steps.csv"])[5]["formula"]
    readings = rows_of(pack["readings.csv"])
    assert [(row["source_file_name"], row["source_row_number"]) for row in readings] == [("stack_readings.csv", str(n)) for n in (2, 3, 4)]
    received = {row["file_name"]: row["sha256"] for row in rows_of(pack["received.csv"])}
    assert {row["source_file_id"] for row in readings} == {received["stack_readings.csv"]}
    assert any(row["is_effective"] == "false" and row["effective_reason"] for row in rows_of(pack["limits.csv"]))
    assert "indicator: nox_concentration" in pack["rule/rule.yaml"].decode()
    assert [event["kind"] for event in json.loads(pack["events.json"])] == ["run_published", "finding_acknowledged"]
    page = pack["index.html"].decode()
    assert "http://" not in page.replace("http://www.w3.org", "").split("<pre")[0]
    assert "connect-src" not in page
    assert "default-src 'none'" in page


def test_a_finding_about_a_document_shows_the_row_that_decided(home: Path) -> None:
    pack = make_pack(Book(home), register(home, "operator = 'required'")[0]["finding_id"])
    (row,) = rows_of(pack["sources/management_evidence.csv"])
    assert row["source_file_name"] == "management_evidence.csv"
    assert "limits.csv" not in pack


def test_two_packs_of_one_finding_are_equal_to_the_byte_and_a_changed_file_is_named(home: Path, stack_id: str, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip", "folder"):
        done = CliRunner().invoke(app, ["evidence", stack_id, "--home", str(home), "--out", str(tmp_path / name)])
        assert done.exit_code == 0, done.output
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    laid_out = {path.relative_to(tmp_path / "folder").as_posix(): path.read_bytes() for path in (tmp_path / "folder").rglob("*.*")}
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == laid_out
    assert first_break(tmp_path / "a.zip") is None
    steps = tmp_path / "folder" / "steps.csv"
    steps.write_bytes(steps.read_bytes().replace(b"612.4", b"312.4"))
    done = CliRunner().invoke(app, ["verify", "--pack", str(tmp_path / "folder")])
    assert done.exit_code == 4
    assert "steps.csv: was changed" in done.output
    steps.unlink()
    assert str(first_break(tmp_path / "folder")).endswith("steps.csv: is gone")


def test_no_name_of_the_book_is_anywhere_in_a_redacted_pack(home: Path, stack_id: str, tmp_path: Path) -> None:
    con = database.connect(home / "published" / "current" / DATABASE, read_only=True)
    names = [
        str(row["name"])
        for column, table in (
            ("counterparty_name", "raw_bank__counterparties"),
            ("counterparty_name", "raw_bank__loans"),
            ("owner_name", "raw_bank__ownership"),
            *((column, "raw_plants__plants") for column in ("plant_name", "plant_name_local", "owner_name", "parent_name", "city")),
        )
        for row in database.read_rows(con, f"select distinct {column} as name from {table} where {column} is not null")
    ]
    con.close()
    act(Book(home), stack_id, "finding_commented", actor="officer@example.org", reason=f"Ask {names[0]}", details={"part": "cause"})
    pack = make_pack(Book(home), stack_id, is_redacted=True)
    write_pack(tmp_path / "p.zip", pack)
    content = (tmp_path / "p.zip").read_bytes().decode("utf-8", "replace").casefold()
    assert len(names) > 10
    assert [name for name in [*names, "officer@example.org"] if name.casefold() in content] == []
    assert "42,000,000" not in content
    assert not [name for name in pack if name.startswith("received/")]
    assert content.count("name-") > 3


def test_a_name_has_one_alias_and_amounts_are_bands() -> None:
    hidden = Redaction(["Contoh Cement", "Contoh", "AB"], "key")
    assert hidden.text("contoh cement by AB, ABLE") == f"{hidden.alias('Contoh Cement')} by {hidden.alias('AB')}, ABLE"
    assert hidden.alias("Contoh") != Redaction([], "other").alias("Contoh")
    assert [band(amount) for amount in (0, 0.5, 1, 9_999_999, 10_000_000)] == [
        "0",
        "under 10",
        "1 to 10",
        "1,000,000 to 10,000,000",
        "10,000,000 to 100,000,000",
    ]


def test_wrong_use_is_told(home: Path, stack_id: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "a.txt").write_text("mine")
    with pytest.raises(WrongUseError, match="is there already"):
        write_pack(tmp_path / "there", {})
    with pytest.raises(WrongUseError, match="no such finding"):
        make_pack(Book(home), "F-nothing")
    with pytest.raises(WrongUseError, match="ends judged: 2025-01-31"):
        make_pack(Book(home), stack_id, date(1999, 1, 1))
    with pytest.raises(WrongUseError, match="is no evidence pack"):
        first_break(tmp_path / "there")


def test_no_pack_is_made_from_a_run_that_was_changed(home: Path, stack_id: str) -> None:
    page = home / "published" / "current" / "scorecard.html"
    before = page.read_bytes()
    try:
        page.write_bytes(before + b" ")
        with pytest.raises(GateError, match=r"scorecard\.html.*no evidence is made"):
            make_pack(Book(home), stack_id)
    finally:
        page.write_bytes(before)

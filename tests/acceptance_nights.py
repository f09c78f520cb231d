"""The nights that the acceptance scripts and the packs share: one book from 23 November to 10 December 2025, told once.

first      as of 23 November: a covenant is in breach since the notice of 10 November, one rule cannot be evaluated, PL-01 has a shaft kiln.
second     as of 1 December: the covenant is met again; a waiver holds for one finding.
corrected  as of 1 December, four days later: a file corrects three days of readings, and a limit was made stricter.
third      as of 10 December: the waiver has ended.
empty      a feed comes with its header only, and the run is blocked.
again      the landing folder holds what it held on 1 December, and that day is asked again on what was known then, by the rules of then.
Then the landing folder is emptied.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipelines import settings
from pipelines.cli import app
from pipelines.night import DATABASE
from pipelines.rulebook import compliance_sql
from pipelines.warehouse import database
from tests.nights import Rows, edit_csv, small_landing

FIRST, SECOND, THIRD = date(2025, 11, 23), date(2025, 12, 1), date(2025, 12, 10)
WAIVED_RULE, STRICTER_RULE, CRASHING_RULE = "cn_gb_4915_2013__kiln_nox", "eu_bat_clm_2013__kiln_pm", "iso_50001_2018__certificate"
WAIVER = """scope: {{rule: {rule}, plant: PL-01}}
reason: The catalyst is being replaced
compensating_control: Half load until it is
requester: loan.officer@example.org
approver: {approver}
requested: 2025-11-24
approved: 2025-11-25
start: 2025-12-01
expiry: 2025-12-09
"""
READINGS = "stack_id,indicator,measured_at,value,unit,gas_basis,o2_pct\n"


@dataclass
class Nights:
    """What the nights left: home, landing folder, rules, output and exit code of each command, published folder of each night."""

    folder: Path
    landing: Path
    home: Path
    rules: Path
    said: dict[str, str] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    published: dict[str, Path] = field(default_factory=dict)
    held: list[list[Any]] = field(default_factory=list)

    def greencap(self, *arguments: str) -> str:
        """Output of a command on this home that must end well."""
        done = CliRunner().invoke(app, [*arguments, "--home", str(self.home)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def night(self, name: str, day: date, *options: str, known: date | None = None) -> None:
        """`greencap run` as of a day, known at two in the morning of the day after, or of `known`."""
        moment = f"{known or day + timedelta(days=1)}T02:00:00"
        places = ["--landing", str(self.landing), "--home", str(self.home), "--rules", str(self.rules)]
        done = CliRunner().invoke(app, ["run", *places, "--as-of", str(day), "--known-at", moment, *options])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        self.said[name], self.codes[name] = done.output, done.exit_code
        if done.exit_code in (0, 3):
            self.published[name] = (self.home / "published" / "current").resolve()

    def rows(self, name: str, sql: str) -> list[dict[str, Any]]:
        """Rows of the run of a night."""
        with database.connect(self.published[name] / DATABASE, read_only=True) as con:
            return database.read_rows(con, sql)

    def text(self, name: str, file: str) -> str:
        """A file of the run of a night."""
        return (self.published[name] / file).read_text(encoding="utf-8")

    def acknowledge(self) -> None:
        """An officer answers for the finding that is then waived."""
        (row,) = self.rows("first", f"select finding_id from mart_findings__register where rule_id = '{WAIVED_RULE}'")
        self.greencap("findings", "acknowledge", row["finding_id"], "--by", "officer@example.org")

    def waive(self, approver: str) -> None:
        """Put the waiver file there."""
        (self.home / "waivers").mkdir(exist_ok=True)
        (self.home / "waivers" / "w1.yaml").write_text(WAIVER.format(rule=WAIVED_RULE, approver=approver), encoding="utf-8")


def book_of_november(folder: Path) -> Path:
    """The landing folder of the first night."""
    landing = small_landing(folder)
    (landing / "stack_files.csv").unlink()  # declares when the example became known: here the nights do
    for name in ("loans", "control_totals", "fx_rates"):
        text = (landing / f"{name}.csv").read_text(encoding="utf-8")
        (landing / f"{name}.csv").write_text(text.replace("2025-12-31", "2025-11-20"), encoding="utf-8")
    edit_csv(landing / "covenants.csv", _breach)
    edit_csv(landing / "process_units.csv", _with_shaft_kiln)
    edit_csv(landing / "periodic_returns.csv", _year_of_returns)
    lines = [f"PL-01-S1,nox,2025-11-{day} {hour:02d}:00,{600 + hour},mg/Nm3,dry,10.2" for day in (18, 19, 20) for hour in range(24)]
    lines += [f"PL-01-S1,pm,2025-11-20 {hour:02d}:00,14.0,mg/Nm3,dry,10.2" for hour in range(24)]
    (landing / "stack_readings.csv").write_text(READINGS + "\n".join(lines) + "\n", encoding="utf-8")
    return landing


def _breach(rows: Rows) -> None:
    certificate = {"reported_value": "4.8", "reported_date": "2025-11-05", "notice_date": "2025-11-10"}
    rows[1] |= certificate | {"cure_days": "30", "cure_day_kind": "calendar", "calendar_code": ""}


def cure(rows: Rows) -> None:
    """The borrower's next certificate: the leverage holds on 1 December."""
    rows[1] |= {"reported_value": "4.0", "reported_date": "2025-12-01"}


def _with_shaft_kiln(rows: Rows) -> Rows:
    kiln = {"unit_id": "PL-01-K9", "unit_name": "Old kiln", "technology": "shaft", "size_value": "2.5", "size_unit": "m"}
    return [*rows, rows[0] | kiln | {"commissioning_date": "1995-01-01", "capacity_t_per_year": "90000"}]


def _year_of_returns(rows: Rows) -> Rows:
    year = {"period_start_date": "2024-12-01", "period_end_date": "2025-11-30"}
    amounts = {"production_clinker": "1776000", "fuel_energy": "7992000", "electricity_used": "235200000"}
    return [row | year | {"value": amounts.get(row["item"], row["value"])} for row in rows]


def with_stricter_limit(folder: Path) -> Path:
    """The shipped rules with a stricter limit of one rule."""
    rules = Path(shutil.copytree(settings.RULES_FOLDER, folder / "stricter"))
    path = next(rules.rglob(f"{STRICTER_RULE}.yaml"))
    text = path.read_text(encoding="utf-8")
    assert "value: 20" in text
    path.write_text(text.replace("value: 20", "value: 10"), encoding="utf-8")
    return rules


#: The result of one rule is missing, as when its evaluation threw.
_WITHOUT_ONE_RULE = f"where rule_id <> '{CRASHING_RULE}' order by"


#: A reader that opens a database, asks, waits for a word on its standard input and asks the same connection again.
HOLDER = """
import json, sys, duckdb
con = duckdb.connect(sys.argv[1], read_only=True)
for _ in range(3):
    rows = con.execute("select plant_id, plant_class from mart_portfolio__plants order by all").fetchall()
    print(json.dumps([str(con.execute("select as_of_date from ref_run__settings").fetchone()[0]), rows]), flush=True)
    sys.stdin.readline()
"""


@contextmanager
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that keeps a database file open."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def ask(process: subprocess.Popen[str]) -> list[Any]:
    """What the holder reads now."""
    assert process.stdin is not None
    assert process.stdout is not None
    answer: list[Any] = json.loads(process.stdout.readline())
    process.stdin.write("\n")
    process.stdin.flush()
    return answer


def perform_nights(folder: Path) -> Nights:
    """All of it, in order; some minutes on a small machine, so once for all tests."""
    landing = book_of_november(folder)
    nights = Nights(folder, landing, folder / "home", settings.RULES_FOLDER)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compliance_sql, "RESULTS_SQL", compliance_sql.RESULTS_SQL.replace("order by", _WITHOUT_ONE_RULE))
        nights.night("first", FIRST, "--due", "2025-11-24T05:00")
    with holder(nights.published["first"] / DATABASE) as reading:
        nights.held.append(ask(reading))
        nights.waive("Loan.Officer@example.org")
        nights.night("own waiver", SECOND)
        nights.waive("risk.manager@example.org")
        nights.acknowledge()
        edit_csv(landing / "covenants.csv", cure)
        (landing / "dust.csv").write_text(READINGS + _dust(), encoding="utf-8")
        shutil.copytree(landing, folder / "landing_of_december")
        nights.night("second", SECOND)
        nights.held.append(ask(reading))
        (landing / "correction.csv").write_text(READINGS + _corrected(), encoding="utf-8")
        nights.rules = with_stricter_limit(folder)
        nights.night("corrected", SECOND, known=date(2025, 12, 6))
        nights.held.append(ask(reading))
    nights.night("third", THIRD)
    whole = (landing / "periodic_returns.csv").read_text(encoding="utf-8")
    (landing / "periodic_returns.csv").write_text(whole.splitlines()[0] + "\n", encoding="utf-8")
    nights.night("empty", THIRD + timedelta(days=1))
    nights.said["digest when empty"] = nights.greencap("digest")
    nights.landing, nights.rules = folder / "landing_of_december", settings.RULES_FOLDER
    nights.night("again", SECOND)
    for path in (landing, nights.landing, folder / "stricter"):
        shutil.rmtree(path)
    return nights


def _dust() -> str:
    """PM of the thirty days to 1 December but for the one that came before."""
    days = (date(2025, 11, 2) + timedelta(days=number) for number in range(30))
    wanted = ((day, hour) for day in days if day != date(2025, 11, 20) for hour in range(24))
    return "".join(f"PL-01-S1,pm,{day} {hour:02d}:00,14.0,mg/Nm3,dry,10.2\n" for day, hour in wanted)


def _corrected() -> str:
    """Three days of NOx, ten per cent higher."""
    days = ((day, hour) for day in (18, 19, 20) for hour in range(24))
    return "".join(f"PL-01-S1,nox,2025-11-{day} {hour:02d}:00,{(600 + hour) * 1.1:.1f},mg/Nm3,dry,10.2\n" for day, hour in days)

"""What one night does, step by step, from received files to the published scorecard. Joins the rooms; Dagster and the command line call it.

A night is one attempt: it holds the home's lock, builds beside the published run, and publishes in one step or not at all.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.errors import GateError, GreenCapacityError, SourceFileError, WrongUseError
from pipelines.given_tables import REFERENCE_FILES, reference_table, run_schemas
from pipelines.ledger.findings import CHANGED
from pipelines.night_files import RunFiles, other_process, write_files
from pipelines.night_models import NightModels
from pipelines.night_readings import NightReadings, leave_readings, receive_readings, show_current, show_received, write_deliveries
from pipelines.portfolio_history import past_rows, past_tables, rows_to_keep
from pipelines.record import Record
from pipelines.run_counts import run_counts
from pipelines.run_settings import a_year_before, clock_changes
from pipelines.timeliness import timeliness

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from pipelines.rulebook.check_result import CheckResult
    from pipelines.rulebook.model import Rulebook
    from pipelines.sources.received import Received
    from pipelines.warehouse.model import SqlModel
    from pipelines.warehouse.publish import Home

DATABASE = "green_capacity.duckdb"
#: Rows refused in the last attempt that a gate blocked, in the home: there is no published folder to put them in.
LAST_REJECTS = "last_rejects.csv"


@dataclass
class Night:
    """One attempt to make a scorecard.

    Attributes:
        landing: Folder of received files. home: Folder of runs. rules: Folder of rule files.
        as_of: Day the result is true for; None = newest reporting date of the loans.
        portfolio: Only this portfolio; None = all.
        known_at: Only readings that were known then (UTC); None = all.
        readings: What the store of the home holds, once files are received.
        due_at: Moment, UTC, by which the scorecard was promised; None = none. Only `run_summary.json` and `last_run.json` tell of it.
        waivers: Folder of waiver files; None = `waivers` in the home, where there is one.
        progress: Told in words what is being done.
        known_run_id: Id that a run performed again had; None = made from what goes in.
        known_earlier: Database of the run that a run performed again was compared with; None = it was compared with none.
    """

    landing: Path
    home: Path
    rules: Path = settings.RULES_FOLDER
    as_of: date | None = None
    portfolio: str | None = None
    known_at: datetime | None = None
    due_at: datetime | None = None
    waivers: Path | None = None
    progress: Callable[[str], None] = lambda _: None
    known_run_id: str | None = None
    known_earlier: Path | None = None

    run_id: str = ""
    root_hash: str = ""
    folder: Path | None = None
    published: Path | None = None
    problem: str = ""
    error: Exception | None = None
    traceback: str = ""
    durations: dict[str, float] = field(default_factory=dict)
    counts: dict[str, Any] = field(default_factory=dict)
    crashed_rules: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    readings: NightReadings | None = None
    _received: Received | None = None
    _rulebook: Rulebook | None = None
    _compliance: dict[str, list[CheckResult]] = field(default_factory=dict)
    _quality: list[CheckResult] = field(default_factory=list)
    _left_for_later: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _home: Home | None = None
    _models: NightModels = field(default_factory=lambda: NightModels(None))
    _record: Record | None = None
    _changed_findings: list[dict[str, Any]] = field(default_factory=list)
    _con: DuckDBPyConnection | None = None

    def refuse_landing_without_data(self) -> None:
        """Refuse a landing folder that is not there or holds no file before anything is imported or made; a home that is there notes it.

        Raises: WrongUseError, SourceFileError.
        """
        from pipelines.sources.files import data_paths

        try:
            data_paths(self.landing)
        except GreenCapacityError as error:
            if (self.home / "runs").is_dir():
                with self.under_lock():
                    raise
            raise error

    # ---- frame -----------------------------------------------------------------------------------------------------

    @contextmanager
    def under_lock(self) -> Iterator[Night]:
        """Hold the home while the night lasts; in the end say in `last_run.json` how it went, and clear up what was not published."""
        from pipelines.warehouse.publish import open_home

        self._home = open_home(self.home)
        with self._home.lock():
            try:
                self._record = Record(self._home.path)
                self._record.begin(self._home)
                yield self
            except BaseException as error:
                self.problem = self.problem or str(error) or type(error).__name__
                raise
            finally:
                self._abandon()
                with suppress(GateError):  # on a full disk the message is all that can be left
                    self._home.write_last_run(self.outcome())

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step and keep the first problem met."""
        self.progress(name)
        started = time.perf_counter()
        try:
            with self._keeping_problems():
                yield
        finally:
            self.durations[name] = round(self.durations.get(name, 0.0) + time.perf_counter() - started, 3)

    @contextmanager
    def _keeping_problems(self) -> Iterator[None]:
        """Keep the first problem met; a disk or memory that ran out is named."""
        from pipelines.warehouse.database import disk_or_memory_error
        from pipelines.warehouse.publish import disk_errors

        try:
            with disk_errors(self.home):
                yield
        except Exception as met:
            error = disk_or_memory_error(met, self.home) or met
            self.error = self.error or error
            self.problem = self.problem or (str(error) if isinstance(error, GreenCapacityError) else f"{type(error).__name__}: {error}")
            if error is met:
                raise
            raise error from met

    @contextmanager
    def warehouse(self) -> Iterator[DuckDBPyConnection]:
        """The connection to the database being built; one for the whole night, closed before publishing."""
        from pipelines.warehouse import database

        if self.folder is None:
            self.folder = self._unfinished()
        if self._con is None:
            self._con = database.connect(self.folder / DATABASE, memory_limit=settings.memory_limit())
        yield self._con

    def _close(self) -> None:
        from pipelines.warehouse import database

        if self._con is not None:
            con, self._con = self._con, None
            database.close(con)

    def _abandon(self) -> None:
        from pipelines.warehouse import database

        if self._con is not None:
            con, self._con = self._con, None
            database.abandon(con)

    def _unfinished(self) -> Path:
        """The folder of an attempt that was begun before, so that a single step can be done again in Dagster's UI."""
        folders = sorted((self.home / "building").glob("*")) if (self.home / "building").is_dir() else []
        if not folders:
            raise WrongUseError(f"{self.home}: no run is being built here; start with group 1_received, or materialize everything")
        return folders[-1]

    # ---- steps -----------------------------------------------------------------------------------------------------

    def receive(self) -> dict[str, int]:
        """Read the landing folder into the raw tables; row count by table.

        Raises:
            WrongUseError: There is no landing folder. SourceFileError: There is nothing to read in it, or no date to report for.
        """
        from pipelines.rulebook.documenter import documenter

        documenter()  # Great Expectations is imported over there, beside the first steps
        self._received = self.read_files()
        self._check_portfolio()
        self.as_of = self.as_of or self.newest_day()
        assert self._record is not None
        self._record.keep_inputs(self._inputs(), self.landing, self.rules, self.waivers)  # before anything is taken out of them
        self.progress("take readings into the store")
        self.readings = receive_readings(self.home, self._received, self.as_of, self.known_at)
        self._start()
        return self._write_raw_tables()

    def read_files(self) -> Received:
        """Everything the landing folder holds."""
        from pipelines.sources.landing import read_landing

        return read_landing(self.landing, self.progress)

    def _inputs(self) -> dict[str, str]:
        """sha256 of each received file by its path inside the landing folder."""
        assert self._received is not None
        return {row["file_name"]: row["file_id"] for row in self._received.files.to_pylist()}

    def _check_portfolio(self) -> None:
        assert self._received is not None
        known = sorted(set(self._received.rows["raw_bank__loans"]["portfolio_id"].to_pylist()))
        if self.portfolio and self.portfolio not in known:
            raise WrongUseError(f"--portfolio {self.portfolio}: no loan received is in it; there are {', '.join(known) or 'none'}")

    def newest_day(self) -> date:
        """Day the result is true for when nobody names one: the newest reporting date of the loans."""
        import pyarrow.compute as pc

        assert self._received is not None
        dates = self._received.rows["raw_bank__loans"]["reporting_date"]
        newest = pc.max(dates).as_py() if len(dates) else None
        if newest is None:
            nothing = f"{self.landing}: no loan with a reporting date was read; add the loan tape, or name the day with --as-of"
            raise SourceFileError(file_troubles(self._received.files) or nothing)
        return newest

    def _start(self) -> None:
        from pipelines.warehouse import fingerprint

        assert self._received is not None
        assert self.as_of is not None
        assert self._home is not None
        assert self.readings is not None
        self.run_id = self.known_run_id or fingerprint.run_id(
            self.as_of,
            inputs=self._inputs(),
            rules=fingerprint.folder_hash(self.rules, (".yaml",)),
            models=fingerprint.folder_hash(settings.SQL_FOLDER, (".sql",)),
            settings={
                "portfolio": self.portfolio or "",
                "currency": settings.REPORTING_CURRENCY,
                "known_at": self.known_at,
                "readings": self.readings.content_key(),
                "past": self._past(),
            },
            code=fingerprint.code_version(),
        )
        self.folder = self._home.start(self.run_id)

    def _write_raw_tables(self) -> dict[str, int]:
        from pipelines.sources.schemas import raw_schemas
        from pipelines.warehouse import database

        assert self._received is not None
        assert self.readings is not None
        received = self._received
        with self.warehouse() as con:
            tables = {**received.rows, "raw_landing__files": received.files, "raw_landing__rejects": received.rejects}
            for name, schema in raw_schemas().items():
                database.write_table(con, name, tables[name]) if name in tables else database.create_table(con, name, schema)
            show_received(con, self.readings)
            write_deliveries(con, self.readings)
            self._write_settings(con)
            rows = {name: _count(con, name) for name in raw_schemas()}
        self.counts["rows_received"] = rows
        return rows

    def _write_settings(self, con: DuckDBPyConnection) -> None:
        import pyarrow as pa

        from pipelines.warehouse import database

        assert self._received is not None
        assert self.as_of is not None
        row = {
            "run_id": self.run_id,
            "as_of_date": self.as_of,
            "window_start_date": a_year_before(self.as_of),
            "reporting_currency_code": settings.REPORTING_CURRENCY,
            "portfolio_id": self.portfolio,
            "known_at": self.known_at,
        }
        database.write_table(con, "ref_run__settings", pa.Table.from_pylist([row], schema=run_schemas()["ref_run__settings"]))
        zones = set(self._received.rows["raw_plants__emission_points"]["time_zone"].to_pylist())
        database.write_table(con, "ref_run__clock_changes", clock_changes(zones, self.as_of))
        for table, past in past_tables(self._past()).items():
            database.write_table(con, table, past)
        for table, file in REFERENCE_FILES.items():
            database.write_table(con, table, reference_table(settings.REFERENCE_FOLDER / file, run_schemas()[table]))

    def _past(self) -> dict[str, list[dict[str, Any]]]:
        """What published runs of earlier days left for this one."""
        assert self.as_of is not None
        assert self._record is not None
        return past_rows(self._record.published_details(), self.as_of)

    def load_rules(self) -> dict[str, int]:
        """Read the rule files into the reference tables; row count by table. Raises RuleFileError with every mistake."""
        from pipelines.rulebook.compile import rulebook_tables
        from pipelines.warehouse import database

        tables = rulebook_tables(self.rulebook()) | self._ledger_tables()
        with self.warehouse() as con:
            return {name: database.write_table(con, name, table) for name, table in tables.items()}

    def _ledger_tables(self) -> dict[str, pa.Table]:
        """Findings that earlier runs left, and the bank's waivers."""
        import pyarrow as pa

        from pipelines.ledger.finding_schema import finding_schema
        from pipelines.rulebook.load_waivers import waiver_rows

        assert self._record is not None
        known = pa.Table.from_pylist(self._record.known_findings(), schema=finding_schema())
        return {"raw_ledger__findings": known, "raw_ledger__waivers": waiver_rows(self._record.waivers(self.waivers, self.rulebook()))}

    def rulebook(self) -> Rulebook:
        """The rule files, read once."""
        from pipelines.rulebook.load import load_rulebook

        if self._rulebook is None:
            self._rulebook = load_rulebook(self.rules)
        return self._rulebook

    def build_all(self, models: Sequence[SqlModel]) -> Iterator[tuple[SqlModel, int]]:
        """Build SQL models, in build order; each with its row count, as they are done."""
        if self._models.readings is not self.readings:
            self._models = NightModels(self.readings)
        with self.warehouse() as con, self._keeping_problems():
            yield from self._models.build_all(con, models, self.step)

    def judge_quality(self) -> list[CheckResult]:
        """Hold the raw tables against the quality rules; one result per rule. `block_if_needed` raises on them."""
        from pipelines.night_quality import measure_night
        from pipelines.rulebook.documenter import documenter
        from pipelines.rulebook.model import QualityRule

        rules = [rule for rule in self.rulebook().rules.values() if isinstance(rule, QualityRule) and rule.status == "active"]
        with self.warehouse() as con:
            assert self.readings is not None
            profile = measure_night(rules, con, self.readings)
            show_current(con, self.readings)
        self._quality = documenter().judge_quality(rules, profile)
        self.notices = [check.message for check in self._quality if check.state in ("fail", "error") and not check.is_blocking]
        return self._quality

    def block_if_needed(self) -> None:
        """Raise GateError naming the cells that could not be read and every blocking quality rule that does not hold, with what to do."""
        from pipelines.warehouse import database

        blocking = [check.message for check in self._quality if check.is_blocking]
        if not blocking:
            return
        with self.warehouse() as con:
            rejects = database.read_rows(con, _UNREADABLE)
            con.execute(f"copy ({_REJECTS}) to '{self.home / LAST_REJECTS}' (header, delimiter ',')")
        more = [f"… and {len(rejects) - _SHOWN_REJECTS} more rows that cannot be read"] if len(rejects) > _SHOWN_REJECTS else []
        more += [f"All refused rows of this attempt: {self.home / LAST_REJECTS}"] if rejects else []
        raise GateError("\n".join([*(reject_line(row) for row in rejects[:_SHOWN_REJECTS]), *more, *blocking]))

    def match(self) -> dict[str, int]:
        """Look for the plants of loans that no link and no owner leads to; row count of the two result tables."""
        from pipelines.matching.candidates import match_tables
        from pipelines.matching.match_rows import match_schemas
        from pipelines.warehouse import database

        with self.warehouse() as con:
            tables = match_tables(
                loans=database.read_rows(con, "select * from stg_bank__loans order by portfolio_id, loan_id"),
                plants=database.read_rows(con, "select * from stg_plants__plants order by plant_id"),
                links=database.read_rows(con, "select * from stg_bank__loan_plant_links order by portfolio_id, loan_id, plant_id"),
                ownership=database.read_rows(con, "select * from stg_bank__ownership order by owner_id, owned_id, valid_from_date"),
                policy={row["key"]: row["value"] for row in database.read_rows(con, _MATCHING_POLICY)},
                counterparties=database.read_rows(con, "select * from stg_bank__counterparties order by counterparty_id"),
                decisions=database.read_rows(con, "select * from stg_bank__match_decisions order by portfolio_id, loan_id, plant_id"),
            )
            return {name: database.write_table(con, name, tables[name]) for name in match_schemas()}

    def compare(self, models: Sequence[SqlModel]) -> dict[str, int]:
        """Make the headline again on mixtures of the run published before and this one; row count by table. `models`: all of them."""
        from pipelines.warehouse import database
        from pipelines.warehouse.change import compare_runs

        with self.warehouse() as con:
            tables = compare_runs(con, self._earlier(con), models, self.progress)
            return {name: database.write_table(con, name, table) for name, table in tables.items()}

    def find_measures(self, models: Sequence[SqlModel]) -> dict[str, int]:
        """Find what would make plants green and the headline that follows; row count by table. `models`: all of them."""
        from pipelines.warehouse import database
        from pipelines.warehouse.measures import find_measures

        with self.warehouse() as con:
            return {name: database.write_table(con, name, table) for name, table in find_measures(con, models, self.progress).items()}

    def _earlier(self, con: DuckDBPyConnection) -> Path | None:
        """Database of the run to compare with, None when there is none."""
        assert self._home is not None
        if self.known_run_id:
            return self.known_earlier
        before = self._home.earlier(*_run_and_day(con))
        return before / DATABASE if before else None

    def weigh_suspicions(self) -> int:
        """Turn the counts of the suspicion tests into p-values; row count."""
        from pipelines.warehouse import database
        from pipelines.warehouse.significance import TABLE, TESTS_SQL, significance_table

        with self.warehouse() as con:
            return database.write_table(con, TABLE, significance_table(database.read_rows(con, TESTS_SQL)))

    def judge_compliance(self) -> dict[str, list[CheckResult]]:
        """Document every rule's verdicts with Great Expectations, once; results by instrument. Never blocks."""
        from pipelines.rulebook.compliance_sql import FAILING_SQL, RESULTS_SQL
        from pipelines.rulebook.documenter import documenter
        from pipelines.warehouse import database

        if self._compliance:
            return self._compliance
        with self.warehouse() as con:
            results = database.read_rows(con, RESULTS_SQL)
            failing = database.read_rows(con, FAILING_SQL)
        self._compliance = documenter().judge_compliance(self.rulebook(), results, failing)
        self.crashed_rules = sorted(check.rule_id for checks in self._compliance.values() for check in checks if check.state == "error")
        return self._compliance

    def write_scorecards(self, models: Sequence[SqlModel]) -> list[Path]:
        """Write everything that people and other programs open into the run's folder. `models`: all of them."""
        from pipelines.rulebook.documenter import documenter
        from pipelines.warehouse import database

        assert self.folder is not None
        assert self.as_of is not None
        assert self._record is not None
        with other_process() as pool, ThreadPoolExecutor(1) as waiting:
            docs = waiting.submit(documenter().build_data_docs, self.folder / "data_docs", self.run_id, self.as_of)
            with self.warehouse() as con:
                read = partial(database.read_rows, con)
                self.counts |= run_counts(read)
                self._left_for_later = rows_to_keep(read)
                self._changed_findings = read(_CHANGED_FINDINGS)
                self.root_hash = self._record.note_results(con, self.run_id, self._options(), self._inputs())
            self._close()  # both processes open it to read
            keys = {model.name: model.grain for model in models if not model.grain_nullable}
            run = RunFiles(self.folder, self.folder / DATABASE, self.description(), keys)
            return [*write_files(pool, run, models, self._quality), docs.result()]

    def publish(self) -> Path:
        """Make the run the published one; its folder. The summary is written last, when everything else is there."""
        assert self.folder is not None
        assert self._home is not None
        assert self._record is not None
        with self.warehouse() as con:
            leave_readings(con)
        self._close()
        summary = self.outcome() | {"published": True, "reason": "all gates hold"}
        (self.folder / "run_summary.json").write_text(
            json.dumps(summary, indent=2, ensure_ascii=False, default=str) + "\n", encoding="utf-8"
        )
        headline = [{key: _plain(value) for key, value in row.items()} for row in self.counts["headline"]]
        self.published = self._record.publish(
            self._home,
            self.folder,
            changes=self._changes(),
            counts={"headline": headline, "portfolio_history": self._left_for_later},
            readings=self.readings.index.hashes() if self.readings else {},
        )
        return self.published

    def _changes(self) -> list[dict[str, Any]]:
        """Findings that this run changes, as JSON values; none when it looks back behind results already issued."""
        assert self._record is not None
        issued = self._record.issued()
        rows = [] if issued and self.as_of and self.as_of < issued else self._changed_findings
        return [{key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()} for row in rows]

    def _options(self) -> dict[str, Any]:
        """Options that change a result, as JSON values; `readings`: files of earlier nights whose readings it used."""
        assert self.as_of is not None
        assert self.readings is not None
        return {
            "as_of_date": self.as_of.isoformat(),
            "portfolio": self.portfolio,
            "known_at": self.known_at.isoformat() if self.known_at else None,
            "readings": self.readings.earlier_keys(),
            "reporting_currency_code": settings.REPORTING_CURRENCY,
        }

    # ---- what is said about it -------------------------------------------------------------------------------------

    def description(self) -> dict[str, Any]:
        """What the scorecard says about its run; nothing in it depends on the clock or the place."""
        from pipelines.warehouse.fingerprint import code_version

        reasons = self.rulebook().reason_codes
        return {
            "run_id": self.run_id,
            "root_hash": self.root_hash,
            "as_of_date": self.as_of,
            "window_start_date": a_year_before(self.as_of) if self.as_of else None,
            "reporting_currency_code": settings.REPORTING_CURRENCY,
            "portfolio": self.portfolio,
            "code_version": code_version(),
            "reason_words": {code: reason.title for code, reason in reasons.items()},
            "reason_actions": {code: reason.what_to_do for code, reason in reasons.items()},
        }

    def outcome(self) -> dict[str, Any]:
        """How the attempt went, for `run_summary.json` and `last_run.json`."""
        return {
            "run_id": self.run_id,
            "root_hash": self.root_hash,
            "as_of_date": self.as_of.isoformat() if self.as_of else None,
            "published": self.published is not None,
            "reason": "all gates hold" if self.published else self.problem or "not finished",
            **({"traceback": self.traceback} if self.traceback else {}),
            "crashed_rules": self.crashed_rules,
            "notices": self.notices,
            "feeds_without_rows": self._feeds_without_rows(),
            "counts": self.counts,
            "duration_seconds": self.durations,
            **timeliness(self.due_at),
        }

    def _feeds_without_rows(self) -> list[dict[str, Any]]:
        """Files and sheets that came without a row, in the order of their names."""
        rows = self._received.files.to_pylist() if self._received else []
        empty = [row for row in rows if row["state"] in ("header_only", "empty")]
        found = [{name: row[name] or "" for name in ("file_name", "sheet", "state", "message")} for row in empty]
        return sorted(found, key=lambda row: (row["file_name"], row["sheet"]))


#: Cells that could not be read, and how many of them a message shows.
_UNREADABLE = """
select file_name, sheet, row_number, column_name, value, reason, what_to_do
from raw_landing__rejects
where kind = 'unreadable'
order by file_name, sheet nulls first, row_number, column_name
"""
_REJECTS = """
select file_name, sheet, row_number, column_name, value, reason, what_to_do, kind
from raw_landing__rejects
order by all
"""
_SHOWN_REJECTS = 20
_CHANGED_FINDINGS = f"select {', '.join(CHANGED)} from int_findings__states where is_changed order by finding_id"
_MATCHING_POLICY = "select key, value from ref_rules__policy where policy_id = 'matching'"


def reject_line(row: dict[str, Any]) -> str:
    """A refused cell in words: file, sheet, row, column, value, what is wrong, what to do."""
    place = f"{row['file_name']}, sheet {row['sheet']}" if row["sheet"] else row["file_name"]
    cell = " ".join(filter(None, (row["column_name"], repr(row["value"]) if row["value"] is not None else None)))
    return f"{place}, row {row['row_number']}: {cell + ': ' if cell else ''}{row['reason']}; {row['what_to_do']}"


def _plain(value: Any) -> Any:
    """A cell as a JSON value: exact decimals as text."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _run_and_day(con: DuckDBPyConnection) -> tuple[str, str]:
    from pipelines.warehouse import database

    row = database.read_rows(con, "select run_id, as_of_date from ref_run__settings")[0]
    return row["run_id"], row["as_of_date"].isoformat()


def _count(con: DuckDBPyConnection, table: str) -> int:
    from pipelines.warehouse import database

    return int(database.read_rows(con, f"select count(*) as n from {table}")[0]["n"])


def file_troubles(files: pa.Table) -> str:
    """Messages of the files that could not be read, one a line."""
    rows = [row for row in files.to_pylist() if row["state"] != "read" and row["message"]]
    return "\n".join(f"{row['file_name']}{', sheet ' + row['sheet'] if row['sheet'] else ''}: {row['message']}" for row in rows)

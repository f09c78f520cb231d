"""What one night does, step by step, from received files to the published scorecard. Joins the rooms; Dagster and the command line call it.

A night is one attempt: it holds the home's lock, builds beside the published run, and publishes in one step or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import settings
from pipelines.errors import GateError, SourceFileError
from pipelines.ledger.findings import CHANGED
from pipelines.night_attempt import DATABASE, Attempt
from pipelines.night_files import RunFiles, other_process, write_files
from pipelines.night_gate import blocked_words
from pipelines.night_models import NightModels
from pipelines.night_notices import notices_of_files, notices_of_names
from pipelines.night_readings import receive_readings
from pipelines.night_tables import (
    check_portfolio,
    file_troubles,
    newest_reporting_date,
    received_counts,
    write_asked,
    write_received,
)
from pipelines.portfolio_history import past_rows, rows_to_keep
from pipelines.run_counts import run_counts
from pipelines.run_readings import leave_readings, show_current
from pipelines.run_settings import assessment_window

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

    from pipelines.rulebook.check_result import CheckResult
    from pipelines.rulebook.model import Rulebook
    from pipelines.sources.received import Received
    from pipelines.warehouse.model import SqlModel

__all__ = ["DATABASE", "Night"]


class Night(Attempt):
    """The steps of a night, in the order of the job; see `Attempt` for what it is asked for."""

    def receive(self) -> dict[str, int]:
        """Read the landing folder into the raw tables; row count by table.

        Raises:
            WrongUseError: There is no landing folder. SourceFileError: There is nothing to read in it, or no date to report for.
        """
        from pipelines.rulebook.documenter import documenter

        documenter()  # Great Expectations is imported over there, beside the first steps
        self._received = self.read_files()
        check_portfolio(self._received, self.portfolio)
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

    def newest_day(self) -> date:
        """Day the result is true for when nobody names one: the newest reporting date of the loans."""
        assert self._received is not None
        newest = newest_reporting_date(self._received)
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
        assert self._received is not None
        assert self.readings is not None
        asked = {"run_id": self.run_id, "as_of_date": self.as_of, "portfolio_id": self.portfolio, "known_at": self.known_at}
        with self.warehouse() as con:
            write_received(con, self._received, self.readings)
            write_asked(con, self._received, asked, self._past())
            rows = received_counts(con)
        self.counts["rows_received"] = rows
        return rows

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
        self.notices += notices_of_files(self._received, self.readings) if self._received else []
        return self._quality

    def block_if_needed(self) -> None:
        """Raise GateError naming the cells that could not be read and every blocking quality rule that does not hold, with what to do."""
        blocking = [check.message for check in self._quality if check.is_blocking]
        if blocking:
            with self.warehouse() as con:
                raise GateError(blocked_words(con, self.home, blocking))

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
            readings = self.readings.index if self.readings else None
            tables = compare_runs(con, self._earlier(con), models, self.progress, readings)
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

    def begin_compliance(self) -> None:
        """Have every rule's verdicts documented by Great Expectations while the night goes on, once."""
        from pipelines.rulebook.compliance_sql import FAILING_SQL, RESULTS_SQL
        from pipelines.rulebook.documenter import documenter
        from pipelines.warehouse import database

        if self._documenting is None:
            with self.warehouse() as con:
                results = database.read_rows(con, RESULTS_SQL)
                failing = database.read_rows(con, FAILING_SQL)
            self._documenting = documenter().judging_compliance(self.rulebook(), results, failing)

    def judge_compliance(self) -> dict[str, list[CheckResult]]:
        """What came of documenting the verdicts; results by instrument. Never blocks the night."""
        self.begin_compliance()
        assert self._documenting is not None
        compliance = self._documenting.result()
        self.crashed_rules = sorted(check.rule_id for checks in compliance.values() for check in checks if check.state == "error")
        return compliance

    def write_scorecards(self, models: Sequence[SqlModel]) -> list[Path]:
        """Write everything that people and other programs open into the run's folder. `models`: all of them."""
        from pipelines.report.silent_feeds import SQL as SILENT_FEEDS
        from pipelines.report.silent_feeds import silent_line, silent_stacks
        from pipelines.rulebook.documenter import documenter
        from pipelines.warehouse import database

        assert self.folder is not None
        assert self.as_of is not None
        assert self._record is not None
        docs = documenter().building_data_docs(self.folder / "data_docs", self.run_id, self.as_of)
        with other_process() as pool:
            with self.warehouse() as con:
                read = partial(database.read_rows, con)
                self.counts |= run_counts(read)
                self.notices += [silent_line(row) for row in silent_stacks(read(SILENT_FEEDS))]
                self.notices += notices_of_names(read)
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
        with suppress(OSError):  # the run is published; what could not be removed goes another night
            self._models.tidy()
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
            **(assessment_window(self.as_of) if self.as_of else {"window_start_date": None, "window_end_date": None}),
            "reporting_currency_code": settings.REPORTING_CURRENCY,
            "portfolio": self.portfolio,
            "code_version": code_version(),
            "reason_words": {code: reason.title for code, reason in reasons.items()},
            "reason_actions": {code: reason.what_to_do for code, reason in reasons.items()},
        }


_CHANGED_FINDINGS = f"select {', '.join(CHANGED)} from int_findings__states where is_changed order by finding_id"
_MATCHING_POLICY = "select key, value from ref_rules__policy where policy_id = 'matching'"


def _plain(value: Any) -> Any:
    """A cell as a JSON value: exact decimals as text."""
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _run_and_day(con: DuckDBPyConnection) -> tuple[str, str]:
    from pipelines.warehouse import database

    row = database.read_rows(con, "select run_id, as_of_date from ref_run__settings")[0]
    return row["run_id"], row["as_of_date"].isoformat()

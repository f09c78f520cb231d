"""One attempt at a night: what it was asked for, what it holds while it lasts, its lock, its clock and its database."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pipelines import settings
from pipelines.errors import GateError, GreenCapacityError, WrongUseError
from pipelines.night_models import NightModels
from pipelines.night_readings import NightReadings
from pipelines.night_tables import feeds_without_rows
from pipelines.record import Record
from pipelines.timeliness import timeliness

if TYPE_CHECKING:
    from concurrent.futures import Future

    from duckdb import DuckDBPyConnection

    from pipelines.rulebook.check_result import CheckResult
    from pipelines.rulebook.model import Rulebook
    from pipelines.sources.received import Received
    from pipelines.warehouse.publish import Home

DATABASE = "green_capacity.duckdb"
INTERRUPTED = "the run was interrupted and published nothing; start it again, nothing needs to be cleaned up"


@dataclass
class Attempt:
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
        is_told_to_stop: Whether a signal to stop came; no step is begun after it.
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
    is_told_to_stop: Callable[[], bool] = lambda: False

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
    _documenting: Future[dict[str, list[CheckResult]]] | None = None
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
    def under_lock(self) -> Iterator[Self]:
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
        """Time a step and keep the first problem met. Raises: GateError before it, once the run was told to stop."""
        if self.is_told_to_stop():
            raise GateError(INTERRUPTED)
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
            "feeds_without_rows": feeds_without_rows(self._received),
            "counts": self.counts,
            "duration_seconds": self.durations,
            **timeliness(self.due_at),
        }

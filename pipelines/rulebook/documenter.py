"""Great Expectations in a process of its own, beside the run: importing it takes seconds that DuckDB and the rest need not wait for.

The process keeps the validation results; what comes back are `CheckResult`s without them.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import Any

from pipelines.rulebook.check_result import CheckResult
from pipelines.rulebook.model import QualityRule, Rulebook

Rows = Sequence[Mapping[str, Any]]


class Documenter:
    """Judges and documents in another process. Start it early; every call waits for the import.

    Raises (every call): what the call raised over there; EOFError when the process is gone.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), name="great_expectations", daemon=True)
        self._process.start()
        theirs.close()
        self._threads = ThreadPoolExecutor(1, "documenter")
        self._asking = Lock()

    def judge_quality(self, rules: Iterable[QualityRule], profile_rows: Rows) -> list[CheckResult]:
        """As `expectations.judge_quality`."""
        found: list[CheckResult] = self._ask("judge_quality", list(rules), profile_rows)
        return found

    def judging_compliance(self, rulebook: Rulebook, result_rows: Rows, failing_rows: Rows) -> Future[dict[str, list[CheckResult]]]:
        """As `expectations.judge_compliance`, while the caller goes on."""
        return self._threads.submit(self._ask, "judge_compliance", rulebook, result_rows, failing_rows)

    def building_data_docs(self, folder: Path, run_id: str, as_of_date: date) -> Future[Path]:
        """As `expectations.build_data_docs`, of everything judged so far, while the caller goes on."""
        return self._threads.submit(self._ask, "build_data_docs", folder, run_id, as_of_date)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.is_alive() and not self._pipe.closed

    def close(self, patience_seconds: float = 0) -> None:
        """End the process: it goes by itself when it is idle; one that is busy for longer than `patience_seconds` is ended."""
        self._pipe.close()
        self._process.join(patience_seconds)
        self._process.terminate()
        self._process.join()

    def _ask(self, call: str, *arguments: Any) -> Any:
        try:
            with self._asking:
                self._pipe.send((call, arguments))
                is_answer, answer = self._pipe.recv()
        except BaseException:  # an answer that comes later must not be taken for that of the next question
            self.close()
            raise
        if not is_answer:
            raise answer
        return answer


_shared: list[Documenter] = []
#: At the end of the program: an import under way may finish, because ended in the middle it leaves a warning on the screen.
_PATIENCE_SECONDS = 20


def documenter() -> Documenter:
    """The one process of this program; several nights one after the other use the same."""
    if not _shared or not _shared[0].is_alive:
        _shared[:] = [Documenter()]
        atexit.register(_shared[0].close, _PATIENCE_SECONDS)
    return _shared[0]


@dataclass
class _Desk:
    """What the process remembers between calls."""

    rulebook: Rulebook | None = None
    quality: list[CheckResult] = field(default_factory=list)
    compliance: dict[str, list[CheckResult]] = field(default_factory=dict)
    failing: Rows = ()

    def judge_quality(self, rules: list[QualityRule], profile_rows: Rows) -> list[CheckResult]:
        from pipelines.rulebook.expectations import judge_quality

        self.quality = judge_quality(rules, profile_rows)
        return [replace(check, evidence=None) for check in self.quality]

    def judge_compliance(self, rulebook: Rulebook, result_rows: Rows, failing_rows: Rows) -> dict[str, list[CheckResult]]:
        from pipelines.rulebook.expectations import judge_compliance

        self.rulebook, self.failing = rulebook, failing_rows
        self.compliance = judge_compliance(rulebook, result_rows, failing_rows)
        return {name: [replace(check, evidence=None) for check in checks] for name, checks in self.compliance.items()}

    def build_data_docs(self, folder: Path, run_id: str, as_of_date: date) -> Path:
        from pipelines.rulebook.expectations import build_data_docs

        assert self.rulebook is not None
        return build_data_docs(folder, self.rulebook, self.quality, self.compliance, self.failing, run_id, as_of_date)


def _serve(pipe: Connection) -> None:
    """Answer calls until the other side closes the pipe."""
    from pipelines.rulebook.expectations import preload

    preload().join()
    desk = _Desk()
    while True:
        try:
            call, arguments = pipe.recv()
        except EOFError:
            atexit._run_exitfuncs()
            os._exit(0)  # everything is answered; taking the imported packages apart would keep the other side waiting
        try:
            pipe.send((True, getattr(desk, call)(*arguments)))
        except Exception as error:
            pipe.send((False, error))

"""Perform a night through the Dagster job, in this process: what the command line and the tests call."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from pipelines.errors import GateError, GreenCapacityError
from pipelines.night import Night
from pipelines.night_attempt import INTERRUPTED
from pipelines.stop_signals import stop_signals

if TYPE_CHECKING:
    import dagster as dg

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

#: What a signal to stop leaves in the traceback where this process did not hear it: Dagster's error, or that of a library that wraps it.
_INTERRUPTED = ("ExecutionInterruptedError", "Query interrupted", "KeyboardInterrupt")


def perform(night: Night) -> None:
    """Run the job `nightly` with this night, from landing to publishing.

    Raises:
        WrongUseError: It was called in a way that cannot work. GateError: A gate, or a mistake of ours, kept it from publishing.
    """
    with stop_signals() as is_told, night.under_lock():
        night.is_told_to_stop = is_told
        try:
            result = _execute(night)
        except KeyboardInterrupt as stopped:
            raise _interrupted(night) from stopped
        if not (result.success and night.published):
            raise _why(night, result)


def _why(night: Night, result: dg.ExecuteInProcessResult) -> GreenCapacityError:
    """What kept the night from publishing, in words; the cause of an interrupted run and of our own mistake goes along."""
    met = night.error or GateError(_first_failure(result))
    words = "".join(traceback.format_exception(met))
    if night.is_told_to_stop() or any(sign in words for sign in _INTERRUPTED):
        error = _interrupted(night)
    elif isinstance(night.error, GreenCapacityError):
        return night.error
    else:
        night.problem, night.traceback = f"{type(met).__name__}: {met}", words
        what = f"the run stopped at a mistake in the program itself ({night.problem})"
        error = GateError(f"{what}; last_run.json holds the details. Nothing was published")
    error.__cause__ = met
    return error


def _execute(night: Night) -> dg.ExecuteInProcessResult:
    from pipelines.rulebook.documenter import documenter

    documenter()  # Great Expectations is imported over there while Dagster is here
    from pipelines.defs.definitions import build_definitions
    from pipelines.defs.instance import passing_instance

    definitions = build_definitions(night.rules)
    with passing_instance() as instance:
        return definitions.resolve_job_def("nightly").execute_in_process(
            run_config=_QUIET, instance=instance, resources={"night": night}, raise_on_error=False
        )


def _interrupted(night: Night) -> GateError:
    night.problem = "interrupted"
    return GateError(INTERRUPTED)


def _first_failure(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            return str(event.step_failure_data.error.message)
    return "the job did not reach its last step"

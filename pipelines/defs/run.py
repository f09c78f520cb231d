"""Perform a night through the Dagster job, in this process: what the command line and the tests call."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

from pipelines.errors import GateError, GreenCapacityError
from pipelines.night import Night

if TYPE_CHECKING:
    import dagster as dg

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}

#: What a signal to stop (SIGINT, SIGTERM) leaves in the traceback: Dagster's error, or that of a library which was at work and wraps it.
_INTERRUPTED = ("ExecutionInterruptedError", "Query interrupted", "KeyboardInterrupt")


def perform(night: Night) -> None:
    """Run the job `nightly` with this night, from landing to publishing.

    Raises:
        WrongUseError: It was called in a way that cannot work. GateError: A gate, or a mistake of ours, kept it from publishing.
    """
    from pipelines.rulebook.documenter import documenter

    with night.under_lock():
        documenter()  # Great Expectations is imported over there while Dagster is here
        from pipelines.defs.definitions import build_definitions
        from pipelines.defs.instance import passing_instance

        definitions = build_definitions(night.rules)
        with passing_instance() as instance:
            result = definitions.resolve_job_def("nightly").execute_in_process(
                run_config=_QUIET, instance=instance, resources={"night": night}, raise_on_error=False
            )
        if result.success and night.published:
            return
        error = night.error
        if isinstance(error, GreenCapacityError):
            raise error
        if error is None:
            error = GateError(_first_failure(result))
        if any(sign in "".join(traceback.format_exception(error)) for sign in _INTERRUPTED):
            night.problem = "interrupted"
            raise GateError("the run was interrupted and published nothing; start it again, nothing needs to be cleaned up") from error
        night.problem = f"{type(error).__name__}: {error}"
        night.traceback = "".join(traceback.format_exception(error))
        raise GateError(
            f"the run stopped at a mistake in the program itself ({night.problem}); last_run.json holds the details. Nothing was published"
        ) from error


def _first_failure(result: dg.ExecuteInProcessResult) -> str:
    for event in result.all_events:
        if event.is_step_failure and event.step_failure_data.error:
            return str(event.step_failure_data.error.message)
    return "the job did not reach its last step"

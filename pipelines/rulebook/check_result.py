"""What came of one rule: `CheckResult`, read from a validation result of Great Expectations without importing it.

An exception is looked for first and is neither a pass nor a failure; a result that contradicts itself or says nothing is an error too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CheckState = Literal["pass", "fail", "not_assessed", "error"]
#: Verdicts that are neither PASS nor FAIL though the rule applies.
OPEN_COUNTS = ("error_count", "no_data_count", "indeterminate_count")


@dataclass(frozen=True)
class CheckResult:
    """One rule, judged. `success` is None where nothing could be judged (not assessed, error).

    `counts`: quality – checked_count, failed_count, allowed_count; compliance – the six states. `failing`: the first failing keys as text.
    `severity`: of the rule. `table`: quality rules only. `exception`: why it could not be evaluated. `evidence`: the validation result.
    """

    rule_id: str
    state: CheckState
    message: str
    severity: str | None = None
    table: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    failing: tuple[str, ...] = ()
    exception: str | None = None
    evidence: Any = field(default=None, repr=False, compare=False)

    @property
    def success(self) -> bool | None:
        """True met, False not met, None neither."""
        return {"pass": True, "fail": False}.get(self.state)

    @property
    def is_partly(self) -> bool:
        """Met by all that could be assessed, while something could not."""
        return self.state == "pass" and any(self.counts.get(name) for name in OPEN_COUNTS)

    @property
    def is_blocking(self) -> bool:
        """A quality rule of severity error that does not hold, or of which nobody can say whether it does."""
        return self.table is not None and self.severity == "error" and self.state in ("fail", "error")


def exception_of(result: Any) -> str | None:
    """Message of the exception in a validation result, which stands there once or once a metric; None when there was none."""
    info = result.exception_info or {}
    infos = [info] if "raised_exception" in info else list(info.values())
    raised = [str(each.get("exception_message") or "an exception without a message") for each in infos if each.get("raised_exception")]
    return raised[0] if raised else None


def state_of(result: Any) -> CheckState:
    """pass, fail, not_assessed or error of a validation result."""
    if exception_of(result) is not None:
        return "error"
    said = (result.result or {}).get("state")
    states: dict[Any, CheckState] = {True: "pass", False: "fail", None: "not_assessed"}
    return states[result.success] if result.success in states and states[result.success] == said else "error"


def counts_of(result: Any) -> dict[str, int]:
    """The counts a validation result carries."""
    return dict((result.result or {}).get("counts") or {})


def failing_of(result: Any) -> tuple[str, ...]:
    """The first failing keys a validation result carries."""
    return tuple((result.result or {}).get("partial_unexpected_list") or ())

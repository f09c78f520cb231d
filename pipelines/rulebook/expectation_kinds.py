"""The two expectations of this project, for Great Expectations: a quality rule holds, a compliance rule is met.

Both read one wide row that SQL has measured (`<rule_id>.<column>`), never the data itself, and fail closed: a missing column, an empty
value, an empty frame or counts that contradict each other raise, which Great Expectations keeps as `exception_info`. Imports it at the top:
import this module only inside functions (`pipelines.rulebook.expectations` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render.renderer.renderer import renderer

from pipelines.rulebook import docs_blocks as blocks

ONLY_ROW = "table.only_row"
COMPLIANCE_COUNTS = ("pass_count", "fail_count", "indeterminate_count", "no_data_count", "not_applicable_count", "error_count")


class TableOnlyRow(TableMetricProvider):
    """The one row of a frame as a mapping; any other number of rows is an error."""

    metric_name = ONLY_ROW

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,  # noqa: N805 (Great Expectations makes it a class method)
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Any]:
        frame, _, _ = execution_engine.get_compute_domain(domain_kwargs=metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        if len(frame) != 1:
            raise ValueError(f"the run gave {len(frame)} rows of results where one is due")
        return frame.to_dict("records")[0]


class _RuleExpectation(BatchExpectation):
    """What both have in common: whose columns they read, and how a result is drawn."""

    rule_id: str
    metric_dependencies = (ONLY_ROW,)
    success_keys = ("rule_id",)
    args_keys = ("rule_id",)

    @classmethod
    def is_abstract(cls) -> bool:
        return cls.__name__.startswith("_")

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        row = RuleColumns(self.rule_id, metrics[ONLY_ROW])
        row.refuse_error()
        state, result = self._judge(row)
        return {"success": {"pass": True, "fail": False, "not_assessed": None}[state], "result": {"state": state, **result}}

    def _judge(self, row: RuleColumns) -> tuple[str, dict[str, Any]]:
        raise NotImplementedError

    @classmethod
    @renderer(renderer_type="renderer.prescriptive")
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any]:
        found = configuration or (result.expectation_config if result else None)
        return blocks.rule_text(found.meta["words"])

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.status_icon")
    def _diagnostic_status_icon_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> Any:
        return blocks.status(result)

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.unexpected_statement")
    def _diagnostic_unexpected_statement_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any]:
        return blocks.trouble(result)

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.unexpected_table")
    def _diagnostic_unexpected_table_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any] | None:
        return blocks.failing_keys(result)

    @classmethod
    @renderer(renderer_type="renderer.diagnostic.observed_value")
    def _diagnostic_observed_value_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> Any:
        return blocks.counts(result)


class ExpectQualityRuleToHold(_RuleExpectation):
    """At most `allowed_count` rows fail. Nothing to look at is not a pass."""

    allowed_count: int = 0
    success_keys = ("rule_id", "allowed_count")
    args_keys = ("rule_id", "allowed_count")

    def _judge(self, row: RuleColumns) -> tuple[str, dict[str, Any]]:
        checked, failed = row.count("checked_count"), row.count("failed_count")
        state = "fail" if failed > self.allowed_count else "pass" if checked else "not_assessed"
        if state == "pass" and failed > checked:
            raise ValueError(f"{failed} rows fail of {checked} looked at: the counts contradict each other")
        counts = {"checked_count": checked, "failed_count": failed, "allowed_count": self.allowed_count}
        return state, {"counts": counts, **_unexpected(row, failed)}


class ExpectComplianceRuleToBeMet(_RuleExpectation):
    """No verdict of the rule is FAIL, and at least one is PASS. A rule that nobody could assess, or that is never judged, is neither."""

    is_judged: bool = True
    success_keys = ("rule_id", "is_judged")
    args_keys = ("rule_id", "is_judged")

    def _judge(self, row: RuleColumns) -> tuple[str, dict[str, Any]]:
        if not self.is_judged:
            return "not_assessed", {"counts": {}}
        counts = {name: row.count(name) for name in COMPLIANCE_COUNTS}
        _hold_together(row, counts)
        state = "fail" if counts["fail_count"] else "pass" if counts["pass_count"] else "not_assessed"
        result = {"counts": counts, "worst_headroom_ratio": row.number_or_none("worst_headroom_ratio")}
        return state, {**result, **_unexpected(row, counts["fail_count"])}


class RuleColumns:
    """The columns of one rule in the wide row; whatever is missing or empty raises."""

    def __init__(self, rule_id: str, row: Mapping[str, Any]) -> None:
        self.rule_id, self.row = rule_id, row

    def value(self, column: str) -> Any:
        """The cell as it is."""
        if f"{self.rule_id}.{column}" not in self.row:
            raise ValueError(f"the run gave no {column} for rule {self.rule_id}")
        return self.row[f"{self.rule_id}.{column}"]

    def count(self, column: str) -> int:
        """A whole number, 0 or more."""
        value = self.value(column)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ValueError(f"{column} of rule {self.rule_id} is {'empty' if value is None else repr(value)}, not a count")
        return value

    def number_or_none(self, column: str) -> float | None:
        """A number, or None where there is none."""
        value = self.value(column)
        return None if value is None or value != value else float(value)

    def refuse_error(self) -> None:
        """Raise what went wrong when the rule was measured, if anything did."""
        error = self.row.get(f"{self.rule_id}.error")
        if error:
            raise ValueError(f"rule {self.rule_id} could not be measured: {error}")


def _hold_together(row: RuleColumns, counts: Mapping[str, int]) -> None:
    assessed, listed = row.count("assessed_count"), row.count("failing_count")
    if assessed != counts["pass_count"] + counts["fail_count"]:
        raise ValueError(f"{assessed} assessed verdicts are not {counts['pass_count']} PASS and {counts['fail_count']} FAIL together")
    if listed != counts["fail_count"]:
        raise ValueError(f"{counts['fail_count']} verdicts FAIL were counted, but {listed} were listed")


def _unexpected(row: RuleColumns, count: int) -> dict[str, Any]:
    return {"unexpected_count": count, "partial_unexpected_list": list(row.value("failing_keys")) if count else []}

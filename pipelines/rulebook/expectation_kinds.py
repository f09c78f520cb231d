"""The two expectations of this project, for Great Expectations: a quality rule holds, a compliance rule is met.

Both read one wide row that SQL has measured (a column a rule, in it the counts of that rule), never the data itself, and fail closed:
a missing column, an empty value, an empty frame or counts that contradict each other raise, which Great Expectations keeps as
`exception_info`. This module imports it at the top: import it only inside functions, as `pipelines.rulebook.expectations` does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.render.renderer.renderer import renderer
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from pipelines.rulebook import docs_blocks as blocks
from pipelines.rulebook.compliance_sql import STATE_COUNTS

ONLY_ROW = "table.only_row"
SUCCESS: dict[str, bool | None] = {"pass": True, "fail": False, "not_assessed": None}


class TableOnlyRow(TableMetricProvider):
    """The one row of a frame as a mapping; any other number of rows is an error."""

    metric_name = ONLY_ROW

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: Any,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> dict[str, Any]:
        frame, _, _ = execution_engine.get_compute_domain(domain_kwargs=metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        if len(frame) != 1:
            raise ValueError(f"the run gave {len(frame)} rows of results where one is due")
        return dict(zip(frame.columns, frame.to_numpy(dtype=object)[0], strict=True))


class _RuleExpectation(BatchExpectation):
    """What both have in common: whose columns they read, and how a result is drawn."""

    rule_id: str
    metric_dependencies: ClassVar[tuple[str, ...]] = (ONLY_ROW,)
    success_keys: ClassVar[tuple[str, ...]] = ("rule_id",)
    args_keys: ClassVar[tuple[str, ...]] = ("rule_id",)

    @classmethod
    def is_abstract(cls) -> bool:
        return cls.__name__.startswith("_")

    def get_validation_dependencies(self, execution_engine: Any = None, runtime_configuration: Any = None) -> ValidationDependencies:
        """The one metric, stated directly: working it out of the configuration costs most of the time of a suite."""
        row = MetricConfiguration(metric_name=ONLY_ROW, metric_domain_kwargs={"batch_id": self.batch_id}, metric_value_kwargs=None)
        return ValidationDependencies(metric_configurations={ONLY_ROW: row}, result_format={"result_format": "COMPLETE"})

    def _validate(self, metrics: dict[str, Any], runtime_configuration: Any = None, execution_engine: Any = None) -> dict[str, Any]:
        state, result = self._judge(metrics[ONLY_ROW])
        return {"success": SUCCESS[state], "result": {"state": state, **result}}

    def _judge(self, wide_row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """State and details from the wide row."""
        raise NotImplementedError

    @classmethod
    @renderer(renderer_type="renderer.prescriptive")
    def _prescriptive_renderer(
        cls, configuration: Any = None, result: Any = None, runtime_configuration: Any = None, **_: Any
    ) -> list[Any]:
        found = configuration or result.expectation_config
        return blocks.rule_text(json.loads(found.meta["words"]))

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
    success_keys: ClassVar[tuple[str, ...]] = ("rule_id", "allowed_count")
    args_keys: ClassVar[tuple[str, ...]] = ("rule_id", "allowed_count")

    def _judge(self, wide_row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        row = RuleColumns(self.rule_id, wide_row)
        row.refuse_error()
        checked, failed = row.count("checked_count"), row.count("failed_count")
        state = "fail" if failed > self.allowed_count else "pass" if checked else "not_assessed"
        if state == "pass" and failed > checked:
            raise ValueError(f"{failed} rows fail of {checked} looked at: the counts contradict each other")
        counts = {"checked_count": checked, "failed_count": failed, "allowed_count": self.allowed_count}
        return state, {"counts": counts, **_unexpected(row, failed)}


class ExpectComplianceRuleToBeMet(_RuleExpectation):
    """No verdict of the rule is FAIL, and at least one is PASS. A rule that nobody could assess, or that is never judged, is neither."""

    is_judged: bool = True
    success_keys: ClassVar[tuple[str, ...]] = ("rule_id", "is_judged")
    args_keys: ClassVar[tuple[str, ...]] = ("rule_id", "is_judged")

    def _judge(self, wide_row: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        if not self.is_judged:
            return "not_assessed", {"counts": {}}
        row = RuleColumns(self.rule_id, wide_row)
        counts = {name: row.count(name) for name in STATE_COUNTS}
        _hold_together(row, counts)
        state = "fail" if counts["fail_count"] else "pass" if counts["pass_count"] else "not_assessed"
        result = {"counts": counts, "worst_headroom_ratio": row.number_or_none("worst_headroom_ratio")}
        return state, {**result, **_unexpected(row, counts["fail_count"])}


class RuleColumns:
    """What the wide row says of one rule; whatever is missing or empty raises."""

    def __init__(self, rule_id: str, row: Mapping[str, Any]) -> None:
        self.rule_id = rule_id
        self.cells = row.get(rule_id)
        if not isinstance(self.cells, Mapping):
            raise ValueError(f"the run gave no result for rule {rule_id}")

    def value(self, name: str) -> Any:
        """The value as it is."""
        assert isinstance(self.cells, Mapping)
        if name not in self.cells:
            raise ValueError(f"the run gave no {name} for rule {self.rule_id}")
        return self.cells[name]

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
        assert isinstance(self.cells, Mapping)
        error = self.cells.get("error")
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

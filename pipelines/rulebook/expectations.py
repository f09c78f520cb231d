"""Rules → suites of Great Expectations; suites and rows that SQL measured → results. It sees frames of one wide row only.

Only this module, `expectation_kinds.py`, `docs_blocks.py` and `data_docs.py` use it, and this one imports it only when called.
"""

from __future__ import annotations

import json
import logging
import os
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.rulebook.check_result import CheckResult, counts_of, exception_of, failing_of, state_of
from pipelines.rulebook.compliance_sql import COUNT_COLUMNS, failing_key
from pipelines.rulebook.model import Instrument, LawRule, ProhibitionRule, QualityRule, Rule, Rulebook
from pipelines.rulebook.quality_sql import SHOWN, allowed_count
from pipelines.rulebook.rule_words import RuleWords, law_words, quality_words

_import_lock = threading.Lock()


def preload() -> threading.Thread:
    """Start importing Great Expectations, which takes seconds, beside other work. Whoever needs it later waits for this import and goes on.

    pandas is imported before the thread starts, so that no two threads import it at once. An import that fails here fails again at
    first use, where it is raised.
    """
    import pandas  # noqa: F401

    thread = threading.Thread(target=_preload_quietly, name="import great_expectations", daemon=True)
    thread.start()
    return thread


def judge_quality(rules: Iterable[QualityRule], profile_rows: Iterable[Mapping[str, Any]]) -> list[CheckResult]:
    """Whether the data is usable.

    Args: rules, of which drafts are left out; profile_rows as `measure_quality` gives them.
    Returns: one result a rule, by rule id. A rule without a row is an error.
    """
    active = [rule for rule in rules if rule.status == "active"]
    results = validate(quality_suite(active), [quality_row(profile_rows)]) if active else {}
    return [_quality_result(rule, results[rule.rule_id]) for rule in sorted(active, key=lambda rule: rule.rule_id)]


def judge_compliance(
    rulebook: Rulebook, result_rows: Iterable[Mapping[str, Any]], failing_rows: Iterable[Mapping[str, Any]]
) -> dict[str, list[CheckResult]]:
    """What came of each limit, prohibition and requirement.

    Args: result_rows of `compliance_sql.RESULTS_SQL`; failing_rows of `compliance_sql.FAILING_SQL`, every one of them.
    Returns: instrument id → one result a rule, by rule id. Drafts and encouraged equipment are not assessed; a judged rule without a
    row is an error.
    """
    row = compliance_row(result_rows, failing_rows)
    rules_of: dict[str, list[LawRule]] = defaultdict(list)
    for rule in rulebook.rules.values():
        if isinstance(rule, LawRule):
            rules_of[rule.instrument.instrument_id].append(rule)
    suites = [compliance_suite(rules[0].instrument, rules, row) for _, rules in sorted(rules_of.items())]
    found = {suite.name: results for suite, results in zip(suites, validate_all(suites, [row]), strict=True)}
    return {name: [_compliance_result(rule, results[rule.rule_id]) for rule in rules_of[name]] for name, results in found.items()}


def build_data_docs(
    folder: Path,
    rulebook: Rulebook,
    quality: Sequence[CheckResult],
    compliance: Mapping[str, Sequence[CheckResult]],
    failing_rows: Iterable[Mapping[str, Any]],
    run_id: str,
    as_of_date: date,
) -> Path:
    """Pages that an auditor reads offline: index, data, one an instrument, and beside them the failing rows as CSV.

    Args: folder that is made; results of `judge_quality` and `judge_compliance`; failing_rows as for `judge_compliance`.
    Returns: path of index.html. Equal arguments give equal bytes.
    """
    _ready()
    from pipelines.rulebook.data_docs import write_data_docs

    return write_data_docs(folder, rulebook, quality, compliance, failing_rows, run_id, as_of_date)


def quality_row(profile_rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rows of `measure_quality` side by side in one: rule id → its checked_count, failed_count, error and failing_keys."""
    names = ("checked_count", "failed_count", "error")
    return {
        row["rule_id"]: {name: row.get(name) for name in names} | {"failing_keys": tuple((row.get("samples") or "").split("\n"))}
        for row in profile_rows
    }


def compliance_row(result_rows: Iterable[Mapping[str, Any]], failing_rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """All rules side by side in one row: rule id → its counts, worst_headroom_ratio, failing_count and failing_keys."""
    listed: dict[str, int] = defaultdict(int)
    keys: dict[str, list[str]] = defaultdict(list)
    for row in failing_rows:
        rule_id = row["rule_id"]
        listed[rule_id] += 1
        if listed[rule_id] <= SHOWN:
            keys[rule_id].append(failing_key(row))
    wide = {}
    for row in result_rows:
        rule_id = row["rule_id"]
        cells = {name: row.get(name) for name in (*COUNT_COLUMNS, "worst_headroom_ratio")}
        wide[rule_id] = cells | {"failing_count": listed[rule_id], "failing_keys": tuple(keys[rule_id])}
    return wide


def quality_suite(rules: Sequence[QualityRule]) -> Any:
    """An expectation a rule about data."""
    _ready()
    from pipelines.rulebook.expectation_kinds import ExpectQualityRuleToHold

    expectations = [ExpectQualityRuleToHold(allowed_count=allowed_count(rule), **_common(rule, quality_words(rule))) for rule in rules]
    return _suite("quality", expectations)


def compliance_suite(instrument: Instrument, rules: Sequence[LawRule], row: Mapping[str, Mapping[str, Any]]) -> Any:
    """An expectation a rule of an instrument; `row` tells which of them have failing keys to list in a file beside."""
    _ready()
    from pipelines.rulebook.expectation_kinds import ExpectComplianceRuleToBeMet

    has_failing = any(row.get(rule.rule_id, {}).get("failing_count") for rule in rules)
    beside = failing_file(instrument.instrument_id) if has_failing else None
    expectations = [ExpectComplianceRuleToBeMet(is_judged=is_judged(rule), **_common(rule, law_words(rule), beside)) for rule in rules]
    return _suite(instrument.instrument_id, expectations)


def validate(suite: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, CheckResult]:
    """Run a suite on its wide row.

    Args: suite of this module; rows: exactly one, anything else makes every rule an error.
    Returns: rule id → result, for every rule of the suite. Exceptions are looked at first: they are errors, never passes or failures.
    """
    return validate_all([suite], rows)[0]


def validate_all(suites: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> list[dict[str, CheckResult]]:
    """Run several suites on the same wide row, each as `validate` does."""
    try:
        validator = _validator(rows)
    except Exception as trouble:
        return [_check_results(suite, [_raised(expectation, trouble) for expectation in suite.expectations]) for suite in suites]
    return [_check_results(suite, _run(suite, validator)) for suite in suites]


def is_judged(rule: LawRule) -> bool:
    """Drafts and encouraged equipment are shown and never judged."""
    return rule.status == "active" and not (isinstance(rule, ProhibitionRule) and rule.equipment_class == "encouraged")


def failing_file(instrument_id: str) -> str:
    """Name of the file that lists the failing keys of an instrument."""
    return f"{instrument_id}.failing.csv"


def _validator(rows: Sequence[Mapping[str, Any]]) -> Any:
    _ready()
    import pandas as pd
    from great_expectations.validator.v1_validator import Validator

    columns = list(dict.fromkeys(name for row in rows for name in row))
    frame = pd.DataFrame([[row.get(name) for name in columns] for row in rows], columns=columns, dtype=object)
    return Validator(_batch_definition(), batch_parameters={"dataframe": frame})


def _run(suite: Any, validator: Any) -> list[Any]:
    """Validation results. Great Expectations keeps exceptions of an expectation with its result; any other becomes one for every rule."""
    try:
        return list(validator.validate_expectation_suite(suite).results)
    except Exception as trouble:
        return [_raised(expectation, trouble) for expectation in suite.expectations]


def _check_results(suite: Any, results: Sequence[Any]) -> dict[str, CheckResult]:
    found = {result.expectation_config.kwargs["rule_id"]: result for result in results}
    return {expectation.rule_id: _check_result(expectation.rule_id, found.get(expectation.rule_id)) for expectation in suite.expectations}


def _raised(expectation: Any, trouble: Exception) -> Any:
    from great_expectations.core import ExpectationValidationResult

    info = {"raised_exception": True, "exception_message": f"{type(trouble).__name__}: {trouble}", "exception_traceback": None}
    return ExpectationValidationResult(success=False, expectation_config=expectation.configuration, exception_info=info, result={}, meta={})


def _check_result(rule_id: str, result: Any) -> CheckResult:
    if result is None:
        missing = "Great Expectations gave no result"
        return CheckResult(rule_id, "error", missing, exception=missing)
    state, exception = state_of(result), exception_of(result)
    if state == "error" and exception is None:
        exception = "the result contradicts itself"
    counts = counts_of(result)
    return CheckResult(rule_id, state, exception or state, counts=counts, failing=failing_of(result), exception=exception, evidence=result)


def _quality_result(rule: QualityRule, found: CheckResult) -> CheckResult:
    checked, failed = found.counts.get("checked_count", 0), found.counts.get("failed_count", 0)
    messages = {
        "pass": f"{rule.title}: so in all {checked} looked at{f' but {failed}, which is tolerated' if failed else ''}",
        "not_assessed": f"{rule.title}: nothing to look at",
        "error": f"{rule.path}:{rule.line}: could not be evaluated: {found.exception}; correct the rule or the table {rule.table}",
        "fail": f"{rule.message} ({failed} of {checked} in {rule.table}); {rule.what_to_do}. First: {next(iter(found.failing), '–')}",
    }
    return _told(found, rule, messages[found.state], rule.table)


def _compliance_result(rule: LawRule, found: CheckResult) -> CheckResult:
    counts = found.counts
    assessed = counts.get("pass_count", 0) + counts.get("fail_count", 0)
    unknown = sum(counts.get(name, 0) for name in ("no_data_count", "indeterminate_count", "error_count"))
    rest = f"; {unknown} could not be assessed" if unknown else ""
    messages = {
        "pass": f"{rule.title}: met by all {assessed} assessed{rest}",
        "fail": f"{rule.title}: not met by {counts.get('fail_count')} of {assessed} assessed{rest}",
        "not_assessed": f"{rule.title}: {'nothing assessed' + rest if is_judged(rule) else 'shown, never judged'}",
        "error": f"{rule.path}:{rule.line}: could not be evaluated: {found.exception}; see mart_rules__results",
    }
    return _told(found, rule, messages[found.state], None)


def _told(found: CheckResult, rule: Rule, message: str, table: str | None) -> CheckResult:
    fields = {name: getattr(found, name) for name in ("counts", "failing", "exception", "evidence")}
    return CheckResult(rule.rule_id, found.state, message, severity=rule.severity, table=table, **fields)


def _common(rule: Rule, words: RuleWords, failing_file: str | None = None) -> dict[str, Any]:
    """What every expectation carries. The words are one text: Great Expectations copies the meta of an expectation two dozen times."""
    severity = {"error": "critical", "warning": "warning"}.get(rule.severity or "", "info")
    meta = {"words": json.dumps(words.as_meta(), ensure_ascii=False), "failing_file": failing_file}
    return {"rule_id": rule.rule_id, "severity": severity, "meta": meta}


def _suite(name: str, expectations: Sequence[Any]) -> Any:
    _ready()
    import great_expectations as gx

    return gx.ExpectationSuite(name=name, expectations=list(expectations))


@cache
def _batch_definition() -> Any:
    """A context in memory that keeps nothing, calls nobody and draws no bars."""
    _ready()
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("run").add_dataframe_asset("results")
    return asset.add_batch_definition_whole_dataframe("wide_row")


def _preload_quietly() -> None:
    try:
        _ready()
    except Exception:
        logging.getLogger(__name__).debug("preload failed; the first use will say why", exc_info=True)


def _ready() -> None:
    """Import Great Expectations once, by one thread at a time, without its telemetry.

    Its packages import each other in circles, so two threads that import it at once deadlock: whoever uses it calls this first.
    """
    with _import_lock:
        os.environ["GX_ANALYTICS_ENABLED"] = "false"
        import pipelines.rulebook.expectation_kinds  # noqa: F401

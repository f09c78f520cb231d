"""Asset checks: data quality blocks what comes after, compliance documents. One check per table and per instrument, never per rule."""

from collections.abc import Iterable, Iterator, Sequence
from os.path import commonpath
from typing import Any

import dagster as dg

from pipelines.defs.scorecards import CURRENT
from pipelines.night import Night
from pipelines.rulebook.check_result import CheckResult

#: Verdicts of the rules of an instrument by state, summed up as numbers that the UI plots over runs.
_VERDICTS = ("pass_count", "fail_count", "indeterminate_count", "no_data_count", "error_count")


def quality_checks(tables: list[str], reference: list[str]) -> dg.AssetChecksDefinition:
    """One blocking check per raw table that has quality rules."""
    after = [dg.AssetKey(name) for name in reference]
    specs = [
        dg.AssetCheckSpec(
            name="quality",
            asset=table,
            blocking=True,
            additional_deps=after,
            description="Data-quality rules of this table; a blocking one that does not hold stops the run.",
        )
        for table in tables
    ]

    @dg.multi_asset_check(name="quality", specs=specs, required_resource_keys={"night"})
    def check_quality(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        night: Night = context.resources.night
        with night.step("check the data"):
            results = night.judge_quality()
            by_table = {table: [check for check in results if check.table == table] for table in tables}
            yield from (_quality_result(night, table, checks) for table, checks in by_table.items())
            night.block_if_needed()

    return check_quality


def compliance_checks(instruments: dict[str, str], explained: Iterable[str]) -> dg.AssetChecksDefinition:
    """One check per instrument that never blocks: a plant that is not green is a result.

    Args: explained: Tables that are made while the verdicts are documented.
    """
    after = [dg.AssetKey(name) for name in explained]
    specs = [
        dg.AssetCheckSpec(name=_name(instrument), asset="mart_rules__results", blocking=False, additional_deps=after, description=title)
        for instrument, title in instruments.items()
    ]

    @dg.multi_asset_check(name="compliance", specs=specs, required_resource_keys={"night"})
    def check_compliance(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        night: Night = context.resources.night
        with night.step("document the verdicts"):
            results = night.judge_compliance()
        yield from (_compliance_result(night, instrument, results.get(instrument, [])) for instrument in instruments)

    return check_compliance


def _quality_result(night: Night, table: str, checks: list[CheckResult]) -> dg.AssetCheckResult:
    broken = [check for check in checks if check.state != "pass"]
    return dg.AssetCheckResult(
        check_name="quality",
        asset_key=table,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if any(check.is_blocking for check in broken) else dg.AssetCheckSeverity.WARN,
        metadata={"rules": len(checks), "not_holding": len(broken)} | _places(night, "quality.html", checks) | _messages(night, broken),
    )


def _compliance_result(night: Night, instrument: str, checks: list[CheckResult]) -> dg.AssetCheckResult:
    states = {state: sum(check.state == state for check in checks) for state in ("pass", "fail", "not_assessed", "error")}
    return dg.AssetCheckResult(
        check_name=_name(instrument),
        asset_key="mart_rules__results",
        passed=bool(checks) and states["pass"] == len(checks),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={f"rules_{state}": number for state, number in states.items()}
        | {name: sum(check.counts.get(name, 0) for check in checks) for name in _VERDICTS}
        | _places(night, f"{instrument}.html", checks)
        | _messages(night, [check for check in checks if check.state in ("fail", "error")]),
    )


def _places(night: Night, page: str, checks: Sequence[CheckResult]) -> dict[str, Any]:
    """Where to read on: the page of the Data Docs in the published run of the home, and the folder of the rule files."""
    files = [night.rulebook().rules[check.rule_id].path for check in checks if check.rule_id in night.rulebook().rules]
    found = {"page": dg.MetadataValue.path(str(night.home / CURRENT / "data_docs" / page))}
    return found | ({"rule_files": dg.MetadataValue.path(str(night.rules.parent / commonpath(files)))} if files else {})


def _messages(night: Night, checks: Sequence[CheckResult]) -> dict[str, Any]:
    """What does not hold, each with its rule file and the place on the page of the Data Docs."""
    rules = night.rulebook().rules
    files = {check.rule_id: rules[check.rule_id].path for check in checks if check.rule_id in rules}
    lines = [f"- `{check.rule_id}` ({files.get(check.rule_id, 'no file')}): {check.message}" for check in checks]
    return {"what": dg.MetadataValue.md("\n".join(lines[:50]))} if lines else {}


def _name(instrument: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in instrument)

"""Assets of what people open: the scorecard files of a run, and the published run."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from pipelines.night import Night
from pipelines.warehouse.model import SqlModel

_READ = [
    "int_plants__verdicts",
    "mart_findings__register",
    "mart_findings__waivers",
    "mart_landing__files",
    "mart_plants__group_states",
    "mart_plants__scorecard",
    "mart_portfolio__borrowers",
    "mart_portfolio__change_summary",
    "mart_portfolio__eliminated_equipment",
    "mart_portfolio__evidence",
    "mart_portfolio__failing_rules",
    "mart_portfolio__headline",
    "mart_portfolio__country_need",
    "mart_portfolio__levels",
    "mart_portfolio__measures",
    "mart_portfolio__loans",
    "mart_portfolio__plants",
    "mart_portfolio__trend",
    "mart_portfolio__unassessable",
    "mart_rules__results",
    "mart_run__restated",
]


def scorecard_files(models: Sequence[SqlModel]) -> dg.AssetsDefinition:
    """The asset of the files of a run; `models`: all SQL models, whose lineage is told too."""

    @dg.asset(name="scorecards", group_name="scorecards", deps=_READ, kinds={"html", "json"}, required_resource_keys={"night"})
    def scorecards(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """Scorecard of every portfolio as HTML, JSON and CSV, verdicts as Parquet, digest, lineage events, Data Docs for the auditor."""
        night: Night = context.resources.night
        with night.step("document the verdicts"):
            night.judge_compliance()
        with night.step("write the scorecards"):
            written = night.write_scorecards(models)
        return dg.MaterializeResult(metadata={"files": len(written), "folder": dg.MetadataValue.path(str(night.folder))})

    return scorecards


@dg.asset(group_name="scorecards", deps=["scorecards"], kinds={"html"}, required_resource_keys={"night"})
def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The run that readers see: made current in one atomic step, after every gate held."""
    night: Night = context.resources.night
    with night.step("publish"):
        folder = night.publish()
    metadata: dict[str, Any] = {"run_id": night.run_id, "scorecard": dg.MetadataValue.path(str(folder / "scorecard.html"))}
    for row in night.counts["headline"]:
        if row["coverage_ratio"] is not None:
            metadata[f"coverage_{row['portfolio_id']}"] = float(row["coverage_ratio"])
    return dg.MaterializeResult(metadata=metadata)

"""Assets of what people open: the scorecard files of a run, and the published run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines.defs.freshness import EVERY_MORNING
from pipelines.defs.meanings import GROUPS
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

#: The published run of a home, whichever night made it.
CURRENT = Path("published") / "current"
_PAGES = {"scorecard": "scorecard.html", "site": "site/index.html", "data_docs": "data_docs/index.html", "digest": "digest.txt"}


def scorecard_files(models: Sequence[SqlModel]) -> dg.AssetsDefinition:
    """The asset of the files of a run; `models`: all SQL models, whose lineage is told too."""

    @dg.asset(name="scorecards", group_name=GROUPS["scorecards"], deps=_READ, kinds={"html", "json"}, required_resource_keys={"night"})
    def scorecards(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        """Scorecard of every portfolio as HTML, JSON and CSV, verdicts as Parquet, digest, lineage events, Data Docs for the auditor."""
        night: Night = context.resources.night
        with night.step("document the verdicts"):
            night.judge_compliance()
        with night.step("write the scorecards"):
            written = night.write_scorecards(models)
        return dg.MaterializeResult(metadata={"files": len(written), "folder": dg.MetadataValue.path(str(night.folder))})

    return scorecards


@dg.asset(
    group_name=GROUPS["scorecards"],
    deps=["scorecards"],
    kinds={"html"},
    required_resource_keys={"night"},
    freshness_policy=EVERY_MORNING,
)
def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """The run that readers see: made current in one atomic step, after every gate held."""
    night: Night = context.resources.night
    with night.step("publish"):
        night.publish()
    metadata: dict[str, Any] = {"run_id": night.run_id, "as_of": str(night.as_of)}
    metadata |= {name: dg.MetadataValue.path(str(night.home / CURRENT / page)) for name, page in _PAGES.items()}
    return dg.MaterializeResult(metadata=metadata | _figures(night))


def _figures(night: Night) -> dict[str, float | int]:
    """Numbers that the UI plots over runs: the headline of each portfolio, verdicts by state, findings that changed."""
    found: dict[str, float | int] = {}
    for row in night.counts["headline"]:
        ratios = {name: row[f"{name}_ratio"] for name in ("coverage", "assessed_rate", "lower", "upper")}
        found |= {f"{name}_{row['portfolio_id']}": float(ratio) for name, ratio in ratios.items() if ratio is not None}
    found |= {f"verdicts_{state}": int(number) for state, number in night.counts["verdicts"].items()}
    return found | {"rules_crashed": len(night.crashed_rules), "notices": len(night.notices)}

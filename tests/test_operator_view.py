"""What a night leaves in Dagster's UI: tags of the run, figures that are plotted, places to read on."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.definitions import defs
from tests.nights import small_landing


def test_a_night_leaves_tags_figures_and_places_to_read_on_in_the_ui(tmp_path: Path) -> None:
    landing, home = small_landing(tmp_path), tmp_path / "home"
    config = {"resources": {"night": {"config": {"landing": str(landing), "home": str(home)}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = defs.resolve_job_def("nightly").execute_in_process(run_config=config, instance=instance)
        run = instance.get_run_by_id(result.run_id)
    assert run is not None
    made = {
        event.asset_key.to_user_string(): event.materialization for event in result.get_asset_materialization_events() if event.asset_key
    }
    published = made["published"].metadata
    asked = {"as_of": published["as_of"].value, "greencap_run": published["run_id"].value, "portfolio": "all", "known_at": "all"}
    assert run.tags.items() >= asked.items()
    numbers = {name: value.value for name, value in published.items() if isinstance(value.value, (int, float))}
    assert any(name.startswith("coverage_") for name in numbers)
    assert sum(number for name, number in numbers.items() if name.startswith("verdicts_")) > 0
    assert made["raw_bank__loans"].metadata["dagster/row_count"].value == 3
    for name in ("scorecard", "site", "data_docs", "digest"):
        assert Path(str(published[name].value)).exists(), name
    checks = {(check.asset_key.to_user_string(), check.check_name): check for check in result.get_asset_check_evaluations()}
    assert all(check.passed for (_, name), check in checks.items() if name == "quality")
    for (_, name), check in checks.items():
        assert Path(str(check.metadata["page"].value)).is_file(), name
        if "rule_files" in check.metadata:
            assert Path(str(check.metadata["rule_files"].value)).exists(), name
    assert sum(check.metadata["no_data_count"].value for (_, name), check in checks.items() if name != "quality") > 0

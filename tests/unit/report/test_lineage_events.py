"""The lineage of a run in the words of OpenLineage, to the byte the same for equal runs."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.report.lineage_events import write_lineage

RUN = {"root_hash": "ab" * 32, "as_of_date": date(2026, 6, 30)}
FILES = [{"file_name": "b.xlsx", "file_id": "2"}, {"file_name": "a.csv", "file_id": "1"}, {"file_name": "b.xlsx", "file_id": "2"}]


@dataclass
class Column:
    name: str
    sources: tuple[tuple[str, str], ...]
    type: str = "DOUBLE"
    description: str = "d"


@dataclass
class Model:
    name: str = "stg_x"
    dependencies: tuple[str, ...] = ("raw_x",)
    columns: tuple[Column, ...] = (Column("amount", (("raw_x", "sum"), ("raw_x", "rate"))), Column("constant", ()))


@dataclass
class Check:
    rule_id: str
    state: str
    table: str = "raw_x"


CHECKS = [Check("b", "fail"), Check("a", "pass"), Check("c", "error"), Check("d", "not_assessed")]


def written(folder: Path, **changed: Any) -> list[dict[str, Any]]:
    path = write_lineage(folder, RUN | changed, FILES, [Model()], CHECKS)
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_job_starts_and_completes_once_with_what_the_specification_requires(tmp_path: Path) -> None:
    events = written(tmp_path)
    assert [(event["job"]["name"], event["eventType"]) for event in events] == [
        (job, kind) for job in ("landing", "data_quality", "stg_x") for kind in ("START", "COMPLETE")
    ]
    for event in events:
        assert {"eventType", "eventTime", "producer", "schemaURL", "run", "job"} <= set(event)
        assert event["eventTime"] == "2026-06-30T00:00:00Z"
        assert uuid.UUID(event["run"]["runId"]).version == 5
    assert len({event["run"]["runId"] for event in events}) == 3


def test_files_carry_their_hash_and_columns_their_sources(tmp_path: Path) -> None:
    landing, _, model = written(tmp_path)[1::2]
    assert [(each["name"], each["facets"]["version"]["datasetVersion"]) for each in landing["inputs"]] == [("a.csv", "1"), ("b.xlsx", "2")]
    facets = model["outputs"][0]["facets"]
    assert facets["schema"]["fields"][0] == {"name": "amount", "type": "DOUBLE", "description": "d"}
    assert facets["columnLineage"]["fields"] == {
        "amount": {"inputFields": [{"namespace": "green_capacity", "name": "raw_x", "field": name} for name in ("sum", "rate")]}
    }
    assert [each["name"] for each in model["inputs"]] == ["raw_x"]
    for facet in (*facets.values(), landing["inputs"][0]["facets"]["version"]):
        assert {"_producer", "_schemaURL"} <= set(facet)


def test_a_rule_that_could_not_be_judged_is_no_success_and_one_with_nothing_to_judge_is_not_told(tmp_path: Path) -> None:
    quality = written(tmp_path)[3]
    facet = quality["inputs"][0]["inputFacets"]["dataQualityAssertions"]
    assert facet["assertions"] == [
        {"assertion": "a", "success": True},
        {"assertion": "b", "success": False},
        {"assertion": "c", "success": False},
    ]


def test_equal_runs_write_equal_bytes_and_another_run_has_other_ids(tmp_path: Path) -> None:
    first = write_lineage(tmp_path, RUN, FILES, [Model()], CHECKS).read_bytes()
    assert write_lineage(tmp_path, RUN, FILES[::-1], [Model()], CHECKS[::-1]).read_bytes() == first
    other = {event["run"]["runId"] for event in written(tmp_path, root_hash="cd" * 32)}
    assert not other & {json.loads(line)["run"]["runId"] for line in first.decode().splitlines()}

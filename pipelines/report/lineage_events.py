"""The run as OpenLineage events with data-quality facets, for the bank's catalogue: which files made which tables, and which checks held.

JSON lines, a START and a COMPLETE event a job. Ids and times come from the run itself, so equal runs write equal bytes: `eventTime` is the
as-of day, not the clock. Format: OpenLineage 2-0-2 with the facets DatasetVersion 1-0-1, DataQualityAssertions 1-0-1, Schema 1-1-1 and
ColumnLineage 1-2-0.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Protocol

FILE_NAME = "openlineage.jsonl"
_SPEC = "https://openlineage.io/spec"
_PRODUCER = "urn:green-capacity:greencap"
_RUNS = uuid.uuid5(uuid.NAMESPACE_URL, _PRODUCER)
#: Namespaces of received files, and of tables and jobs.
_LANDING, _TABLES = "green_capacity.landing", "green_capacity"


class Model(Protocol):
    """What is told of a SQL model: the attributes of `warehouse.model.SqlModel`."""

    @property
    def name(self) -> str: ...
    @property
    def dependencies(self) -> Sequence[str]: ...
    @property
    def columns(self) -> Sequence[Any]: ...


class Check(Protocol):
    """What is told of a data-quality rule: the attributes of `rulebook.check_result.CheckResult`."""

    @property
    def rule_id(self) -> str: ...
    @property
    def table(self) -> str | None: ...
    @property
    def state(self) -> Any: ...


def write_lineage(
    folder: Path, run: Mapping[str, Any], files: Iterable[Mapping[str, Any]], models: Iterable[Model], checks: Sequence[Check]
) -> Path:
    """Write `openlineage.jsonl` into the run's folder.

    Args:
        run: root_hash, as_of_date. files: file_name and file_id (sha256) of what was received. models: in build order.
        checks: data-quality rules on the raw tables, judged.
    """
    jobs = [_landing(files, checks), _quality(checks), *map(_model, models)]
    lines = [json.dumps(event, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for job in jobs for event in _events(run, *job)]
    path = folder / FILE_NAME
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    return path


Dataset = dict[str, Any]
Job = tuple[str, list[Dataset], list[Dataset]]


def _landing(files: Iterable[Mapping[str, Any]], checks: Sequence[Check]) -> Job:
    """Files into raw tables; the version of a file is its sha256."""
    versions = sorted({(row["file_name"], row["file_id"]) for row in files})
    received = [
        {"namespace": _LANDING, "name": name, "facets": {"version": _facet("DatasetVersionDatasetFacet", "1-0-1", datasetVersion=content)}}
        for name, content in versions
    ]
    return "landing", received, [_table(name) for name in _checked_tables(checks)]


def _quality(checks: Sequence[Check]) -> Job:
    """Every data-quality rule by its table. A rule that could not be judged is no success; one with nothing to judge is left out."""
    tables = []
    for table in _checked_tables(checks):
        results = sorted(
            (check.rule_id, check.state == "pass") for check in checks if check.table == table and check.state != "not_assessed"
        )
        facet = _facet(
            "DataQualityAssertionsDatasetFacet",
            "1-0-1",
            assertions=[{"assertion": rule_id, "success": success} for rule_id, success in results],
        )
        tables.append(_table(table) | {"inputFacets": {"dataQualityAssertions": facet}})
    return "data_quality", tables, []


def _model(model: Model) -> Job:
    """A SQL model with its columns and, for each, the columns its value is made from."""
    fields = [{"name": column.name, "type": column.type, "description": column.description} for column in model.columns]
    lineage = {
        column.name: {"inputFields": [{"namespace": _TABLES, "name": table, "field": name} for table, name in column.sources]}
        for column in model.columns
        if column.sources
    }
    facets = {
        "schema": _facet("SchemaDatasetFacet", "1-1-1", fields=fields),
        "columnLineage": _facet("ColumnLineageDatasetFacet", "1-2-0", fields=lineage),
    }
    return model.name, [_table(name) for name in model.dependencies], [_table(model.name) | {"facets": facets}]


def _events(run: Mapping[str, Any], job: str, inputs: list[Dataset], outputs: list[Dataset]) -> Iterator[dict[str, Any]]:
    day: date = run["as_of_date"]
    base = {
        "eventTime": f"{day.isoformat()}T00:00:00Z",
        "producer": _PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(uuid.uuid5(_RUNS, f"{run['root_hash']}/{job}"))},
        "job": {"namespace": _TABLES, "name": job},
    }
    yield base | {"eventType": "START"}
    yield base | {"eventType": "COMPLETE", "inputs": inputs, "outputs": outputs}


def _checked_tables(checks: Sequence[Check]) -> list[str]:
    return sorted({check.table for check in checks if check.table})


def _facet(name: str, version: str, **content: Any) -> dict[str, Any]:
    return {"_producer": _PRODUCER, "_schemaURL": f"{_SPEC}/facets/{version}/{name}.json#/$defs/{name}", **content}


def _table(name: str) -> Dataset:
    return {"namespace": _TABLES, "name": name}

"""csv/datapackage.json: what each CSV file holds, for programs, as a tabular data package (specs.frictionlessdata.io, version 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines.report.scorecard import Column, Scorecard
from pipelines.report.units import unit_of

#: Type in the database → type of the Table Schema.
_TYPES = {
    "VARCHAR": "string",
    "DOUBLE": "number",
    "DECIMAL": "number",
    "BIGINT": "integer",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "datetime",
}
#: Times stand as `2026-06-30 12:00:00`, without a zone: they are UTC.
_FORMATS = {"datetime": {"format": "any"}}


def write_csv_schema(folder: Path, scorecard: Scorecard, keys: Mapping[str, Sequence[str]]) -> Path:
    """Write csv/datapackage.json into `folder`. `keys`: columns that name one row, by table; a table without them gets no primary key."""
    path = folder / "csv" / "datapackage.json"
    path.write_text(json.dumps(data_package(scorecard, keys), indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    return path


def data_package(scorecard: Scorecard, keys: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The descriptor; types, units and meanings come from the SQL models."""
    run = scorecard.run
    resources = [_resource(name, scorecard, keys.get(name, ())) for name in sorted(scorecard.marts)]
    return {
        "profile": "tabular-data-package",
        "name": "green-capacity-scorecard",
        "title": f"Marts of run {run['run_id']}",
        "version": str(run["code_version"] or ""),
        "as_of_date": run["as_of_date"].isoformat(),
        "root_hash": run["root_hash"],
        "resources": resources,
    }


def _resource(name: str, scorecard: Scorecard, key: Sequence[str]) -> dict[str, Any]:
    columns = scorecard.columns[name]
    fields = [_field(column, [other.name for other in columns]) for column in columns]
    primary = {"primaryKey": list(key)} if key else {}
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "path": f"{name}.csv",
        "description": scorecard.descriptions.get(name, ""),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True, "header": True},
        "schema": {"fields": fields, **primary, "missingValues": [""]},
    }


def _field(column: Column, beside: Sequence[str]) -> dict[str, Any]:
    kind = _TYPES[column.type.partition("(")[0]]
    unit = unit_of(column.name, beside)
    found = {"name": column.name, "type": kind, **_FORMATS.get(kind, {}), "description": column.description}
    return found | ({"unit": unit} if unit else {})
